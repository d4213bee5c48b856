using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Deliveries;

/// <summary>
/// How well promises are kept (订单满足率): what was sent by the promised day, of what was ordered. All orders of the span that is asked for are measured by one statement;
/// the figures and the lines behind them come from the same.
/// </summary>
public sealed class Fulfilment(Db db, TimeProvider clock)
{
    /// <summary>By what the figures are grouped, each with the key of a group.</summary>
    public static IReadOnlyDictionary<string, string> Groups { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["month"] = "(extract(year from m.due_on) * 100 + extract(month from m.due_on))::bigint", ["seller"] = "m.seller_id", ["buyer"] = "m.buyer_id", ["line"] = "m.product_line_id",
    };

    /// <summary>How the figures may be narrowed and sorted.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    public static ListShape Shape(string side) => new("fulfilment-" + side, "group", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["group"] = "coalesce(who.name, f.name, '')", ["ordered"] = "g.wanted", ["fill"] = "g.in_time::numeric / g.wanted", ["orders"] = "g.orders", ["full"] = "g.orders_in_full::numeric / g.orders",
    }, Tie: "g.key", Filters: ["by", "from", "to", "seller", "buyer", "line", "promise"]);

    /// <summary>How the lines behind the figures may be narrowed and sorted.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    public static ListShape LineShape(string side) => new("fulfilment-lines-" + side, "-due", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["due"] = "m.due_on", ["number"] = "o.number", ["buyer"] = "buyer.name", ["seller"] = "seller.name", ["sku"] = "p.sku", ["ordered"] = "m.wanted", ["missing"] = "m.wanted - m.in_time",
    }, Tie: "m.purchase_order_line_id", Filters: ["result", "from", "to", "seller", "buyer", "line", "promise"]);

    /// <summary>What became of a line, to choose from.</summary>
    public static IReadOnlyList<string> Results { get; } = ["in_full", "damaged", "late", "missing"];

    // The day by which a line counts. First: the day promised at the confirmation, unless the buyer itself asked for another one afterwards; a promise that is moved does not
    // count as kept. Agreed: the last day that both agreed on. Where there is neither, the day the buyer wanted, else the usual days of the product. Only an agreed change moves a
    // promised day, so what was promised first is looked up for those few lines alone.
    const string FirstDay = "coalesce(changed.wished_on, case when changed.is_moved then changed.first_on else l.promised_on end, l.requested_on, o.ordered_on + p.lead_days)";
    const string AgreedDay = "coalesce(l.promised_on, l.requested_on, o.ordered_on + p.lead_days)";

    // A promise lies two years ahead at most, and whoever moves it moves it as far again; nothing is due longer after its order than that.
    const string FarthestDays = "1500";

    // What the buyer itself called off was not wanted; what the seller refused or cancelled was. What is sent again stands for pieces that are counted already.
    static string Measured(FulfilmentAsked asked) => $"""
        changed as (
            select k.purchase_order_line_id, coalesce(sum(k.call_off) filter (where c.asked_by_side = 'buyer'), 0)::integer as called_off,
                   (array_agg(k.new_day order by c.answered_at desc) filter (where k.new_day is not null and c.asked_by_side = 'buyer'))[1] as wished_on, bool_or(k.new_day is not null) as is_moved,
                   (select r.promised_on from order_line_answer r where r.purchase_order_line_id = k.purchase_order_line_id order by r.purchase_order_step_id limit 1) as first_on
            from order_change c
            join order_change_line k on k.order_change_id = c.order_change_id
            where {DeliverySide.Of("c", asked.Side)} and c.status = 'accepted'
            group by k.purchase_order_line_id),
        promise as materialized (
            select l.purchase_order_line_id, l.purchase_order_id, l.product_id, l.buyer_id, l.seller_id, p.product_line_id, l.quantity - coalesce(changed.called_off, 0) as wanted, {(asked.Agreed ? AgreedDay : FirstDay)} as due_on
            from purchase_order o
            join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
            join product p on p.product_id = l.product_id
            left join changed on changed.purchase_order_line_id = l.purchase_order_line_id
            where {DeliverySide.Of("o", asked.Side)} and o.origin = 'portal' and o.confirmed_at is not null and o.ordered_on between @from - {FarthestDays} and @to and l.replaces_line_id is null
              and (@seller::text is null or l.seller_id = (select x.partner_id from partner x where x.number = @seller))
              and (@buyer::text is null or l.buyer_id = (select x.partner_id from partner x where x.number = @buyer))
              and (@line::text is null or p.product_line_id = (select x.product_line_id from product_line x where x.code = @line))),
        due as materialized (select * from promise where wanted > 0 and due_on between @from and @to and due_on < @today),
        day as materialized (select d.due_on, brand_midnight(d.due_on + 1) as ends from (select distinct due_on from due) as d),
        sent as (
            select d.purchase_order_line_id, sum(x.quantity) as shipped, coalesce(sum(x.quantity) filter (where s.shipped_at < day.ends), 0) as in_time, sum(x.lost) as lost
            from due d
            join day on day.due_on = d.due_on
            join shipment_line x on x.purchase_order_line_id = d.purchase_order_line_id
            join shipment s on s.shipment_id = x.shipment_id
            group by d.purchase_order_line_id),
        measured as (
            select d.*, least(coalesce(s.shipped, 0), d.wanted)::integer as shipped, least(coalesce(s.in_time, 0), d.wanted)::integer as in_time, coalesce(s.lost, 0)::integer as lost
            from due d
            left join sent s on s.purchase_order_line_id = d.purchase_order_line_id)
        """;

    /// <summary>Today, for the brand's calendar.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>The figures, a row for each group and one for all of it; and how many lines have no day to be measured by.</summary>
    /// <param name="asked">Which orders.</param>
    /// <param name="orderBy">The order of the groups; of <see cref="Shape"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<FulfilmentFigures> FiguresAsync(FulfilmentAsked asked, string orderBy, CancellationToken ct)
    {
        var key = Groups[asked.By];
        var rows = await db.ListAsync<FulfilmentRow>($"""
            with {Measured(asked)},
            by_order as (
                select {key} as key, grouping({key}) = 1 as is_total, m.purchase_order_id, count(*) as lines, sum(m.wanted) as wanted, sum(m.shipped) as shipped, sum(m.in_time) as in_time,
                       count(*) filter (where m.in_time = m.wanted) as lines_in_time, count(*) filter (where m.in_time = m.wanted and m.lost = 0) as lines_in_full
                from measured m
                group by grouping sets (({key}, m.purchase_order_id), (m.purchase_order_id))),
            g as (
                select key, is_total, count(*) as orders, count(*) filter (where lines_in_time = lines) as orders_in_time, count(*) filter (where lines_in_full = lines) as orders_in_full,
                       sum(lines)::bigint as lines, sum(lines_in_time)::bigint as lines_in_time, sum(wanted)::bigint as wanted, sum(shipped)::bigint as shipped, sum(in_time)::bigint as in_time
                from by_order
                group by is_total, key)
            select g.key, g.is_total, coalesce(who.number, f.code) as code, coalesce(who.name, f.name) as name, coalesce(who.name_latin, f.name_zh) as other_name,
                   g.orders, g.orders_in_time, g.orders_in_full, g.lines, g.lines_in_time, g.wanted, g.shipped, g.in_time, (select count(*) from promise where due_on is null and wanted > 0) as undated
            from g
            left join partner who on who.partner_id = g.key and @by in ('seller', 'buyer')
            left join product_line f on f.product_line_id = g.key and @by = 'line'
            order by g.is_total desc, {orderBy}
            """, asked.Arguments, ct);
        return rows is [{ IsTotal: true } total, ..]
            ? new(total, [.. rows.Skip(1)], total.Undated)
            : new(null, [], await db.OneAsync<long>($"with {Measured(asked)} select count(*) from promise where due_on is null and wanted > 0", asked.Arguments, ct));
    }

    /// <summary>One page of the lines behind the figures.</summary>
    public Task<ListPage<MeasuredLine>> LinesAsync(FulfilmentAsked asked, ListQuery query, CancellationToken ct) => db.PageAsync<MeasuredLine>(
        $"{LineRows(asked, query)} limit @limit offset @offset", $"with {Measured(asked)} select count(*) from measured m where {OfResult}", asked.ArgumentsOf(query), ct);

    /// <summary>All of them, row by row, for a file.</summary>
    public IAsyncEnumerable<MeasuredLine> StreamLinesAsync(FulfilmentAsked asked, ListQuery query, CancellationToken ct) => db.StreamAsync<MeasuredLine>(LineRows(asked, query), asked.ArgumentsOf(query), ct);

    const string Result = "case when m.in_time = m.wanted and m.lost = 0 then 'in_full' when m.in_time = m.wanted then 'damaged' when m.shipped = m.wanted then 'late' else 'missing' end";
    const string OfResult = $"(@result::text is null or {Result} = @result)";

    static string LineRows(FulfilmentAsked asked, ListQuery query) => $"""
        with {Measured(asked)}
        select o.number, l.line_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh,
               m.due_on, m.wanted, m.in_time, m.shipped, m.lost, {Result} as result
        from measured m
        join purchase_order o on o.purchase_order_id = m.purchase_order_id
        join purchase_order_line l on l.purchase_order_line_id = m.purchase_order_line_id
        join product p on p.product_id = m.product_id
        left join partner buyer on buyer.partner_id = m.buyer_id
        left join partner seller on seller.partner_id = m.seller_id
        where {OfResult}
        order by {query.OrderBy}
        """;
}

