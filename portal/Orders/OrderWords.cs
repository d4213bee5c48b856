using System.Globalization;
using Platform.Texts;
using Portal.Pricing;
using Portal.Web.Display;

namespace Portal.Orders;

/// <summary>How an order's facts are said on the pages.</summary>
public static class OrderWords
{
    /// <summary>A name in the reader's language.</summary>
    public static string Name(string name, string? nameZh) =>
        TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh ?? name : name;

    /// <summary>How a state feels.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        OrderStatus.Draft => Tone.Neutral,
        OrderStatus.Submitted or OrderStatus.PendingApproval => Tone.Waiting,
        OrderStatus.Confirmed or OrderStatus.PartiallyShipped or OrderStatus.Shipped => Tone.Active,
        OrderStatus.Received or OrderStatus.Closed => Tone.Good,
        _ => Tone.Bad,
    };

    /// <summary>A unit price: at least the currency's decimals, at most four.</summary>
    public static string Price(decimal price, string currency) => Formats.Number(price, Money.MinorUnits(currency), 4);

    /// <summary>What is wrong, in the reader's language.</summary>
    public static string Say(this Texts texts, OrderProblem problem)
    {
        var sentence = problem.Arguments.Count == 0 ? texts[problem.TextKey].Value : texts[problem.TextKey, [.. problem.Arguments]].Value;
        return problem.Line is { } line ? texts["orders.line_says", line, sentence].Value : sentence;
    }

    /// <summary>From when until when something sold by the term is had.</summary>
    public static string Term(DateOnly start, DateOnly end, int? months, Texts texts) => months is { } some
        ? texts["orders.term", Formats.Date(start), Formats.Date(end), some]
        : texts["orders.term_days", Formats.Date(start), Formats.Date(end)];

    /// <summary>True for a line that came with the order for nothing.</summary>
    public static bool IsGift(string json) => KeptSteps.Read(json) is [.., { Effect: "gift" }];

    /// <summary>How far an order is on its way through <see cref="OrderStatus.Chain"/>: the place of its state, or -1 where it left the way.</summary>
    public static int Place(string status) => status switch
    {
        OrderStatus.PendingApproval => 1,
        OrderStatus.PartiallyShipped => 3,
        _ => OrderStatus.Chain.ToList().IndexOf(status),
    };
}

/// <summary>A unit price with its explanation.</summary>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="StepsJson">How it came about, as it was kept.</param>
public sealed record PriceShown(decimal UnitPrice, string Currency, string StepsJson);
