using Portal.Web.Display;

namespace Portal.Analysis;

/// <summary>The ready reports after the seven Ps of the field: profiling, persistency, profitability, performance, prospecting, product and promotion; and what is bought together. A new one is an entry here and its words.</summary>
public static class Reports
{
    const int MostRows = 500;

    /// <summary>Whom the reader's report is about: itself and all below it; the brand is no buyer.</summary>
    internal const string Who = """
        who as (
            select p.partner_id, p.number, p.name, p.name_latin, p.partner_type
            from partner_line l join partner p on p.partner_id = l.partner_id and p.partner_type <> 'brand'
            where l.ancestor_id = (select app_partner_id())
        )
        """;

    static readonly string Limit = $"limit {MostRows}";

    /// <summary>Who they are (画像): by type, how many bought, and what it comes to.</summary>
    public static Report Profiling { get; } = new("profiling")
    {
        Icon = "users-group", IsOfCompanies = false, TextKeys = "kpis.type.", Drawn = [2],
        Columns = [new("partners", ReportUnit.Number), new("buyers", ReportUnit.Number), new("purchases", ReportUnit.Money), new("share", ReportUnit.Percent), new("per_buyer", ReportUnit.Money)],
        Rows = $"""
            with {Who}, bought as (
                select f.partner_id, sum(f.value) as amount from kpi_daily f where f.metric = 'purchases' and f.day >= @start and f.day < @end group by f.partner_id having sum(f.value) > 0
            ), type as (
                select w.partner_type, count(*)::numeric as partners, count(b.partner_id)::numeric as buyers, coalesce(sum(b.amount), 0) as amount from who w left join bought b using (partner_id) group by w.partner_type
            )
            select partner_type as text, null::text as other, '/partners?type=' || partner_type as link, partners as a, buyers as b, amount as c, amount / nullif(sum(amount) over (), 0) as d, amount / nullif(buyers, 0) as e, null::numeric as f
            from type order by amount desc, partner_type
            """,
        // a: partners, b: of them bought, c: amount of all, d: of it the amount of the fifth that bought most
        Sums = $"""
            with {Who}, bought as (
                select f.partner_id, sum(f.value) as amount from kpi_daily f where f.metric = 'purchases' and f.day >= @start and f.day < @end group by f.partner_id having sum(f.value) > 0
            ), placed as (
                select b.amount, row_number() over (order by b.amount desc, b.partner_id) as place, count(*) over () as buyers from bought b join who using (partner_id)
            )
            select (select count(*)::numeric from who) as a, count(*)::numeric as b, sum(amount) as c, sum(amount) filter (where place <= ceil(buyers / 5.0)) as d from placed
            """,
        Finds = figures =>
        [
            new("analysis.found.profiling.bought", figures.Sums.B ?? 0, figures.Sums.A ?? 0, Share.Of(figures.Sums.B, figures.Sums.A)),
            .. figures.Sums.C > 0 ? [new Finding("analysis.found.profiling.concentration", Share.Of(figures.Sums.D, figures.Sums.C), figures.Money(figures.Sums.D))] : Array.Empty<Finding>(),
            .. figures.Rows.Where(row => row.A > row.B).OrderByDescending(row => row.A - row.B).Take(1).Select(row => new Finding("analysis.found.profiling.silent", new Kind("kpis.type." + row.Text), (row.A - row.B) ?? 0, row.A ?? 0)),
        ],
    };

