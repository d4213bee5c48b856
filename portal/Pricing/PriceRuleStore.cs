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
    }, Tie: "r.price_rule_id", Filters: ["kind", "effect", "state", "audience"]);

    /// <summary>One page.</summary>
    public Task<ListPage<PriceRule>> PageAsync(ListQuery query, DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var asked = new { words = query.Words, kind = query["kind"], effect = query["effect"], state = query["state"], audience = query["audience"], today, offset = query.Offset, limit = query.Limit };
        const string Where = """
            where (@words::text is null or position(lower(@words) in lower(concat_ws(' ', r.code, r.name, r.name_zh, s.name))) > 0)
              and (@kind::text is null or r.kind = @kind)
              and (@effect::text is null or r.effect = @effect)
              and (@audience::text is null or r.audience = @audience)
              and (@state::text is null or @state = case when r.valid @> @today then 'in_force' when lower(r.valid) > @today then 'coming' else 'past' end)
            """;
        var total = await db.OneAsync<long>($"select count(*) from price_rule r join partner s on s.partner_id = r.seller_id {Where}", asked, ct);
        var rows = await db.ListAsync<PriceRule>($"{Select} {Where} order by {query.OrderBy} offset @offset limit @limit", asked, ct);
        return new ListPage<PriceRule>(rows, total);
    }, ct);

    /// <summary>Rules by seller and code, those behind one.</summary>
    public Task<List<PriceRule>> AfterAsync(string? seller, string? code, DateOnly today, int take, CancellationToken ct) => db.ListAsync<PriceRule>($"""
        {Select}
        where @seller::text is null or (s.number, r.code) > (@seller, @code)
        order by s.number, r.code
        limit @take
        """, new { seller, code, today, take }, ct);

    /// <summary>One rule of a seller, or null.</summary>
    public Task<PriceRule?> FindAsync(string sellerNumber, string code, DateOnly today, CancellationToken ct) =>
        db.FindAsync<PriceRule>($"{Select} where s.number = @sellerNumber and r.code = @code", new { sellerNumber, code, today }, ct);

    /// <summary>The products a rule names, at most a thousand.</summary>
    public Task<List<RuleProduct>> ProductsAsync(long priceRuleId, CancellationToken ct) => db.ListAsync<RuleProduct>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, x.quantity
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
            insert into price_rule (seller_id, code, name, name_zh, kind, reason, discount_rate, min_quantity, max_quantity, audience, covers, product_line_id, whole_channel, valid, created_at,
                effect, counts, amount_off, currency, min_amount, buy_quantity, get_quantity, gift_product_id, repeats, most_times, coupon, combines, exclusion_group, priority,
                partner_level, partner_type, territory_id, buyer_id, with_downline, budget, most_orders, most_per_buyer)
            select coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand')), @Code, @Name, @NameZh, @Kind, @Reason, @Rate, @MinQuantity, @MaxQuantity, @Audience,
                   @Covers, (select l.product_line_id from product_line l where l.code = @Line), @WholeChannel, daterange(@From, @Until, '[]'), @now,
                   @Effect, @Counts, @AmountOff, @Currency, @MinAmount, @Buy, @Get, (select g.product_id from product g where g.sku = @Gift), @Repeats, @MostTimes, @Coupon, @Combines, @ExclusionGroup, @Priority,
                   @PartnerLevel, @PartnerType, (select t.territory_id from territory t where t.code = @Territory), (select b.partner_id from partner b where b.number = upper(@Buyer) or b.code = @Buyer limit 1), @WithDownline,
                   @Budget, @MostOrders, @MostPerBuyer
            where @Line::text is null or exists (select from product_line l where l.code = @Line)
            returning price_rule_id
        )
        select price_rule_id from rule
        """, new
    {
        facts.Code, facts.Name, facts.NameZh, facts.Kind, facts.Reason, facts.Rate, facts.MinQuantity, facts.MaxQuantity, facts.Audience, facts.Covers, facts.Line, facts.WholeChannel, facts.From, facts.Until,
        facts.Effect, facts.Counts, facts.AmountOff, facts.Currency, facts.MinAmount, facts.Buy, facts.Get, facts.Gift, facts.Repeats, facts.MostTimes, facts.Coupon, facts.Combines, facts.ExclusionGroup, facts.Priority,
        facts.PartnerLevel, facts.PartnerType, facts.Territory, facts.Buyer, facts.WithDownline, facts.Budget, facts.MostOrders, facts.MostPerBuyer,
        now = clock.GetUtcNow().UtcDateTime,
    }, ct);

    /// <summary>The territories that prices can be for.</summary>
    public Task<List<LineName>> TerritoriesAsync(CancellationToken ct) => db.ListAsync<LineName>("select code, name, name_zh from territory order by code", null, ct);

    /// <summary>What a rule names and the caller does not find: a partner, a territory, a gift; the fields of <see cref="PriceRuleFacts"/>.</summary>
    public Task<List<string>> NotFoundAsync(PriceRuleFacts facts, CancellationToken ct) => db.ListAsync<string>("""
        select 'Buyer' where @Buyer::text is not null and not exists (select from partner b where (b.number = upper(@Buyer) or b.code = @Buyer) and b.partner_type <> 'brand')
        union all
        select 'Territory' where @Territory::text is not null and not exists (select from territory t where t.code = @Territory)
        union all
        select 'Gift' where @Gift::text is not null and not exists (select from product g where g.sku = @Gift and g.status <> 'discontinued')
        """, new { facts.Buyer, facts.Territory, facts.Gift }, ct);

    /// <summary>Names the products of a rule.</summary>
    /// <param name="priceRuleId">The rule.</param>
    /// <param name="skus">The products.</param>
    /// <param name="quantities">For a bundle how many of each, in the same order; one each where fewer are said.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task NameProductsAsync(long priceRuleId, IReadOnlyList<string> skus, IReadOnlyList<int> quantities, CancellationToken ct) => db.ExecuteAsync("""
        insert into price_rule_product (price_rule_id, product_id, quantity)
        select distinct on (p.product_id) @priceRuleId, p.product_id, coalesce(said.quantity, 1)
        from unnest(@skus, @quantities) as said (sku, quantity)
        join product p on p.sku = said.sku
        order by p.product_id
        """, new { priceRuleId, skus = skus.ToArray(), quantities = quantities.ToArray() }, ct);

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
               (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) as products,
               r.effect, r.counts, r.amount_off, r.currency, r.min_amount, r.buy_quantity as buy, r.get_quantity as get, g.sku as gift, g.name as gift_name, coalesce(g.name_zh, g.name) as gift_name_zh, r.repeats, r.most_times, r.coupon,
               r.combines, r.exclusion_group, r.priority, r.partner_level, r.partner_type, terr.name as territory, terr.name_zh as territory_zh, buyer.number as buyer_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin,
               r.with_downline, r.budget, r.most_orders, r.most_per_buyer, coalesce(given.spent, 0) as spent, coalesce(given.orders, 0) as orders
        from price_rule r
        left join price_rule_spending given on given.price_rule_id = r.price_rule_id
        left join product g on g.product_id = r.gift_product_id
        left join territory terr on terr.territory_id = r.territory_id
        left join partner buyer on buyer.partner_id = r.buyer_id
        join partner s on s.partner_id = r.seller_id
        left join product_line l on l.product_line_id = r.product_line_id
        """;
}

