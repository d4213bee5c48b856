using Platform.Database;

namespace Portal.Assortment;

/// <summary>Says what rules come to: what a partner may buy, and who may buy a product.</summary>
public sealed class RangePreview(Db db, TimeProvider clock)
{
    /// <summary>What one of the own buyers may buy on a day, by product line; null where there is no such buyer. The brand may ask about any partner.</summary>
    /// <param name="buyer">Its number or code.</param>
    /// <param name="on">The day; null for today.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<BuyersRange?> OfBuyerAsync(string buyer, DateOnly? on, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<Buyer>("""
            select b.partner_id, b.upstream_id as seller_id, b.number, b.name, b.name_latin
            from partner b
            where (b.number = upper(@buyer) or b.code = @buyer) and b.upstream_id is not null and (b.upstream_id = app_partner_id() or (select app_is_brand()))
            limit 1
            """, new { buyer = buyer.Trim() }, ct) is not { } asked)
        {
            return null;
        }

        var lines = await db.ListAsync<LineOfRange>("""
            with verdict as materialized (
                select v.product_id, v.sellable, v.sellable_rule_id from sellable_verdicts(array[@PartnerId], @SellerId, coalesce(@on, brand_day(@now)), null) v)
            select l.code, l.name, l.name_zh, count(*) as products, count(*) filter (where coalesce(v.sellable, true)) as sellable,
                   array(select distinct r.number from verdict w join product q on q.product_id = w.product_id join sellable_rule r on r.sellable_rule_id = w.sellable_rule_id
                         where q.product_line_id = l.product_line_id and not w.sellable order by r.number limit 5) as excluded_by
            from product p
            join product_line l on l.product_line_id = p.product_line_id
            left join verdict v on v.product_id = p.product_id
            where p.status = 'active'
            group by l.product_line_id
            order by l.code
            """, new { asked.PartnerId, asked.SellerId, on, now = clock.GetUtcNow().UtcDateTime }, ct);
        return new BuyersRange(asked.Number, asked.Name, asked.NameLatin, lines);
    }, ct);

    /// <summary>Which of the own buyers may buy a product on a day; null where there is no such product. At most two thousand buyers, those it is kept from first.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="on">The day; null for today.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ProductsBuyers?> OfProductAsync(string sku, DateOnly? on, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<RangeProduct>("select sku, name, coalesce(name_zh, name) as name_zh from product where sku = @sku", new { sku = sku.Trim() }, ct) is not { } product)
        {
            return null;
        }

        var buyers = await db.ListAsync<BuyerOfProduct>("""
            with buyer as materialized (
                select b.* from partner b where b.upstream_id = app_partner_id() and b.status = 'active')
            select b.number, b.name, b.name_latin, b.partner_type, b.partner_level, coalesce(v.sellable, true) as may_buy, r.number as rule
            from buyer b
            left join sellable_verdicts(array(select partner_id from buyer), app_partner_id(), coalesce(@on, brand_day(@now)), array(select product_id from product where sku = @Sku)) v on v.buyer_id = b.partner_id
            left join sellable_rule r on r.sellable_rule_id = v.sellable_rule_id
            order by coalesce(v.sellable, true), b.name
            limit 2000
            """, new { product.Sku, on, now = clock.GetUtcNow().UtcDateTime }, ct);
        return new ProductsBuyers(product, buyers);
    }, ct);

    sealed record Buyer(long PartnerId, long SellerId, string Number, string Name, string? NameLatin);
}

/// <summary>What a partner may buy.</summary>
/// <param name="Number">The partner.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameLatin">The same in Latin letters.</param>
/// <param name="Lines">Line by line.</param>
public sealed record BuyersRange(string Number, string Name, string? NameLatin, IReadOnlyList<LineOfRange> Lines);

/// <summary>How much of a line a partner may buy.</summary>
public sealed record LineOfRange
{
    /// <summary>The line's code.</summary>
    public string Code { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>How many active products it has.</summary>
    public long Products { get; init; }

    /// <summary>How many of them are sold to the partner.</summary>
    public long Sellable { get; init; }

    /// <summary>The rules that keep the others from it, five at most.</summary>
    public string[] ExcludedBy { get; init; } = [];
}

/// <summary>Who may buy a product.</summary>
/// <param name="Product">The product.</param>
/// <param name="Buyers">Buyer by buyer.</param>
public sealed record ProductsBuyers(RangeProduct Product, IReadOnlyList<BuyerOfProduct> Buyers);

/// <summary>Whether a buyer may buy a product.</summary>
/// <param name="Number">The buyer.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameLatin">The same in Latin letters.</param>
/// <param name="PartnerType">What it is.</param>
/// <param name="PartnerLevel">Its rank.</param>
/// <param name="MayBuy">Whether it may.</param>
/// <param name="Rule">The rule that decides; null where none speaks of it.</param>
public sealed record BuyerOfProduct(string Number, string Name, string? NameLatin, string PartnerType, string PartnerLevel, bool MayBuy, string? Rule);
