using Dapper;
using Platform.Database;
using Portal.Kpis.Metrics;
using Portal.Web.Lists;

namespace Portal.Kpis.Boards;

/// <summary>
/// What is behind a figure: first the partners that it is of, by what each did itself, then the rows of one of them: order lines, deals, quotes, invoices, stock. Of what stands (pipeline, debts, stock) the rows are those that stand on the day.
/// </summary>
public sealed class FigureRows(Db db)
{
    /// <summary>The list of partners.</summary>
    public static readonly ListShape Partners = new("kpi-figure", "-value", new Dictionary<string, string>(StringComparer.Ordinal) { ["partner"] = "p.name", ["value"] = "f.value" },
        Tie: "p.partner_id", Filters: ["period", "partner", "against", "line", "territory", "type", "level"]);

    /// <summary>The list of rows.</summary>
    public static readonly ListShape Rows = new("kpi-rows", "-day", new Dictionary<string, string>(StringComparer.Ordinal) { ["day"] = "r.day", ["number"] = "r.number", ["value"] = "r.value" },
        Tie: "r.place", Filters: ["period", "line"]);

    /// <summary>The partners that a figure is of.</summary>
    /// <param name="scope">The dashboard's scope.</param>
    /// <param name="metric">A base metric.</param>
    /// <param name="query">Order, words and page.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<(ListPage<PartnerShare> Page, decimal Whole)> PartnersAsync(BoardScope scope, string metric, ListQuery query, CancellationToken ct)
    {
        var args = scope.Arguments();
        args.Add("metric", metric);
        args.Add("balances", (string[])[metric]);
        args.Add("words", LikePattern.WithinIfAny(query.Words));
        args.Add("Offset", query.Offset);
        args.Add("Limit", query.Limit);
        var own = MetricCatalog.Find(metric)!.Nature == MetricNature.Flow
            ? $"select partner_id, sum(value) as value from {scope.OwnFacts("metric = @metric and month >= @start and month < @end")} f group by partner_id having sum(value) <> 0"
            : $"select partner_id, sum(value) as value from kpi_own_level(@balances, @standing) where partner_id in ({scope.Partners}){(scope.Line is null ? "" : " and product_line_id = @line")} group by partner_id having sum(value) <> 0";
        var found = $"from ({own}) f join partner p on p.partner_id = f.partner_id where @words::text is null or p.name ilike @words or p.name_latin ilike @words";
        return db.ReadManyAsync($"""
            select p.number, p.name, p.name_latin, p.partner_type, p.partner_level, f.value {found} order by {query.OrderBy} offset @Offset limit @Limit;
            select count(*), coalesce(sum(f.value), 0) {found}
            """, args, async answers =>
        {
            var rows = (await answers.ReadAsync<PartnerShare>()).AsList();
            var (many, whole) = await answers.ReadFirstAsync<(long, decimal)>();
            return (new ListPage<PartnerShare>(rows, many), whole);
        }, ct);
    }

    /// <summary>The rows of what one partner did itself, with their sum and the figure they make. Where a document is not the reader's to see, its row is missing and the two differ.</summary>
    /// <param name="asked">Period, product line and day.</param>
    /// <param name="partnerId">The partner.</param>
    /// <param name="metric">A base metric.</param>
    /// <param name="query">Order and page.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<RowsPage> RowsAsync(BoardScope asked, long partnerId, string metric, ListQuery query, CancellationToken ct)
    {
        var args = asked.Arguments();
        args.Add("partner", partnerId);
        args.Add("metric", metric);
        args.Add("balances", (string[])[metric]);
        args.Add("Offset", query.Offset);
        args.Add("Limit", query.Limit);
        var line = asked.Line is null ? "" : " and product_line_id = @line";
        var figure = MetricCatalog.Find(metric)!.Nature == MetricNature.Flow
            ? $"select coalesce(sum(own), 0) from kpi_branch_month where partner_id = @partner and metric = @metric and month >= @start and month < @end{line}"
            : $"select coalesce(sum(value), 0) from kpi_own_level(@balances, @standing) where partner_id = @partner{line}";
        var rows = $"(select row_number() over () as place, s.* from ({SourceOf(metric)}) s where s.value <> 0{(asked.Line is null ? "" : " and s.product_line_id = @line")}) r";
        return db.ReadManyAsync($"""
            select r.day, r.number, r.kind, r.what, r.what_zh, r.value from {rows} order by {query.OrderBy} offset @Offset limit @Limit;
            select count(*), coalesce(sum(r.value), 0) from {rows};
            {figure}
            """, args, async answers =>
        {
            var read = (await answers.ReadAsync<FigureRow>()).AsList();
            var (many, sum) = await answers.ReadFirstAsync<(long, decimal)>();
            return new RowsPage(new(read, many), sum, await answers.ReadFirstAsync<decimal>());
        }, ct);
    }

