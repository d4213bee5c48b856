using Platform.Database;

namespace Portal.Orders;

/// <summary>The statements of drop shipments: which order upwards goes straight to whose buyer, and which shipment stands for which.</summary>
public sealed class DropShipments(Db db, TimeProvider clock)
{
    /// <summary>Where the goods of an order go: the address it carries, or else where its buyer is; null where neither is known.</summary>
    public Task<string?> AddressAsync(long purchaseOrderId, CancellationToken ct) => db.FindAsync<string>("""
        select coalesce(o.ship_to, jsonb_build_object('number', '', 'name', b.name, 'contact', null, 'phone', null, 'countryCode', b.country_code, 'state', null, 'city', b.city, 'postalCode', b.postal_code, 'address', b.address))::text
        from purchase_order o
        left join partner b on b.partner_id = o.buyer_id
        where o.purchase_order_id = @purchaseOrderId and (o.ship_to is not null or (b.city is not null and b.address is not null))
        """, new { purchaseOrderId }, ct);

    /// <summary>Makes a draft upwards the drop shipment for an order below.</summary>
    public Task MarkAsync(string upwards, string below, string address, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("update purchase_order set ship_to = @address::jsonb where number = @upwards", new { upwards, address }, ct);
        await db.ExecuteAsync("select order_drop_ships(@upwards, @below)", new { upwards, below }, ct);
        await db.ExecuteAsync("""
            with served as (
                update purchase_order set version = version + 1 where number = @below returning purchase_order_id, buyer_id, seller_id, status)
            insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
            select purchase_order_id, buyer_id, seller_id, 'drop_ship', status, app_partner_id(), app_person_id(), @now from served
            """, new { below, now = clock.GetUtcNow().UtcDateTime }, ct);
    }, ct);

    /// <summary>For the product: the order below that an order upwards drop ships for.</summary>
    public Task<string?> BelowAsync(string shipmentNumber, CancellationToken ct) => db.FindAsync<string>("""
        select distinct o.number
        from shipment sent
        join order_supply s on s.purchase_order_id = sent.purchase_order_id
        join purchase_order_line l on l.purchase_order_line_id = s.for_line_id
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        where sent.number = @shipmentNumber
        """, new { shipmentNumber }, ct);

    /// <summary>For the product: what a shipment carries for the lines of the order below that its order was made for, dealt out line by line; nothing where it was carried down before.</summary>
    public Task<List<DirectPieces>> PiecesAsync(string shipmentNumber, CancellationToken ct) => db.ListAsync<DirectPieces>("""
        with sent as (
            select sl.shipment_line_id, x.purchase_order_id, x.product_id, sl.quantity
            from shipment sh
            join shipment_line sl on sl.shipment_id = sh.shipment_id
            join purchase_order_line x on x.purchase_order_line_id = sl.purchase_order_line_id
            where sh.number = @shipmentNumber and not exists (select from drop_shipment_line d where d.shipment_line_id = sl.shipment_line_id)),
        pledged as (
            select sent.shipment_line_id, l.purchase_order_line_id as line_id, sent.quantity, s.direct,
                   coalesce(sum(s.direct) over (partition by sent.shipment_line_id order by l.line_number rows between unbounded preceding and 1 preceding), 0) as before
            from sent
            join order_supply s on s.purchase_order_id = sent.purchase_order_id and s.direct > 0
            join purchase_order_line l on l.purchase_order_line_id = s.for_line_id and l.product_id = sent.product_id)
        select shipment_line_id as above_id, line_id, least(direct, quantity - before)::int as quantity
        from pledged
        where before < quantity
        order by line_id
        """, new { shipmentNumber }, ct);

    /// <summary>For the product: whether a shipment stands on the order below.</summary>
    public Task<bool> IsCarriedAsync(string shipmentNumber, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from shipment s join shipment_line sl on sl.shipment_id = s.shipment_id join drop_shipment_line d on d.shipment_line_id = sl.shipment_line_id where s.number = @shipmentNumber)
        """, new { shipmentNumber }, ct);

    /// <summary>For the product: how a shipment travels, all its tracking numbers on one line.</summary>
    public Task<Travelling> TravelAsync(string shipmentNumber, CancellationToken ct) => db.OneAsync<Travelling>("""
        select s.carrier, left(coalesce((select string_agg(p.tracking_number, ', ' order by p.parcel_number) from parcel p where p.shipment_id = s.shipment_id), s.tracking_number), 100) as tracking_number,
               o.drop_ships as goes_further
        from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
        where s.number = @shipmentNumber
        """, new { shipmentNumber }, ct);

    /// <summary>For the product: remembers which lines of a shipment stand for which of the upstream's.</summary>
    public Task RememberAsync(string shipmentNumber, IReadOnlyCollection<DirectPieces> pieces, CancellationToken ct) => db.ExecuteAsync("""
        insert into drop_shipment_line (shipment_line_id, below_shipment_line_id, partner_id)
        select p.above_id, sl.shipment_line_id, s.seller_id
        from shipment s
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join unnest(@above, @lines) as p (above_id, line_id) on p.line_id = sl.purchase_order_line_id
        where s.number = @shipmentNumber
        """, new { shipmentNumber, above = pieces.Select(piece => piece.AboveId).ToArray(), lines = pieces.Select(piece => piece.LineId).ToArray() }, ct);

    /// <summary>For the product: the upstream's shipment that a direct one stands for, and its order.</summary>
    public Task<AboveShipment?> AboveAsync(string shipmentNumber, CancellationToken ct) => db.FindAsync<AboveShipment>("""
        select distinct up.number as shipment_number, o.number as order_number, up.is_direct
        from shipment s
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join drop_shipment_line d on d.below_shipment_line_id = sl.shipment_line_id
        join shipment_line ul on ul.shipment_line_id = d.shipment_line_id
        join shipment up on up.shipment_id = ul.shipment_id
        join purchase_order o on o.purchase_order_id = up.purchase_order_id
        where s.number = @shipmentNumber
        """, new { shipmentNumber }, ct);

    /// <summary>For the product: what the buyer at the end found of each line of the upstream's shipment, less what its receipts say already.</summary>
    public Task<List<FoundBelow>> FoundBelowAsync(string aboveNumber, CancellationToken ct) => db.ListAsync<FoundBelow>("""
        with line as (
            select ul.shipment_line_id from shipment up join shipment_line ul on ul.shipment_id = up.shipment_id where up.number = @aboveNumber),
        arrived as (
            select d.shipment_line_id, sum(sl.received) as received
            from line join drop_shipment_line d using (shipment_line_id) join shipment_line sl on sl.shipment_line_id = d.below_shipment_line_id
            group by d.shipment_line_id),
        differed as (
            select d.shipment_line_id, sum(r.quantity) filter (where r.kind = 'short') as short, sum(r.quantity) filter (where r.kind = 'damaged') as damaged, sum(r.quantity) filter (where r.kind = 'wrong') as wrong
            from line join drop_shipment_line d using (shipment_line_id) join receipt_discrepancy r on r.shipment_line_id = d.below_shipment_line_id
            group by d.shipment_line_id),
        known as (
            select line.shipment_line_id, sum(r.quantity) filter (where r.kind = 'short') as short, sum(r.quantity) filter (where r.kind = 'damaged') as damaged, sum(r.quantity) filter (where r.kind = 'wrong') as wrong
            from line join receipt_discrepancy r using (shipment_line_id)
            group by line.shipment_line_id)
        select line.shipment_line_id, (coalesce(arrived.received, 0) - ul.received)::int as received, (coalesce(differed.short, 0) - coalesce(known.short, 0))::int as short,
               (coalesce(differed.damaged, 0) - coalesce(known.damaged, 0))::int as damaged, (coalesce(differed.wrong, 0) - coalesce(known.wrong, 0))::int as wrong
        from line
        join shipment_line ul using (shipment_line_id)
        left join arrived using (shipment_line_id)
        left join differed using (shipment_line_id)
        left join known using (shipment_line_id)
        order by line.shipment_line_id
        """, new { aboveNumber }, ct);
}

/// <summary>Pieces of a line of the upstream's shipment that are for a line of the order below.</summary>
public sealed record DirectPieces(long AboveId, long LineId, int Quantity);

/// <summary>How a shipment travels; <c>GoesFurther</c> where its order is itself sent straight to somebody further down.</summary>
public sealed record Travelling(string? Carrier, string? TrackingNumber, bool GoesFurther);

/// <summary>The upstream's shipment that a direct one stands for.</summary>
public sealed record AboveShipment(string ShipmentNumber, string OrderNumber, bool IsDirect);

/// <summary>What the buyer at the end found, and the upstream's receipts do not say yet.</summary>
public sealed record FoundBelow(long ShipmentLineId, int Received, int Short, int Damaged, int Wrong)
{
    /// <summary>True where there is something to say.</summary>
    public bool SaysSomething => Received > 0 || Short > 0 || Damaged > 0 || Wrong > 0;
}
