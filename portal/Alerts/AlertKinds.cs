namespace Portal.Alerts;

/// <summary>Every kind of alert there is. A new one is an entry here, its words, and its name in the constraint <c>alert_kind_is_known</c>.</summary>
public static class AlertKinds
{
    const string Ordered = "status not in ('draft', 'pending_approval', 'cancelled', 'rejected')";

    static readonly IReadOnlyList<string> Buyers = ["partner_admin", "purchasing"], Sellers = ["partner_admin", "sales"];

    /// <summary>Less was reached than the time that is over would have asked for. @period, @elapsed and the statement of the KPIs' attainment are put in by <see cref="FindAlerts"/>.</summary>
    public static AlertKind RunRate { get; } = new("run_rate", "percent", 1, 100, 80)
    {
        PartnerRoles = Sellers, Icon = "target",
        Sql = """
            select w.key, w.partner_id, r.kpi_number || ' ' || @period as subject, round(coalesce(r.actual, 0) * 100 / (r.target * @elapsed), 1) as figure,
                   least(round(w.threshold / greatest(coalesce(r.actual, 0) * 100 / (r.target * @elapsed), 1), 2), 100) as ratio, null::bigint as seller_id,
                   jsonb_build_object('kpi', r.kpi_number, 'name', r.kpi_name, 'nameZh', r.kpi_name_zh, 'period', @period, 'from', @start::date, 'until', @end::date - 1, 'unit', r.unit, 'actual', coalesce(r.actual, 0), 'target', r.target,
                       'expected', round(r.target * @elapsed, 2)) as facts
            from who w
            join reached r on r.partner_number = w.number
            where r.target > 0 and coalesce(r.actual, 0) * 100 < r.target * @elapsed * w.threshold
            """,
        // What happened in the period, of those things that KPIs count: orders on both sides and registrations.
        Rows = $"""
            select * from (
                select o.number as text, '/orders/' || o.number as link, o.ordered_on as day, null::integer as days, null::bigint as pieces, o.total_amount as amount, o.currency
                from purchase_order o
                where (o.buyer_id = @partnerId or o.seller_id = @partnerId) and o.ordered_on between @from and @until and o.{Ordered}
                union all
                select d.number, '/deals/' || d.number, brand_day(d.submitted_at), null, null, d.amount, d.currency
                from deal d
                where d.partner_id = @partnerId and d.submitted_at >= brand_midnight(@from) and d.submitted_at < brand_midnight(@until + 1)) happened
            order by day desc, text
            limit 50
            """,
    };

    /// <summary>So many days without an order; an agent, who need not buy, only where it ever did.</summary>
    public static AlertKind NoOrder { get; } = new("no_order", "days", 1, 730, 30)
    {
        PartnerRoles = Buyers, Icon = "shopping-cart",
        Sql = $"""
            select w.key, w.partner_id, '' as subject, (@today - coalesce(o.day, brand_day(w.created_at)))::numeric as figure,
                   round((@today - coalesce(o.day, brand_day(w.created_at))) / w.threshold, 2) as ratio, null::bigint as seller_id, jsonb_build_object('lastOn', o.day) as facts
            from who w
            left join lateral (
                select o.ordered_on as day from purchase_order o where o.buyer_id = w.partner_id and o.{Ordered} and o.ordered_on <= @today order by o.ordered_on desc, o.purchase_order_id desc limit 1) o on true
            where @today - coalesce(o.day, brand_day(w.created_at)) >= w.threshold and (o.day is not null or w.partner_type <> 'agent')
            """,
        Rows = OrdersWithGaps,
    };

