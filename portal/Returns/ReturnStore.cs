using Platform.Database;
using Portal.Orders;
using Portal.Web.Lists;

namespace Portal.Returns;

/// <summary>Reads returns, and what can be returned, as the person at work may see it.</summary>
public sealed class ReturnStore(Db db, LotsOfReturns lots, TimeProvider clock)
{
    /// <summary>More lines are not offered at once.</summary>
    public const int Most = 300;

    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("returns", "-requested", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "r.number", ["requested"] = "r.requested_at", ["amount"] = "r.amount", ["status"] = "r.status", ["answer"] = "r.answer_by",
    }, Tie: "r.return_order_id desc", Filters: ["status", "kind"]);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    const string Columns = """
        select r.return_order_id, r.number, r.kind, r.cause, r.reason, r.is_unopened, o.number as against_order, r.currency, r.amount, r.status, r.carrier, r.tracking_number, r.credit_notes, r.answer_by,
               r.status in ('requested', 'approved', 'sent') and r.answer_by < brand_day(@Now) as is_late, r.requested_at, r.version, r.to_place_id, r.buyer_id, r.seller_id,
               buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               coalesce(r.buyer_id = app_partner_id(), false) as is_buyer, coalesce(r.seller_id = app_partner_id(), false) as is_seller,
               exists (select from unnest(case when r.buyer_id = app_partner_id() then @buyers else @sellers end) as role where app_has_role(role)) as may
        """;

    const string From = """
        from return_order r
        left join purchase_order o on o.purchase_order_id = r.against_order_id
        left join partner buyer on buyer.partner_id = r.buyer_id
        left join partner seller on seller.partner_id = r.seller_id
        """;

    const string Narrowed = From + """

        where (select app_partner_id()) in (r.buyer_id, r.seller_id)
          and case @status when 'waiting' then (r.status in ('requested', 'sent') and r.seller_id = (select app_partner_id())) or (r.status = 'approved' and r.buyer_id = (select app_partner_id()))
                           else @status::text is null or r.status = @status end
          and (@kind::text is null or r.kind = @kind)
          and (@words::text is null or r.number = upper(@words) or buyer.name ilike @within or seller.name ilike @within
               or exists (select from return_order_line l join product p on p.product_id = l.product_id where l.return_order_id = r.return_order_id and (p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)))
        """;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<ReturnHead>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Narrowed}", Arguments(query), ct);
        return new ListPage<ReturnHead>(await db.ListAsync<ReturnHead>($"{Columns} {Narrowed} order by {query.OrderBy} limit @limit offset @offset", Arguments(query), ct), total);
    }, ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<ReturnHead> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<ReturnHead>($"{Columns} {Narrowed} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>The newest returns, for a program that pages through them.</summary>
    public Task<List<ReturnHead>> AfterAsync(string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<ReturnHead>($"""
        {Columns} {From}
        where (select app_partner_id()) in (r.buyer_id, r.seller_id) and (@status::text is null or r.status = @status)
          and (@after::text is null or r.return_order_id < (select last.return_order_id from return_order last where last.number = @after))
        order by r.return_order_id desc
        limit @limit
        """, new { status, after, limit, Now, buyers = BuyerRoles.All.ToArray(), sellers = SellerRoles.All.ToArray() }, ct);

    /// <summary>The returns of goods of an order.</summary>
    public Task<List<ReturnHead>> OfOrderAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<ReturnHead>($"""
        {Columns} {From}
        where r.return_order_id in (
            select x.return_order_id from return_order_line x join shipment_line sl on sl.shipment_line_id = x.shipment_line_id join shipment s on s.shipment_id = sl.shipment_id where s.purchase_order_id = @purchaseOrderId)
        order by r.return_order_id
        """, new { purchaseOrderId, Now, buyers = BuyerRoles.All.ToArray(), sellers = SellerRoles.All.ToArray() }, ct);

    /// <summary>The head of a return, or null where there is none for the person at work.</summary>
    public Task<ReturnHead?> HeadAsync(string number, CancellationToken ct) =>
        db.FindAsync<ReturnHead>($"{Columns} {From} where r.number = @number", new { number, Now, buyers = BuyerRoles.All.ToArray(), sellers = SellerRoles.All.ToArray() }, ct);

    /// <summary>Takes a return to work on: whoever else wants to change it waits until this transaction ends.</summary>
    public async Task<ReturnHead?> TakeAsync(string number, CancellationToken ct)
    {
        await db.ExecuteAsync("select from return_order where number = @number for no key update", new { number }, ct);
        return await HeadAsync(number, ct);
    }

    /// <summary>The lines of a return.</summary>
    public Task<List<ReturnLine>> LinesAsync(long returnOrderId, CancellationToken ct) => db.ListAsync<ReturnLine>("""
        select l.return_order_line_id, l.line_number, l.shipment_line_id, l.product_id, o.number as order_number, s.number as shipment_number, p.sku, p.tracking, p.name, coalesce(p.name_zh, p.name) as name_zh,
               coalesce((select held.stock_place_id from stock_place held where held.stock_place_id = s.to_place_id and held.partner_id = l.buyer_id and held.closed_at is null), stock_place_of(l.buyer_id)) as held_in_place_id,
               l.unit_price, l.quantity, l.approved, l.refused_because, l.sent, l.sound, l.damaged, l.credited, x.from_stock
        from return_order_line l
        join product p on p.product_id = l.product_id
        join shipment_line sl on sl.shipment_line_id = l.shipment_line_id
        join purchase_order_line x on x.purchase_order_line_id = sl.purchase_order_line_id
        join shipment s on s.shipment_id = sl.shipment_id
        join purchase_order o on o.purchase_order_id = s.purchase_order_id
        where l.return_order_id = @returnOrderId
        order by l.line_number
        """, new { returnOrderId }, ct);

    /// <summary>A return with all that hangs on it, or null.</summary>
    public Task<ReturnPage?> FindAsync(string number, CancellationToken ct) => db.TogetherAsync(async () => await HeadAsync(number, ct) is { } head
        ? await WithLotsAsync(new ReturnPage(head, await LinesAsync(head.ReturnOrderId, ct), await db.ListAsync<CaseStep>("""
            select s.act, s.status, null::text as path, s.reason, s.document_number, partner.name as partner_name, partner.name_latin as partner_name_latin, person.name as person_name, s.happened_at
            from return_order_step s
            left join partner on partner.partner_id = s.partner_id
            left join person on person.person_id = s.person_id
            where s.return_order_id = @ReturnOrderId
            order by s.return_order_step_id
            """, new { head.ReturnOrderId }, ct)), ct)
        : null, ct);

    async Task<ReturnPage> WithLotsAsync(ReturnPage page, CancellationToken ct) => page.Lines.Any(line => line.IsTracked)
        ? page with { Lots = (await lots.OfLinesAsync([.. page.Lines.Select(line => line.ReturnOrderLineId)], ct)).ToLookup(lot => lot.ReturnOrderLineId) }
        : page;

    /// <summary>What the company at work got and can still send back to the seller it buys from: of one order, or of all of the last days; the oldest receipts first.</summary>
    /// <param name="order">Only of this order.</param>
    /// <param name="words">Only products with these words.</param>
    /// <param name="lines">Only these shipment lines, as number of the shipment and line of the order.</param>
    /// <param name="days">Only what arrived in so many last days.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Returnable>> ReturnableAsync(string? order, string? words, IReadOnlyCollection<(string Shipment, int Line)>? lines, int? days, CancellationToken ct) => db.ListAsync<Returnable>("""
        select sl.shipment_line_id, s.number as shipment_number, o.number as order_number, l.line_number, l.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, n.code as product_line, o.seller_id, o.currency,
               coalesce(bought.unit_price, l.unit_price) as unit_price, sl.received - sl.returned as left, arrived.received_on
        from shipment s
        join purchase_order o on o.purchase_order_id = s.purchase_order_id
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        left join purchase_order_line bought on bought.purchase_order_line_id = l.replaces_line_id
        join product p on p.product_id = l.product_id
        join product_line n on n.product_line_id = p.product_line_id
        cross join lateral (
            select brand_day(max(g.received_at)) as received_on
            from goods_receipt g join goods_receipt_line gl on gl.goods_receipt_id = g.goods_receipt_id
            where gl.shipment_line_id = sl.shipment_line_id) as arrived
        where s.buyer_id = (select app_partner_id()) and sl.received > sl.returned
          and (@order::text is null or o.number = @order)
          and (@within::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
          and (@shipments::text[] is null or (s.number, l.line_number) in (select x.shipment, x.line from unnest(@shipments::text[], @numbers::integer[]) as x (shipment, line)))
          and (@days::integer is null or s.shipped_at > @Now - make_interval(days => @days + 60))
        order by arrived.received_on, s.number, l.line_number
        limit @Most
        """, new { order, within = LikePattern.Within(words), shipments = lines?.Select(line => line.Shipment).ToArray(), numbers = lines?.Select(line => line.Line).ToArray(), days, Now, Most }, ct);

    /// <summary>How many returns wait for the seller's answer, for the seller's inspection, and for the buyer to send; and whether some are late.</summary>
    public Task<WaitingReturns> WaitingAsync(CancellationToken ct) => db.OneAsync<WaitingReturns>("""
        select count(*) filter (where r.status = 'requested' and r.seller_id = app_partner_id()) as to_answer, count(*) filter (where r.status = 'sent' and r.seller_id = app_partner_id()) as to_inspect,
               count(*) filter (where r.status = 'approved' and r.buyer_id = app_partner_id()) as to_send,
               coalesce(bool_or(r.status = 'requested' and r.seller_id = app_partner_id() and r.answer_by < brand_day(@Now)), false) as is_late
        from return_order r
        where r.status in ('requested', 'approved', 'sent') and app_partner_id() in (r.buyer_id, r.seller_id)
        """, new { Now }, ct);

    object Arguments(ListQuery query) => new
    {
        status = query["status"], kind = query["kind"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset, Now, buyers = BuyerRoles.All.ToArray(), sellers = SellerRoles.All.ToArray(),
    };
}

/// <summary>How many returns wait for one's company, and for what.</summary>
public sealed record WaitingReturns(long ToAnswer, long ToInspect, long ToSend, bool IsLate);
