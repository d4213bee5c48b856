using Portal.Deals;
using Platform.Web;

namespace Portal.Leads;

/// <summary>What became of an act on a lead: the cases in which all acts can end.</summary>
public abstract record LeadOutcome
{
    LeadOutcome()
    {
    }

    /// <summary>Done.</summary>
    /// <param name="Number">The lead.</param>
    /// <param name="Deal">The deal it became, where it did.</param>
    public sealed record Done(string Number, string? Deal = null) : LeadOutcome;

    /// <summary>Fields are missing or wrong; nothing is kept.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : LeadOutcome;

    /// <summary>The rules or the lead's state do not allow it.</summary>
    /// <param name="TextKey">The sentence that says so.</param>
    /// <param name="Arguments">Values for its placeholders.</param>
    public sealed record Refused(string TextKey, params IReadOnlyList<object> Arguments) : LeadOutcome;

    /// <summary>The roles of whoever is at work do not allow it.</summary>
    public sealed record Forbidden : LeadOutcome;

    /// <summary>There is no such lead, it is somebody else's, or somebody was faster: which of these nobody is told.</summary>
    public sealed record Gone : LeadOutcome;

    /// <summary>Somebody changed the lead since the version that was seen.</summary>
    public sealed record Stale : LeadOutcome;

    /// <summary>The registration that it would become was refused; the lead is as it was.</summary>
    public sealed record NotRegistered(DealOutcome Why) : LeadOutcome;
}