    /// <summary>Stock that lasts longer than so many days at the pace of the last 90, by product line. What came within a month and has not been sold yet is no dead stock.</summary>
    public static AlertKind StockDays { get; } = new("stock_days", "days", 1, 730, 90)
    {
        PartnerRoles = Buyers, Icon = "packages",
        Sql = """
            select w.key, w.partner_id, line.code as subject, stood.figure, least(round(stood.figure / w.threshold, 2), 100) as ratio, null::bigint as seller_id,
                   jsonb_build_object('line', line.code, 'name', line.name, 'nameZh', line.name_zh, 'stock', trim_scale(s.pieces), 'sold', trim_scale(coalesce(p.sold, 0))) as facts
            from (
                select l.partner_id, l.product_line_id, greatest(coalesce(nullif(sum(l.value) filter (where l.metric = 'stock_on_hand'), 0), sum(l.value) filter (where l.metric = 'stock_reported')), 0) as pieces
                from kpi_own_level(array['stock_on_hand', 'stock_reported'], @today) l
                group by l.partner_id, l.product_line_id) s
            join who w using (partner_id)
            join product_line line using (product_line_id)
            left join (
                select d.partner_id, d.product_line_id, sum(d.value) as sold
                from kpi_daily d
                where d.metric in ('sell_through_units', 'sell_out_units', 'sell_out_units_unreported') and d.day > @today - 90 and d.day <= @today
                group by d.partner_id, d.product_line_id) p using (partner_id, product_line_id)
            left join (
                select l.partner_id, l.product_line_id, sum(l.value) as pieces from kpi_own_level(array['stock_on_hand', 'stock_reported'], @today - 30) l group by l.partner_id, l.product_line_id) b using (partner_id, product_line_id)
            cross join lateral (select case when p.sold > 0 then least(round(s.pieces * 90 / p.sold), 9999) when b.pieces >= 1 then 9999 else 0 end::numeric as figure) stood
            where s.pieces >= 1 and stood.figure > w.threshold
            """,
        Rows = """
            select p.sku || ' ' || p.name as text, '/catalog/' || p.sku as link, null::date as day, null::integer as days, sum(b.on_hand)::bigint as pieces, null::numeric as amount, null::text as currency
            from stock_balance b
            join stock_place s on s.stock_place_id = b.stock_place_id and s.partner_id = @partnerId and s.kind = 'own'
            join product p on p.product_id = b.product_id
            join product_line line on line.product_line_id = p.product_line_id and line.code = @line
            where b.on_hand > 0
            group by p.product_id, p.sku, p.name
            order by pieces desc, p.sku
            limit 50
            """,
    };

    /// <summary>A protected claim without a quote or an order for so many days; worse where the protection ends within a fortnight.</summary>
    public static AlertKind ProtectionUnused { get; } = new("protection_unused", "days", 1, 365, 30)
    {
        BrandRole = "deal_desk", PartnerRoles = Sellers, MayTellUpstream = false, Icon = "file-certificate",
        Sql = $"""
            select w.key, w.partner_id, d.number as subject, (@today - brand_day(d.protected_from))::numeric as figure,
                   greatest(round((@today - brand_day(d.protected_from)) / w.threshold, 2), case when d.protected_until < @now + interval '14 days' then 1.5 else 1 end) as ratio, null::bigint as seller_id,
                   jsonb_build_object('deal', d.number, 'customer', c.name, 'protectedUntil', brand_day(d.protected_until - interval '1 microsecond'), 'amount', d.amount, 'currency', d.currency) as facts
            from who w
            join deal d on d.partner_id = w.partner_id and d.status = 'approved' and d.protected_until > @now
            join end_customer c on c.end_customer_id = d.end_customer_id
            where @today - brand_day(d.protected_from) >= w.threshold
              and not exists (select from quote q where q.deal_id = d.deal_id and q.first_sent_on is not null)
              and not exists (select from purchase_order o where o.deal_number = d.number and o.{Ordered})
            """,
        Rows = """
            select d.number || ' ' || c.name as text, '/deals/' || d.number as link, brand_day(d.protected_from) as day, (@today - brand_day(d.protected_from)) as days, null::bigint as pieces, d.amount, d.currency
            from deal d join end_customer c using (end_customer_id)
            where d.number = @deal
            """,
    };

