using Platform.Database;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Catalog;

/// <summary>
/// The prices that stand beside products: what the own company pays the one it buys from, what a company below pays, and for the brand, which
/// buys from nobody, its list.
/// </summary>
public sealed class CatalogPrices(Db db, Prices prices, ICurrentPerson me)
{
    /// <summary>Who buys from whom, and in which currency.</summary>
    /// <param name="BuyerNumber">The buyer's number or code; null for the own company.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Null when the buyer is not there for this caller.</returns>
    public Task<Trade?> TradeAsync(string? BuyerNumber, CancellationToken ct) => db.FindAsync<Trade>("""
        select case when b.upstream_id is null then null else b.partner_id end as buyer_id, b.number as buyer_number, b.name as buyer_name, b.name_latin as buyer_name_latin,
               coalesce(b.upstream_id, b.partner_id) as seller_id, coalesce(u.name, b.name) as seller_name,
               case when u.partner_id is null then b.name_latin else u.name_latin end as seller_name_latin, b.currency
        from partner b
        left join partner u on u.partner_id = b.upstream_id
        where b.number = upper(@buyer) or b.code = @buyer
        limit 1
        """, new { buyer = BuyerNumber?.Trim() ?? me.PartnerNumber }, ct);

    /// <summary>Prices lines for a trade.</summary>
    public Task<IReadOnlyList<LinePrice>> OfAsync(Trade trade, DateOnly on, IReadOnlyCollection<AskedLine> lines, CancellationToken ct) =>
        prices.ForAsync(trade.BuyerId, trade.SellerId, trade.Currency, on, lines, ct);
}

/// <summary>Who buys from whom.</summary>
public sealed record Trade
{
    /// <summary>The buyer; null where the brand looks at its own list.</summary>
    public long? BuyerId { get; init; }

    /// <summary>The buyer's number.</summary>
    public string BuyerNumber { get; init; } = "";

    /// <summary>The buyer's name.</summary>
    public string BuyerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>The seller.</summary>
    public long SellerId { get; init; }

    /// <summary>The seller's name.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>The buyer's currency.</summary>
    public string Currency { get; init; } = "";
}
