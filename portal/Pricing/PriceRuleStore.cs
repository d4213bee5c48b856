using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Pricing;

/// <summary>The statements about volume breaks and promotions.</summary>
public sealed class PriceRuleStore(Db db, TimeProvider clock)
{
    /// <summary>What may be asked of the list.</summary>
    public static ListShape Shape { get; } = new("price_rules", "-from", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["code"] = "r.code",
        ["name"] = "r.name",
        ["rate"] = "r.discount_rate",
        ["quantity"] = "r.min_quantity",
        ["from"] = "lower(r.valid)",
        ["until"] = "upper(r.valid)",
    }, Tie: "r.price_rule_id", Filters: ["kind", "state", "audience"]);

    /// <summary>One page.</summary>
    public Task<ListPage<PriceRule>> PageAsync(ListQuery query, DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var asked = new { words = query.Words, kind = query["kind"], state = query["state"], audience = query["audience"], today, offset = query.Offset, limit = query.Limit };
        const string Where = """
            where (@words::text is null or position(lower(@words) in lower(concat_ws(' ', r.code, r.name, r.name_zh, s.name))) > 0)
              and (@kind::text is null or r.kind = @kind)
              and (@audience::text is null or r.audience = @audience)
              and (@state::text is null or @state = case when r.valid @> @today then 'in_force' when lower(r.valid) > @today then 'coming' else 'past' end)
            """;
        var total = await db.OneAsync<long>($"select count(*) from price_rule r join partner s on s.partner_id = r.seller_id {Where}", asked, ct);
        var rows = await db.ListAsync<PriceRule>($"{Select} {Where} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<PriceRule>(rows, total);
    }, ct);

    /// <summary>One rule of a seller, or null.</summary>
    public Task<PriceRule?> FindAsync(string sellerNumber, string code, DateOnly today, CancellationToken ct) =>
        db.FindAsync<PriceRule>($"{Select} where s.number = @sellerNumber and r.code = @code", new { sellerNumber, code, today }, ct);

    /// <summary>The products a rule names, at most a thousand.</summary>
    public Task<List<RuleProduct>> ProductsAsync(long priceRuleId, CancellationToken ct) => db.ListAsync<RuleProduct>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh
        from price_rule_product x
        join product p on p.product_id = x.product_id
        where x.price_rule_id = @priceRuleId
        order by p.sku
        limit 1000
        """, new { priceRuleId }, ct);

    /// <summary>The lines of products a rule can be for.</summary>
    public Task<List<LineName>> LinesAsync(CancellationToken ct) => db.ListAsync<LineName>("select code, name, name_zh from product_line order by code", null, ct);

    /// <summary>Those of the SKUs that are not products.</summary>
    public Task<List<string>> UnknownAsync(IReadOnlyCollection<string> skus, CancellationToken ct) => db.ListAsync<string>("""
        select asked.sku
        from unnest(@skus) as asked (sku)
        where not exists (select from product p where p.sku = asked.sku)
        order by asked.sku
        """, new { skus = skus.ToArray() }, ct);

    /// <summary>Adds a rule of the own company, or the brand's where the product itself is at work; null when the line is not there.</summary>
    public Task<long?> InsertAsync(PriceRuleFacts facts, CancellationToken ct) => db.FindAsync<long?>("""
        with rule as (
            insert into price_rule (seller_id, code, name, name_zh, kind, reason, discount_rate, min_quantity, max_quantity, audience, covers, product_line_id, whole_channel, valid, created_at)
            select coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand')), @Code, @Name, @NameZh, @Kind, @Reason, @Rate, @MinQuantity, @MaxQuantity, @Audience,
                   @Covers, (select l.product_line_id from product_line l where l.code = @Line), @WholeChannel, daterange(@From, @Until, '[]'), @now
            where @Line::text is null or exists (select from product_line l where l.code = @Line)
            returning price_rule_id
        )
        select price_rule_id from rule
        """, new
    {
        facts.Code, facts.Name, facts.NameZh, facts.Kind, facts.Reason, facts.Rate, facts.MinQuantity, facts.MaxQuantity, facts.Audience, facts.Covers, facts.Line, facts.WholeChannel, facts.From, facts.Until,
        now = clock.GetUtcNow().UtcDateTime,
    }, ct);

    /// <summary>Names the products of a rule.</summary>
    public Task NameProductsAsync(long priceRuleId, IReadOnlyCollection<string> skus, CancellationToken ct) => db.ExecuteAsync("""
        insert into price_rule_product (price_rule_id, product_id)
        select distinct @priceRuleId, p.product_id
        from product p
        where p.sku = any (@skus)
        """, new { priceRuleId, skus = skus.ToArray() }, ct);

    /// <summary>Gives a rule its last day; null when somebody else changed it meanwhile. A rule that has not begun and ends before it does never holds.</summary>
    public Task<int?> EndAsync(long priceRuleId, int version, DateOnly lastDay, CancellationToken ct) => db.FindAsync<int?>("""
        update price_rule
        set valid = case when lower(valid) > @lastDay then 'empty' else daterange(lower(valid), @lastDay, '[]') end, version = version + 1
        where price_rule_id = @priceRuleId and version = @version
        returning version
        """, new { priceRuleId, version, lastDay }, ct);

    const string Select = """
        select r.price_rule_id, s.number as seller_number, s.name as seller_name, s.name_latin as seller_name_latin, s.partner_id = app_partner_id() as is_own, r.code, r.name, r.name_zh, r.kind, r.reason, r.discount_rate as rate,
               r.min_quantity, r.max_quantity, r.audience, r.covers, l.code as line, l.name as line_name, l.name_zh as line_name_zh, r.whole_channel,
               lower(r.valid) as valid_from, upper(r.valid) - 1 as valid_until, r.version,
               case when r.valid @> @today then 'in_force' when lower(r.valid) > @today then 'coming' else 'past' end as state,
               (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) as products
        from price_rule r
        join partner s on s.partner_id = r.seller_id
        left join product_line l on l.product_line_id = r.product_line_id
        """;
}

/// <summary>A volume break or a promotion.</summary>
public sealed record PriceRule
{
    /// <summary>The key; never leaves the server.</summary>
    public long PriceRuleId { get; init; }

    /// <summary>Whose it is.</summary>
    public string SellerNumber { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>True for a rule of the own company.</summary>
    public bool IsOwn { get; init; }

    /// <summary>What the seller calls it.</summary>
    public string Code { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>volume or promotion.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string? Reason { get; init; }

    /// <summary>The share taken off.</summary>
    public decimal Rate { get; init; }

    /// <summary>From this quantity of a line.</summary>
    public decimal MinQuantity { get; init; }

    /// <summary>Up to this quantity.</summary>
    public decimal? MaxQuantity { get; init; }

    /// <summary>partners, end_customers or everyone.</summary>
    public string Audience { get; init; } = "";

    /// <summary>all, line or products.</summary>
    public string Covers { get; init; } = "";

    /// <summary>The code of the line it is for.</summary>
    public string? Line { get; init; }

    /// <summary>The line's name.</summary>
    public string? LineName { get; init; }

    /// <summary>The line's name in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>A rule of the brand that holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day; none for a rule that was taken back before it began.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>in_force, coming or past.</summary>
    public string State { get; init; } = "";

    /// <summary>How many products it names.</summary>
    public long Products { get; init; }
}

/// <summary>A product a rule names.</summary>
public sealed record RuleProduct(string Sku, string Name, string NameZh);

/// <summary>A line of products.</summary>
public sealed record LineName(string Code, string Name, string NameZh);
