namespace Portal.Quotes;

/// <summary>How a line takes part in an offer. Only what is included counts in the totals, is accepted and is ordered; the rest the customer can ask for.</summary>
public static class QuoteChoice
{
    /// <summary>Part of the offer.</summary>
    public const string Included = "included";

    /// <summary>Can be had on top.</summary>
    public const string Optional = "optional";

    /// <summary>Can be had instead of another line.</summary>
    public const string Alternative = "alternative";

    /// <summary>The longest heading, in characters.</summary>
    public const int LongestSection = 120;

    /// <summary>All of them, in the order in which a form offers them.</summary>
    public static IReadOnlyList<string> All { get; } = [Included, Optional, Alternative];

    /// <summary>What somebody means: included where nothing is said, null where it is none of them.</summary>
    public static string? Of(string? said) => string.IsNullOrWhiteSpace(said) ? Included : All.FirstOrDefault(choice => choice.Equals(said.Trim(), StringComparison.OrdinalIgnoreCase));
}