    /// <summary>Who stays (留存): buyers whose rhythm is broken, and how many bought again.</summary>
    public static Report Persistency { get; } = new("persistency")
    {
        Icon = "heart-rate-monitor", Drawn = [0, 2],
        Columns = [new("silent", ReportUnit.Number), new("interval", ReportUnit.Number), new("breaks_after", ReportUnit.Number), new("order_days", ReportUnit.Number), new("bought_year", ReportUnit.Money)],
        Rows = $"""
            with {Who}, year as (
                select f.partner_id, sum(f.value) as amount from kpi_daily f where f.metric = 'purchases' and f.day > @today - 365 and f.day <= @today group by f.partner_id
            )
            select w.name as text, w.name_latin as other, '/partners/' || w.number as link, (@today - r.last_on)::numeric as a, r.median as b, rhythm_breaks_after(r.median, r.spread, 2)::numeric as c, r.order_days::numeric as d, coalesce(y.amount, 0) as e, null::numeric as f
            from buying_rhythm(@today) r
            join who w using (partner_id)
            left join year y using (partner_id)
            where @today - r.last_on > rhythm_breaks_after(r.median, r.spread, 2)
            order by coalesce(y.amount, 0) desc, w.name, w.partner_id
            {Limit}
            """,
        // a: bought in the period before, b: of them again in this one, c: new in this one, d: buyers with a rhythm
        Sums = $"""
            with {Who}, half as (
                select w.partner_id, bool_or(f.day >= @start) as now, bool_or(f.day < @start) as before
                from who w join kpi_daily f on f.partner_id = w.partner_id and f.metric = 'purchases' and f.value > 0 and f.day >= @before and f.day < @end
                group by w.partner_id
            )
            select count(*) filter (where before)::numeric as a, count(*) filter (where before and now)::numeric as b, count(*) filter (where now and not before)::numeric as c,
                   (select count(*)::numeric from buying_rhythm(@today) r join who using (partner_id)) as d
            from half
            """,
        Finds = figures =>
        [
            new("analysis.found.persistency.broken", figures.Rows.Count, figures.Sums.D ?? 0, figures.Money(figures.Rows.Sum(row => row.E))),
            new("analysis.found.persistency.worst", figures.NameOf(figures.Rows[0]), figures.Rows[0].A ?? 0, figures.Rows[0].B ?? 0, figures.Money(figures.Rows[0].E)),
            .. figures.Sums.A > 0 ? [new Finding("analysis.found.persistency.again", figures.Sums.B ?? 0, figures.Sums.A ?? 0, Share.Of(figures.Sums.B, figures.Sums.A), figures.Sums.C ?? 0)] : Array.Empty<Finding>(),
        ],
    };

    /// <summary>What is left (盈利): list value, what was taken off, by partner.</summary>
    public static Report Profitability { get; } = new("profitability")
    {
        Icon = "coins", Drawn = [3],
        Columns = [new("list", ReportUnit.Money), new("discount", ReportUnit.Money), new("net", ReportUnit.Money), new("discount_rate", ReportUnit.Percent)],
        Rows = $"""
            with {Who}, fact as (
                select f.partner_id, sum(f.value) filter (where f.metric in ('sell_in_list', 'sell_through_list')) as list, sum(f.value) filter (where f.metric in ('sell_in_discount', 'sell_through_discount')) as discount
                from kpi_daily f
                -- The brand reads what it sold, for the buyer; a partner what its branch sold, for the seller.
                where f.metric in (case when app_is_brand() then 'sell_in_list' else 'sell_through_list' end, case when app_is_brand() then 'sell_in_discount' else 'sell_through_discount' end) and f.day >= @start and f.day < @end
                group by f.partner_id
            )
            select w.name as text, w.name_latin as other, '/kpis?partner=' || w.number || '&period=' || @period as link, f.list as a, coalesce(f.discount, 0) as b, f.list - coalesce(f.discount, 0) as c, coalesce(f.discount, 0) / f.list as d, null::numeric as e, null::numeric as f
            from fact f join who w using (partner_id)
            where f.list > 0
            order by coalesce(f.discount, 0) / f.list desc, f.list desc, w.partner_id
            {Limit}
            """,
        Sums = $"""
            with {Who}
            select sum(f.value) filter (where f.metric like '%list') as a, sum(f.value) filter (where f.metric like '%discount') as b, null::numeric as c, null::numeric as d
            from kpi_daily f join who using (partner_id)
            where f.metric in (case when app_is_brand() then 'sell_in_list' else 'sell_through_list' end, case when app_is_brand() then 'sell_in_discount' else 'sell_through_discount' end) and f.day >= @start and f.day < @end
            """,
        Finds = figures =>
        [
            new("analysis.found.profitability.rate", Share.Of(figures.Sums.B, figures.Sums.A), figures.Money(figures.Sums.B), figures.Money(figures.Sums.A)),
            new("analysis.found.profitability.deepest", figures.NameOf(figures.Rows[0]), new Share(figures.Rows[0].D ?? 0), figures.Money(figures.Rows[0].B)),
            .. figures.Rows.OrderByDescending(row => row.B).Take(1).Where(row => row.B > 0).Select(row => new Finding("analysis.found.profitability.most", figures.NameOf(row), Share.Of(row.B, figures.Sums.B), Share.Of(row.A, figures.Sums.A))),
        ],
    };

