using System.Text.Json.Serialization;
using Platform.Texts;

namespace Portal.Quotes;

/// <summary>From when until when something sold by the term is had.</summary>
/// <param name="Start">The first day.</param>
/// <param name="End">The last one.</param>
/// <param name="Months">For how many months; null where it ends with the subscription that it adds to.</param>
/// <param name="Subscription">The number of the subscription that it renews, or adds to where no months are said.</param>
public sealed record QuoteTerm(
    DateOnly Start, DateOnly End, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Months, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Subscription)
{
    /// <summary>The term of a line; null where it has none.</summary>
    internal static QuoteTerm? Of(QuoteLine line) => line.TermStart is { } start ? new(start, line.TermEnd!.Value, line.TermMonths, line.Subscription) : null;

    /// <summary>The term in words: its days, its months, and which subscription it goes on with.</summary>
    /// <param name="day">Writes a day.</param>
    /// <param name="text">Looks a text up.</param>
    internal string Said(Func<DateOnly, string> day, Func<string, object[], string> text) => (Months, Subscription) switch
    {
        ({ } months, null) => text("quotes.document.term", [day(Start), day(End), months]),
        ({ } months, { } number) => text("quotes.document.term_renews", [day(Start), day(End), months, number]),
        (null, { } number) => text("quotes.document.term_joins", [day(Start), day(End), number]),
        _ => text("quotes.document.term_days", [day(Start), day(End)]),
    };

    /// <summary>The same, in the reader's language.</summary>
    internal string Said(Texts t) => Said(Web.Display.Formats.Date, (key, arguments) => t[key, arguments]);
}
