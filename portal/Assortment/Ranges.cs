using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Assortment;

/// <summary>The statements about sellable ranges (可售范围).</summary>
public sealed class Ranges(Db db, TimeProvider clock)
{
    /// <summary>What may be asked of the list.</summary>
    public static ListShape Shape { get; } = new("sellable_rules", "-from", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "r.number",
        ["from"] = "lower(r.valid)",
        ["until"] = "upper(r.valid)",
    }, Tie: "r.sellable_rule_id desc", Filters: ["effect", "state"]);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Who is at work, and whether it may keep ranges.</summary>
    public Task<Here> HereAsync(CancellationToken ct) => db.OneAsync<Here>("""
        select p.partner_id, p.partner_type = 'brand' as is_brand, app_keeps_ranges_of(p.partner_id) as may_keep, brand_day(@now) as today
        from partner p
        where p.partner_id = coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand'))
        """, new { now = Now }, ct);

    /// <summary>One page of the rules one may see: the own company's; the brand's people see everybody's.</summary>
    public Task<ListPage<RangeRow>> PageAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var asked = new { words = query.Words, effect = query["effect"], state = query["state"], now = Now, offset = query.Offset, limit = query.Limit };
        const string Where = """
            where (@words::text is null or position(lower(@words) in lower(concat_ws(' ', r.number, r.note, r.category, l.code, l.name, l.name_zh, b.name, b.name_latin, s.name,
                     (select string_agg(p.sku, ' ') from sellable_rule_product x join product p on p.product_id = x.product_id where x.sellable_rule_id = r.sellable_rule_id)))) > 0)
              and (@effect::text is null or r.effect = @effect)
              and (@state::text is null or @state = case when r.valid @> brand_day(@now) then 'in_force' when lower(r.valid) > brand_day(@now) then 'coming' else 'past' end)
            """;
        var total = await db.OneAsync<long>($"select count(*) {From} {Where}", asked, ct);
        var rows = await db.ListAsync<RangeRow>($"{Select} {From} {Where} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<RangeRow>(rows, total);
    }, ct);

    /// <summary>The rules after one, the newest first, for programs.</summary>
    public Task<List<RangeRow>> AfterAsync(string? after, int take, CancellationToken ct) => db.ListAsync<RangeRow>($"""
        {Select} {From}
        where (@after::text is null or r.sellable_rule_id < (select x.sellable_rule_id from sellable_rule x where x.number = @after))
        order by r.sellable_rule_id desc
        limit @take
        """, new { after, take, now = Now }, ct);

    /// <summary>One rule; null where there is none for the person at work.</summary>
    public Task<RangeRow?> FindAsync(string number, CancellationToken ct) => db.FindAsync<RangeRow>($"{Select} {From} where r.number = @number", new { number, now = Now }, ct);

    /// <summary>The products a rule names, at most a thousand.</summary>
    public Task<List<RangeProduct>> ProductsAsync(string number, CancellationToken ct) => db.ListAsync<RangeProduct>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh
        from sellable_rule r
        join sellable_rule_product x on x.sellable_rule_id = r.sellable_rule_id
        join product p on p.product_id = x.product_id
        where r.number = @number
        order by p.sku
        limit 1000
        """, new { number }, ct);

    /// <summary>Which of the names in a rule are there.</summary>
    public Task<KnownNames> KnowAsync(RangeFacts facts, CancellationToken ct) => db.OneAsync<KnownNames>("""
        select exists (select from product_line where code = @Line) as has_line,
               exists (select from product where category = @Category) as has_category,
               exists (select from partner where (number = upper(@Buyer) or code = @Buyer) and partner_type <> 'brand' and partner_id is distinct from app_partner_id()) as has_buyer,
               exists (select from territory where code = @Territory) as has_territory,
               array(select asked.sku from unnest(@skus) as asked (sku) where not exists (select from product p where p.sku = asked.sku) order by asked.sku) as unknown_skus
        """, new { facts.Line, facts.Category, facts.Buyer, facts.Territory, skus = facts.Skus?.ToArray() ?? [] }, ct);

    /// <summary>Writes a rule with the products it names.</summary>
    public Task<string> InsertAsync(string number, long sellerId, RangeFacts facts, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("""
            insert into sellable_rule (number, seller_id, effect, covers, product_line_id, category, buyer_id, partner_level, partner_type, territory_id, whole_channel, valid, note, added_by, added_at)
            values (@number, @sellerId, @Effect, @Covers, (select product_line_id from product_line where code = @Line), @Category,
                    (select partner_id from partner where number = upper(@Buyer) or code = @Buyer limit 1), @PartnerLevel, @PartnerType, (select territory_id from territory where code = @Territory),
                    @WholeChannel, daterange(@From, @Until, '[]'), @Note, app_person_id(), @now)
            """, new
        {
            number, sellerId, facts.Effect, facts.Covers, facts.Line, facts.Category, facts.Buyer, facts.PartnerLevel, facts.PartnerType, facts.Territory, facts.WholeChannel, facts.From, facts.Until, facts.Note, now = Now,
        }, ct);
        if (facts.Skus is { Count: > 0 } skus)
        {
            await db.ExecuteAsync("""
                insert into sellable_rule_product (sellable_rule_id, product_id)
                select r.sellable_rule_id, p.product_id
                from sellable_rule r join product p on p.sku = any (@skus)
                where r.number = @number
                """, new { number, skus = skus.ToArray() }, ct);
        }

        return number;
    }, ct);

    /// <summary>Gives a rule its last day; false when somebody else changed it meanwhile. One that has not begun then never holds.</summary>
    public async Task<bool> EndAsync(string number, int version, DateOnly lastDay, CancellationToken ct) => await db.ExecuteAsync("""
        update sellable_rule
        set valid = case when lower(valid) > @lastDay then 'empty' else daterange(lower(valid), @lastDay, '[]') end, version = version + 1
        where number = @number and version = @version
        """, new { number, version, lastDay }, ct) == 1;

    /// <summary>The categories products have, with their line, for a form.</summary>
    public Task<List<NamedCode>> CategoriesAsync(CancellationToken ct) =>
        db.ListAsync<NamedCode>("select category as code, category as name, coalesce(min(category_zh), category) as name_zh from product where category is not null group by category order by category limit 500", null, ct);

    /// <summary>The lines of products.</summary>
    public Task<List<NamedCode>> LinesAsync(CancellationToken ct) => db.ListAsync<NamedCode>("select code, name, name_zh from product_line order by code", null, ct);

    /// <summary>The territories.</summary>
    public Task<List<NamedCode>> TerritoriesAsync(CancellationToken ct) => db.ListAsync<NamedCode>("select code, name, name_zh from territory order by code", null, ct);

    const string Select = """
        select r.number, s.number as seller_number, s.name as seller_name, s.name_latin as seller_name_latin, coalesce(r.seller_id = app_partner_id(), false) as is_own, r.effect, r.covers,
               l.code as line, l.name as line_name, l.name_zh as line_name_zh, r.category, coalesce((select min(c.category_zh) from product c where c.category = r.category), r.category) as category_zh, b.number as buyer_number, b.name as buyer_name, b.name_latin as buyer_name_latin,
               r.partner_level, r.partner_type, t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh, r.whole_channel,
               lower(r.valid) as valid_from, upper(r.valid) - 1 as valid_until, r.note, r.version,
               case when r.valid @> brand_day(@now) then 'in_force' when lower(r.valid) > brand_day(@now) then 'coming' else 'past' end as state,
               (select count(*) from sellable_rule_product x where x.sellable_rule_id = r.sellable_rule_id) as products
        """;

    const string From = """
        from sellable_rule r
        join partner s on s.partner_id = r.seller_id
        left join product_line l on l.product_line_id = r.product_line_id
        left join partner b on b.partner_id = r.buyer_id
        left join territory t on t.territory_id = r.territory_id
        """;
}

/// <summary>Who is at work on ranges.</summary>
public sealed record Here(long PartnerId, bool IsBrand, bool MayKeep, DateOnly Today);

/// <summary>Which of the names in a rule are there.</summary>
public sealed record KnownNames
{
    /// <summary>The line.</summary>
    public bool HasLine { get; init; }

    /// <summary>The category.</summary>
    public bool HasCategory { get; init; }

    /// <summary>The partner.</summary>
    public bool HasBuyer { get; init; }

    /// <summary>The territory.</summary>
    public bool HasTerritory { get; init; }

    /// <summary>The SKUs that are no products.</summary>
    public string[] UnknownSkus { get; init; } = [];
}

/// <summary>Something with a code and a name in two languages.</summary>
public sealed record NamedCode(string Code, string Name, string NameZh);

/// <summary>A product a rule names.</summary>
public sealed record RangeProduct(string Sku, string Name, string NameZh);

/// <summary>A rule as lists and pages show it.</summary>
public sealed record RangeRow
{
    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string SellerNumber { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>True for a rule of the own company.</summary>
    public bool IsOwn { get; init; }

    /// <summary>allow or exclude.</summary>
    public string Effect { get; init; } = "";

    /// <summary>all, line, category or products.</summary>
    public string Covers { get; init; } = "";

    /// <summary>The code of the line.</summary>
    public string? Line { get; init; }

    /// <summary>The line's name.</summary>
    public string? LineName { get; init; }

    /// <summary>The line's name in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>The category.</summary>
    public string? Category { get; init; }

    /// <summary>The category in Chinese, or the other.</summary>
    public string? CategoryZh { get; init; }

    /// <summary>How many products it names.</summary>
    public long Products { get; init; }

    /// <summary>The one partner it is for.</summary>
    public string? BuyerNumber { get; init; }

    /// <summary>That partner's name.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>The level it asks for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The type it asks for.</summary>
    public string? PartnerType { get; init; }

    /// <summary>The territory it asks for.</summary>
    public string? Territory { get; init; }

    /// <summary>The territory's name.</summary>
    public string? TerritoryName { get; init; }

    /// <summary>The territory's name in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>Holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day; none for one that was taken back before it began.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Why.</summary>
    public string? Note { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>in_force, coming or past.</summary>
    public string State { get; init; } = "";
}
