using Platform.Database;
using Portal.Stock;
using Portal.Web.Lists;

namespace Portal.Orders;

/// <summary>Reads and serves the lines of confirmed orders that wait for goods (缺货待补): promised, not yet reserved.</summary>
public sealed class WaitingLines(Db db, TimeProvider clock)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("waiting", "promised", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku",
        ["number"] = "o.number",
        ["buyer"] = "buyer.name",
        ["wanted"] = Wanted,
        ["promised"] = "l.promised_on",
        ["submitted"] = "o.submitted_at",
    }, Tie: "o.submitted_at, l.purchase_order_line_id", Filters: []);

    const string Wanted = LinesThatWait.Pieces;
    const string Waits = LinesThatWait.Waits;
    const string TakesPart = LinesThatWait.TakesPart;
    // The orders in which a line can wait.
    const string AtWork = "in ('confirmed', 'partially_shipped')";

    const string Waiting = $"""
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status {AtWork}
        join product p on p.product_id = l.product_id
        left join partner buyer on buyer.partner_id = o.buyer_id
        where l.seller_id = (select app_partner_id()) and {Waits}
          and (@words::text is null or o.number like @beginning or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within
               or buyer.name ilike @within or buyer.name_latin ilike @within)
        """;

    // What of a line's waiting is still to come with orders upwards: no more than is open or on its way of them, dealt out in the order of the lines
    // they were made for, as far as these still want something. A draft that was cut, or a line the upstream refused, counts for what is left of it; one that
    // brings its goods to another place than the line is sent from counts for nothing.
    const string OrderedUpwards = """
        (select coalesce(sum(greatest(0, least(due.quantity, due.coming - due.before))), 0)::int
         from (select s.quantity,
                      (select coalesce(sum(x.quantity - x.cancelled - x.received - x.lost), 0)
                       from purchase_order_line x where x.purchase_order_id = s.purchase_order_id and x.product_id = l.product_id) as coming,
                      (select coalesce(sum(least(b.quantity, bl.quantity - bl.shipped - bl.cancelled - bl.reserved - bl.direct)), 0)
                       from order_supply b join purchase_order_line bl on bl.purchase_order_line_id = b.for_line_id
                       where b.purchase_order_id = s.purchase_order_id and bl.product_id = l.product_id and bl.lapsed_at is null and b.for_line_id < s.for_line_id) as before
               from order_supply s join purchase_order up on up.purchase_order_id = s.purchase_order_id
               where s.for_line_id = l.purchase_order_line_id and not up.drop_ships and up.to_place_id = o.from_place_id
                 and up.status in ('draft', 'submitted', 'pending_approval', 'confirmed', 'partially_shipped', 'shipped')) as due)
        """;

    // Of what is performed, not sent from stock, nothing waits and nothing comes: what was ordered upwards for a line is what is not called off of that.
    const string PerformedUpwards = """
        (select coalesce(sum(least(s.quantity, (select coalesce(sum(x.quantity - x.cancelled - x.lost), 0) from purchase_order_line x where x.purchase_order_id = s.purchase_order_id and x.product_id = l.product_id))), 0)::int
         from order_supply s join purchase_order up on up.purchase_order_id = s.purchase_order_id and up.status not in ('rejected', 'cancelled')
         where s.for_line_id = l.purchase_order_line_id)
        """;

    /// <summary>One page of what waits for the partner at work.</summary>
    public Task<ListPage<WaitingLine>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Waiting}", Arguments(query), ct);
        return new ListPage<WaitingLine>(await db.ListAsync<WaitingLine>($"{Selected(query)} limit @limit offset @offset", Arguments(query), ct), total);
    }, ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<WaitingLine> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<WaitingLine>(Selected(query), Arguments(query), ct);

    static string Selected(ListQuery query) => $"""
        select o.number, l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin,
               {Wanted} as wanted, {OrderedUpwards} as ordered_upwards, l.promised_on, o.submitted_at
        {Waiting}
        order by {query.OrderBy}
        """;

    static object Arguments(ListQuery query) => new
    {
        words = query.Words,
        beginning = LikePattern.Beginning(query.Words?.ToUpperInvariant()),
        within = LikePattern.Within(query.Words),
        limit = query.Limit,
        offset = query.Offset,
    };

    /// <summary>
    /// What lacks: what waits for the partner at work and has not been ordered upwards, product by product and line by line; and what is to be performed and has not been ordered upwards, for a seller that has an upstream.
    /// </summary>
    /// <param name="number">Of this order alone; null for all.</param>
    /// <param name="sellerId">The partner; null for the one at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<MissingLine>> MissingAsync(string? number, long? sellerId, CancellationToken ct) => db.ListAsync<MissingLine>($"""
        select line_id, sku, quantity, from_place_id, term_start, term_months, deal, from_stock
        from (select l.purchase_order_line_id as line_id, p.sku, case when l.from_stock then {Wanted} - {OrderedUpwards} else l.reserved - {PerformedUpwards} end as quantity, o.from_place_id, l.term_start, l.term_months, l.from_stock,
                     -- where the brand supports what is bought for a deal
                     case when o.deal_number is not null and exists (
                         select from partner s cross join lateral special_price_facts(o.deal_number, s.partner_id, s.upstream_id, s.currency, brand_day(@now)) special
                         where s.partner_id = o.seller_id and p.product_id = any (special.special_products)) then o.deal_number end as deal
              from (select l.* from purchase_order_line l where l.seller_id = coalesce(@sellerId, app_partner_id()) and {Waits} and {TakesPart}
                    union all
                    select l.* from purchase_order_line l
                    where l.seller_id = coalesce(@sellerId, app_partner_id()) and not l.from_stock and l.reserved > 0 and exists (select from partner s where s.partner_id = l.seller_id and s.upstream_id is not null)) l
              join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status {AtWork}
              join product p on p.product_id = l.product_id
              where (@number::text is null or o.number = @number)) as waiting
        where quantity > 0
        order by sku, line_id
        """, new { number, sellerId, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Remembers for which lines an order upwards was made.</summary>
    /// <returns>Who made it.</returns>
    public Task<long> SupplyAsync(string orderNumber, IReadOnlyCollection<MissingLine> lines, CancellationToken ct) => db.OneAsync<long>("""
        with made as (
            select purchase_order_id, buyer_id from purchase_order where number = @orderNumber),
        supply as (
            insert into order_supply (purchase_order_id, for_line_id, partner_id, quantity)
            select made.purchase_order_id, line.id, made.buyer_id, line.quantity
            from made cross join unnest(@ids, @quantities) as line (id, quantity))
        select buyer_id from made
        """, new { orderNumber, ids = lines.Select(line => line.LineId).ToArray(), quantities = lines.Select(line => line.Quantity).ToArray() }, ct);

    /// <summary>The places of a partner from which something is to be sent that waits for goods; of the one at work where none is named.</summary>
    public Task<List<long>> PlacesAsync(long? partnerId, CancellationToken ct) => db.ListAsync<long>($"""
        select distinct o.from_place_id
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        where l.seller_id = coalesce(@partnerId, app_partner_id()) and {Waits} and {TakesPart} and o.status {AtWork}
        order by 1
        """, new { partnerId }, ct);

    /// <summary>Takes the orders with lines that wait for goods of a place, in the order of their keys.</summary>
    /// <returns>Their keys; none where nobody waits.</returns>
    public Task<List<long>> TakeOrdersAsync(long placeId, long[]? products, CancellationToken ct) => db.ListAsync<long>($"""
        select o.purchase_order_id
        from purchase_order o
        where o.purchase_order_id in (
            select l.purchase_order_id
            from purchase_order_line l
            join purchase_order held on held.purchase_order_id = l.purchase_order_id
            where l.seller_id = (select s.partner_id from stock_place s where s.stock_place_id = @placeId)
              and {Waits} and {TakesPart}
              and (@products::bigint[] is null or l.product_id = any (@products))
              and held.status {AtWork} and held.from_place_id = @placeId)
        order by o.purchase_order_id
        for no key update
        """, new { placeId, products }, ct);

    /// <summary>The lines of orders that are held and wait for goods of a place, the first to be served first.</summary>
    public Task<List<LineInTurn>> InTurnAsync(long placeId, long[]? products, IReadOnlyCollection<long> held, CancellationToken ct) => db.ListAsync<LineInTurn>($"""
        select l.purchase_order_line_id, l.line_number, l.product_id, {Wanted} as wanted,
               o.number, o.status, o.buyer_id, o.seller_id
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        left join selling_policy rule on rule.partner_id = o.seller_id
        left join partner buyer on buyer.partner_id = o.buyer_id
        where l.purchase_order_id = any (@held)
          and {Waits} and {TakesPart}
          and (@products::bigint[] is null or l.product_id = any (@products))
          and o.status {AtWork} and o.from_place_id = @placeId
        order by exists (select from order_supply s join purchase_order_line got on got.purchase_order_id = s.purchase_order_id and got.product_id = l.product_id
                         join purchase_order up on up.purchase_order_id = s.purchase_order_id and not up.drop_ships
                         where s.for_line_id = l.purchase_order_line_id and got.received > 0) desc,
                 case rule.allocates when 'by_level' then array_position(array['platinum', 'gold', 'silver', 'registered'], buyer.partner_level) end,
                 case rule.allocates when 'by_promised_day' then l.promised_on end nulls last,
                 o.submitted_at, o.purchase_order_id, l.line_number
        """, new { placeId, products, held = held.ToArray() }, ct);

    /// <summary>Counts what lines got, and remembers it as a step of their orders.</summary>
    public Task ReserveAsync(IReadOnlyCollection<(LineInTurn Line, int Quantity)> given, CancellationToken ct) => db.ExecuteAsync("""
        with line as (
            update purchase_order_line l
            set reserved = l.reserved + given.quantity
            from unnest(@lines, @quantities) as given (id, quantity)
            where l.purchase_order_line_id = given.id
            returning l.purchase_order_id),
        served as (
            update purchase_order o
            set version = o.version + 1
            from (select distinct purchase_order_id from line) as had
            where o.purchase_order_id = had.purchase_order_id
            returning o.purchase_order_id, o.buyer_id, o.seller_id, o.status)
        insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
        select purchase_order_id, buyer_id, seller_id, 'allocate', status, coalesce(app_partner_id(), seller_id), app_person_id(), @now
        from served
        """, new { lines = given.Select(share => share.Line.PurchaseOrderLineId).ToArray(), quantities = given.Select(share => share.Quantity).ToArray(), now = clock.GetUtcNow().UtcDateTime }, ct);
}

/// <summary>A line that waits, in a list.</summary>
public sealed record WaitingLine(
    string Number, int LineNumber, string Sku, string Name, string NameZh, string? BuyerName, string? BuyerNameLatin, int Wanted, int OrderedUpwards, DateOnly? PromisedOn, DateTime SubmittedAt);

/// <summary>What lacks for a line and is not on order for the place that it is sent from; or what is to be performed and not ordered upwards (not <c>FromStock</c>).</summary>
public sealed record MissingLine(long LineId, string Sku, int Quantity, long FromPlaceId, DateOnly? TermStart, int? TermMonths, string? Deal, bool FromStock)
{
    /// <summary>Lines that are ordered upwards as one: of the same product, for the same time.</summary>
    internal (string Sku, DateOnly? Start, int? Months) Kind => (Sku, TermStart, TermMonths);
}

/// <summary>A line whose turn it may be.</summary>
public sealed record LineInTurn(
    long PurchaseOrderLineId, int LineNumber, long ProductId, int Wanted, string Number, string Status, long BuyerId, long SellerId)
{
    /// <summary>What it is for its order when the line gets something.</summary>
    internal OrderStep Step => new(Number, OrderLifecycle.Allocate, Status, BuyerId, SellerId);
}
