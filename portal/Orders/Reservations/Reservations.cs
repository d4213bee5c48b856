using Platform.Audit;
using Platform.Database;

namespace Portal.Orders;

/// <summary>
/// How long goods stay reserved for an order that does not go on (预留期限). The end follows from the seller's rule: with <c>stopped</c> so many days after the order was stopped by its finance, with
/// <c>all</c> so many days after the reservation or the promised day, whichever is later; and no earlier than the day until which a person keeps it.
/// </summary>
public sealed class Reservations(Db db, OrderWriting orders, AllocateGoods allocate, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The longest time ahead for which a reservation is kept, in days.</summary>
    public const int FarthestDay = 365;

    // A subquery of all orders with an end: ends_on is the day on which what is reserved is given back.
    internal const string Due = """
        (select o.purchase_order_id, o.number, o.status, o.buyer_id, o.seller_id, o.from_place_id, hold.placed_at is not null as is_stopped,
                greatest(
                    kept.keep_until + 1,
                    case policy.releases when 'all' then greatest(brand_day(since.at), max(coalesce(l.promised_on, l.requested_on))) else brand_day(greatest(since.at, hold.placed_at)) end + policy.reservation_days) as ends_on
         from purchase_order_line l
         join selling_policy policy on policy.partner_id = l.seller_id and policy.reservation_days is not null
         join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped')
         left join order_reservation kept on kept.purchase_order_id = o.purchase_order_id
         cross join lateral (select max(s.happened_at) as at from purchase_order_step s where s.purchase_order_id = o.purchase_order_id and s.act in ('confirm', 'allocate')) since
         left join lateral (
             select h.placed_at from order_credit_hold h
             where h.purchase_order_id = o.purchase_order_id and not exists (select from order_credit_release r where r.order_credit_hold_id = h.order_credit_hold_id)
             order by h.order_credit_hold_id desc limit 1) hold on true
         where l.reserved > 0 and l.from_stock and (policy.releases = 'all' or hold.placed_at is not null)
         group by o.purchase_order_id, policy.partner_id, kept.purchase_order_id, since.at, hold.placed_at)
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Until when an own sale's goods stay reserved, and what of it ran out; null where the partner at work is not its seller.</summary>
    public Task<ReservationOfOrder?> FindAsync(string number, CancellationToken ct) => db.FindAsync<ReservationOfOrder>($"""
        select o.number, o.version, (select due.ends_on from {Due} due where due.purchase_order_id = o.purchase_order_id) as ends_on, kept.keep_until, kept.kept_because,
               exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.lapsed_at is not null) as has_lapsed,
               exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.reserved > 0 and l.from_stock) as has_reserved
        from purchase_order o
        left join order_reservation kept on kept.purchase_order_id = o.purchase_order_id
        where o.number = @number and o.seller_id = app_partner_id() and o.status in ('confirmed', 'partially_shipped')
        """, new { number }, ct);

    /// <summary>Keeps what is reserved until a day, whatever the rule says.</summary>
    public Task<OrderOutcome> KeepAsync(string number, int? version, DateOnly? until, string? because, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Unreserve, version) is { } refused)
        {
            return refused;
        }

        var today = await orders.TodayAsync(ct);
        if (until is not { } day || day < today || day > today.AddDays(FarthestDay))
        {
            return OrderOutcome.Because("keepUntil", "orders.problem.keep_until", FarthestDay);
        }

        if (because?.Length > 500)
        {
            return OrderOutcome.Because("reason", "orders.problem.reason_too_long", 500);
        }

        await db.ExecuteAsync("""
            insert into order_reservation (purchase_order_id, buyer_id, seller_id, keep_until, kept_because, kept_by, kept_at)
            values (@PurchaseOrderId, @BuyerId, @SellerId, @day, @because, app_person_id(), @Now)
            on conflict (purchase_order_id) do update set keep_until = excluded.keep_until, kept_because = excluded.kept_because, kept_by = excluded.kept_by, kept_at = excluded.kept_at
            """, new { order!.PurchaseOrderId, order.BuyerId, order.SellerId, day, because, Now }, ct);
        await audit.RecordAsync("order.reservation_kept", "order", number, order.SellerId, new { until = day, because }, ct);
        return new OrderOutcome.Done(number);
    }, ct);

    /// <summary>Lets what ran out take part again, and reserves what there is.</summary>
    public Task<OrderOutcome> ReserveAgainAsync(string number, int? version, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Allocate, version) is { } refused)
        {
            return refused;
        }

        var products = await db.ListAsync<long>("""
            with back as (update purchase_order_line set lapsed_at = null where purchase_order_id = @PurchaseOrderId and lapsed_at is not null returning product_id)
            select distinct product_id from back
            """, new { order!.PurchaseOrderId }, ct);
        if (products.Count > 0)
        {
            await audit.RecordAsync("order.reserved_again", "order", number, order.SellerId, null, ct);
            await allocate.RunAsync(order.FromPlaceId!.Value, [.. products], ct);
        }

        return new OrderOutcome.Done(number);
    }, ct);
}

/// <summary>Until when an order's goods stay reserved.</summary>
public sealed record ReservationOfOrder
{
    /// <summary>The order.</summary>
    public string Number { get; init; } = "";

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>The day on which they are given back; null where they stay until they are shipped.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Until when somebody keeps them.</summary>
    public DateOnly? KeepUntil { get; init; }

    /// <summary>Why.</summary>
    public string? KeptBecause { get; init; }

    /// <summary>Something ran out and is not reserved any more.</summary>
    public bool HasLapsed { get; init; }

    /// <summary>Something is reserved.</summary>
    public bool HasReserved { get; init; }
}

/// <summary>Until when an order's goods stay reserved, on the seller's page of it.</summary>
sealed class ReservationPart(Reservations reservations) : IOrderPart
{
    public int Order => 5;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct) =>
        page.Order is { IsSeller: true, Status: OrderStatus.Confirmed or OrderStatus.PartiallyShipped } && await reservations.FindAsync(page.Order.Number, ct) is { } one && (one.HasLapsed || one is { HasReserved: true, EndsOn: not null })
            ? new("/Orders/Reservations/_ReservationOfOrder.cshtml", one)
            : null;
}