    // Each answers day, number, kind, what, what_zh, product_line_id, value; with @partner, @metric, @start, @end and @standing. The views are those that the roll-ups are made from.
    static string SourceOf(string metric) => metric switch
    {
        Metric.Purchases => Orders("w.buyer_id = @partner", "w.money"),
        Metric.SellIn => Orders("w.buyer_id = @partner and w.is_sell_in", "w.money"),
        Metric.SellInUnits => Orders("w.buyer_id = @partner and w.is_sell_in", "w.pieces::numeric"),
        Metric.SellInList => Orders("w.buyer_id = @partner and w.is_sell_in", "w.list"),
        Metric.SellInDiscount => Orders("w.buyer_id = @partner and w.is_sell_in", "w.list - w.money"),
        Metric.SellThrough => Orders("w.seller_id = @partner and not w.is_sell_in", "w.money"),
        Metric.SellThroughUnits => Orders("w.seller_id = @partner and not w.is_sell_in", "w.pieces::numeric"),
        Metric.SellThroughList => Orders("w.seller_id = @partner and not w.is_sell_in", "w.list"),
        Metric.SellThroughDiscount => Orders("w.seller_id = @partner and not w.is_sell_in", "w.list - w.money"),
        Metric.DealsRegistered or Metric.DealsApproved or Metric.DealsWon or Metric.DealsLost => Deals("kpi_deal_fact", "f.deal_id"),
        Metric.DealsRejected or Metric.DealsDuplicate or Metric.DealsWithdrawn or Metric.DealsExpired or Metric.DealsWonValue or Metric.DealConversions or Metric.DealConversionDays => Deals("kpi_deal_path_fact", "f.key"),
        Metric.Pipeline => """
            select min(f.day) as day, d.number, 'deal' as kind, c.name as what, c.name as what_zh, null::bigint as product_line_id, sum(f.value) as value
            from kpi_deal_path_fact f join deal d on d.deal_id = f.key join end_customer c on c.end_customer_id = d.end_customer_id
            where f.partner_id = @partner and f.metric = 'pipeline' and f.day <= @standing
            group by d.deal_id, d.number, c.name
            """,
        Metric.NewCustomers => """
            select f.day, c.number, 'customer' as kind, c.name as what, c.name as what_zh, null::bigint as product_line_id, f.value
            from kpi_new_customer_fact f join end_customer c on c.end_customer_id = f.key
            where f.partner_id = @partner and f.day >= @start and f.day < @end
            """,
        Metric.QuotesSent => Quotes("kpi_quote_fact", "f.quote_id"),
        Metric.QuotedList or Metric.QuotedDiscount => Quotes("kpi_quote_value_fact", "f.key"),
        Metric.FillDue or Metric.FillOnTime => Promises("o.seller_id"),
        Metric.ReceiptDue or Metric.ReceiptOnTime => Promises("o.buyer_id"),
        Metric.ReceivablesOpen or Metric.ReceivablesOverdue => """
            select min(f.day) as day, i.number, case when i.invoice_id is null then 'item' else 'invoice' end as kind, s.name as what, s.name as what_zh, null::bigint as product_line_id, sum(f.value) as value
            from kpi_receivable_fact f join open_item i on i.open_item_id = f.open_item_id join partner s on s.partner_id = i.seller_id
            where f.partner_id = @partner and f.metric = @metric and f.day <= @standing
            group by i.open_item_id, i.number, i.invoice_id, s.name
            """,
        Metric.StockOnHand => """
            select null::date as day, p.sku as number, 'product' as kind, p.name as what, coalesce(p.name_zh, p.name) as what_zh, p.product_line_id, sum(side.quantity)::numeric as value
            from stock_place o
            cross join lateral (
                select m.product_id, m.quantity, m.moved_at from stock_move m where m.to_place_id = o.stock_place_id
                union all select m.product_id, -m.quantity, m.moved_at from stock_move m where m.from_place_id = o.stock_place_id) side
            join product p on p.product_id = side.product_id
            where o.partner_id = @partner and o.kind = 'own' and brand_day(side.moved_at) <= @standing
            group by p.product_id
            """,
        Metric.SellOutUnits => """
            select brand_day(m.moved_at) as day, coalesce(m.document_number, m.order_number, p.sku) as number, 'item' as kind, p.sku || ' ' || p.name as what, p.sku || ' ' || coalesce(p.name_zh, p.name) as what_zh, p.product_line_id, m.quantity::numeric as value
            from stock_place o join stock_move m on m.from_place_id = o.stock_place_id and m.kind = 'sale' join product p on p.product_id = m.product_id
            where o.partner_id = @partner and o.kind = 'own' and brand_day(m.moved_at) >= @start and brand_day(m.moved_at) < @end
            """,
        Metric.StockReported => Reports("f.day <= @standing"),
        Metric.SellOutUnitsUnreported => Reports("f.day >= @start and f.day < @end"),
        _ => throw new ArgumentException($"Nobody knows the rows of {metric}.", nameof(metric)),
    };

