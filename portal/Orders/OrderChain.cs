using Platform.Database;

namespace Portal.Orders;

/// <summary>
/// The orders that hang on one another (订单链): what was ordered upwards for an order, and for whose orders it was made. Everybody sees as far as
/// the rows allow: the partner in the middle both of its sides, the brand all of it, buyer and seller of one order that one alone.
/// </summary>
public sealed class OrderChain(Db db)
{
    /// <summary>The orders of the chain from the lowest buyer upwards; fewer than two where nothing hangs on the order.</summary>
    public Task<List<ChainedOrder>> FindAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<ChainedOrder>("""
        with recursive up as (
            select @purchaseOrderId as id, 0 as height
            union
            select s.purchase_order_id, up.height + 1
            from up
            join purchase_order_line l on l.purchase_order_id = up.id
            join order_supply s on s.for_line_id = l.purchase_order_line_id
            where up.height < 12),
        down as (
            select @purchaseOrderId as id, 0 as height
            union
            select l.purchase_order_id, down.height - 1
            from down
            join order_supply s on s.purchase_order_id = down.id
            join purchase_order_line l on l.purchase_order_line_id = s.for_line_id
            where down.height > -12),
        chained as (
            select id, max(height) as height from (select * from up union all select * from down) as both_ways group by id)
        select o.number, o.status, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, seller.name as seller_name, seller.name_latin as seller_name_latin,
               o.purchase_order_id = @purchaseOrderId as is_this, pieces.ordered, pieces.reserved, pieces.waiting, pieces.in_transit, pieces.received, pieces.promised_on
        from chained
        join purchase_order o on o.purchase_order_id = chained.id
        left join partner buyer on buyer.partner_id = o.buyer_id
        left join partner seller on seller.partner_id = o.seller_id
        cross join lateral (
            select sum(l.quantity - l.cancelled) as ordered, sum(l.reserved) as reserved, sum(l.shipped - l.received - l.lost) as in_transit, sum(l.received) as received,
                   case when o.status in ('confirmed', 'partially_shipped') then sum(l.quantity - l.shipped - l.cancelled - l.reserved - l.direct) else 0 end as waiting,
                   max(l.promised_on) filter (where l.shipped + l.cancelled < l.quantity) as promised_on
            from purchase_order_line l where l.purchase_order_id = o.purchase_order_id) as pieces
        order by chained.height, o.purchase_order_id
        """, new { purchaseOrderId }, ct);
}

/// <summary>An order in a chain, in pieces.</summary>
public sealed record ChainedOrder
{
    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="OrderStatus"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Who ordered.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>Who delivers.</summary>
    public string? SellerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>True for the order from which one looks.</summary>
    public bool IsThis { get; init; }

    /// <summary>Ordered and not called off.</summary>
    public long Ordered { get; init; }

    /// <summary>Set aside and not yet sent.</summary>
    public long Reserved { get; init; }

    /// <summary>Promised, and waiting for goods.</summary>
    public long Waiting { get; init; }

    /// <summary>On the way.</summary>
    public long InTransit { get; init; }

    /// <summary>Arrived in good order.</summary>
    public long Received { get; init; }

    /// <summary>The last day on which something open is promised.</summary>
    public DateOnly? PromisedOn { get; init; }
}
