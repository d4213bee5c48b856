namespace Portal.Stock;

/// <summary>Why goods come or go without an order, by code; the database has the same list (the_reason_of_a_move_is_known).</summary>
public static class MoveReasons
{
    /// <summary>Why they come by supply.</summary>
    public static IReadOnlyList<string> In { get; } = ["found", "customer_return", "correction"];

    /// <summary>Why they go by loss.</summary>
    public static IReadOnlyList<string> Out { get; } = ["damaged", "expired", "stolen", "missing", "sample", "own_use", "correction"];

    /// <summary>Nobody knows: a count differs from the books.</summary>
    public const string Count = "count";

    /// <summary>What a difference of a count can come of.</summary>
    public static IReadOnlyList<string> OfCounts { get; } = [Count, .. In.Union(Out, StringComparer.Ordinal)];

    /// <summary>True where goods of that kind of movement can come or go for that reason.</summary>
    public static bool Fits(string kind, string reason) => kind switch
    {
        "supply" => In.Contains(reason),
        "loss" => Out.Contains(reason),
        _ => false,
    };
}