    /// <summary>Owed more than so many percent of the limit that its seller set. Limits of other sellers than the brand count where the rule tells the seller.</summary>
    public static AlertKind OverLimit { get; } = new("over_limit", "percent", 1, 1000, 100)
    {
        BrandRole = "finance", PartnerRoles = Buyers, Icon = "file-invoice",
        Sql = """
            select w.key, w.partner_id, s.number || ' ' || a.currency as subject, used.figure, least(round(used.figure / w.threshold, 2), 100) as ratio, a.seller_id,
                   jsonb_build_object('seller', s.number, 'sellerName', s.name, 'currency', a.currency, 'owed', a.balance, 'limit', ceiling.amount) as facts
            from (select distinct l.seller_id, l.buyer_id, l.currency from credit_limit l) granted
            join who w on w.partner_id = granted.buyer_id
            join partner s on s.partner_id = granted.seller_id and (s.partner_type = 'brand' or w.upstream)
            join ledger_account a on a.seller_id = granted.seller_id and a.buyer_id = granted.buyer_id and a.currency = granted.currency and a.kind = 'receivable' and a.balance > 0
            cross join lateral (select credit_ceiling(a.seller_id, a.buyer_id, a.currency, @today) as amount) ceiling
            cross join lateral (select case when ceiling.amount > 0 then least(round(a.balance * 100 / ceiling.amount, 1), 9999) else 9999 end::numeric as figure) used
            where a.balance * 100 > ceiling.amount * w.threshold
            """,
        Rows = """
            select i.number as text, '/receivables/invoices/' || i.number as link, i.due_on as day, (@today - i.due_on) as days, null::bigint as pieces, i.open_amount as amount, i.currency
            from open_item i
            join partner s on s.partner_id = i.seller_id and s.number = @seller
            where i.buyer_id = @partnerId and i.currency = @currency and i.kind = 'invoice' and i.open_amount > 0
            order by i.due_on, i.number
            limit 50
            """,
    };

    /// <summary>A buyer that has bought in a rhythm is silent for longer than the rhythm explains: its median and so many times its spread, see <c>rhythm_breaks_after</c>.</summary>
    public static AlertKind Rhythm { get; } = new("rhythm", "times", 0.5m, 10, 2)
    {
        PartnerRoles = Buyers, Icon = "heart-rate-monitor",
        Sql = """
            select w.key, w.partner_id, '' as subject, (@today - r.last_on)::numeric as figure, round((@today - r.last_on)::numeric / greatest(late.days, 1), 2) as ratio, null::bigint as seller_id,
                   jsonb_build_object('lastOn', r.last_on, 'median', r.median, 'spread', r.spread, 'orders', r.order_days, 'breaksAfter', late.days) as facts
            from buying_rhythm(@today) r
            join who w using (partner_id)
            cross join lateral (select rhythm_breaks_after(r.median, r.spread, w.threshold) as days) late
            where @today - r.last_on > late.days
            """,
        Rows = OrdersWithGaps,
    };

    const string OrdersWithGaps = $"""
        select o.number as text, '/orders/' || o.number as link, o.ordered_on as day, o.ordered_on - lag(o.ordered_on) over (order by o.ordered_on, o.purchase_order_id) as days, null::bigint as pieces, o.total_amount as amount, o.currency
        from (select * from purchase_order o where o.buyer_id = @partnerId and o.{Ordered} and o.ordered_on <= @today order by o.ordered_on desc, o.purchase_order_id desc limit 25) o
        order by o.ordered_on desc, o.purchase_order_id desc
        """;

    /// <summary>All of them, in the order in which a person chooses.</summary>
    public static IReadOnlyList<AlertKind> All { get; } = [RunRate, NoOrder, Rhythm, StockDays, ProtectionUnused, OverLimit];

    /// <summary>The kind of that name, or null.</summary>
    public static AlertKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);
}
