using Platform.Web;
using Portal.Web;

namespace Portal.Disputes;

/// <summary>What became of an act on a dispute.</summary>
public abstract record DisputeOutcome
{
    DisputeOutcome()
    {
    }

    /// <summary>Done.</summary>
    public sealed record Done(string Number) : DisputeOutcome;

    /// <summary>Fields are missing or wrong.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : DisputeOutcome;

    /// <summary>The rules or the state do not allow it.</summary>
    /// <param name="TextKey">The sentence that says so.</param>
    /// <param name="Arguments">Values for its placeholders.</param>
    public sealed record Refused(string TextKey, params IReadOnlyList<object> Arguments) : DisputeOutcome;

    /// <summary>The roles of whoever is at work do not allow it.</summary>
    public sealed record Forbidden : DisputeOutcome;

    /// <summary>There is no such dispute or deal, or it is somebody else's.</summary>
    public sealed record Missing : DisputeOutcome;

    /// <summary>Somebody changed it since the version that was seen.</summary>
    public sealed record Stale : DisputeOutcome;

    /// <summary>Words as they are kept; null where there are none, or too many.</summary>
    internal static string? Words(string? typed, int most) => Typed.Text(typed) is { } text && text.Length <= most ? text : null;
}
