using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Subscriptions;

/// <summary>
/// <c>portal verify quotes</c>: of every line with a term that was accepted or confirmed there is a subscription, with its product, days and price; terms follow each other without a gap, and a subscription ends where its last one does.
/// </summary>
sealed class SubscriptionsAreWhole(Db db) : ICheck
{
    public string Name => "quotes";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var looked = await db.OneAsync<long>("select count(*) from subscription_part", null, ct);
        var findings = await db.ListAsync<string>("""
            select 'Quote ' || q.number || ', line ' || l.line_number || ' was accepted, and no subscription came of it.'
            from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision join quote_line l using (quote_revision_id)
            where q.status in ('accepted', 'ordered') and l.term_start is not null and l.choice = 'included' and not exists (select from subscription_part x where x.quote_line_id = l.quote_line_id)
            union all
            select 'Order ' || o.number || ', line ' || l.line_number || ' was confirmed, and no subscription came of it.'
            from purchase_order o join purchase_order_line l using (purchase_order_id)
            where o.confirmed_at is not null and l.term_start is not null and l.quantity > l.cancelled and not exists (select from subscription_part x where x.purchase_order_line_id = l.purchase_order_line_id)
            union all
            select 'Subscription ' || s.number || ': a part from ' || x.starts_on || ' is not what quote ' || x.source || ' says.'
            from subscription_part x join subscription s using (subscription_id) join quote_line l using (quote_line_id)
            where (x.quantity, x.starts_on, x.ends_on, x.unit_price, x.amount, s.product_id) is distinct from (l.quantity, l.term_start, l.term_end, l.unit_price, l.amount, l.product_id)
            union all
            select 'Subscription ' || s.number || ': its terms begin ' || t.starts_on || ' and end ' || t.ends_on || ', it says ' || s.starts_on || ' to ' || s.ends_on || '.'
            from subscription s
            cross join lateral (select min(x.starts_on) as starts_on, max(x.ends_on) as ends_on from subscription_part x where x.subscription_id = s.subscription_id and x.kind <> 'addition') t
            where (t.starts_on, t.ends_on) is distinct from (s.starts_on, s.ends_on)
            union all
            select 'Subscription ' || t.number || ': nothing runs between ' || t.before || ' and ' || t.starts_on || '.'
            from (select s.number, x.starts_on, lag(x.ends_on) over (partition by s.subscription_id order by x.starts_on) as before
                  from subscription s join subscription_part x using (subscription_id) where x.kind <> 'addition') t
            where t.starts_on <> t.before + 1
            union all
            select 'Subscription ' || s.number || ': what was added from ' || x.starts_on || ' does not end with a term.'
            from subscription s join subscription_part x using (subscription_id)
            where x.kind = 'addition' and not exists (select from subscription_part m where m.subscription_id = s.subscription_id and m.kind <> 'addition' and m.ends_on = x.ends_on and m.starts_on <= x.starts_on)
            limit 100
            """, null, ct);
        return new(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} parts of subscriptions"), findings);
    }
}