/// <summary>Which orders are measured, and how.</summary>
/// <param name="Side">One of <see cref="DeliverySide"/>.</param>
/// <param name="By">One of <see cref="Fulfilment.Groups"/>.</param>
/// <param name="From">The first day on which something was due.</param>
/// <param name="To">The last day.</param>
/// <param name="Today">What is due today or later is not measured yet.</param>
/// <param name="Seller">Only this seller, by its number.</param>
/// <param name="Buyer">Only this buyer.</param>
/// <param name="Line">Only this product line, by its code.</param>
/// <param name="Agreed">By the day last agreed on, instead of the one promised first.</param>
public sealed record FulfilmentAsked(string Side, string By, DateOnly From, DateOnly To, DateOnly Today, string? Seller, string? Buyer, string? Line, bool Agreed)
{
    /// <summary>How many months are measured where nothing else is said.</summary>
    public const int Months = 12;

    /// <summary>Reads what an address asks for.</summary>
    /// <param name="side">One of <see cref="DeliverySide"/>.</param>
    /// <param name="query">Its filters.</param>
    /// <param name="today">Today.</param>
    public static FulfilmentAsked Of(string side, ListQuery query, DateOnly today)
    {
        var by = query["by"] is { } asked && Fulfilment.Groups.ContainsKey(asked) ? asked : "month";
        return new(side, by, query.Day("from") ?? FirstDay(today), query.Day("to") ?? today, today, query["seller"], query["buyer"], query["line"], query["promise"] is "agreed");
    }