    static string Orders(string side, string value) => $"""
        select w.day, o.number, 'order' as kind, p.sku || ' ' || p.name as what, p.sku || ' ' || coalesce(p.name_zh, p.name) as what_zh, w.product_line_id, {value} as value
        from kpi_order_line_worth w join purchase_order o on o.purchase_order_id = w.purchase_order_id join product p on p.product_id = w.product_id
        where {side} and w.day >= @start and w.day < @end
        """;

    static string Deals(string view, string key) => $"""
        select f.day, d.number, 'deal' as kind, c.name as what, c.name as what_zh, null::bigint as product_line_id, f.value
        from {view} f join deal d on d.deal_id = {key} join end_customer c on c.end_customer_id = d.end_customer_id
        where f.partner_id = @partner and f.metric = @metric and f.day >= @start and f.day < @end
        """;

    static string Quotes(string view, string key) => $"""
        select f.day, q.number, 'quote' as kind, c.name as what, c.name as what_zh, f.product_line_id, f.value
        from {view} f join quote q on q.quote_id = {key} join end_customer c on c.end_customer_id = q.end_customer_id
        where f.partner_id = @partner and f.metric = @metric and f.day >= @start and f.day < @end
        """;

    // By order: of all orders the view would look at the whole history.
    static string Promises(string side) => $"""
        select f.day, o.number, 'order' as kind, l.name as what, l.name_zh as what_zh, f.product_line_id, f.value
        from purchase_order o
        cross join lateral (select * from kpi_promise_fact x where x.key = o.purchase_order_id and x.partner_id = @partner and x.metric = @metric and x.day >= @start and x.day < @end offset 0) f
        left join product_line l on l.product_line_id = f.product_line_id
        where {side} = @partner and o.confirmed_at is not null
        """;

    static string Reports(string days) => $"""
        select max(f.day) as day, p.sku as number, 'product' as kind, p.name as what, coalesce(p.name_zh, p.name) as what_zh, p.product_line_id, sum(f.value)::numeric as value
        from kpi_report_fact f join product p on p.product_id = f.part
        where f.partner_id = @partner and f.metric = @metric and {days}
        group by p.product_id
        """;
}

/// <summary>A partner with its own part of a figure.</summary>
public sealed record PartnerShare(string Number, string Name, string? NameLatin, string PartnerType, string PartnerLevel, decimal Value);

/// <summary>A row behind a figure.</summary>
/// <param name="Day">The day it counts on; null for what is summed over many.</param>
/// <param name="Number">The document's number, or the product's.</param>
/// <param name="Kind">order, deal, quote, invoice, customer, product or item.</param>
/// <param name="What">Product or customer.</param>
/// <param name="WhatZh">The same in Chinese.</param>
/// <param name="Value">Its part of the figure.</param>
public sealed record FigureRow(DateOnly? Day, string Number, string Kind, string? What, string? WhatZh, decimal Value)
{
    /// <summary>The document's page, where it has one.</summary>
    public string? Link => Kind switch
    {
        "order" => "/orders/" + Number,
        "deal" => "/deals/" + Number,
        "quote" => "/quotes/" + Number,
        "invoice" => "/receivables/invoices/" + Number,
        "customer" => "/customers/" + Number,
        _ => null,
    };
}

/// <summary>Rows behind a figure.</summary>
/// <param name="Page">A page of them.</param>
/// <param name="Sum">The sum of all.</param>
/// <param name="Figure">What the roll-up says.</param>
public sealed record RowsPage(ListPage<FigureRow> Page, decimal Sum, decimal Figure)
{
    /// <summary>What of the figure comes from documents that are not the reader's to see.</summary>
    public decimal Unseen => Figure - Sum;
}
