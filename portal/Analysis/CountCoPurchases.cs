using Platform.Database;
using Platform.Jobs;
using Portal.Kpis;

namespace Portal.Analysis;

/// <summary>
/// Counts at night which products are bought together: one statement over the orders of a year, for each seller and for the whole channel at once. Orders of more than <see cref="LargestBasket"/> products are left out, for they hold everything with
/// everything; pairs in fewer than <see cref="LeastTogether"/> orders are chance.
/// </summary>
public sealed class CountCoPurchases(Db db, BrandCalendar calendar) : IScheduledJob
{
    /// <summary>A pair counts from so many orders on.</summary>
    public const int LeastTogether = 5;

    /// <summary>Orders of more products are left out.</summary>
    public const int LargestBasket = 60;

    /// <summary>The orders of so many days are counted.</summary>
    public const int Days = 365;

    internal const string Counted = """
        with basket as materialized (
            select o.purchase_order_id, o.seller_id, l.product_id
            from purchase_order o
            join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.replaces_line_id is null and l.quantity > l.cancelled
            where o.ordered_on > @today - @Days and o.ordered_on <= @today and o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed')
              and o.line_count <= @LargestBasket
            group by o.purchase_order_id, o.seller_id, l.product_id
        ), total as (
            select seller_id, count(distinct purchase_order_id)::integer as orders from basket group by grouping sets ((seller_id), ())
        ), item as (
            select seller_id, product_id, count(*)::integer as orders from basket group by grouping sets ((seller_id, product_id), (product_id)) having count(*) >= @LeastTogether
        ), pair as (
            select a.seller_id, a.product_id, b.product_id as other_id, count(*)::integer as together
            from basket a
            join basket b on b.purchase_order_id = a.purchase_order_id and b.product_id > a.product_id
            group by grouping sets ((a.seller_id, a.product_id, b.product_id), (a.product_id, b.product_id))
            having count(*) >= @LeastTogether
        )
        insert into co_purchase (seller_id, product_id, other_id, together, with_product, with_other, orders, counted_on)
        select p.seller_id, way.product_id, way.other_id, p.together, x.orders, y.orders, t.orders, @today
        from pair p
        cross join lateral (values (p.product_id, p.other_id), (p.other_id, p.product_id)) as way (product_id, other_id)
        join item x on x.product_id = way.product_id and x.seller_id is not distinct from p.seller_id
        join item y on y.product_id = way.other_id and y.seller_id is not distinct from p.seller_id
        join total t on t.seller_id is not distinct from p.seller_id
        """;

    /// <summary>Counts anew.</summary>
    /// <returns>How many pairs there are, each in both directions.</returns>
    public Task<int> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('co_purchases', 0))", null, ct);
        var (today, _) = await calendar.TodayAsync(ct);
        await db.ExecuteAsync("delete from co_purchase", null, ct);
        return await db.ExecuteAsync(Counted, new { today, Days, LargestBasket, LeastTogether }, ct);
    }, ct);

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);
}
