using Platform.Web;

namespace Portal.Deals;

/// <summary>What became of an act on a deal: the cases in which all acts can end.</summary>
public abstract record DealOutcome
{
    DealOutcome()
    {
    }

    /// <summary>Done; a submission brings its verdict along.</summary>
    public sealed record Done(string Number, int Version, Verdict? Verdict = null) : DealOutcome
    {
        /// <summary>What was done, where it is not what was asked for: a win that goes to the deal desk first.</summary>
        public string? TextKey { get; init; }
    }

    /// <summary>The claim was not taken in because the customer is taken, with certainty; it is kept as it was before.</summary>
    public sealed record Blocked(string Number, int Version, Verdict Verdict) : DealOutcome;

    /// <summary>Fields are missing or wrong; nothing is kept.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : DealOutcome;

    /// <summary>The rules or the deal's state do not allow it.</summary>
    /// <param name="TextKey">The sentence that says so.</param>
    /// <param name="Arguments">Values for its placeholders.</param>
    public sealed record Refused(string TextKey, params IReadOnlyList<object> Arguments) : DealOutcome;

    /// <summary>The roles of whoever is at work do not allow it.</summary>
    public sealed record Forbidden : DealOutcome;

    /// <summary>There is no such deal, or it is somebody else's.</summary>
    public sealed record Missing : DealOutcome;

    /// <summary>Somebody changed the deal since the version that was seen.</summary>
    public sealed record Stale : DealOutcome;

    /// <summary>The partner has used up its screenings of the day.</summary>
    public sealed record NoScreeningLeft(TimeSpan RetryAfter) : DealOutcome;
}
