namespace Portal.Orders;

/// <summary>The reason that every negative act needs.</summary>
static class Reason
{
    /// <summary>The longest reason, in characters.</summary>
    public const int Longest = 1000;

    /// <summary>What is wrong with the reason, or null.</summary>
    public static OrderOutcome? Problem(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? OrderOutcome.Because("reason", "orders.problem.reason_missing")
        : reason.Length > Longest ? OrderOutcome.Because("reason", "orders.problem.reason_too_long", Longest)
        : null;
}
