using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>
/// Reads what the partner at work has, what comes to it and what it has promised, by day. It comes: what is on its way (shipments by the day they were sent, transfers, returns; goods of a drop
/// shipment are in transit before the own order says so, and count with that order until it does) and what its upstream confirmed (by the promised, else the wanted day, else the days of delivery), each with the days on the road. It is promised: what buyers
/// wait for that is not reserved, by the promised, else the wanted day.
/// </summary>
public sealed class OutlookStore(Db db, TimeProvider clock)
{
    /// <summary>How many weeks a list looks ahead.</summary>
    public const int Weeks = 8;

    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-outlook", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "sku", ["name"] = "name", ["free"] = "free", ["lowest"] = "lowest",
    }, Tie: "product_id", Filters: ["state"]);

    /// <summary>How the list of stock as of a day may be narrowed and sorted.</summary>
    public static ListShape AsOfShape { get; } = new("stock-as-of", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "sku", ["name"] = "name", ["place"] = "place", ["on-hand"] = "on_hand", ["reserved"] = "reserved", ["available"] = "on_hand - reserved", ["in-transit"] = "in_transit",
    }, Tie: "product_id, place", Filters: ["on", "place"]);

    // Every part names product, day, quantity, what it is and the document.
    const string Events = $"""
        me as materialized (
            select app_partner_id() as partner_id, brand_day(@now) as today, coalesce((select p.inbound_days from stock_planning p where p.partner_id = app_partner_id()), 3) as inbound_days,
                   array(select s.stock_place_id from stock_place s where s.partner_id = app_partner_id() and s.kind = 'own') as places),
        shipped as (
            select l.product_id, greatest(me.today, brand_day(s.shipped_at) + me.inbound_days) as day, (sl.quantity - sl.received - sl.lost)::bigint as quantity, 'shipment' as kind, o.number as document,
                   brand_day(s.shipped_at) + me.inbound_days < me.today as is_late
            from me
            join purchase_order o on o.buyer_id = me.partner_id and o.status in ('partially_shipped', 'shipped') and o.to_place_id = any (me.places)
            join shipment s on s.purchase_order_id = o.purchase_order_id
            join shipment_line sl on sl.shipment_id = s.shipment_id and sl.received + sl.lost < sl.quantity
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id and l.from_stock
            where @products::bigint[] is null or l.product_id = any (@products)),
        moved as (
            select l.product_id, greatest(me.today, brand_day(t.sent_at) + me.inbound_days) as day, l.quantity::bigint as quantity, 'transfer' as kind, t.number as document, brand_day(t.sent_at) + me.inbound_days < me.today as is_late
            from me
            join stock_transfer t on t.partner_id = me.partner_id and t.status = 'in_transit'
            join stock_transfer_line l on l.stock_transfer_id = t.stock_transfer_id
            where @products::bigint[] is null or l.product_id = any (@products)),
        coming_back as (
            select l.product_id, me.today + me.inbound_days as day, l.sent::bigint as quantity, 'return' as kind, r.number as document, false as is_late
            from me
            join return_order r on r.seller_id = me.partner_id and r.status = 'sent'
            join return_order_line l on l.return_order_id = r.return_order_id and l.sent > 0
            where @products::bigint[] is null or l.product_id = any (@products)),
        ordered as (
            select l.product_id, greatest(me.today, due.day + me.inbound_days) as day, (l.quantity - l.shipped - l.cancelled)::bigint as quantity, 'order' as kind, o.number as document, due.day < me.today as is_late
            from me
            join purchase_order o on o.buyer_id = me.partner_id and o.status in ('confirmed', 'partially_shipped') and o.to_place_id = any (me.places)
            join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.shipped + l.cancelled < l.quantity
            join product p on p.product_id = l.product_id and p.kept_in_stock
            cross join lateral (select coalesce(l.promised_on, l.requested_on, brand_day(o.confirmed_at) + coalesce(p.lead_days, 14)) as day) due
            where @products::bigint[] is null or l.product_id = any (@products)),
        promised as (
            select l.product_id, greatest(me.today, coalesce(l.promised_on, l.requested_on, me.today)) as day, -{LinesThatWait.Pieces}::bigint as quantity, 'promise' as kind, o.number as document,
                   coalesce(l.promised_on, l.requested_on) < me.today as is_late
            from me
            join purchase_order_line l on l.seller_id = me.partner_id and {LinesThatWait.Waits} and {LinesThatWait.TakesPart}
            join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped') and (o.from_place_id is null or o.from_place_id = any (me.places))
            where @products::bigint[] is null or l.product_id = any (@products)),
        event as (
            select * from shipped union all select * from moved union all select * from coming_back union all select * from ordered union all select * from promised),
        free as (
            select b.product_id, sum(b.on_hand)::bigint as on_hand, sum(b.reserved)::bigint as reserved, sum(b.in_transit)::bigint as in_transit
            from me cross join stock_balance b
            where b.stock_place_id = any (me.places) and (@products::bigint[] is null or b.product_id = any (@products))
            group by b.product_id)
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The outlook of some products, by their keys; of those that nothing is known of there is nothing free and nothing comes.</summary>
    public async Task<IReadOnlyDictionary<long, Outlook>> OfAsync(IReadOnlyCollection<long> products, CancellationToken ct)
    {
        var wanted = products.Distinct().ToArray();
        var rows = await db.ListAsync<DayRow>($"""
            with {Events}
            select w.product_id, me.today, coalesce(f.on_hand - f.reserved, 0) as free, e.day, coalesce(e.quantity, 0) as quantity
            from me
            cross join unnest(@products) as w (product_id)
            left join free f on f.product_id = w.product_id
            left join (select product_id, day, sum(quantity)::bigint as quantity from event group by product_id, day) e on e.product_id = w.product_id
            """, new { products = wanted, now = Now }, ct);
        return rows.GroupBy(row => row.ProductId).ToDictionary(product => product.Key,
            product => new Outlook(product.First().Today, product.First().Free, product.Where(row => row.Day is not null).Select(row => (row.Day!.Value, row.Quantity))));
    }

    /// <summary>One product with all that comes and is promised; null where there is no such product.</summary>
    public Task<ProductOutlook?> FindAsync(string sku, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<OutlookHead>("""
            select p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, brand_day(@now) as today, coalesce(sum(b.on_hand), 0)::bigint as on_hand, coalesce(sum(b.reserved), 0)::bigint as reserved, coalesce(sum(b.in_transit), 0)::bigint as in_transit
            from product p
            left join (stock_balance b join stock_place s on s.stock_place_id = b.stock_place_id and s.partner_id = app_partner_id()) on b.product_id = p.product_id
            where p.sku = @sku
            group by p.product_id
            """, new { sku, now = Now }, ct) is not { } head)
        {
            return null;
        }

        var events = await db.ListAsync<OutlookEvent>($"with {Events} select day, kind, document, quantity, coalesce(is_late, false) as is_late from event order by day, quantity desc, document", new { products = new[] { head.ProductId }, now = Now }, ct);
        return new ProductOutlook(head, events, new Outlook(head.Today, head.OnHand - head.Reserved, events.Select(one => (one.Day, one.Quantity))));
    }, ct);

    const string ByWeek = $"""
        with {Events},
        known as (select product_id from free union select product_id from event),
        week as (select n, me.today + 7 * n as until from me cross join generate_series(0, {WeeksText}) as n),
        seen as (
            select k.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, coalesce(f.on_hand, 0) as on_hand, coalesce(f.on_hand - f.reserved, 0) as free,
                   array(select coalesce(f.on_hand - f.reserved, 0) + coalesce((select sum(e.quantity) from event e where e.product_id = k.product_id and e.day <= w.until), 0)::bigint from week w order by w.n) as projected
            from known k
            join product p on p.product_id = k.product_id
            left join free f on f.product_id = k.product_id
            where @words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within),
        listed as (
            select *, (select min(q) from unnest(projected) as q) as lowest from seen)
        """;

    const string WeeksText = "8";

    const string Filtered = "from listed where case @state when 'short' then lowest < 0 when 'growing' then projected[array_length(projected, 1)] > free else true end";

    /// <summary>One page of all products, week by week.</summary>
    public Task<ListPage<OutlookRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = Arguments(query);
        var total = await db.OneAsync<long>($"{ByWeek} select count(*) {Filtered}", arguments, ct);
        return new ListPage<OutlookRow>(await db.ListAsync<OutlookRow>($"{ByWeek} select sku, name, name_zh, on_hand, free, projected, lowest {Filtered} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>The whole list, for a file.</summary>
    public IAsyncEnumerable<OutlookRow> StreamAsync(ListQuery query, CancellationToken ct) =>
        db.StreamAsync<OutlookRow>($"{ByWeek} select sku, name, name_zh, on_hand, free, projected, lowest {Filtered} order by {query.OrderBy}", Arguments(query), ct);

    object Arguments(ListQuery query) => new
    {
        products = (long[]?)null, now = Now, state = query["state"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset,
    };

    // What is there now less what has moved since: the ledger keeps its running balances, so only the time since is read. What was reserved is the latest row of its log before the day's end,
    // with what was entered after that row for a moment before (rows that are behind, which have an index of their own): all changes up to the day's end, at the price of a look. Before the log began nothing is known of it.
    const string AsOf = """
        with me as materialized (
            select p.stock_place_id, p.code, way.stock_place_id as way_id, brand_midnight(@on + 1) as until, coalesce(stock_reserved_known_since() < brand_midnight(@on + 1), true) as is_reserved_known
            from stock_place p join stock_place way on way.for_place_id = p.stock_place_id
            where p.partner_id = app_partner_id() and p.kind = 'own' and (@place::text is null or p.code = @place)),
        since as (
            select me.stock_place_id, m.product_id, sum(case when m.to_place_id = me.stock_place_id then m.quantity when m.from_place_id = me.stock_place_id then -m.quantity else 0 end)::bigint as on_hand,
                   sum(case when m.to_place_id = me.way_id then m.quantity when m.from_place_id = me.way_id then -m.quantity else 0 end)::bigint as in_transit
            from me
            cross join lateral (
                select x.* from stock_move x where x.from_place_id in (me.stock_place_id, me.way_id) and x.moved_at >= brand_midnight(@on + 1)
                union all
                select x.* from stock_move x where x.to_place_id in (me.stock_place_id, me.way_id) and x.from_place_id not in (me.stock_place_id, me.way_id) and x.moved_at >= brand_midnight(@on + 1)) m
            group by me.stock_place_id, m.product_id),
        then_held as (
            select p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, me.code as place, b.on_hand - coalesce(s.on_hand, 0) as on_hand,
                   case when me.is_reserved_known then greatest(0, coalesce(r.reserved, 0) + coalesce(entered.change, 0)) end as reserved, b.in_transit - coalesce(s.in_transit, 0) as in_transit
            from me
            join stock_balance b on b.stock_place_id = me.stock_place_id
            join product p on p.product_id = b.product_id
            left join since s on s.stock_place_id = b.stock_place_id and s.product_id = b.product_id
            left join lateral (
                select l.stock_reserved_id, l.reserved from stock_reserved l
                where l.stock_place_id = b.stock_place_id and l.product_id = b.product_id and l.at < me.until and not l.is_behind
                order by l.at desc, l.stock_reserved_id desc
                limit 1) r on true
            left join lateral (
                select sum(l.change)::bigint as change from stock_reserved l
                where l.stock_place_id = b.stock_place_id and l.product_id = b.product_id and l.at < me.until and l.is_behind and l.stock_reserved_id > coalesce(r.stock_reserved_id, 0)) entered on true
            where @words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
        """;

    const string Held = "from then_held where (on_hand <> 0 or in_transit <> 0 or reserved <> 0)";

    /// <summary>One page of what was where at the end of a day.</summary>
    public Task<ListPage<AsOfRow>> AsOfAsync(DateOnly on, ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var arguments = AsOfArguments(on, query);
        var total = await db.OneAsync<long>($"{AsOf} select count(*) {Held}", arguments, ct);
        return new ListPage<AsOfRow>(await db.ListAsync<AsOfRow>($"{AsOf} select sku, name, name_zh, place, on_hand, reserved, in_transit {Held} order by {query.OrderBy} limit @limit offset @offset", arguments, ct), total);
    }, ct);

    /// <summary>All that was where at the end of a day, for a file.</summary>
    public IAsyncEnumerable<AsOfRow> StreamAsOfAsync(DateOnly on, ListQuery query, CancellationToken ct) =>
        db.StreamAsync<AsOfRow>($"{AsOf} select sku, name, name_zh, place, on_hand, reserved, in_transit {Held} order by {query.OrderBy}", AsOfArguments(on, query), ct);

    /// <summary>The same in the order of SKU and place, for programs.</summary>
    public Task<List<AsOfRow>> AsOfAfterAsync(DateOnly on, string? place, (string Sku, string Place)? after, int limit, CancellationToken ct) => db.ListAsync<AsOfRow>($"""
        {AsOf} select sku, name, name_zh, place, on_hand, reserved, in_transit {Held} and (@afterSku::text is null or (sku, place) > (@afterSku, @afterPlace))
        order by sku, place
        limit @limit
        """, new { on, place, words = (string?)null, within = (string?)null, afterSku = after?.Sku, afterPlace = after?.Place, limit }, ct);

    /// <summary>The first day at whose end it is known what was reserved; null where it is known of every day.</summary>
    public Task<DateOnly?> ReservedKnownFromAsync(CancellationToken ct) => db.FindAsync<DateOnly?>("select brand_day(stock_reserved_known_since())", null, ct);

    static object AsOfArguments(DateOnly on, ListQuery query) => new { on, place = query["place"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset };

    /// <summary>The day it is for the brand.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = Now }, ct);

    sealed record DayRow(long ProductId, DateOnly Today, long Free, DateOnly? Day, long Quantity);
}

/// <summary>A product of the list, week by week.</summary>
public sealed record OutlookRow
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>In all places now.</summary>
    public long OnHand { get; init; }

    /// <summary>Of it not reserved.</summary>
    public long Free { get; init; }

    /// <summary>What there will be today and at the end of each week.</summary>
    public long[] Projected { get; init; } = [];

    /// <summary>The least of it.</summary>
    public long Lowest { get; init; }
}

/// <summary>A product with what there is of it now.</summary>
public sealed record OutlookHead(long ProductId, string Sku, string Name, string NameZh, DateOnly Today, long OnHand, long Reserved, long InTransit);

/// <summary>Something that comes or is promised.</summary>
/// <param name="Day">When.</param>
/// <param name="Kind"><c>shipment</c>, <c>transfer</c>, <c>return</c>, <c>order</c> or <c>promise</c>.</param>
/// <param name="Document">The order or transfer.</param>
/// <param name="Quantity">How many; less than 0 for what goes.</param>
/// <param name="IsLate">The day has passed.</param>
public sealed record OutlookEvent(DateOnly Day, string Kind, string? Document, long Quantity, bool IsLate);

/// <summary>A product with all that comes and is promised.</summary>
/// <param name="Head">What there is now.</param>
/// <param name="Events">What comes and is promised, by day.</param>
/// <param name="Ahead">Day by day.</param>
public sealed record ProductOutlook(OutlookHead Head, IReadOnlyList<OutlookEvent> Events, Outlook Ahead)
{
    /// <summary>What comes by a day.</summary>
    public long Incoming(DateOnly by) => Events.Where(one => one.Quantity > 0 && one.Day <= by).Sum(one => one.Quantity);

    /// <summary>What is promised by a day and not reserved.</summary>
    public long Promised(DateOnly by) => -Events.Where(one => one.Quantity < 0 && one.Day <= by).Sum(one => one.Quantity);
}

/// <summary>What was in a place at the end of a day.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Place">The code of the place.</param>
/// <param name="OnHand">By the ledger, with what was entered later for that day or an earlier one.</param>
/// <param name="Reserved">What was promised of it; null for days of which that is not known.</param>
/// <param name="InTransit">What was on its way there.</param>
public sealed record AsOfRow(string Sku, string Name, string NameZh, string Place, long OnHand, long? Reserved, long InTransit)
{
    /// <summary>On hand and not promised; less than 0 where goods were entered as gone later on, that were promised then. Null where it is not known what was promised.</summary>
    public long? Available => OnHand - Reserved;
}
