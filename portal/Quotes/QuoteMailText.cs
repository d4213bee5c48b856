using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Texts;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>The words of a mail with a quote: what it says unless somebody writes otherwise, and what its placeholders become.</summary>
public sealed partial class QuoteMailText(Texts texts)
{
    /// <summary>The placeholders, as they stand between braces.</summary>
    public static IReadOnlyList<string> Placeholders { get; } = ["contact", "customer", "number", "revision", "total", "valid_until", "seller", "sender", "link"];

    /// <summary>The subject that a mail has unless somebody writes another.</summary>
    public string Subject(string language, string kind) => texts.In(language, kind == "reminder" ? "quotes.mail.reminder_subject" : "quotes.mail.subject");

    /// <summary>The text that a mail has unless somebody writes another.</summary>
    public string Text(string language, string kind) => texts.In(language, kind == "reminder" ? "quotes.mail.reminder_text" : "quotes.mail.text");

    /// <summary>The first placeholder in a text that there is none of, or null.</summary>
    public static string? Unknown(string text) =>
        Placeholder().Matches(text).Select(match => match.Groups["name"].Value).FirstOrDefault(name => !Placeholders.Contains(name, StringComparer.Ordinal));

    /// <summary>Fills in all placeholders in one pass, so that a name which looks like a placeholder stays a name; that of the link stays until the mail is sent.</summary>
    public static string Fill(string text, QuoteMailWords words, string language) => Placeholder().Replace(text, match => match.Groups["name"].Value switch
    {
        "contact" => words.Contact,
        "customer" => words.Customer,
        "number" => words.Number,
        "revision" => words.Revision.ToString(CultureInfo.InvariantCulture),
        "total" => $"{words.Currency} {words.Total.ToString("N" + Math.Max(words.MinorUnits, Amounts.Decimals(words.Total)).ToString(CultureInfo.InvariantCulture), CultureInfo.GetCultureInfo(language))}",
        "valid_until" => Day(words.ValidUntil, language),
        "seller" => words.Seller,
        "sender" => words.Sender,
        _ => match.Value,
    });

    /// <summary>A text that has the place of the link: at its end where nobody gave it another.</summary>
    public static string WithLink(string text) => text.Contains("{link}", StringComparison.Ordinal) ? text : text + "\n\n{link}";

    /// <summary>The text of a copy: in the place of the link it says who can answer.</summary>
    public string Copy(string text, IEnumerable<string> answering, string language) =>
        WithLink(text).Replace("{link}", texts.In(language, "quotes.mail.copy_note", string.Join(language == "zh-CN" ? "、" : ", ", answering)), StringComparison.Ordinal);

    internal static string Day(DateOnly day, string language) =>
        language == "zh-CN" ? day.ToString("yyyy年M月d日", CultureInfo.GetCultureInfo(language)) : day.ToString("d MMMM yyyy", CultureInfo.GetCultureInfo("en"));

    [GeneratedRegex(@"\{(?<name>[A-Za-z_]{1,40})\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}

/// <summary>What the placeholders of a mail stand for.</summary>
public sealed record QuoteMailWords(
    string Contact, string Customer, string Number, int Revision, string Currency, int MinorUnits, decimal Total, DateOnly ValidUntil, string Seller, string Sender);
