using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Returns;

/// <summary>Every statement about discrepancy cases.</summary>
public sealed class CaseStore(Db db, TimeProvider clock)
{
    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("discrepancies", "-opened", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "c.number", ["opened"] = "c.opened_at", ["order"] = "o.number", ["sku"] = "p.sku", ["status"] = "c.status", ["answer"] = "c.answer_by",
    }, Tie: "c.discrepancy_case_id desc", Filters: ["status"]);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    const string Columns = """
        select c.discrepancy_case_id, c.number, c.purchase_order_id, o.number as order_number, s.number as shipment_number, r.number as receipt_number, c.shipment_line_id, sl.purchase_order_line_id, l.line_number,
               p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, c.kind, c.quantity, c.wanted, c.offered, c.status, c.settled_as, c.reason, c.answer_by,
               c.status in ('open', 'disputed') and c.answer_by < brand_day(@Now) as is_late, c.opened_at, c.version, c.buyer_id, c.seller_id,
               buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               coalesce(c.buyer_id = app_partner_id(), false) as is_buyer, coalesce(c.seller_id = app_partner_id(), false) as is_seller
        """;

    const string From = """
        from discrepancy_case c
        join purchase_order o on o.purchase_order_id = c.purchase_order_id
        join receipt_discrepancy d on d.receipt_discrepancy_id = c.receipt_discrepancy_id
        join goods_receipt r on r.goods_receipt_id = d.goods_receipt_id
        join shipment_line sl on sl.shipment_line_id = c.shipment_line_id
        join shipment s on s.shipment_id = sl.shipment_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        join product p on p.product_id = l.product_id
        left join partner buyer on buyer.partner_id = c.buyer_id
        left join partner seller on seller.partner_id = c.seller_id
        """;

    // The brand reads all, but its list is of its own business.
    const string Narrowed = From + """

        where (select app_partner_id()) in (c.buyer_id, c.seller_id)
          and case @status when 'waiting' then (c.status = 'open' and c.seller_id = (select app_partner_id())) or (c.status = 'disputed' and c.buyer_id = (select app_partner_id()))
                           else @status::text is null or c.status = @status end
          and (@words::text is null or c.number = upper(@words) or o.number = upper(@words) or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
        """;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<DiscrepancyCase>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Narrowed}", Arguments(query), ct);
        return new ListPage<DiscrepancyCase>(await db.ListAsync<DiscrepancyCase>($"{Columns} {Narrowed} order by {query.OrderBy} limit @limit offset @offset", Arguments(query), ct), total);
    }, ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<DiscrepancyCase> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<DiscrepancyCase>($"{Columns} {Narrowed} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>The newest cases, for a program that pages through them.</summary>
    public Task<List<DiscrepancyCase>> AfterAsync(string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<DiscrepancyCase>($"""
        {Columns} {From}
        where (select app_partner_id()) in (c.buyer_id, c.seller_id) and (@status::text is null or c.status = @status)
          and (@after::text is null or c.discrepancy_case_id < (select last.discrepancy_case_id from discrepancy_case last where last.number = @after))
        order by c.discrepancy_case_id desc
        limit @limit
        """, new { status, after, limit, Now }, ct);

    /// <summary>A case, or null where there is none for the person at work.</summary>
    public Task<DiscrepancyCase?> FindAsync(string number, CancellationToken ct) => db.FindAsync<DiscrepancyCase>($"{Columns} {From} where c.number = @number", new { number, Now }, ct);

    /// <summary>Takes a case to work on; its order is held before.</summary>
    public async Task<DiscrepancyCase?> TakeAsync(string number, CancellationToken ct)
    {
        await db.ExecuteAsync("select from discrepancy_case where number = @number for no key update", new { number }, ct);
        return await FindAsync(number, ct);
    }

    /// <summary>Its steps, the oldest first. The name of a person is shown to colleagues only.</summary>
    public Task<List<CaseStep>> StepsAsync(long discrepancyCaseId, CancellationToken ct) => db.ListAsync<CaseStep>("""
        select s.act, s.status, s.path, s.reason, s.document_number, partner.name as partner_name, partner.name_latin as partner_name_latin, person.name as person_name, s.happened_at
        from discrepancy_case_step s
        left join partner on partner.partner_id = s.partner_id
        left join person on person.person_id = s.person_id
        where s.discrepancy_case_id = @discrepancyCaseId
        order by s.discrepancy_case_step_id
        """, new { discrepancyCaseId }, ct);

    const string Differences = """
        select d.receipt_discrepancy_id, d.shipment_line_id, o.number as order_number, s.number as shipment_number, r.number as receipt_number, l.line_number, p.sku, d.kind, d.quantity, d.note,
               c.number as case_number, c.status as case_status, coalesce(r.buyer_id = app_partner_id(), false) as is_buyer
        from goods_receipt r
        join purchase_order o on o.purchase_order_id = r.purchase_order_id
        join receipt_discrepancy d on d.goods_receipt_id = r.goods_receipt_id
        join shipment_line sl on sl.shipment_line_id = d.shipment_line_id
        join shipment s on s.shipment_id = sl.shipment_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        join product p on p.product_id = l.product_id
        left join discrepancy_case c on c.receipt_discrepancy_id = d.receipt_discrepancy_id and c.status <> 'withdrawn'
        """;

    /// <summary>What differed at the receipts of an order, with the cases about it.</summary>
    public Task<List<FoundDifference>> DifferencesAsync(long purchaseOrderId, CancellationToken ct) =>
        db.ListAsync<FoundDifference>($"{Differences} where r.purchase_order_id = @purchaseOrderId order by d.receipt_discrepancy_id", new { purchaseOrderId }, ct);

    /// <summary>One difference, as a receipt names it; null where there is none for the person at work.</summary>
    public Task<FoundDifference?> DifferenceAsync(string receiptNumber, int lineNumber, string kind, CancellationToken ct) =>
        db.FindAsync<FoundDifference>($"{Differences} where r.number = @receiptNumber and l.line_number = @lineNumber and d.kind = @kind", new { receiptNumber, lineNumber, kind }, ct);

    /// <summary>Opens a case with its first step.</summary>
    public Task InsertAsync(string number, FoundDifference about, int quantity, string wanted, string reason, CancellationToken ct) => db.ExecuteAsync("""
        with opened as (
            insert into discrepancy_case (number, receipt_discrepancy_id, shipment_line_id, purchase_order_id, buyer_id, seller_id, kind, quantity, wanted, reason, answer_by, opened_at)
            select @number, @ReceiptDiscrepancyId, @ShipmentLineId, o.purchase_order_id, o.buyer_id, o.seller_id, @Kind, @quantity, @wanted, @reason,
                   brand_day(@Now) + coalesce((select p.answer_days from return_policy p where p.partner_id = o.seller_id), 5), @Now
            from purchase_order o
            where o.number = @OrderNumber
            returning discrepancy_case_id)
        select opened.discrepancy_case_id from opened
        """, new { number, about.ReceiptDiscrepancyId, about.ShipmentLineId, about.Kind, about.OrderNumber, quantity, wanted, reason, Now }, ct);

    /// <summary>Moves a case that was taken; the clock starts anew for whom it waits now.</summary>
    public Task AdvanceAsync(DiscrepancyCase found, string status, string? wanted, string? offered, string? settledAs, CancellationToken ct) => db.ExecuteAsync("""
        update discrepancy_case c
        set status = @status, wanted = coalesce(@wanted, c.wanted), offered = case when @status = 'open' then null else coalesce(@offered, c.offered) end, settled_as = @settledAs,
            closed_at = case when @status in ('settled', 'withdrawn') then @Now end, reminded_at = null,
            answer_by = brand_day(@Now) + coalesce((select p.answer_days from return_policy p where p.partner_id = c.seller_id), 5), version = c.version + 1
        where c.discrepancy_case_id = @DiscrepancyCaseId
        """, new { found.DiscrepancyCaseId, status, wanted, offered, settledAs, Now }, ct);

    /// <summary>Remembers a step.</summary>
    public Task StepAsync(string number, string act, string status, string? path, string? reason, string? documentNumber, CancellationToken ct) => db.ExecuteAsync("""
        insert into discrepancy_case_step (discrepancy_case_id, act, status, path, reason, document_number, partner_id, person_id, happened_at)
        select c.discrepancy_case_id, @act, @status, @path, @reason, @documentNumber, app_partner_id(), app_person_id(), @Now
        from discrepancy_case c where c.number = @number
        """, new { number, act, status, path, reason, documentNumber, Now }, ct);

    /// <summary>The refusal to send pieces of a shipment's line again whose money went back: no more than are paid for and not had; null where they may be.</summary>
    public async Task<ReturnOutcome?> CreditedAsync(long shipmentLineId, int quantity, CancellationToken ct) =>
        await db.FindAsync<int?>("select pieces_paid_and_not_had(sl.purchase_order_line_id) from shipment_line sl where sl.shipment_line_id = @shipmentLineId", new { shipmentLineId }, ct) is { } left && left < quantity
            ? ReturnOutcome.Because("path", "returns.problem.credited_already", quantity, Math.Max(0, left))
            : null;

    /// <summary>How many cases wait for each side of the person's company, and how many of them longer than they should.</summary>
    public Task<(long AsSeller, long LateAsSeller, long AsBuyer, long LateAsBuyer)> WaitingAsync(CancellationToken ct) => db.OneAsync<(long, long, long, long)>("""
        select count(*) filter (where c.status = 'open' and c.seller_id = app_partner_id()), count(*) filter (where c.status = 'open' and c.seller_id = app_partner_id() and c.answer_by < brand_day(@Now)),
               count(*) filter (where c.status = 'disputed' and c.buyer_id = app_partner_id()), count(*) filter (where c.status = 'disputed' and c.buyer_id = app_partner_id() and c.answer_by < brand_day(@Now))
        from discrepancy_case c
        where c.status in ('open', 'disputed') and app_partner_id() in (c.buyer_id, c.seller_id)
        """, new { Now }, ct);

    object Arguments(ListQuery query) => new { status = query["status"], words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset, Now };
}