    /// <summary>How they do (业绩): purchases against the year before, by partner.</summary>
    public static Report Performance { get; } = new("performance")
    {
        Icon = "chart-bar", Drawn = [0, 1],
        Columns = [new("purchases", ReportUnit.Money), new("year_before", ReportUnit.Money), new("change", ReportUnit.Money), new("growth", ReportUnit.Percent)],
        Rows = $"""
            with {Who}, fact as (
                select f.partner_id, coalesce(sum(f.value) filter (where f.day >= @start), 0) as now, coalesce(sum(f.value) filter (where f.day < @yearBeforeEnd), 0) as before
                from kpi_daily f
                where f.metric = 'purchases' and (f.day >= @start and f.day < @end or f.day >= @yearBefore and f.day < @yearBeforeEnd)
                group by f.partner_id
            )
            select w.name as text, w.name_latin as other, '/kpis?partner=' || w.number || '&period=' || @period as link, f.now as a, f.before as b, f.now - f.before as c, (f.now - f.before) / nullif(f.before, 0) as d, null::numeric as e, null::numeric as f
            from fact f join who w using (partner_id)
            where f.now > 0 or f.before > 0
            order by f.now desc, f.before desc, w.partner_id
            {Limit}
            """,
        Sums = $"""
            with {Who}
            select sum(f.value) filter (where f.day >= @start) as a, sum(f.value) filter (where f.day < @yearBeforeEnd) as b, null::numeric as c, null::numeric as d
            from kpi_daily f join who using (partner_id)
            where f.metric = 'purchases' and (f.day >= @start and f.day < @end or f.day >= @yearBefore and f.day < @yearBeforeEnd)
            """,
        Finds = figures =>
        [
            figures.Sums.B > 0 ? new(figures.Sums.A >= figures.Sums.B ? "analysis.found.performance.up" : "analysis.found.performance.down", figures.Money(figures.Sums.A), Share.Of(Math.Abs((figures.Sums.A ?? 0) - figures.Sums.B.Value), figures.Sums.B))
                : new("analysis.found.performance.first", figures.Money(figures.Sums.A)),
            .. figures.Rows.Where(row => row.C > 0 && row.B > 0).OrderByDescending(row => row.C).Take(1).Select(row => new Finding("analysis.found.performance.rose", figures.NameOf(row), figures.Money(row.C), new Share(row.D ?? 0))),
            .. figures.Rows.Where(row => row.C < 0).OrderBy(row => row.C).Take(1).Select(row => new Finding("analysis.found.performance.fell", figures.NameOf(row), figures.Money(-row.C), new Share(-(row.D ?? 0)))),
            .. figures.Rows.Count(row => row is { A: 0, B: > 0 }) is > 0 and var gone ? [new Finding("analysis.found.performance.gone", gone)] : Array.Empty<Finding>(),
        ],
    };

    /// <summary>What comes (拓展): registrations, wins, by partner.</summary>
    public static Report Prospecting { get; } = new("prospecting")
    {
        Icon = "target-arrow", Drawn = [0, 2],
        Columns = [new("registered", ReportUnit.Number), new("approved", ReportUnit.Number), new("won", ReportUnit.Number), new("lost", ReportUnit.Number), new("won_value", ReportUnit.Money), new("win_rate", ReportUnit.Percent)],
        Rows = $"""
            with {Who}, fact as (
                select f.partner_id, {Of("deals_registered")} as registered, {Of("deals_approved")} as approved, {Of("deals_won")} as won, {Of("deals_lost")} + {Of("deals_expired")} as lost, {Of("deals_won_value")} as worth
                from kpi_daily f
                where f.metric in ('deals_registered', 'deals_approved', 'deals_won', 'deals_lost', 'deals_expired', 'deals_won_value') and f.day >= @start and f.day < @end
                group by f.partner_id
            )
            select w.name as text, w.name_latin as other, '/deals?partner=' || w.number as link, f.registered as a, f.approved as b, f.won as c, f.lost as d, f.worth as e, f.won / nullif(f.won + f.lost, 0) as f
            from fact f join who w using (partner_id)
            where f.registered > 0 or f.won > 0 or f.lost > 0
            order by f.registered desc, f.won desc, w.name, w.partner_id
            {Limit}
            """,
        Sums = $"""
            with {Who}
            select {Of("deals_registered")} as a, {Of("deals_won")} as b, {Of("deals_lost")} + {Of("deals_expired")} as c, (select count(*)::numeric from who) as d
            from kpi_daily f join who using (partner_id)
            where f.metric in ('deals_registered', 'deals_won', 'deals_lost', 'deals_expired') and f.day >= @start and f.day < @end
            """,
        Finds = figures =>
        [
            new("analysis.found.prospecting.registered", figures.Sums.A ?? 0, figures.Rows.Count(row => row.A > 0), figures.Sums.D ?? 0),
            .. figures.Sums.B + figures.Sums.C > 0 ? [new Finding("analysis.found.prospecting.win_rate", figures.Sums.B ?? 0, (figures.Sums.B + figures.Sums.C) ?? 0, Share.Of(figures.Sums.B, figures.Sums.B + figures.Sums.C))] : Array.Empty<Finding>(),
            .. figures.Rows.Where(row => row.E > 0).OrderByDescending(row => row.E).Take(1).Select(row => new Finding("analysis.found.prospecting.best", figures.NameOf(row), figures.Money(row.E), row.C ?? 0)),
        ],
    };

