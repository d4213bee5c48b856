using Platform.Database;
using Platform.Jobs;
using Portal.Notifications;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// Gives back what stayed reserved longer than its seller keeps it: people are warned the day before, the goods go to those who wait for them, and the order's lines wait until the seller reserves
/// again. Run by the product every morning; what was not warned of is warned of first, so nothing is given back unannounced, and a second run of a day does nothing.
/// </summary>
public sealed class ReleaseReservations(Db db, StockLedger stock, OrderNews news, Announcements announcements, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 100;

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    /// <summary>Releases what ran out, and warns of what will.</summary>
    /// <returns>How many orders lost their reservation.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var released = await db.InPortionsAsync(AtOnce, () => ReleaseAsync(ct), ct);
        await db.InTransactionAsync(() => WarnAsync(ct), ct);
        return released;
    }

    async Task<int> ReleaseAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // Orders, then balances, then lines: the same way round as in every act. Whether it is time is asked again of those that are held.
        var held = await db.ListAsync<long>($"""
            select o.purchase_order_id
            from purchase_order o
            where o.purchase_order_id in (
                select due.purchase_order_id from {Reservations.Due} due
                join order_reservation told on told.purchase_order_id = due.purchase_order_id and told.warned_for = due.ends_on and told.warned_on < brand_day(@now)
                where due.ends_on <= brand_day(@now)
                order by due.purchase_order_id limit @AtOnce)
            order by o.purchase_order_id
            for no key update
            """, new { now, AtOnce }, ct);
        if (held.Count == 0)
        {
            return 0;
        }

        var lines = await db.ListAsync<ReservedLine>($"""
            select l.purchase_order_line_id, l.line_number, l.product_id, l.reserved, due.number, due.status, due.buyer_id, due.seller_id, due.from_place_id
            from {Reservations.Due} due
            join purchase_order_line l on l.purchase_order_id = due.purchase_order_id and l.reserved > 0 and l.from_stock
            where due.purchase_order_id = any (@held) and due.ends_on <= brand_day(@now)
            order by l.purchase_order_line_id
            """, new { held = held.ToArray(), now }, ct);
        foreach (var place in lines.GroupBy(line => line.FromPlaceId).OrderBy(place => place.Key))
        {
            await stock.ReleaseAsync(place.Key, StockLines.Of(place.ToList(), line => line.ProductId, line => line.Reserved), ct);
        }

        await db.ExecuteAsync("""
            with line as (
                update purchase_order_line l set reserved = 0, lapsed_at = @now where l.purchase_order_line_id = any (@lines) returning l.purchase_order_id),
            kept as (
                update purchase_order o set version = o.version + 1 where o.purchase_order_id in (select purchase_order_id from line)
                returning o.purchase_order_id, o.buyer_id, o.seller_id, o.status)
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, happened_at)
            select purchase_order_id, buyer_id, seller_id, 'unreserve', status, seller_id, @now from kept
            """, new { now, lines = lines.Select(line => line.PurchaseOrderLineId).ToArray() }, ct);
        var orders = lines.GroupBy(line => line.Step).ToList();
        await news.TellAsync([.. orders.Select(order => (order.Key, (object?)new { because = "ran out", lines = order.Select(line => new { line.LineNumber, quantity = line.Reserved }) }))], ct);
        foreach (var order in orders)
        {
            await announcements.TellAsync(order.Key.BuyerId, BuyerRoles.All, "orders.told.ran_out", [order.Key.Number], "/orders/" + order.Key.Number, ct);
        }

        return held.Count;
    }

    async Task WarnAsync(CancellationToken ct)
    {
        foreach (var order in await db.ListAsync<Warned>($"""
            with soon as (
                select due.* from {Reservations.Due} due where due.ends_on <= brand_day(@now) + 1),
            told as (
                insert into order_reservation as r (purchase_order_id, buyer_id, seller_id, warned_for, warned_on)
                select purchase_order_id, buyer_id, seller_id, ends_on, brand_day(@now) from soon
                on conflict (purchase_order_id) do update set warned_for = excluded.warned_for, warned_on = excluded.warned_on where r.warned_for is distinct from excluded.warned_for
                returning r.purchase_order_id)
            select soon.number, soon.buyer_id, soon.seller_id, soon.is_stopped, greatest(soon.ends_on, brand_day(@now) + 1) as ends_on, b.name as buyer
            from told join soon using (purchase_order_id) join partner b on b.partner_id = soon.buyer_id
            order by soon.purchase_order_id
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct))
        {
            await announcements.TellAsync(order.SellerId, SellerRoles.All, "orders.told.runs_out", [order.Number, order.Buyer, order.EndsOn], "/orders/" + order.Number, ct);
            if (order.IsStopped)
            {
                await announcements.TellAsync(order.BuyerId, BuyerRoles.All, "orders.told.runs_out_buyer", [order.Number, order.EndsOn], "/orders/" + order.Number, ct);
            }
        }
    }

    sealed record ReservedLine(long PurchaseOrderLineId, int LineNumber, long ProductId, int Reserved, string Number, string Status, long BuyerId, long SellerId, long FromPlaceId)
    {
        public OrderStep Step => new(Number, OrderLifecycle.Unreserve, Status, BuyerId, SellerId);
    }

    sealed record Warned(string Number, long BuyerId, long SellerId, bool IsStopped, DateOnly EndsOn, string Buyer);
}
