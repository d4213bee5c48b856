using System.Globalization;
using Platform.Texts;
using Platform.Web;
using Portal.Customers;
using Portal.Search;
using Portal.Start;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>A request for special prices, or what is left of one for a seller that has its word to say.</summary>
public sealed record SpecialPrices
{
    /// <summary>The key; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long SpecialPriceRequestId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The deal.</summary>
    public string Deal { get; init; } = "";

    /// <summary>Which request of the deal it is.</summary>
    public int Revision { get; init; }

    /// <summary>Who asks; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long PartnerId { get; init; }

    /// <summary>Who asks.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>From whom the partner buys; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long SellerId { get; init; }

    /// <summary>From whom the partner buys.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>The partner buys from the brand itself.</summary>
    public bool SellerIsBrand { get; init; }

    /// <summary>From whom the seller buys; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long? BrandOfSellerId { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Why; null for the seller.</summary>
    public string? Reason { get; init; }

    /// <summary>The last day that is asked for; null for the seller.</summary>
    public DateOnly? WantedUntil { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTime AskedAt { get; init; }

    /// <summary>The last day that was granted.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>What the deal desk says.</summary>
    public string? Answer { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTime? DecidedAt { get; init; }

    /// <summary>When the partner took it back.</summary>
    public DateTime? WithdrawnAt { get; init; }

    /// <summary>What the seller says.</summary>
    public string? Said { get; init; }

    /// <summary><c>asked</c>, <c>withdrawn</c>, <c>refused</c>, <c>agreeing</c> (the seller has not said yet whether it sells at them), <c>declined</c> (by the seller), <c>granted</c> or <c>over</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The reader is the seller that has to say so.</summary>
    public bool MaySay { get; init; }
}

/// <summary>A product of a request.</summary>
public sealed record SpecialPriceLine
{
    /// <summary>Its number.</summary>
    public int LineNumber { get; init; }

    /// <summary>The product; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>How many are asked for.</summary>
    public int Quantity { get; init; }

    /// <summary>What a piece cost the partner when it asked.</summary>
    public decimal? UsualPrice { get; init; }

    /// <summary>What it wants to buy a piece at.</summary>
    public decimal? WantedPrice { get; init; }

    /// <summary>The share it wants off, where it said so.</summary>
    public decimal? WantedRate { get; init; }

    /// <summary>What it wants to offer a piece to the customer at.</summary>
    public decimal? WantedCustomerPrice { get; init; }

    /// <summary>How many were granted.</summary>
    public int? GrantedQuantity { get; init; }

    /// <summary>What the partner buys a piece at.</summary>
    public decimal? GrantedPrice { get; init; }

    /// <summary>What it may offer a piece at.</summary>
    public decimal? GrantedCustomerPrice { get; init; }

    /// <summary>What the seller buys a piece at; for the brand and the seller.</summary>
    public decimal? SupportPrice { get; init; }

    /// <summary>How many pieces orders have taken.</summary>
    public int Taken { get; init; }
}

/// <summary>A request with its products.</summary>
/// <param name="Head">The request.</param>
/// <param name="Lines">The products.</param>
public sealed record SpecialPricesPage(SpecialPrices Head, IReadOnlyList<SpecialPriceLine> Lines)
{
    /// <summary>The reader decides.</summary>
    public bool MayDecide { get; init; }

    /// <summary>The reader may take it back.</summary>
    public bool MayWithdraw { get; init; }

    /// <summary>The reader has a deal's page to go to.</summary>
    public bool SeesDeal { get; init; }

    /// <summary>The brand may support the seller's own purchase.</summary>
    public bool MaySupport => Head is { SellerIsBrand: false, BrandOfSellerId: not null };
}

/// <summary>What somebody asks for.</summary>
public sealed record SpecialPricesAsked
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The last day on which they are to hold.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>The products.</summary>
    public IReadOnlyList<SpecialPriceAsked> Lines { get; init; } = [];
}

/// <summary>A product that somebody asks a special price for.</summary>
public sealed record SpecialPriceAsked
{
    /// <summary>The product.</summary>
    public string? Sku { get; init; }

    /// <summary>How many.</summary>
    public decimal? Quantity { get; init; }

    /// <summary>What a piece shall cost the partner.</summary>
    public decimal? Price { get; init; }

    /// <summary>Or how many percent less than today.</summary>
    public decimal? Percent { get; init; }