/// <summary>A volume break or a promotion.</summary>
public sealed record PriceRule
{
    /// <summary>The key; never leaves the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
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

    /// <summary>What it does: percent, amount, buy_get, bundle, threshold or gift.</summary>
    public string Effect { get; init; } = "";

    /// <summary>Whose quantity is meant.</summary>
    public string Counts { get; init; } = "";

    /// <summary>Taken off instead of a share.</summary>
    public decimal? AmountOff { get; init; }

    /// <summary>The currency its amounts are in.</summary>
    public string? Currency { get; init; }

    /// <summary>What all it covers has to come to.</summary>
    public decimal? MinAmount { get; init; }

    /// <summary>So many have to be bought.</summary>
    public int? Buy { get; init; }

    /// <summary>So many are got.</summary>
    public int? Get { get; init; }

    /// <summary>The product given.</summary>
    public string? Gift { get; init; }

    /// <summary>Its name.</summary>
    public string? GiftName { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? GiftNameZh { get; init; }

    /// <summary>Holds once for each time its least amount or quantity is reached.</summary>
    public bool Repeats { get; init; }

    /// <summary>At most so often in one order.</summary>
    public int? MostTimes { get; init; }

    /// <summary>The code whoever buys has to name.</summary>
    public string? Coupon { get; init; }

    /// <summary>How it stands beside others.</summary>
    public string Combines { get; init; } = "";

    /// <summary>Of a group only one holds.</summary>
    public string? ExclusionGroup { get; init; }

    /// <summary>Those with a higher one are looked at first.</summary>
    public int Priority { get; init; }

    /// <summary>For partners of this level.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>For partners of this type.</summary>
    public string? PartnerType { get; init; }

    /// <summary>For partners of this territory.</summary>
    public string? Territory { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? TerritoryZh { get; init; }

    /// <summary>For this partner.</summary>
    public string? BuyerNumber { get; init; }

    /// <summary>Its name.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>And for all below it.</summary>
    public bool WithDownline { get; init; }

    /// <summary>What it may take off in all.</summary>
    public decimal? Budget { get; init; }

    /// <summary>In so many orders at most.</summary>
    public int? MostOrders { get; init; }

    /// <summary>In so many orders of one partner at most.</summary>
    public int? MostPerBuyer { get; init; }

    /// <summary>What it has taken off so far; counted where it has a budget or a most number of orders.</summary>
    public decimal Spent { get; init; }

    /// <summary>In how many orders.</summary>
    public int Orders { get; init; }
}

/// <summary>A product a rule names.</summary>
public sealed record RuleProduct(string Sku, string Name, string NameZh, int Quantity);

/// <summary>A line of products.</summary>
public sealed record LineName(string Code, string Name, string NameZh);
