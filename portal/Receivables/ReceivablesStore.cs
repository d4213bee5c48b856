using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Receivables;

/// <summary>Reads invoices, payments and what hangs on them, as the person at work may see them.</summary>
public sealed class ReceivablesStore(Db db, TimeProvider clock)
{
    /// <summary>How the lists of invoices may be narrowed and sorted.</summary>
    /// <param name="side"><c>seller</c> or <c>buyer</c>.</param>
    public static ListShape Invoices(string side) => new("invoices-" + side, "-issued", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "i.sequence",
        ["issued"] = "i.issued_on",
        ["due"] = "i.due_on",
        ["partner"] = "other.name",
        ["gross"] = "i.gross_amount",
        ["open"] = "item.open_amount",
    }, Tie: "i.invoice_id desc", Filters: ["state", "from", "to", "partner"]);

    /// <summary>How the lists of payments may be narrowed and sorted.</summary>
    /// <param name="side"><c>seller</c> or <c>buyer</c>.</param>
    public static ListShape Payments(string side) => new("payments-" + side, "-paid", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["paid"] = "item.happened_on",
        ["partner"] = "other.name",
        ["amount"] = "item.amount",
        ["open"] = "item.open_amount",
    }, Tie: "item.open_item_id desc", Filters: ["state", "from", "to", "partner"]);

    const string InvoicesOfSide = """
        from invoice i
        join open_item item on item.invoice_id = i.invoice_id
        join purchase_order o on o.purchase_order_id = i.purchase_order_id
        left join account_partners() other on other.partner_id = case @side when 'seller' then i.buyer_id else i.seller_id end
        where case @side when 'seller' then i.seller_id = (select app_partner_id()) else i.buyer_id = (select app_partner_id()) end
          and case @state when 'open' then item.open_amount > 0 when 'overdue' then item.open_amount > 0 and i.due_on < (select brand_day(@now)) when 'paid' then item.open_amount = 0 else true end
        """;

    const string NarrowedInvoices = $"""
        {InvoicesOfSide}
          and (@from::date is null or i.issued_on >= @from)
          and (@to::date is null or i.issued_on <= @to)
          and (@partner::text is null or other.number = @partner)
          and (@words::text is null or i.number = upper(@words) or i.legal_number ilike @beginning or o.number = upper(@words) or o.po_number ilike @beginning or other.name ilike @within or other.name_latin ilike @within)
        """;

    const string InvoiceColumns = """
        select i.number, i.legal_number, o.number as order_number, o.po_number, i.issued_on, i.due_on, i.currency, i.net_amount, i.tax_amount, i.gross_amount, item.open_amount,
               other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin
        """;

    const string PaymentsOfSide = """
        from open_item item
        left join payment p on p.payment_id = item.payment_id
        left join payment_reversal r on r.payment_id = p.payment_id
        left join payout b on b.payout_id = item.payout_id
        left join payout_reversal u on u.payout_id = item.payout_id
        left join account_partners() other on other.partner_id = case @side when 'seller' then item.buyer_id else item.seller_id end
        where (item.side = 'credit' and item.kind <> 'payout_reversal' or item.kind = 'payout')
          and case @side when 'seller' then item.seller_id = (select app_partner_id()) else item.buyer_id = (select app_partner_id()) end
        """;

    const string NarrowedPayments = $"""
        {PaymentsOfSide}
          and case @state when 'open' then item.open_amount > 0 when 'payment' then item.kind = 'payment' when 'credit_note' then item.kind = 'credit_note' when 'payout' then item.kind = 'payout' else true end
          and (@from::date is null or item.happened_on >= @from)
          and (@to::date is null or item.happened_on <= @to)
          and (@partner::text is null or other.number = @partner)
          and (@words::text is null or item.number = upper(@words) or p.reference ilike @within or item.legal_number ilike @beginning or other.name ilike @within or other.name_latin ilike @within)
        """;

    const string PaymentColumns = """
        select item.number, item.kind, item.legal_number, item.happened_on, item.currency, item.amount, item.open_amount, p.payer, coalesce(p.reference, b.reason) as reference, coalesce(p.bank_reference, b.bank_reference) as bank_reference, coalesce(r.number, u.number) as reversed_by,
               other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Today, for the books.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@Now)", new { Now }, ct);

    /// <summary>One page of invoices.</summary>
    public Task<ListPage<InvoiceRow>> InvoicesAsync(BooksList list, CancellationToken ct) => db.PageAsync<InvoiceRow>($"""
        {InvoiceColumns}
        {NarrowedInvoices}
        order by {list.Query.OrderBy}
        limit @limit offset @offset
        """, $"select count(*) {NarrowedInvoices}", list.Arguments(Now), ct);

    /// <summary>All invoices of a list, row by row, for a file.</summary>
    public IAsyncEnumerable<InvoiceRow> StreamInvoicesAsync(BooksList list, CancellationToken ct) => db.StreamAsync<InvoiceRow>($"""
        {InvoiceColumns}
        {NarrowedInvoices}
        order by {list.Query.OrderBy}
        """, list.Arguments(Now), ct);

    /// <summary>One page of payments and credit notes.</summary>
    public Task<ListPage<PaymentRow>> PaymentsAsync(BooksList list, CancellationToken ct) => db.PageAsync<PaymentRow>($"""
        {PaymentColumns}
        {NarrowedPayments}
        order by {list.Query.OrderBy}
        limit @limit offset @offset
        """, $"select count(*) {NarrowedPayments}", list.Arguments(Now), ct);

    /// <summary>All payments of a list, row by row, for a file.</summary>
    public IAsyncEnumerable<PaymentRow> StreamPaymentsAsync(BooksList list, CancellationToken ct) => db.StreamAsync<PaymentRow>($"""
        {PaymentColumns}
        {NarrowedPayments}
        order by {list.Query.OrderBy}
        """, list.Arguments(Now), ct);

    /// <summary>The newest invoices of a side, for a program that pages through them.</summary>
    public Task<List<InvoiceRow>> InvoicesAfterAsync(string side, string? state, string? after, int limit, CancellationToken ct) => db.ListAsync<InvoiceRow>($"""
        {InvoiceColumns}
        {InvoicesOfSide}
          and (@after::text is null or i.invoice_id < (select last.invoice_id from invoice last where last.number = @after))
        order by i.invoice_id desc
        limit @limit
        """, new { side, state, after, limit, now = Now }, ct);

    /// <summary>The newest payments and credit notes of a side, for a program that pages through them.</summary>
    public Task<List<PaymentRow>> PaymentsAfterAsync(string side, string? after, int limit, CancellationToken ct) => db.ListAsync<PaymentRow>($"""
        {PaymentColumns}
        {PaymentsOfSide}
          and (@after::text is null or item.open_item_id < (select last.open_item_id from open_item last where last.number = @after))
        order by item.open_item_id desc
        limit @limit
        """, new { side, after, limit }, ct);

    /// <summary>An invoice with all that hangs on it, or null where there is none for the person at work.</summary>
    public Task<InvoicePage?> InvoiceAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.FindAsync<InvoiceHead>("""
            select i.invoice_id, i.number, i.legal_number, o.number as order_number, o.po_number, s.number as shipment_number, i.issued_on, i.due_on, i.days_net, i.end_of_month, i.currency,
                   i.net_amount, i.tax_amount, i.gross_amount, item.open_amount, i.parties::text as parties, app_keeps_books_of(i.seller_id) as may_write,
                   coalesce(i.seller_id = app_partner_id(), false) as is_seller, coalesce(i.buyer_id = app_partner_id(), false) as is_buyer, brand_day(@Now) as today
            from invoice i
            join open_item item on item.invoice_id = i.invoice_id
            join purchase_order o on o.purchase_order_id = i.purchase_order_id
            join shipment s on s.shipment_id = i.shipment_id
            where i.number = @number
            """, new { number, Now }, ct) is { } invoice
            ? new InvoicePage(invoice, await LinesAsync(invoice.InvoiceId, ct), await SettlementsAsync(number, ct), await CreditNotesAsync(invoice.InvoiceId, ct))
            : null, ct);

    /// <summary>The invoices of an order, for its page.</summary>
    public Task<List<InvoiceRow>> OfOrderAsync(string orderNumber, CancellationToken ct) => db.ListAsync<InvoiceRow>($"""
        {InvoiceColumns}
        from purchase_order o
        join invoice i on i.purchase_order_id = o.purchase_order_id
        join open_item item on item.invoice_id = i.invoice_id
        left join partner other on other.partner_id = i.buyer_id
        where o.number = @orderNumber
        order by i.invoice_id
        """, new { orderNumber }, ct);

    /// <summary>Why an order waits for the seller's finance; null where it does not.</summary>
    public Task<OrderHold?> HoldOfOrderAsync(string orderNumber, CancellationToken ct) => db.FindAsync<OrderHold>("""
        select h.why, h.limit_amount, h.exposure, h.order_amount, o.currency, h.placed_at, app_keeps_books_of(h.seller_id) as may_release
        from purchase_order o
        join order_credit_hold h on h.purchase_order_id = o.purchase_order_id
        where o.number = @orderNumber and o.status in ('submitted', 'confirmed', 'partially_shipped')
          and not exists (select from order_credit_release r where r.order_credit_hold_id = h.order_credit_hold_id)
        order by h.order_credit_hold_id desc
        limit 1
        """, new { orderNumber }, ct);

    /// <summary>The orders that wait for the own finance.</summary>
    public Task<List<HeldOrder>> HeldOrdersAsync(CancellationToken ct) => db.ListAsync<HeldOrder>("""
        select distinct on (h.purchase_order_id) o.number, b.name as partner_name, b.name_latin as partner_name_latin, h.why, h.limit_amount, h.exposure, h.order_amount, o.currency, h.placed_at
        from order_credit_hold h
        join purchase_order o on o.purchase_order_id = h.purchase_order_id
        left join account_partners() b on b.partner_id = h.buyer_id
        where h.seller_id = app_partner_id() and o.status in ('submitted', 'confirmed', 'partially_shipped')
          and not exists (select from order_credit_release r where r.order_credit_hold_id = h.order_credit_hold_id)
        order by h.purchase_order_id, h.order_credit_hold_id desc
        """, null, ct);

    /// <summary>A payment or credit note with what it paid for, or null where there is none for the person at work.</summary>
    public Task<PaymentPage?> PaymentAsync(string number, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.FindAsync<PaymentHead>("""
            select item.open_item_id, item.number, item.kind, item.legal_number, item.happened_on, item.currency, item.amount, item.open_amount, p.payer, p.reference, coalesce(p.bank_reference, b.bank_reference) as bank_reference, p.source,
                   coalesce(r.reason, u.reason) as reversed_because, coalesce(r.happened_on, u.happened_on) as reversed_on, coalesce(n.reason, b.reason) as reason, i.number as invoice_number, other.number as partner_number, other.name as partner_name, other.name_latin as partner_name_latin,
                   app_keeps_books_of(item.seller_id) as may_write, coalesce(item.seller_id = app_partner_id(), false) as is_seller
            from open_item item
            left join payment p on p.payment_id = item.payment_id
            left join payment_reversal r on r.payment_id = item.payment_id
            left join payout b on b.payout_id = item.payout_id
            left join payout_reversal u on u.payout_id = item.payout_id
            left join credit_note n on n.credit_note_id = item.credit_note_id
            left join invoice i on i.invoice_id = n.invoice_id
            left join account_partners() other on other.partner_id = case when item.seller_id = app_partner_id() then item.buyer_id else item.seller_id end
            where item.number = @number and (item.side = 'credit' and item.kind <> 'payout_reversal' or item.kind = 'payout')
            """, new { number }, ct) is { } payment
            ? new PaymentPage(payment, await SettlementsAsync(number, ct))
            : null, ct);

    /// <summary>How many things wait for the own finance.</summary>
    public Task<WaitingBooks> WaitingAsync(CancellationToken ct) => db.OneAsync<WaitingBooks>("""
        select (select count(*) from open_item i where i.seller_id = app_partner_id() and i.kind = 'payment' and i.open_amount > 0) as payments,
               (select count(distinct i.buyer_id) from open_item i where i.seller_id = app_partner_id() and i.kind = 'invoice' and i.open_amount > 0 and i.due_on < brand_day(@Now)) as overdue_buyers,
               (select count(*) from open_item i where i.buyer_id = app_partner_id() and i.kind = 'invoice' and i.open_amount > 0 and i.due_on < brand_day(@Now)) as overdue_invoices
        """, new { Now }, ct);

    Task<List<InvoiceLineRow>> LinesAsync(long invoiceId, CancellationToken ct) => db.ListAsync<InvoiceLineRow>("""
        select l.line_number, l.sku, l.name, l.name_zh, l.unit, l.quantity, l.unit_price, l.net_amount, l.tax_rate, l.treatment, l.tax_reason, l.tax_reason_zh, l.tax_amount,
               coalesce(credited.quantity, 0)::integer as credited, sl.lost
        from invoice_line l
        join shipment_line sl on sl.shipment_line_id = l.shipment_line_id
        left join lateral (select sum(n.quantity) as quantity from credit_note_line n where n.invoice_line_id = l.invoice_line_id) as credited on true
        where l.invoice_id = @invoiceId
        order by l.line_number
        """, new { invoiceId }, ct);

    Task<List<CreditNoteRow>> CreditNotesAsync(long invoiceId, CancellationToken ct) => db.ListAsync<CreditNoteRow>("""
        select n.number, n.legal_number, n.issued_on, n.kind, n.reason, n.currency, n.gross_amount
        from credit_note n
        where n.invoice_id = @invoiceId
        order by n.credit_note_id
        """, new { invoiceId }, ct);

    // What was taken back stays in sight, with its reason.
    Task<List<SettlementRow>> SettlementsAsync(string number, CancellationToken ct) => db.ListAsync<SettlementRow>("""
        select d.number as debit_number, d.legal_number as debit_legal_number, d.kind as debit_kind, c.number as credit_number, c.kind as credit_kind, s.amount, d.currency, s.how, s.happened_on, s.recorded_at, s.reason,
               s.reverses_id is null and not exists (select from settlement back where back.reverses_id = s.settlement_id) as holds
        from open_item own
        join settlement s on s.debit_item_id = own.open_item_id or s.credit_item_id = own.open_item_id
        join open_item d on d.open_item_id = s.debit_item_id
        join open_item c on c.open_item_id = s.credit_item_id
        where own.number = @number
        order by s.settlement_id
        """, new { number }, ct);
}
