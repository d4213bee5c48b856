using System.Text.RegularExpressions;

namespace Portal.Quotes.Templates;

/// <summary>The placeholders in the texts of a template, such as {customer}; the same in both languages, filled with the quote's own facts in the language of the paper.</summary>
public static partial class QuotePlaceholders
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> Known { get; } = ["customer", "seller", "number", "revision", "date", "valid_until", "total", "currency", "deal"];

    /// <summary>Those in a text that do not exist, as they were written.</summary>
    public static IReadOnlyList<string> UnknownIn(string text) =>
        [.. Placeholder().Matches(text).Select(match => match.Groups["name"].Value).Where(name => !Known.Contains(name, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];

    /// <summary>All there are, written as they are used.</summary>
    public static string Written(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"{{{name}}}"));

    /// <summary>A text of a design in one language, filled in; null where it gives none.</summary>
    public static string? Fill(DesignText? text, string language, IReadOnlyDictionary<string, string> values) => text?.In(language) is { Length: > 0 } own ? Fill(own, values) : null;

    /// <summary>The text with its placeholders filled in; what a value itself holds is never read as a placeholder.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        Placeholder().Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var value) ? value : match.Value);

    [GeneratedRegex(@"\{\s*(?<name>[^{}\r\n]{1,40}?)\s*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
