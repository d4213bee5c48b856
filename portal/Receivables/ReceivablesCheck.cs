using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Receivables;

/// <summary>
/// Adds the books up again: every journal sums to nothing, every balance is the sum of its entries at every moment since the first, each shipment has its
/// invoice and each invoice its journal, totals are sums of lines, legal numbers have no gaps, nothing is matched beyond what it is worth, what is open
/// is the documents less their matches, and what a buyer owes by its documents is what the ledger says.
/// </summary>
public sealed class ReceivablesCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "money";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var looked = await db.OneAsync<Looked>("""
            select (select count(*) from ledger_journal) as journals, (select count(*) from ledger_entry) as entries, (select count(*) from invoice) as invoices, (select count(*) from settlement) as matches
            """, null, ct);
        List<string> findings = [.. await LedgerAsync(ct), .. await InvoicesAsync(ct), .. await CreditNotesAsync(ct), .. await OpenItemsAsync(ct)];
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Entries:N0} entries of {looked.Journals:N0} journals, {looked.Invoices:N0} invoices and {looked.Matches:N0} matches"), [.. findings.Take(100)]);
    }, ct);

    Task<List<string>> LedgerAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('journal of %s sums to %s', j.document_number, coalesce(sum(e.amount), 0))
        from ledger_journal j left join ledger_entry e on e.ledger_journal_id = j.ledger_journal_id
        group by j.ledger_journal_id
        having coalesce(sum(e.amount), 0) <> 0 or count(e.ledger_entry_id) < 2
        union all
        -- the running balance of every entry: so the ledger is right at every moment of the past
        select format('the %s of account %s was %s after entry %s, its entries come to %s', a.kind, a.ledger_account_id, r.balance_after, r.ledger_entry_id, r.counted)
        from (select e.ledger_account_id, e.ledger_entry_id, e.balance_after, sum(e.amount) over (partition by e.ledger_account_id order by e.ledger_entry_id) as counted from ledger_entry e) as r
        join ledger_account a on a.ledger_account_id = r.ledger_account_id
        where r.balance_after <> r.counted
        union all
        select format('the %s of account %s is kept as %s, its entries come to %s', a.kind, a.ledger_account_id, a.balance, coalesce(sum(e.amount), 0))
        from ledger_account a left join ledger_entry e on e.ledger_account_id = a.ledger_account_id
        group by a.ledger_account_id
        having a.balance <> coalesce(sum(e.amount), 0)
        union all
        select format('journal of %s puts an entry on the account of others', j.document_number)
        from ledger_entry e
        join ledger_journal j on j.ledger_journal_id = e.ledger_journal_id
        join ledger_account a on a.ledger_account_id = e.ledger_account_id
        where (a.seller_id, a.buyer_id, a.currency) <> (j.seller_id, j.buyer_id, j.currency)
        limit 100
        """, null, ct);

    Task<List<string>> InvoicesAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('paper of %s (%s) is not that of its SHA-256', i.number, f.language)
        from invoice_paper_file f join open_item i using (open_item_id) where f.sha256 <> sha256(f.content)
        union all
        select format('shipment %s has no invoice', s.number)
        from shipment s
        where s.shipment_id > (select last_shipment_id from books_begin) and not exists (select from invoice i where i.shipment_id = s.shipment_id)
        union all
        select format('%s is %s and %s tax, its lines are %s and %s', i.number, i.net_amount, i.tax_amount, coalesce(sum(l.net_amount), 0), coalesce(sum(l.tax_amount), 0))
        from invoice i left join invoice_line l on l.invoice_id = i.invoice_id
        group by i.invoice_id
        having i.net_amount <> coalesce(sum(l.net_amount), 0) or i.tax_amount <> coalesce(sum(l.tax_amount), 0)
        union all
        select format('%s line %s: %s of %s are not taxed with %s', i.number, l.line_number, l.tax_rate, l.net_amount, l.tax_amount)
        from invoice_line l join invoice i on i.invoice_id = l.invoice_id join currency c on c.code = i.currency
        where l.tax_amount <> round(l.net_amount * l.tax_rate, c.minor_units)
        union all
        select format('%s lacks line %s of its shipment, or says another quantity', i.number, sl.shipment_line_id)
        from invoice i join shipment_line sl on sl.shipment_id = i.shipment_id
        left join invoice_line l on l.shipment_line_id = sl.shipment_line_id and l.invoice_id = i.invoice_id and l.quantity = sl.quantity
        where l.invoice_line_id is null
        union all
        -- however a line was divided, its parts come to the price of what has gone
        select format('order line %s: %s pieces at %s were invoiced as %s', ol.purchase_order_line_id, sum(l.quantity), ol.unit_price, sum(l.net_amount))
        from invoice_line l
        join purchase_order_line ol on ol.purchase_order_line_id = l.purchase_order_line_id
        join invoice i on i.invoice_id = l.invoice_id
        join currency c on c.code = i.currency
        group by ol.purchase_order_line_id, ol.unit_price, c.minor_units
        having sum(l.net_amount) <> round(sum(l.quantity) * ol.unit_price, c.minor_units)
        union all
        select format('%s has a journal of %s, not of %s', d.number, coalesce(e.amount, 0), d.amount)
        from open_item d
        left join ledger_journal j on j.document_number = d.number and j.kind = d.kind
        left join ledger_account a on a.seller_id = d.seller_id and a.buyer_id = d.buyer_id and a.currency = d.currency and a.kind = 'receivable'
        left join ledger_entry e on e.ledger_journal_id = j.ledger_journal_id and e.ledger_account_id = a.ledger_account_id
        where coalesce(e.amount, 0) <> case d.side when 'debit' then d.amount else -d.amount end or j.ledger_journal_id is null
        union all
        select format('the %s numbers of seller %s in %s end at %s, and there are %s', n.kind, n.seller_id, n.fiscal_year, n.last_number, n.written)
        from (select s.kind, s.seller_id, s.fiscal_year, s.last_number,
                     case s.kind when 'invoice' then (select count(*) from invoice i where i.seller_id = s.seller_id and i.fiscal_year = s.fiscal_year and i.sequence <= s.last_number)
                                 else (select count(*) from credit_note n where n.seller_id = s.seller_id and n.fiscal_year = s.fiscal_year and n.sequence <= s.last_number) end as written
              from legal_number_series s) as n
        where n.written <> n.last_number
        limit 100
        """, null, ct);

    Task<List<string>> CreditNotesAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('%s is %s and %s tax, its lines are %s and %s', n.number, n.net_amount, n.tax_amount, coalesce(sum(l.net_amount), 0), coalesce(sum(l.tax_amount), 0))
        from credit_note n left join credit_note_line l on l.credit_note_id = n.credit_note_id
        group by n.credit_note_id
        having n.net_amount <> coalesce(sum(l.net_amount), 0) or n.tax_amount <> coalesce(sum(l.tax_amount), 0)
        union all
        select format('%s line %s: more was credited than invoiced', i.number, l.line_number)
        from invoice_line l
        join invoice i on i.invoice_id = l.invoice_id
        join credit_note_line n on n.invoice_line_id = l.invoice_line_id
        group by i.number, l.invoice_line_id
        having sum(n.quantity) > l.quantity or sum(n.net_amount) > l.net_amount or sum(n.tax_amount) > l.tax_amount
        limit 100
        """, null, ct);

    Task<List<string>> OpenItemsAsync(CancellationToken ct) => db.ListAsync<string>("""
        with matched as (
            select item, sum(amount) as amount
            from (select debit_item_id as item, amount from settlement union all select credit_item_id, amount from settlement) as ends
            group by item)
        select format('%s of %s is kept open with %s, its matches leave %s', i.number, i.amount, i.open_amount, i.amount - coalesce(m.amount, 0))
        from open_item i left join matched m on m.item = i.open_item_id
        where i.open_amount <> i.amount - coalesce(m.amount, 0)
        union all
        select format('%s was matched with %s, of %s', i.number, m.amount, i.amount)
        from open_item i join matched m on m.item = i.open_item_id
        where m.amount > i.amount or m.amount < 0
        union all
        select format('%s and %s were matched across accounts', d.number, c.number)
        from settlement s join open_item d on d.open_item_id = s.debit_item_id join open_item c on c.open_item_id = s.credit_item_id
        where (d.seller_id, d.buyer_id, d.currency) <> (c.seller_id, c.buyer_id, c.currency)
        union all
        select format('buyer %s owes seller %s %s %s by its open documents, %s by the ledger', coalesce(i.buyer_id, a.buyer_id), coalesce(i.seller_id, a.seller_id), coalesce(i.open, 0), coalesce(i.currency, a.currency), coalesce(a.balance, 0))
        from (select seller_id, buyer_id, currency, sum(case side when 'debit' then open_amount else -open_amount end) as open from open_item group by 1, 2, 3) as i
        full join (select * from ledger_account where kind = 'receivable') as a on (a.seller_id, a.buyer_id, a.currency) = (i.seller_id, i.buyer_id, i.currency)
        where coalesce(i.open, 0) <> coalesce(a.balance, 0)
        limit 100
        """, null, ct);

    sealed record Looked(long Journals, long Entries, long Invoices, long Matches);
}