    /// <summary>What they buy (产品): product lines, their share and growth.</summary>
    public static Report Product { get; } = new("product")
    {
        Icon = "category", IsOfCompanies = false, Drawn = [0, 2],
        Columns = [new("purchases", ReportUnit.Money), new("share", ReportUnit.Percent), new("year_before", ReportUnit.Money), new("growth", ReportUnit.Percent), new("buyers", ReportUnit.Number)],
        Rows = $"""
            with {Who}, fact as (
                select f.product_line_id, coalesce(sum(f.value) filter (where f.day >= @start), 0) as now, coalesce(sum(f.value) filter (where f.day < @yearBeforeEnd), 0) as before, count(distinct f.partner_id) filter (where f.day >= @start and f.value > 0)::numeric as buyers
                from kpi_daily f join who using (partner_id)
                where f.metric = 'purchases' and (f.day >= @start and f.day < @end or f.day >= @yearBefore and f.day < @yearBeforeEnd)
                group by f.product_line_id
            )
            select l.name as text, l.name_zh as other, '/catalog?line=' || l.code as link, f.now as a, f.now / nullif(sum(f.now) over (), 0) as b, f.before as c, (f.now - f.before) / nullif(f.before, 0) as d, f.buyers as e, null::numeric as f
            from fact f join product_line l using (product_line_id)
            where f.now > 0 or f.before > 0
            order by f.now desc, l.name
            {Limit}
            """,
        Sums = $"""
            with {Who}
            select sum(f.value) as a, count(distinct f.partner_id)::numeric as b, null::numeric as c, null::numeric as d from kpi_daily f join who using (partner_id) where f.metric = 'purchases' and f.value > 0 and f.day >= @start and f.day < @end
            """,
        Finds = figures =>
        [
            new("analysis.found.product.first", figures.NameOf(figures.Rows[0]), new Share(figures.Rows[0].B ?? 0), figures.Money(figures.Rows[0].A)),
            .. figures.Rows.Where(row => row.D is not null).OrderByDescending(row => row.D).Take(1).Where(row => row.D > 0).Select(row => new Finding("analysis.found.product.grows", figures.NameOf(row), new Share(row.D ?? 0))),
            .. figures.Rows.Where(row => row.D < 0).OrderBy(row => row.D).Take(1).Select(row => new Finding("analysis.found.product.shrinks", figures.NameOf(row), new Share(-(row.D ?? 0)))),
            .. figures.Rows.Where(row => row.E < figures.Sums.B).OrderBy(row => row.E).Take(1).Select(row => new Finding("analysis.found.product.reach", figures.NameOf(row), row.E ?? 0, figures.Sums.B ?? 0)),
        ],
    };

