using Platform.Texts;

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

    /// <summary>How a line that counts in no total can be had, in words.</summary>
    /// <param name="alternativeTo">The number of the line that it can take the place of; null where it is had on top.</param>
    /// <param name="text">Looks a text up.</param>
    internal static string Said(int? alternativeTo, Func<string, object[], string> text) => alternativeTo is { } other ? text("quotes.document.alternative", [other]) : text("quotes.document.optional", []);

    /// <summary>The same, in the reader's language.</summary>
    internal static string Said(int? alternativeTo, Texts t) => Said(alternativeTo, (key, arguments) => t[key, arguments]);

    /// <summary>What somebody means: included where nothing is said, null where it is none of them.</summary>
    public static string? Of(string? said) => string.IsNullOrWhiteSpace(said) ? Included : All.FirstOrDefault(choice => choice.Equals(said.Trim(), StringComparison.OrdinalIgnoreCase));
}
