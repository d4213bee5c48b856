using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Returns;

/// <summary>
/// Counts again what was settled: a discrepancy is settled once and for no more than was found, what was agreed to was carried out - sent again, credited, taken over - and nothing is sent again
/// that was not lost.
/// </summary>
public sealed class ReturnsCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "orders";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var looked = await db.OneAsync<long>("select count(*) from discrepancy_case", null, ct);
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} discrepancy cases"), [.. (await CasesAsync(ct)).Take(100)]);
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
}
