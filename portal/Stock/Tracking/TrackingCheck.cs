using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// Counts lots and serial numbers again: every balance of a lot is the sum of its moves and namings, together they are what a place holds of a tracked product, a move carries all
/// its lots, and a serial number is one piece in one place, today and at the end of any day.
/// </summary>
static class TrackingCheck
{
    // What left and reached each place, by lot. A place in transit counts for itself.
    const string Entries = """
        select m.from_place_id as place_id, m.product_id, x.stock_lot_id, -x.quantity as quantity, m.moved_at as at from stock_move_lot x join stock_move m using (stock_move_id)
        union all
        select m.to_place_id, m.product_id, x.stock_lot_id, x.quantity, m.moved_at from stock_move_lot x join stock_move m using (stock_move_id)
        union all
        select n.stock_place_id, n.product_id, n.to_lot_id, n.quantity, n.named_at from stock_lot_naming n
        union all
        select n.stock_place_id, n.product_id, n.from_lot_id, -n.quantity, n.named_at from stock_lot_naming n where n.from_lot_id is not null
        """;

    /// <summary>What is wrong today.</summary>
    public static async Task<List<string>> FindingsAsync(Db db, CancellationToken ct) =>
    [
        .. await db.ListAsync<string>($"""
            with entry as ({Entries}),
            counted as (
                select coalesce(place.for_place_id, place.stock_place_id) as stock_place_id, entry.stock_lot_id,
                       coalesce(sum(entry.quantity) filter (where place.kind = 'own'), 0) as on_hand, coalesce(sum(entry.quantity) filter (where place.kind = 'in_transit'), 0) as in_transit
                from entry join stock_place place on place.stock_place_id = entry.place_id and place.partner_id is not null
                group by 1, 2)
            select format('%s lot %s of %s: the balance says %s on hand and %s in transit, the moves say %s and %s', p.sku, lot.code, holder.number, coalesce(b.on_hand, 0), coalesce(b.in_transit, 0), coalesce(c.on_hand, 0), coalesce(c.in_transit, 0))
            from counted c
            full join stock_lot_balance b using (stock_place_id, stock_lot_id)
            join stock_lot lot using (stock_lot_id)
            join product p on p.product_id = lot.product_id
            join stock_place place using (stock_place_id)
            join partner holder using (partner_id)
            where (coalesce(b.on_hand, 0), coalesce(b.in_transit, 0)) <> (coalesce(c.on_hand, 0), coalesce(c.in_transit, 0))
            limit 100
            """, null, ct),
        .. await db.ListAsync<string>("""
            with lots as (
                select stock_place_id, product_id, sum(on_hand) as on_hand, sum(in_transit) as in_transit from stock_lot_balance group by stock_place_id, product_id)
            select format('%s of %s: %s on hand and %s in transit, its lots are %s and %s', p.sku, holder.number, b.on_hand, b.in_transit, coalesce(lots.on_hand, 0), coalesce(lots.in_transit, 0))
            from stock_balance b
            join product p using (product_id)
            left join lots using (stock_place_id, product_id)
            join stock_place place using (stock_place_id)
            join partner holder using (partner_id)
            where p.is_tracked and (b.on_hand, b.in_transit) <> (coalesce(lots.on_hand, 0), coalesce(lots.in_transit, 0))
            union all
            select format('%s serial number %s is in %s places', p.sku, lot.code, count(*))
            from stock_lot_balance b join stock_lot lot using (stock_lot_id) join product p on p.product_id = lot.product_id
            where lot.kind = 'serial' and (b.on_hand > 0 or b.in_transit > 0)
            group by p.sku, lot.code
            having sum(b.on_hand + b.in_transit) > 1
            union all
            -- Clocks may differ by an hour; what moved before tracking began has none.
            select format('%s, %s of %s pieces have a lot: move of %s', p.sku, coalesce(named.quantity, 0), m.quantity, m.moved_at)
            from stock_move m
            join product p on p.product_id = m.product_id and p.is_tracked
            left join (select stock_move_id, sum(quantity) as quantity from stock_move_lot group by stock_move_id) named using (stock_move_id)
            where coalesce(named.quantity, 0) <> m.quantity and (named.quantity is not null or m.recorded_at > p.tracked_since + interval '1 hour')
            limit 100
            """, null, ct),
    ];

    /// <summary>What was wrong at the end of a day.</summary>
    public static Task<List<string>> OnDayAsync(Db db, DateOnly day, CancellationToken ct) => db.ListAsync<string>($"""
        with held as (
            select place_id, product_id, stock_lot_id, sum(quantity) as quantity
            from ({Entries}) as entry
            where at < brand_midnight(@day + 1)
            group by place_id, product_id, stock_lot_id),
        there as (
            select held.* from held join stock_place place on place.stock_place_id = held.place_id and place.partner_id is not null),
        goods as (
            select e.place_id, e.product_id, sum(e.quantity) as quantity
            from (select from_place_id as place_id, product_id, -quantity as quantity from stock_move where moved_at < brand_midnight(@day + 1)
                  union all
                  select to_place_id, product_id, quantity from stock_move where moved_at < brand_midnight(@day + 1)) e
            join product p on p.product_id = e.product_id and p.tracked_since < brand_midnight(@day + 1)
            join stock_place place on place.stock_place_id = e.place_id and place.partner_id is not null
            group by e.place_id, e.product_id)
        select format('%s lot %s: %s held in place %s', p.sku, lot.code, there.quantity, there.place_id)
        from there join stock_lot lot using (stock_lot_id) join product p on p.product_id = there.product_id
        where there.quantity < 0
        union all
        select format('%s serial number %s was %s pieces', p.sku, lot.code, sum(there.quantity))
        from there join stock_lot lot using (stock_lot_id) join product p on p.product_id = there.product_id
        where lot.kind = 'serial'
        group by p.sku, lot.code
        having sum(there.quantity) > 1
        union all
        select format('%s: place %s held %s, its lots were %s', p.sku, place_id, coalesce(goods.quantity, 0), coalesce(lots.quantity, 0))
        from goods
        left join (select place_id, product_id, sum(quantity) as quantity from there group by place_id, product_id) lots using (place_id, product_id)
        join product p using (product_id)
        where coalesce(goods.quantity, 0) <> coalesce(lots.quantity, 0)
        limit 100
        """, new { day }, ct);
}
