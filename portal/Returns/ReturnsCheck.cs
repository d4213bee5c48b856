using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Returns;

/// <summary>
/// Counts again what was settled: a discrepancy is settled once and for no more than was found, what was agreed to was carried out - sent again, credited, taken over - and nothing is sent again
/// that was not lost. No piece goes back twice; what was sent back left the buyer's stock, what came back reached the seller's, and what came back is credited once.
/// </summary>
public sealed class ReturnsCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "orders";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var looked = await db.OneAsync<long>("select count(*) from discrepancy_case", null, ct);
        var returned = await db.OneAsync<long>("select count(*) from return_order_line", null, ct);
        List<string> findings = [.. await CasesAsync(ct), .. await ReturnsAsync(ct)];
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} discrepancy cases and {returned:N0} lines of returns"), [.. findings.Take(100)]);
    }, ct);

    Task<List<string>> CasesAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('%s claims %s of %s pieces', c.number, c.quantity, d.quantity)
        from discrepancy_case c join receipt_discrepancy d using (receipt_discrepancy_id)
        where c.quantity > d.quantity
        union all
        select format('%s was settled as %s, and order %s knows nothing of it', c.number, c.settled_as, o.number)
        from discrepancy_case c join purchase_order o using (purchase_order_id)
        where c.settled_as in ('send_again', 'take_over')
          and not exists (select from purchase_order_step s where s.purchase_order_id = c.purchase_order_id and s.act = c.settled_as and s.document_number = c.number)
        union all
        select format('%s was credited, and no credit note of %s is there', c.number, s.document_number)
        from discrepancy_case c join discrepancy_case_step s on s.discrepancy_case_id = c.discrepancy_case_id and s.status = 'settled'
        where c.settled_as = 'credit' and s.document_number <> '' and not exists (select from credit_note n where n.number = any (string_to_array(s.document_number, ', ')))
        union all
        select format('%s line %s: %s pieces are sent again, %s were lost', o.number, l.line_number, again.quantity, again.lost)
        from (select r.replaces_line_id, sum(r.quantity) as quantity, (select sum(x.lost) from purchase_order_line x where r.replaces_line_id in (x.purchase_order_line_id, x.replaces_line_id)) as lost
              from purchase_order_line r where r.replaces_line_id is not null group by r.replaces_line_id) as again
        join purchase_order_line l on l.purchase_order_line_id = again.replaces_line_id
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        where again.quantity > again.lost
        limit 100
        """, null, ct);

    Task<List<string>> ReturnsAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('%s: %s pieces of a line are returned, its returns hold %s', s.number, l.returned, coalesce(r.held, 0))
        from shipment_line l
        join shipment s on s.shipment_id = l.shipment_id
        left join (select shipment_line_id, sum(held) as held from return_order_line group by shipment_line_id) r on r.shipment_line_id = l.shipment_line_id
        where l.returned <> coalesce(r.held, 0)
        union all
        select format('%s line %s is %s and holds %s pieces', r.number, l.line_number, r.status, l.held)
        from return_order r join return_order_line l on l.return_order_id = r.return_order_id
        where l.held <> case when r.status in ('refused', 'withdrawn') then 0 when r.status = 'requested' then l.quantity when r.status = 'approved' then l.approved else l.sent end
        union all
        select format('%s, %s: %s sent back, %s came sound; the stock ledger says %s and %s', coalesce(c.number, m.number), p.sku, coalesce(c.sent, 0), coalesce(c.sound, 0), coalesce(m.sent, 0), coalesce(m.sound, 0))
        from (select r.number, l.product_id, sum(l.sent) as sent, coalesce(sum(l.sound), 0) as sound from return_order r join return_order_line l on l.return_order_id = r.return_order_id
              join shipment_line sl on sl.shipment_line_id = l.shipment_line_id join purchase_order_line x on x.purchase_order_line_id = sl.purchase_order_line_id
              where l.sent > 0 and x.from_stock group by r.number, l.product_id) c
        full join (select document_number as number, product_id, coalesce(sum(quantity) filter (where kind = 'shipment'), 0) as sent, coalesce(sum(quantity) filter (where kind = 'receipt'), 0) as sound
                   from stock_move where order_number is null and document_number like 'RT-%' group by document_number, product_id) m on m.number = c.number and m.product_id = c.product_id
        join product p on p.product_id = coalesce(c.product_id, m.product_id)
        where (coalesce(c.sent, 0), coalesce(c.sound, 0)) <> (coalesce(m.sent, 0), coalesce(m.sound, 0))
        union all
        select format('%s is credited with %s, and no such credit note is there', r.number, r.credit_notes)
        from return_order r
        where r.credit_notes is not null and exists (select from unnest(string_to_array(r.credit_notes, ', ')) as note (number) where not exists (select from credit_note n where n.number = note.number))
        limit 100
        """, null, ct);
}
