using Dapper;
using Platform.Database;

namespace Portal.Pricing;

/// <summary>
/// What things cost: list price, price book, volume break, promotions, a deal's special price, in that order, for any number of lines with one look into the database
/// (its <c>price_facts</c>), of which <see cref="PriceEngine"/> makes the prices. Only the two sides of a direct trade and the brand are told a price.
/// </summary>
public sealed class Prices(Db db)
{
    /// <summary>Prices lines for a buyer, each as if nothing else were bought: what a catalogue shows. The answer has one <see cref="LinePrice"/> per asked line, in the same order.</summary>
    /// <param name="buyerId">The buying partner, or null for an end customer of the seller (a quote).</param>
    /// <param name="sellerId">The brand or the partner that sells; for a partner's order its upstream.</param>
    /// <param name="currency">ISO 4217 code; there is no conversion, a product without price in it is refused.</param>
    /// <param name="onDate">The day whose books and rules hold; an earlier day answers what it cost then.</param>
    /// <param name="lines">SKU and quantity of each line; the same SKU may stand on several.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="deal">The deal whose special prices count; null for none.</param>
    public async Task<IReadOnlyList<LinePrice>> ForAsync(
        long? buyerId, long sellerId, string currency, DateOnly onDate, IReadOnlyCollection<AskedLine> lines, CancellationToken ct, DealAsked? deal = null) =>
        lines.Count == 0 ? [] : PriceEngine.EachByItself(await FactsAsync(buyerId, sellerId, currency, onDate, lines, [], deal, ct), lines);

    /// <summary>Prices lines that are bought together: promotions of the whole basket, gifts and coupons count too.</summary>
    /// <param name="buyerId">The buying partner, or null for an end customer of the seller (a quote).</param>
    /// <param name="sellerId">The brand or the partner that sells; for a partner's order its upstream.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="onDate">The day whose books and rules hold.</param>
    /// <param name="lines">SKU and quantity of each line.</param>
    /// <param name="coupons">What the buyer typed; capitals or not.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="deal">The deal whose special prices count; null for none.</param>
    public async Task<BasketPrice> OfBasketAsync(
        long? buyerId, long sellerId, string currency, DateOnly onDate, IReadOnlyCollection<AskedLine> lines, IReadOnlyCollection<string> coupons, CancellationToken ct, DealAsked? deal = null) =>
        lines.Count == 0 ? new([], [], [], []) : PriceEngine.Together(await FactsAsync(buyerId, sellerId, currency, onDate, lines, coupons, deal, ct), lines);

    /// <summary>Prices several baskets, each as if it alone were bought, with one look into the database; without coupons.</summary>
    /// <param name="buyerId">The buying partner, or null for an end customer of the seller (a quote).</param>
    /// <param name="sellerId">The brand or the partner that sells; for a partner's order its upstream.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="onDate">The day whose books and rules hold.</param>
    /// <param name="baskets">The lines of each.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IReadOnlyList<BasketPrice>> OfBasketsAsync(
        long? buyerId, long sellerId, string currency, DateOnly onDate, IReadOnlyList<IReadOnlyCollection<AskedLine>> baskets, CancellationToken ct)
    {
        if (baskets.Count == 0)
        {
            return [];
        }

        var facts = await FactsAsync(buyerId, sellerId, currency, onDate, [.. baskets.SelectMany(lines => lines)], [], null, ct);
        return [.. baskets.Select(lines => PriceEngine.Together(facts, lines))];
    }

    async Task<PriceFacts?> FactsAsync(long? buyerId, long sellerId, string currency, DateOnly onDate, IReadOnlyCollection<AskedLine> lines, IReadOnlyCollection<string> coupons, DealAsked? deal, CancellationToken ct) =>
        (await db.FindAsync<PriceColumns>("select * from price_facts(@buyerId, @sellerId, @currency, @onDate, @skus, @coupons)" + (deal is null ? "" : " cross join lateral special_price_facts(@deal, @buyerId, @sellerId, @currency, @onDate)"),
            new { buyerId, sellerId, currency, onDate, skus = Skus(lines), coupons = Coupons(coupons), deal = deal?.Number }, ct))?.ToFacts(deal?.IsReplay ?? false);

    /// <summary>
    /// The facts for a partner that buys of its upstream, in its currency and today, as a statement to be sent together with others. It wants <c>@now</c>, <c>@skus</c> (<see cref="Skus"/>) and <c>@coupons</c> (<see cref="Coupons"/>); no row comes where there is no partner.
    /// </summary>
    /// <param name="buyer">The buying partner's key, in SQL.</param>
    /// <param name="ofDeal">True where it is for a deal; then it wants <c>@deal</c>, too.</param>
    internal static string OfUpstream(string buyer, bool ofDeal = false) => $"""
        select facts.*{(ofDeal ? ", special.*" : "")} from partner b cross join lateral price_facts(b.partner_id, b.upstream_id, b.currency, brand_day(@now), @skus, @coupons) facts
        {(ofDeal ? "cross join lateral special_price_facts(@deal, b.partner_id, b.upstream_id, b.currency, brand_day(@now)) special" : "")}
        where b.partner_id = {buyer}
        """;

    /// <summary>Reads the answer to <see cref="OfUpstream"/>.</summary>
    internal static async Task<BasketPrice> ReadAsync(SqlMapper.GridReader answers, IReadOnlyCollection<AskedLine> lines) =>
        PriceEngine.Together((await answers.ReadSingleOrDefaultAsync<PriceColumns>())?.ToFacts(), lines);

    /// <summary>The products of the lines, once each.</summary>
    internal static string[] Skus(IEnumerable<AskedLine> lines) => [.. lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)];

    /// <summary>Coupons as they are kept: in capitals, without blanks.</summary>
    internal static string[] Coupons(IEnumerable<string> typed) => [.. typed.Select(coupon => coupon.Trim().ToUpperInvariant()).Where(coupon => coupon.Length > 0).Distinct(StringComparer.Ordinal)];
}

