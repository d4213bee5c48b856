using Dapper;
using Platform.Database;

namespace Portal.Pricing;

/// <summary>
/// What things cost: list price, price book, volume break, promotion, in that order, for any number of lines in one statement
/// (the database's <c>price_lines</c>). Only the two sides of a direct trade and the brand are told a price.
/// </summary>
public sealed class Prices(Db db)
{
    /// <summary>Prices lines for a buyer. The answer has one <see cref="LinePrice"/> per asked line, in the same order.</summary>
    /// <param name="buyerId">The buying partner, or null for an end customer of the seller (a quote).</param>
    /// <param name="sellerId">The brand or the partner that sells; for a partner's order its upstream.</param>
    /// <param name="currency">ISO 4217 code; there is no conversion, a product without price in it is refused.</param>
    /// <param name="onDate">The day whose books and rules hold; an earlier day answers what it cost then.</param>
    /// <param name="lines">SKU and quantity of each line; the same SKU may stand on several.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IReadOnlyList<LinePrice>> ForAsync(
        long? buyerId, long sellerId, string currency, DateOnly onDate, IReadOnlyCollection<AskedLine> lines, CancellationToken ct)
    {
        if (lines.Count == 0)
        {
            return [];
        }

        var rows = await db.ListAsync<PricedRow>("""
            select * from price_lines(@buyerId, @sellerId, @currency, @onDate, @skus, @quantities)
            """, new
        {
            buyerId,
            sellerId,
            currency,
            onDate,
            skus = lines.Select(line => line.Sku).ToArray(),
            quantities = lines.Select(line => line.Quantity).ToArray(),
        }, ct);
        return [.. rows.Select(row => row.ToLinePrice())];
    }

    /// <summary>
    /// The same for a partner that buys of its upstream, in its currency and today, as a statement to be sent together with others. It wants <c>@now</c>, <c>@skus</c> and <c>@quantities</c>; no row comes where there is no partner.
    /// </summary>
    /// <param name="buyer">The buying partner's key, in SQL.</param>
    internal static string OfUpstream(string buyer) => $"""
        select priced.* from partner b cross join lateral price_lines(b.partner_id, b.upstream_id, b.currency, brand_day(@now), @skus, @quantities) priced
        where b.partner_id = {buyer}
        order by priced.line
        """;

    /// <summary>Reads the answer to <see cref="OfUpstream"/>.</summary>
    internal static async Task<IReadOnlyList<LinePrice>> ReadAsync(SqlMapper.GridReader answers) => [.. (await answers.ReadAsync<PricedRow>()).Select(row => row.ToLinePrice())];

    sealed record PricedRow
    {
        public int Line { get; init; }
        public string Sku { get; init; } = "";
        public decimal Quantity { get; init; }
        public string? Refusal { get; init; }
        public long? ProductId { get; init; }
        public string? Name { get; init; }
        public string? NameZh { get; init; }
        public string? Unit { get; init; }
        public decimal? UnitPrice { get; init; }
        public decimal? LineAmount { get; init; }
        public string? ListRule { get; init; }
        public int? ListVersion { get; init; }
        public string? ListLabel { get; init; }
        public string? ListLabelZh { get; init; }
        public decimal? ListPrice { get; init; }
        public string? BookRule { get; init; }
        public int? BookVersion { get; init; }
        public string? BookLabel { get; init; }
        public string? BookLabelZh { get; init; }
        public decimal? BookPrice { get; init; }
        public string? VolumeRule { get; init; }
        public int? VolumeVersion { get; init; }
        public string? VolumeLabel { get; init; }
        public string? VolumeLabelZh { get; init; }
        public decimal? VolumeRate { get; init; }
        public decimal? VolumePrice { get; init; }
        public string? PromotionRule { get; init; }
        public int? PromotionVersion { get; init; }
        public string? PromotionLabel { get; init; }
        public string? PromotionLabelZh { get; init; }
        public decimal? PromotionRate { get; init; }
        public decimal? PromotionPrice { get; init; }

        public LinePrice ToLinePrice() => Refusal is { } reason
            ? new(Sku, Quantity) { Refusal = "pricing.refused." + reason, ProductId = ProductId, Name = Name, NameZh = NameZh, Unit = Unit }
            : new(Sku, Quantity)
            {
                ProductId = ProductId, Name = Name, NameZh = NameZh, Unit = Unit,
                UnitPrice = UnitPrice!.Value, LineAmount = LineAmount!.Value, ListPrice = ListPrice,
                Steps =
                [
                    .. Step("list", ListRule, ListVersion, ListLabel, ListLabelZh, null, ListPrice),
                    .. Step("book", BookRule, BookVersion, BookLabel, BookLabelZh, null, BookPrice),
                    .. Step("volume", VolumeRule, VolumeVersion, VolumeLabel, VolumeLabelZh, VolumeRate, VolumePrice),
                    .. Step("promotion", PromotionRule, PromotionVersion, PromotionLabel, PromotionLabelZh, PromotionRate, PromotionPrice),
                ],
            };

        static IEnumerable<PriceStep> Step(string kind, string? rule, int? version, string? label, string? labelZh, decimal? rate, decimal? price) =>
            rule is null ? [] : [new(kind, rule, version!.Value, label!, labelZh!, rate, price!.Value)];
    }
}

/// <summary>One line to be priced.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">More than nothing.</param>
public sealed record AskedLine(string Sku, decimal Quantity);

/// <summary>The price of one asked line with the way it came about, or the reason why there is none.</summary>
/// <param name="Sku">As asked.</param>
/// <param name="Quantity">As asked.</param>
public sealed record LinePrice(string Sku, decimal Quantity)
{
    /// <summary>
    /// The text key of the reason there is no price (<c>pricing.refused.unknown_sku</c>, <c>discontinued</c>, <c>no_price</c>,
    /// <c>quantity_not_positive</c>, <c>not_sold_here</c>), or null where the line has its price.
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

    /// <summary>What one costs after all steps; 0 where refused.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Quantity times unit price, rounded to the currency's minor unit; 0 where refused.</summary>
    public decimal LineAmount { get; init; }

    /// <summary>The list price of one, where a list names the product.</summary>
    public decimal? ListPrice { get; init; }

    /// <summary>How the unit price came about; keep them with the line, so that it can be explained when the books have changed.</summary>
    public IReadOnlyList<PriceStep> Steps { get; init; } = [];
}

/// <summary>One step to a price.</summary>
/// <param name="Kind"><c>list</c>, <c>book</c>, <c>volume</c> or <c>promotion</c>.</param>
/// <param name="Rule">The code of the price book or rule.</param>
/// <param name="Version">Its version then.</param>
/// <param name="Label">What it is called.</param>
/// <param name="LabelZh">What it is called in Chinese.</param>
/// <param name="Rate">The share taken off, 0.02 for 2 %; null for the steps that set a price.</param>
/// <param name="Price">What one costs after the step.</param>
public sealed record PriceStep(string Kind, string Rule, int Version, string Label, string LabelZh, decimal? Rate, decimal Price);
