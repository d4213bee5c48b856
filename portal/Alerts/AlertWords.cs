using System.Globalization;
using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Alerts;

/// <summary>Alerts in words: the sentence that says what is the matter, and the state.</summary>
public static class AlertWords
{
    /// <summary>The sentence in the language of this request.</summary>
    public static string Said(Texts t, string kind, string partner, decimal figure, AlertFacts facts)
    {
        var (key, values) = Sentence(kind, partner, figure, facts, TextBook.LanguageOf(CultureInfo.CurrentUICulture));
        return t[key, [.. values.Select(Shown)]];
    }

    /// <summary>The sentence's key and its values, as notifications keep them.</summary>
    public static (string Key, IReadOnlyList<object> Values) Sentence(string kind, string partner, decimal figure, AlertFacts facts, string language) => kind switch
    {
        "run_rate" => ("alerts.said.run_rate", [partner, figure, facts.NameIn(language) ?? "", facts.Period ?? ""]),
        "no_order" => facts.LastOn is { } last ? ("alerts.said.no_order", [partner, figure, last]) : ("alerts.said.no_order_ever", [partner, figure]),
        "stock_days" => facts.Sold > 0 ? ("alerts.said.stock_days", [partner, figure, facts.NameIn(language) ?? ""]) : ("alerts.said.stock_unsold", [partner, facts.Stock ?? 0, facts.NameIn(language) ?? ""]),
        "protection_unused" => ("alerts.said.protection_unused", [partner, figure, facts.Customer ?? "", facts.ProtectedUntil ?? default]),
        "over_limit" => ("alerts.said.over_limit", [partner, new Money(facts.Owed ?? 0, facts.Currency ?? ""), facts.SellerName ?? "", new Money(facts.Limit ?? 0, facts.Currency ?? "")]),
        _ => ("alerts.said.rhythm", [partner, figure, facts.Median ?? 0, facts.BreaksAfter ?? 0]),
    };

    /// <summary>The sentence in a language of somebody who is not here, for mail.</summary>
    public static string In(string language, Texts t, string kind, string partner, decimal figure, AlertFacts facts)
    {
        var (key, values) = Sentence(kind, partner, figure, facts, language);
        var culture = CultureInfo.GetCultureInfo(language);
        return t.In(language, key, [.. values.Select(value => value switch
        {
            DateOnly day => day.ToString(TextBook.DayPattern(culture), culture),
            Money money => money.Currency + "\u00A0" + money.Amount.ToString("N2", culture),
            decimal number => number.ToString("#,##0.##", culture),
            _ => value,
        })]);
    }

    /// <summary>How a state feels.</summary>
    public static Tone ToneOf(string state) => state switch
    {
        "open" => Tone.Bad,
        "taken" => Tone.Active,
        "snoozed" => Tone.Waiting,
        "ended" => Tone.Good,
        _ => Tone.Neutral,
    };

    /// <summary>A threshold with its unit.</summary>
    public static string Threshold(Texts t, string kind, decimal threshold) => t["alerts.unit." + AlertKinds.Find(kind)!.Unit, Formats.Number(threshold)];

    /// <summary>A figure with its unit: of a rhythm it counts days.</summary>
    public static string Figure(Texts t, string kind, decimal figure) => t["alerts.unit." + (kind == "rhythm" ? "days" : AlertKinds.Find(kind)!.Unit), figure >= 9999 ? ">\u00A0999" : Formats.Number(figure)];

    static object Shown(object value) => value switch
    {
        DateOnly day => Formats.Date(day),
        Money money => Formats.Of(money),
        decimal number => Formats.Number(number),
        _ => value,
    };
}