/// <summary>A deal whose special prices are asked for.</summary>
/// <param name="Number">The deal.</param>
/// <param name="IsReplay">What things cost on an earlier day: what orders have taken since then counts for nothing.</param>
public sealed record DealAsked(string Number, bool IsReplay = false)
{
    /// <summary>The deal of that number; null where none is named.</summary>
    public static DealAsked? Of(string? number) => string.IsNullOrWhiteSpace(number) ? null : new(number.Trim().ToUpperInvariant());
}

/// <summary>One line to be priced.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">More than nothing.</param>
public sealed record AskedLine(string Sku, decimal Quantity)
{
    /// <summary>How long it is had, where it is sold by the term: then the unit price is for one over the whole term.</summary>
    public Term? Term { get; init; }
}

/// <summary>The price of one asked line with the way it came about, or the reason why there is none.</summary>
/// <param name="Sku">As asked.</param>
/// <param name="Quantity">As asked.</param>
public sealed record LinePrice(string Sku, decimal Quantity)
{
    /// <summary>
    /// The text key of the reason there is no price (<c>pricing.refused.unknown_sku</c>, <c>discontinued</c>, <c>no_price</c>,
    /// <c>quantity_not_positive</c>, <c>not_sold_here</c>, <c>not_by_term</c>), or null where the line has its price.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>The product's key for the caller's own rows; null for an unknown SKU. Never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long? ProductId { get; init; }

    /// <summary>The product's name.</summary>
    public string? Name { get; init; }

    /// <summary>The product's name in Chinese, or the other one where it has none.</summary>
    public string? NameZh { get; init; }

    /// <summary>What one of it is: piece, set, month.</summary>
    public string? Unit { get; init; }

    /// <summary>How long it is had; the prices are for one over all of that time.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public Term? Term { get; init; }

    /// <summary>What one costs after all steps; 0 where refused.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Quantity times unit price, rounded to the currency's minor unit; 0 where refused.</summary>
    public decimal LineAmount { get; init; }

    /// <summary>The list price of one, where a list names the product.</summary>
    public decimal? ListPrice { get; init; }

    /// <summary>The price of one below which the brand wants to be asked before it is offered to an end customer; null where there is none.</summary>
    public decimal? Floor { get; init; }

    /// <summary>How many pieces are left at the deal's special price, where the line asks for more and has none therefore; null elsewhere.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public int? SpecialLeft { get; init; }

    /// <summary>How the unit price came about; keep them with the line, so that it can be explained when the books have changed.</summary>
    public IReadOnlyList<PriceStep> Steps { get; init; } = [];
}

/// <summary>One step to a price.</summary>
/// <param name="Kind"><c>list</c>, <c>book</c>, <c>term</c> (from the price of a unit of time to that of the whole term), <c>volume</c>, <c>promotion</c> or <c>deal</c>.</param>
/// <param name="Rule">The code of the price book or rule.</param>
/// <param name="Version">Its version then.</param>
/// <param name="Label">What it is called.</param>
/// <param name="LabelZh">What it is called in Chinese.</param>
/// <param name="Rate">The share taken off, 0.02 for 2 %; null for the steps that set a price.</param>
/// <param name="Price">What one costs after the step.</param>
public sealed record PriceStep(string Kind, string Rule, int Version, string Label, string LabelZh, decimal? Rate, decimal Price)
{
    /// <summary>What a promotion does that does not take a share off the line: <c>amount</c>, <c>buy_get</c>, <c>bundle</c>, <c>threshold</c> or <c>gift</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Effect { get; init; }
}