    /// <summary>The first day that is measured where nothing else is said.</summary>
    public static DateOnly FirstDay(DateOnly today) => new DateOnly(today.Year, today.Month, 1).AddMonths(1 - Months);

    internal object Arguments => new { side = Side, by = By, from = From, to = To, today = Today, seller = Seller, buyer = Buyer, line = Line };

    internal object ArgumentsOf(ListQuery query) => new
    {
        side = Side, by = By, from = From, to = To, today = Today, seller = Seller, buyer = Buyer, line = Line,
        result = query["result"] is { } result && Fulfilment.Results.Contains(result) ? result : null, limit = query.Limit, offset = query.Offset,
    };
}

/// <summary>The figures of a group of orders.</summary>
public sealed record FulfilmentRow
{
    /// <summary>The month (202611), the partner or the product line; null for all of it.</summary>
    public long? Key { get; init; }

    /// <summary>All of it.</summary>
    public bool IsTotal { get; init; }

    /// <summary>The number of the partner, the code of the product line.</summary>
    public string? Code { get; init; }

    /// <summary>The name of the partner or the product line.</summary>
    public string? Name { get; init; }

    /// <summary>The partner's name in Latin letters, the product line's in Chinese.</summary>
    public string? OtherName { get; init; }

    /// <summary>How many orders had something due.</summary>
    public long Orders { get; init; }

    /// <summary>Of them, those of which all that was due was sent in time.</summary>
    public long OrdersInTime { get; init; }

    /// <summary>Of those, the ones that came without loss or damage.</summary>
    public long OrdersInFull { get; init; }

    /// <summary>How many lines were due.</summary>
    public long Lines { get; init; }

    /// <summary>Of them, those that were sent in full and in time.</summary>
    public long LinesInTime { get; init; }

    /// <summary>How many pieces were due.</summary>
    public long Wanted { get; init; }

    /// <summary>Of them, those that were sent at all.</summary>
    public long Shipped { get; init; }

    /// <summary>Of them, those that were sent in time.</summary>
    public long InTime { get; init; }

    /// <summary>How many lines have no day.</summary>
    public long Undated { get; init; }

    /// <summary>Pieces sent in time, of those ordered.</summary>
    public decimal FillRate => Share(InTime, Wanted)!.Value;

    /// <summary>Lines sent in full and in time, of all.</summary>
    public decimal LineFillRate => Share(LinesInTime, Lines)!.Value;

    /// <summary>Orders sent in full and in time, of all.</summary>
    public decimal OrderFillRate => Share(OrdersInTime, Orders)!.Value;

    /// <summary>Pieces sent in time, of those sent; null where none was sent.</summary>
    public decimal? OnTimeRate => Share(InTime, Shipped);

    /// <summary>Orders sent in full and in time that came without loss or damage, of all.</summary>
    public decimal OnTimeInFull => Share(OrdersInFull, Orders)!.Value;

    static decimal? Share(long part, long whole) => whole == 0 ? null : (decimal)part / whole;
}

/// <summary>The figures by group, with those of all of it.</summary>
/// <param name="Total">All of it; null where nothing was due.</param>
/// <param name="Rows">The groups.</param>
/// <param name="Undated">How many lines have no day to be measured by.</param>
public sealed record FulfilmentFigures(FulfilmentRow? Total, IReadOnlyList<FulfilmentRow> Rows, long Undated);

/// <summary>A line behind the figures.</summary>
public sealed record MeasuredLine(
    string Number, int LineNumber, string? BuyerName, string? BuyerNameLatin, string? SellerName, string? SellerNameLatin, string Sku, string Name, string NameZh, DateOnly DueOn, int Wanted, int InTime, int Shipped, int Lost, string Result);
