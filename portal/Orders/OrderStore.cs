using Platform.Database;
using Portal.Stock;
using Portal.Web.Lists;

namespace Portal.Orders;

/// <summary>Reads orders, as the person at work may see them. What an act changes is in <see cref="OrderWriting"/>.</summary>
public sealed class OrderStore(Db db)
{
    /// <summary>How the lists of orders may be narrowed and sorted.</summary>
    /// <param name="name">The list's own name, under which views of it are saved.</param>
    public static ListShape Shape(string name) => new(name, "-ordered", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "o.number",
        ["po"] = "o.po_number",
        ["ordered"] = "o.ordered_on",
        ["buyer"] = "buyer.name",
        ["seller"] = "seller.name",
        ["total"] = "o.total_amount",
        ["lines"] = "o.line_count",
        ["status"] = "o.status",
    }, Tie: "o.purchase_order_id desc", Filters: ["status", "from", "to"]);

    /// <summary>That goods of the order <c>o</c> may leave: it does not wait for the seller's finance.</summary>
    internal const string MayLeave =
        "not exists (select from order_credit_hold h where h.purchase_order_id = o.purchase_order_id and not exists (select from order_credit_release r where r.order_credit_hold_id = h.order_credit_hold_id))";

    // To ship is what is reserved and may leave, to receive what is on its way: not every order in whose state that can be.
    const string Narrowed = $"""
        from purchase_order o
        left join partner buyer on buyer.partner_id = o.buyer_id
        left join partner seller on seller.partner_id = o.seller_id
        where case @side when 'buyer' then o.buyer_id = (select app_partner_id())
                         when 'seller' then o.seller_id = (select app_partner_id()) and o.submitted_at is not null
                         else (select app_is_brand()) end
          and (@statuses::text[] is null or o.status = any(@statuses))
          and (not @toAnswer or exists (select from order_change c where c.purchase_order_id = o.purchase_order_id and c.status = 'open' and c.asked_by_side = case @side when 'buyer' then 'seller' else 'buyer' end))
          and (not @toShip or {MayLeave} and exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.reserved > 0))
          and (not @toReceive or not o.drop_ships and exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.received + l.lost < l.shipped))
          and (@from::date is null or o.ordered_on >= @from)
          and (@to::date is null or o.ordered_on <= @to)
          and (@words::text is null
               or o.number like @beginning or upper(o.po_number) like @beginning or upper(o.external_number) like @beginning
               or buyer.name ilike @within or seller.name ilike @within or buyer.name_latin ilike @within or seller.name_latin ilike @within)
        """;

    /// <summary>One page of a list.</summary>
    public async Task<ListPage<OrderRow>> ListAsync(OrderList list, CancellationToken ct) => await db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Narrowed}", list.Arguments, ct);
        var rows = await db.ListAsync<OrderRow>($"""
            select o.number, o.po_number, o.external_number, o.ordered_on, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
                   o.currency, o.total_amount, o.line_count, o.status, o.ship_to ->> 'name' as ship_to
            {Narrowed}
            order by {list.Query.OrderBy}
            limit @limit offset @offset
            """, list.Arguments, ct);
        return new ListPage<OrderRow>(rows, total);
    }, ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<OrderRow> StreamAsync(OrderList list, CancellationToken ct) => db.StreamAsync<OrderRow>($"""
        select o.number, o.po_number, o.external_number, o.ordered_on, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               o.currency, o.total_amount, o.line_count, o.status, o.ship_to ->> 'name' as ship_to
        {Narrowed}
        order by {list.Query.OrderBy}
        """, list.Arguments, ct);

    /// <summary>The newest orders of a side, for a program that pages through them.</summary>
    /// <param name="side"><c>buyer</c>, <c>seller</c> or <c>channel</c>.</param>
    /// <param name="status">Only those in this state.</param>
    /// <param name="after">The number of the last order of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<OrderRow>> AfterAsync(string side, string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<OrderRow>("""
        select o.number, o.po_number, o.external_number, o.ordered_on, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               o.currency, o.total_amount, o.line_count, o.status, o.ship_to ->> 'name' as ship_to
        from purchase_order o
        left join partner buyer on buyer.partner_id = o.buyer_id
        left join partner seller on seller.partner_id = o.seller_id
        where case @side when 'buyer' then o.buyer_id = (select app_partner_id())
                         when 'seller' then o.seller_id = (select app_partner_id()) and o.submitted_at is not null
                         else (select app_is_brand()) end
          and (@status::text is null or o.status = @status)
          and (@after::text is null or (o.ordered_on, o.purchase_order_id) < (select last.ordered_on, last.purchase_order_id from purchase_order last where last.number = @after))
        order by o.ordered_on desc, o.purchase_order_id desc
        limit @limit
        """, new { side, status, after, limit }, ct);

    /// <summary>What of the orders waits for the person's company: as seller to be confirmed and shipped, as buyer to be received and finished.</summary>
    public Task<WaitingOrders> WaitingAsync(CancellationToken ct) => db.OneAsync<WaitingOrders>($"""
        select (select count(*) from purchase_order o where o.seller_id = app_partner_id() and o.status = 'submitted') as to_confirm,
               (select min(o.submitted_at) from purchase_order o where o.seller_id = app_partner_id() and o.status = 'submitted') as oldest,
               (select count(distinct l.purchase_order_id) from purchase_order_line l join purchase_order o on o.purchase_order_id = l.purchase_order_id
                where l.seller_id = app_partner_id() and l.reserved > 0 and o.status in ('confirmed', 'partially_shipped') and {MayLeave}) as to_ship,
               (select count(*) from purchase_order o where o.buyer_id = app_partner_id() and o.status in ('partially_shipped', 'shipped') and not o.drop_ships
                and exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.received + l.lost < l.shipped)) as to_receive,
               (select count(*) from purchase_order o where o.buyer_id = app_partner_id() and o.status = 'draft') as drafts
        """, null, ct);

    /// <summary>Orders whose own, the buyer's or the former number begins like this; the newest first.</summary>
    public Task<List<OrderRow>> SearchAsync(string words, int limit, CancellationToken ct) => db.ListAsync<OrderRow>("""
        select o.number, o.po_number, o.external_number, o.ordered_on, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               o.currency, o.total_amount, o.line_count, o.status, o.ship_to ->> 'name' as ship_to
        from purchase_order o
        left join partner buyer on buyer.partner_id = o.buyer_id
        left join partner seller on seller.partner_id = o.seller_id
        where o.purchase_order_id in (
            select purchase_order_id from purchase_order where number like @beginning
            union select purchase_order_id from purchase_order where upper(po_number) like @beginning
            union select purchase_order_id from purchase_order where upper(external_number) like @beginning)
        order by o.ordered_on desc, o.purchase_order_id desc
        limit @limit
        """, new { beginning = LikePattern.Beginning(words.ToUpperInvariant()), limit }, ct);

    /// <summary>An order with all that hangs on it, or null where there is none for the person at work.</summary>
    public async Task<OrderPage?> FindAsync(string number, CancellationToken ct) => await db.TogetherAsync(async () =>
        await HeadAsync(number, ct) is { } order
            ? new OrderPage(order, await LinesAsync(order.PurchaseOrderId, ct), await ShipmentsAsync(order.PurchaseOrderId, ct),
                await DiscrepanciesAsync(order.PurchaseOrderId, ct), await StepsAsync(order.PurchaseOrderId, ct))
            : null, ct);

    /// <summary>The order alone.</summary>
    public Task<OrderHead?> HeadAsync(string number, CancellationToken ct) => db.FindAsync<OrderHead>("""
        select o.purchase_order_id, o.number, o.po_number, o.external_number, o.origin, o.ordered_on, o.currency, o.total_amount, o.line_count,
               o.status, o.note, o.ship_to::text as ship_to_json, o.drop_ships, o.coupons, o.deal_number as deal, exists (select from deal d where d.number = o.deal_number) as sees_deal, o.submitted_at, o.confirmed_at, o.version,
               buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, buyer.number as buyer_number,
               seller.name as seller_name, seller.name_latin as seller_name_latin, seller.number as seller_number,
               coalesce(o.buyer_id = app_partner_id(), false) as is_buyer, coalesce(o.seller_id = app_partner_id(), false) as is_seller
        from purchase_order o
        left join partner buyer on buyer.partner_id = o.buyer_id
        left join partner seller on seller.partner_id = o.seller_id
        where o.number = @number
        """, new { number }, ct);

    /// <summary>The lines of an order with what became of each.</summary>
    public Task<List<OrderLineRow>> LinesAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<OrderLineRow>("""
        select l.line_number, l.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, p.tracking,
               l.quantity, l.shipped, l.received, l.lost, l.cancelled, l.reserved, l.direct, l.requested_on, l.promised_on, l.unit_price, l.amount, l.price_steps::text as price_steps, l.configuration,
               l.term_start, l.term_end, l.term_months, l.subscription, p.kept_in_stock and l.from_stock as needs_stock,
               (select a.reason from order_line_answer a where a.purchase_order_line_id = l.purchase_order_line_id and a.refused > 0 order by a.purchase_order_step_id desc limit 1) as refused_because
        from purchase_order_line l
        join product p on p.product_id = l.product_id
        where l.purchase_order_id = @purchaseOrderId
        order by l.line_number
        """, new { purchaseOrderId }, ct);

    /// <summary>The shipment with its lines, or null where there is none for the person at work.</summary>
    public async Task<ShipmentPage?> FindShipmentAsync(string number, CancellationToken ct) => await db.TogetherAsync(async () =>
        await db.FindAsync<ShipmentHead>("""
            select s.shipment_id, s.number, o.number as order_number, s.shipped_at, s.carrier, s.tracking_number,
                   coalesce(s.buyer_id = app_partner_id(), false) as is_buyer, o.status, o.version, s.is_direct, o.drop_ships
            from shipment s
            join purchase_order o on o.purchase_order_id = s.purchase_order_id
            where s.number = @number
            """, new { number }, ct) is { } shipment
            ? new ShipmentPage(shipment, await db.ListAsync<ShipmentLineRow>("""
                select s.number as shipment_number, l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, sl.quantity, sl.received, sl.lost, p.tracking, l.from_stock
                from shipment_line sl
                join shipment s on s.shipment_id = sl.shipment_id
                join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
                join product p on p.product_id = l.product_id
                where sl.shipment_id = @ShipmentId
                order by l.line_number
                """, new { shipment.ShipmentId }, ct)) { Parcels = [.. (await Parcels.FindAsync(db, null, shipment.ShipmentId, ct))[number]], Lots = await LotsOfShipments.FindAsync(db, null, shipment.ShipmentId, ct) }
            : null, ct);

    async Task<List<ShipmentPage>> ShipmentsAsync(long purchaseOrderId, CancellationToken ct)
    {
        var heads = await db.ListAsync<ShipmentHead>("""
            select s.shipment_id, s.number, o.number as order_number, s.shipped_at, s.carrier, s.tracking_number,
                   coalesce(s.buyer_id = app_partner_id(), false) as is_buyer, o.status, o.version, s.is_direct, o.drop_ships
            from shipment s
            join purchase_order o on o.purchase_order_id = s.purchase_order_id
            where s.purchase_order_id = @purchaseOrderId
            order by s.shipment_id
            """, new { purchaseOrderId }, ct);
        if (heads.Count == 0)
        {
            return [];
        }

        var lines = (await db.ListAsync<ShipmentLineRow>("""
            select s.number as shipment_number, l.line_number, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, sl.quantity, sl.received, sl.lost, p.tracking, l.from_stock
            from shipment s
            join shipment_line sl on sl.shipment_id = s.shipment_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where s.purchase_order_id = @purchaseOrderId
            order by s.shipment_id, l.line_number
            """, new { purchaseOrderId }, ct)).ToLookup(line => line.ShipmentNumber, StringComparer.Ordinal);
        var parcels = await Parcels.FindAsync(db, purchaseOrderId, null, ct);
        var lots = lines.SelectMany(shipment => shipment).All(line => line.Tracking is Tracked.None) ? [] : await LotsOfShipments.FindAsync(db, purchaseOrderId, null, ct);
        return [.. heads.Select(head => new ShipmentPage(head, [.. lines[head.Number]]) { Parcels = [.. parcels[head.Number]], Lots = [.. lots.Where(lot => lot.ShipmentNumber == head.Number)] })];
    }

    Task<List<DiscrepancyRow>> DiscrepanciesAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<DiscrepancyRow>("""
        select r.number as receipt_number, s.number as shipment_number, l.line_number, p.sku, d.kind, d.quantity, d.note
        from goods_receipt r
        join receipt_discrepancy d on d.goods_receipt_id = r.goods_receipt_id
        join shipment_line sl on sl.shipment_line_id = d.shipment_line_id
        join shipment s on s.shipment_id = sl.shipment_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        join product p on p.product_id = l.product_id
        where r.purchase_order_id = @purchaseOrderId
        order by d.receipt_discrepancy_id
        """, new { purchaseOrderId }, ct);

    // The name of a person is shown to colleagues only (row-level security of person); the other side reads the company's.
    Task<List<StepRow>> StepsAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<StepRow>("""
        select s.act, s.status, partner.name as partner_name, partner.name_latin as partner_name_latin, person.name as person_name, s.document_number, s.reason, s.happened_at
        from purchase_order_step s
        left join partner on partner.partner_id = s.partner_id
        left join person on person.person_id = s.person_id
        where s.purchase_order_id = @purchaseOrderId
        order by s.purchase_order_step_id
        """, new { purchaseOrderId }, ct);
}

/// <summary>Which orders a list shows.</summary>
/// <param name="Side"><c>buyer</c> for one's purchases, <c>seller</c> for one's sales, <c>channel</c> for the brand's view of all.</param>
/// <param name="Query">Words, filters, order and page.</param>
public sealed record OrderList(string Side, ListQuery Query)
{
    internal object Arguments => new
    {
        side = Side,
        statuses = Query["status"] is { } status ? OrderStatus.In(status) : null,
        toAnswer = Query["status"] is OrderStatus.ToAnswer,
        toShip = Query["status"] is OrderStatus.ToShip,
        toReceive = Query["status"] is OrderStatus.ToReceive,
        from = Query.Day("from"),
        to = Query.Day("to"),
        words = Query.Words,
        beginning = LikePattern.Beginning(Query.Words?.ToUpperInvariant()),
        within = LikePattern.Within(Query.Words),
        limit = Query.Limit,
        offset = Query.Offset,
    };
}

/// <summary>One order in a list.</summary>
public sealed record OrderRow(
    string Number, string? PoNumber, string? ExternalNumber, DateOnly OrderedOn, string? BuyerName, string? BuyerNameLatin, string? SellerName, string? SellerNameLatin,
    string Currency, decimal TotalAmount, int LineCount, string Status, string? ShipTo);

/// <summary>How many orders wait for one's company, and for what.</summary>
public sealed record WaitingOrders(long ToConfirm, DateTime? Oldest, long ToShip, long ToReceive, long Drafts);
