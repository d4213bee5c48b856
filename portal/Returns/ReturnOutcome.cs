using Platform.Web;

namespace Portal.Returns;

/// <summary>How an act on a discrepancy case or a return ended.</summary>
public abstract record ReturnOutcome
{
    ReturnOutcome()
    {
    }

    /// <summary>It is done, or had been done before.</summary>
    /// <param name="Number">The case or return.</param>
    public sealed record Done(string Number) : ReturnOutcome;

    /// <summary>There is no such record for the person at work.</summary>
    public sealed record NotFound : ReturnOutcome;

    /// <summary>The person is on that side, but has none of its roles.</summary>
    public sealed record Forbidden : ReturnOutcome;

    /// <summary>The state does not allow it; perhaps someone was faster.</summary>
    /// <param name="Status">The state it is in now.</param>
    public sealed record NotNow(string Status) : ReturnOutcome;

    /// <summary>It has changed since the person looked.</summary>
    public sealed record Stale : ReturnOutcome;

    /// <summary>Something is wrong, each with its remedy.</summary>
    /// <param name="Problems">What is wrong.</param>
    public sealed record Wrong(IReadOnlyList<FieldProblem> Problems) : ReturnOutcome;

    /// <summary>One field is wrong.</summary>
    public static Wrong Because(string field, string textKey, params IReadOnlyList<object> arguments) => new([new(field, textKey, arguments)]);

    /// <summary>The longest reason, in characters.</summary>
    public const int LongestReason = 1000;

    /// <summary>What is wrong with a reason, or null.</summary>
    public static Wrong? ReasonProblem(string? reason, bool isNeeded = true) =>
        isNeeded && string.IsNullOrWhiteSpace(reason) ? Because("reason", "returns.problem.reason_missing")
        : reason?.Length > LongestReason ? Because("reason", "returns.problem.reason_too_long", LongestReason)
        : null;
}
