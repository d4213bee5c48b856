using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Receivables;

/// <summary>What every account was worth at the end of a day: by the entries of the ledger, and by the documents of the accounts; both are the same.</summary>
public sealed class ReceivablesOnDay(Db db) : IDayCheck
{
    /// <inheritdoc/>
    public string Name => "money";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(DateOnly day, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var owed = await db.ListAsync<Owed>("""
            select a.currency, count(distinct a.ledger_account_id) as accounts, coalesce(sum(e.amount), 0) as amount
            from ledger_account a
            join ledger_entry e on e.ledger_account_id = a.ledger_account_id
            join ledger_journal j on j.ledger_journal_id = e.ledger_journal_id and j.happened_on <= @day
            where a.kind = 'receivable'
            group by a.currency
            order by a.currency
            """, new { day }, ct);
        var findings = await db.ListAsync<string>("""
            with booked as (
                select j.seller_id, j.buyer_id, j.currency, sum(e.amount) filter (where a.kind = 'receivable') as owed, sum(e.amount) as whole
                from ledger_journal j
                join ledger_entry e using (ledger_journal_id)
                join ledger_account a using (ledger_account_id)
                where j.happened_on <= @day
                group by j.seller_id, j.buyer_id, j.currency),
            papers as (
                select seller_id, buyer_id, currency, sum(case side when 'debit' then amount else -amount end) as owed
                from open_item
                where happened_on <= @day
                group by seller_id, buyer_id, currency),
            settled as (
                select d.open_item_id, sum(s.amount) as amount
                from settlement s join open_item d on d.open_item_id in (s.debit_item_id, s.credit_item_id)
                where s.happened_on <= @day
                group by d.open_item_id)
            select format('buyer %s owed seller %s %s %s by its documents, %s by the ledger', b.number, s.number, coalesce(p.owed, 0), coalesce(p.currency, k.currency), coalesce(k.owed, 0))
            from papers p
            full join booked k using (seller_id, buyer_id, currency)
            left join partner s on s.partner_id = seller_id
            left join partner b on b.partner_id = buyer_id
            where coalesce(p.owed, 0) <> coalesce(k.owed, 0) or coalesce(k.whole, 0) <> 0
            union all
            select format('%s of %s was matched with %s', i.number, i.amount, m.amount)
            from settled m join open_item i using (open_item_id)
            where m.amount > i.amount or m.amount < 0
            limit 100
            """, new { day }, ct);
        return new CheckResult(string.Create(CultureInfo.InvariantCulture,
            $"{day:yyyy-MM-dd}: {owed.Sum(one => one.Accounts):N0} accounts, owed {(owed.Count == 0 ? "nothing" : string.Join(", ", owed.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Amount:N2} {one.Currency}"))))}"), findings);
    }, ct);

    sealed record Owed(string Currency, long Accounts, decimal Amount);
}