    /// <summary>What offers bring (促销): promotions in the orders of the period, what was sold with them and what they took off.</summary>
    public static Report Promotion { get; } = new("promotion")
    {
        Icon = "discount-2", IsOfCompanies = false, Drawn = [2, 3],
        Columns = [new("orders", ReportUnit.Number), new("buyers", ReportUnit.Number), new("sales", ReportUnit.Money), new("given", ReportUnit.Money), new("given_rate", ReportUnit.Percent)],
        Rows = $"""
            with sold as (
                select l.purchase_order_line_id, o.purchase_order_id, o.buyer_id, l.amount * brand.rate as amount, l.quantity * brand.rate as factor, l.price_steps
                from purchase_order o
                cross join lateral (select rate_to_brand(o.currency, o.ordered_on) as rate offset 0) brand
                join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.price_steps @> '[{JsonPromotion}]'
                where o.seller_id = (select app_partner_id()) and o.ordered_on >= @start and o.ordered_on < @end and o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed')
            ), step as (
                select s.purchase_order_id, s.buyer_id, s.amount, s.factor, e.step, (e.step ->> 'price')::numeric as price, lag((e.step ->> 'price')::numeric) over (partition by s.purchase_order_line_id order by e.place) as price_before
                from sold s cross join lateral jsonb_array_elements(s.price_steps) with ordinality as e (step, place)
            )
            select max(p.step ->> 'label') as text, max(p.step ->> 'labelZh') as other, '/prices' as link, count(distinct p.purchase_order_id)::numeric as a, count(distinct p.buyer_id)::numeric as b, sum(p.amount) as c,
                   sum(greatest(coalesce(p.price_before, p.price) - p.price, 0) * p.factor) as d, sum(greatest(coalesce(p.price_before, p.price) - p.price, 0) * p.factor) / nullif(sum(p.amount) + sum(greatest(coalesce(p.price_before, p.price) - p.price, 0) * p.factor), 0) as e, null::numeric as f
            from step p
            where p.step ->> 'kind' = 'promotion'
            group by p.step ->> 'rule'
            order by sum(p.amount) desc, 1
            {Limit}
            """,
        // a: sales of the period, b: orders
        Sums = """
            select sum(o.total_amount * brand.rate) as a, count(*)::numeric as b, null::numeric as c, null::numeric as d
            from purchase_order o
            cross join lateral (select rate_to_brand(o.currency, o.ordered_on) as rate offset 0) brand
            where o.seller_id = (select app_partner_id()) and o.ordered_on >= @start and o.ordered_on < @end and o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed')
            """,
        Finds = figures =>
        [
            new("analysis.found.promotion.share", Share.Of(figures.Rows.Sum(row => row.C), figures.Sums.A), figures.Money(figures.Rows.Sum(row => row.C)), figures.Money(figures.Rows.Sum(row => row.D))),
            new("analysis.found.promotion.first", figures.NameOf(figures.Rows[0]), figures.Money(figures.Rows[0].C), figures.Rows[0].A ?? 0, figures.Rows[0].B ?? 0),
            .. figures.Rows.OrderByDescending(row => row.E).Take(1).Where(row => row.E > 0).Select(row => new Finding("analysis.found.promotion.dearest", figures.NameOf(row), new Share(row.E ?? 0))),
        ],
    };

    /// <summary>What is bought together (连带购买): pairs of products with support, confidence and lift.</summary>
    public static Report CoBought { get; } = new("together")
    {
        Icon = "link", IsOfCompanies = false, Drawn = [3],
        Columns = [new("together", ReportUnit.Number), new("support", ReportUnit.Percent), new("confidence", ReportUnit.Percent), new("lift", ReportUnit.Number), new("with_product", ReportUnit.Number), new("with_other", ReportUnit.Number)],
        Rows = $"""
            select a.name || ' → ' || b.name as text, coalesce(a.name_zh, a.name) || ' → ' || coalesce(b.name_zh, b.name) as other, '/catalog/' || b.sku as link, c.together::numeric as a, c.together::numeric / c.orders as b,
                   c.together::numeric / c.with_product as c, round(c.together::numeric * c.orders / (c.with_product::numeric * c.with_other), 2) as d, c.with_product::numeric as e, c.with_other::numeric as f
            from co_purchase c
            join product a on a.product_id = c.product_id
            join product b on b.product_id = c.other_id
            where c.seller_id is not distinct from case when app_is_brand() then null else app_partner_id() end and c.together::numeric * c.orders > c.with_product::numeric * c.with_other
            order by c.together::numeric * c.orders / (c.with_product::numeric * c.with_other) desc, c.together desc, a.sku, b.sku
            {Limit}
            """,
        // a: orders that were counted, b: the least number of orders of a pair
        Sums = $"""
            select max(orders)::numeric as a, {CountCoPurchases.LeastTogether}::numeric as b, null::numeric as c, null::numeric as d from co_purchase where seller_id is not distinct from case when app_is_brand() then null else app_partner_id() end
            """,
        Finds = figures =>
        [
            new("analysis.found.together.strongest", figures.NameOf(figures.Rows[0]), figures.Rows[0].A ?? 0, figures.Rows[0].D ?? 0),
            .. figures.Rows.OrderByDescending(row => row.A).ThenByDescending(row => row.C).Take(1).Select(row => new Finding("analysis.found.together.most", figures.NameOf(row), row.A ?? 0, new Share(row.C ?? 0))),
            new("analysis.found.together.base", figures.Sums.A ?? 0, figures.Sums.B ?? 0),
        ],
    };

    /// <summary>All of them, in the order of the seven Ps.</summary>
    public static IReadOnlyList<Report> All { get; } = [Profiling, Persistency, Profitability, Performance, Prospecting, Product, Promotion, CoBought];

    /// <summary>The report of that name, or null.</summary>
    public static Report? Find(string? name) => All.FirstOrDefault(report => report.Name == name);

    const string JsonPromotion = """{"kind": "promotion"}""";

    static string Of(string metric) => $"coalesce(sum(f.value) filter (where f.metric = '{metric}'), 0)";
}

/// <summary>A value of a finding that is itself a text.</summary>
/// <param name="Key">Its key.</param>
public sealed record Kind(string Key);