    /// <summary>What a piece shall cost the customer.</summary>
    public decimal? CustomerPrice { get; init; }

    internal bool IsEmpty => string.IsNullOrWhiteSpace(Sku) && (Quantity ?? Price ?? Percent ?? CustomerPrice) is null;
}

/// <summary>What the deal desk decides.</summary>
public sealed record SpecialPricesDecided
{
    /// <summary><c>grant</c> or <c>refuse</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>The last day on which they hold; as asked for where left out.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>What the partner is told; a refusal needs it.</summary>
    public string? Answer { get; init; }

    /// <summary>What is granted; all as asked for where left out.</summary>
    public IReadOnlyList<SpecialPriceDecided>? Lines { get; init; }
}

/// <summary>What is granted of one product; without prices nothing.</summary>
public sealed record SpecialPriceDecided
{
    /// <summary>The line of the request.</summary>
    public int LineNumber { get; init; }

    /// <summary>How many.</summary>
    public decimal? Quantity { get; init; }

    /// <summary>What a piece costs the partner.</summary>
    public decimal? Price { get; init; }

    /// <summary>What the partner may offer a piece at.</summary>
    public decimal? CustomerPrice { get; init; }

    /// <summary>What its seller buys a piece at from the brand.</summary>
    public decimal? SupportPrice { get; init; }
}

/// <summary>How special prices are called on the screen.</summary>
public static class SpecialPriceWords
{
    /// <summary>All states, those that wait first.</summary>
    public static readonly string[] States = ["asked", "agreeing", "granted", "declined", "refused", "withdrawn", "over"];

    /// <summary>How a state feels to the person who works with it.</summary>
    public static Tone Tone(string state) => state switch
    {
        "asked" or "agreeing" => Web.Display.Tone.Waiting,
        "granted" => Web.Display.Tone.Good,
        "refused" or "declined" => Web.Display.Tone.Bad,
        _ => Web.Display.Tone.Neutral,
    };

    /// <summary>A price with its currency.</summary>
    public static string Price(decimal? price, string currency) => price is { } value ? $"{Formats.Number(value, Pricing.Currencies.MinorUnits(currency), 4)} {currency}" : "–";

    /// <summary>A product's name in the reader's language.</summary>
    public static string Name(SpecialPriceLine line) => Languages.Current is "zh-CN" ? line.NameZh ?? line.Name : line.Name;

    /// <summary>A value as a field has it.</summary>
    public static string? Typed(decimal? value) => value?.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>The special prices of a deal on its page.</summary>
sealed class SpecialPricesPart(SpecialPriceStore specials, TimeProvider clock) : IDealPart
{
    public bool IsAside => false;

    public int Order => 15;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var today = await specials.TodayAsync(ct);
        var requests = await specials.OfDealAsync(deal.DealId, today, ct);
        var isProtected = DealLifecycle.IsProtected(deal.Status) && deal.ProtectedUntil > clock.GetUtcNow().UtcDateTime;
        var mayAsk = isProtected && deal.Allows("request_special_price") && !requests.Exists(request => request.State is "asked");
        return requests.Count == 0 && !mayAsk ? null : new("/Deals/SpecialPrices/_SpecialPrices.cshtml", new SpecialPricesShown(deal, requests, isProtected || deal.Status is "won" ? await specials.HeldAsync(deal.Number, today, ct) : [], mayAsk));
    }
}

/// <summary>What <c>_SpecialPrices.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Requests">What was asked for, the newest first.</param>
/// <param name="Held">What holds.</param>
/// <param name="MayAsk">The reader may ask for some.</param>
public sealed record SpecialPricesShown(Deal Deal, IReadOnlyList<SpecialPrices> Requests, IReadOnlyList<HeldSpecialPrice> Held, bool MayAsk);

/// <summary>What of special prices waits: decisions of the deal desk, words of sellers.</summary>
sealed class SpecialPricesWaiting(SpecialPriceStore specials, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct) =>
        me.Has("deal_desk") ? [new("specials.waiting.asked", await specials.CountAsync("asked", await specials.TodayAsync(ct), ct), "/deals/special-prices?state=asked", "tag")]
        : !me.IsBrand && me.Has("sales", "partner_admin") ? [new("specials.waiting.agreeing", await specials.CountToSayAsync(ct), "/deals/special-prices?state=agreeing", "tag")]
        : [];
}
