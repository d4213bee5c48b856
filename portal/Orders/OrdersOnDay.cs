using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Orders;

/// <summary>
/// What stood of every order line at the end of a day, from its documents alone - shipments, receipts, answers, changes, cancellations: ordered = shipped + open + cancelled,
/// shipped = received + in transit + lost, and no part below nothing. Orders that were rejected by then are left out; history was delivered on its day.
/// </summary>
public sealed class OrdersOnDay(Db db) : IDayCheck
{
    /// <inheritdoc/>
    public string Name => "orders";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(DateOnly day, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("""
            create temporary table order_line_on_day on commit drop as
            with here as (
                select brand_midnight(@day + 1) as midnight),
            known as (
                select o.purchase_order_id, o.number, o.origin
                from purchase_order o, here
                where o.submitted_at < here.midnight
                  and not exists (select from purchase_order_step s where s.purchase_order_id = o.purchase_order_id and s.act = 'reject' and s.happened_at < here.midnight)),
            sent as (
                select sl.purchase_order_line_id, sum(sl.quantity) as quantity
                from shipment s join shipment_line sl using (shipment_id), here
                where s.shipped_at < here.midnight
                group by sl.purchase_order_line_id),
            arrived as (
                select sl.purchase_order_line_id, sum(l.received) as quantity
                from goods_receipt r join goods_receipt_line l using (goods_receipt_id) join shipment_line sl using (shipment_line_id), here
                where r.received_at < here.midnight
                group by sl.purchase_order_line_id),
            differed as (
                select sl.purchase_order_line_id, sum(d.quantity) as quantity
                from goods_receipt r join receipt_discrepancy d using (goods_receipt_id) join shipment_line sl using (shipment_line_id), here
                where r.received_at < here.midnight and d.kind <> 'over'
                group by sl.purchase_order_line_id),
            refused as (
                select a.purchase_order_line_id, sum(a.refused) as ever, coalesce(sum(a.refused) filter (where s.happened_at < here.midnight), 0) as quantity
                from order_line_answer a join purchase_order_step s using (purchase_order_step_id), here
                where a.refused > 0
                group by a.purchase_order_line_id),
            called_off as (
                select k.purchase_order_line_id, sum(k.call_off) as ever, coalesce(sum(k.call_off) filter (where c.answered_at < here.midnight), 0) as quantity
                from order_change c join order_change_line k using (order_change_id), here
                where c.status = 'accepted' and k.call_off > 0
                group by k.purchase_order_line_id),
            ended as (
                select s.purchase_order_id, max(s.happened_at) as at from purchase_order_step s where s.act = 'cancel' group by s.purchase_order_id)
            -- What neither an answer nor a change called off went with the cancellation of its order.
            select known.number, l.line_number, l.quantity as ordered,
                   case when known.origin = 'history' then l.shipped else coalesce(sent.quantity, 0) end as shipped,
                   case when known.origin = 'history' then l.received else coalesce(arrived.quantity, 0) end as received,
                   case when known.origin = 'history' then l.lost else coalesce(differed.quantity, 0) end as lost,
                   coalesce(refused.quantity, 0) + coalesce(called_off.quantity, 0) + case when ended.at < here.midnight or known.origin = 'history' then l.cancelled - coalesce(refused.ever, 0) - coalesce(called_off.ever, 0) else 0 end as cancelled,
                   l.cancelled - coalesce(refused.ever, 0) - coalesce(called_off.ever, 0) as with_the_order, ended.at is not null or known.origin = 'history' as has_ended
            from known
            join purchase_order_line l on l.purchase_order_id = known.purchase_order_id
            left join sent on sent.purchase_order_line_id = l.purchase_order_line_id
            left join arrived on arrived.purchase_order_line_id = l.purchase_order_line_id
            left join differed on differed.purchase_order_line_id = l.purchase_order_line_id
            left join refused on refused.purchase_order_line_id = l.purchase_order_line_id
            left join called_off on called_off.purchase_order_line_id = l.purchase_order_line_id
            left join ended on ended.purchase_order_id = known.purchase_order_id
            cross join here
            """, new { day }, ct);
        var sums = await db.OneAsync<Sums>("""
            select count(*) as lines, coalesce(sum(ordered), 0)::bigint as ordered, coalesce(sum(shipped), 0)::bigint as shipped, coalesce(sum(received), 0)::bigint as received, coalesce(sum(lost), 0)::bigint as lost,
                   coalesce(sum(cancelled), 0)::bigint as cancelled
            from order_line_on_day
            """, null, ct);
        var findings = await db.ListAsync<string>("""
            select format('%s line %s: %s ordered, %s shipped and %s cancelled', number, line_number, ordered, shipped, cancelled) from order_line_on_day where shipped + cancelled > ordered or cancelled < 0
            union all
            select format('%s line %s: %s shipped, %s received and %s lost', number, line_number, shipped, received, lost) from order_line_on_day where received + lost > shipped
            union all
            select format('%s line %s: nobody said why %s pieces were cancelled', number, line_number, with_the_order) from order_line_on_day where with_the_order > 0 and not has_ended
            limit 100
            """, null, ct);
        return new CheckResult(string.Create(CultureInfo.InvariantCulture,
            $"{day:yyyy-MM-dd}: {sums.Lines:N0} lines, {sums.Ordered:N0} ordered = {sums.Shipped:N0} shipped + {sums.Ordered - sums.Shipped - sums.Cancelled:N0} open + {sums.Cancelled:N0} cancelled, shipped = {sums.Received:N0} received + {sums.Shipped - sums.Received - sums.Lost:N0} in transit + {sums.Lost:N0} lost"), findings);
    }, ct);

    sealed record Sums(long Lines, long Ordered, long Shipped, long Received, long Lost, long Cancelled);
}
