-- How stock moves. These functions are the only way to write the ledger and its balances. Each takes the balances it touches
-- FOR NO KEY UPDATE in the order of their keys, so that rivals queue instead of deadlocking, and then does all lines at once.

-- Whoever holds goods moves them: a place's own partner, or the product itself.
create function stock_place_is_mine(place_id bigint) returns void language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    if not (app_is_system() or exists (
        select from stock_place p where p.stock_place_id = place_id and p.kind = 'own' and p.partner_id = app_partner_id())) then
        raise exception 'Goods are moved by the partner that holds them.' using errcode = 'insufficient_privilege';
    end if;
end $$;
alter function stock_place_is_mine(bigint) owner to portal_definer;

-- One line of a posting is one move. of_reserved: the goods leave the place out of what was reserved there.
create function stock_post(
    kinds text[], from_places bigint[], to_places bigint[], products bigint[], quantities bigint[], of_reserved boolean,
    happened_at timestamptz, learned_at timestamptz, order_number text, document_number text, note text)
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    -- Balances that do not exist yet, in key order: a rival that inserts the same one is waited for, not raced.
    insert into stock_balance (stock_place_id, product_id)
    select distinct coalesce(place.for_place_id, place.stock_place_id) as holder, move.product_id
    from unnest(to_places, products) as move (place_id, product_id)
    join stock_place place on place.stock_place_id = move.place_id and place.kind in ('own', 'in_transit')
    where not exists (select from stock_balance b where b.stock_place_id = coalesce(place.for_place_id, place.stock_place_id) and b.product_id = move.product_id)
    order by holder, move.product_id
    on conflict do nothing;

    perform from stock_balance b
    where (b.stock_place_id, b.product_id) in (
        select coalesce(place.for_place_id, place.stock_place_id), move.product_id
        from (select unnest(from_places), unnest(products) union select unnest(to_places), unnest(products)) as move (place_id, product_id)
        join stock_place place on place.stock_place_id = move.place_id)
    order by b.stock_place_id, b.product_id
    for no key update;

    with move as (
        insert into stock_move (kind, from_place_id, to_place_id, product_id, quantity, moved_at, recorded_at, order_number, document_number, note)
        select line.kind, line.from_place, line.to_place, line.product, line.quantity, happened_at, learned_at, stock_post.order_number, stock_post.document_number, stock_post.note
        from unnest(kinds, from_places, to_places, products, quantities) with ordinality as line (kind, from_place, to_place, product, quantity, place_in_list)
        order by line.place_in_list
        returning from_place_id, to_place_id, product_id, quantity),
    entry as (
        select from_place_id as place_id, product_id, -quantity as quantity from move
        union all
        select to_place_id, product_id, quantity from move),
    change as (
        select coalesce(place.for_place_id, place.stock_place_id) as holder, entry.product_id,
               coalesce(sum(entry.quantity) filter (where place.kind = 'own'), 0) as on_hand,
               coalesce(sum(entry.quantity) filter (where place.kind = 'in_transit'), 0) as in_transit,
               coalesce(sum(entry.quantity) filter (where place.kind = 'own' and entry.quantity < 0 and of_reserved), 0) as reserved
        from entry join stock_place place on place.stock_place_id = entry.place_id and place.kind in ('own', 'in_transit')
        group by holder, entry.product_id)
    update stock_balance b
    set on_hand = b.on_hand + change.on_hand, reserved = b.reserved + change.reserved, in_transit = b.in_transit + change.in_transit
    from change
    where b.stock_place_id = change.holder and b.product_id = change.product_id;
end $$;
alter function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text) owner to portal_definer;
revoke execute on function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text) from portal_app;

create function stock_reserve(place_id bigint, products bigint[], quantities bigint[])
returns table (product_id bigint, available bigint) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
begin
    perform stock_place_is_mine(place_id);
    perform from stock_balance b
    where b.stock_place_id = place_id and b.product_id = any (products)
    order by b.product_id
    for no key update;

    return query
        select wanted.product_id, coalesce(b.on_hand - b.reserved, 0)
        from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id) as wanted
        left join stock_balance b on b.stock_place_id = place_id and b.product_id = wanted.product_id
        where coalesce(b.on_hand - b.reserved, 0) < wanted.quantity;
    if found then
        return;
    end if;

    update stock_balance b
    set reserved = b.reserved + wanted.quantity
    from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id) as wanted
    where b.stock_place_id = place_id and b.product_id = wanted.product_id;
end $$;
comment on function stock_reserve(bigint, bigint[], bigint[]) is 'Promises goods of a place: all of them, or none and the products that are short with what is available.';
alter function stock_reserve(bigint, bigint[], bigint[]) owner to portal_definer;

create function stock_release(place_id bigint, products bigint[], quantities bigint[])
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform stock_place_is_mine(place_id);
    perform from stock_balance b
    where b.stock_place_id = place_id and b.product_id = any (products)
    order by b.product_id
    for no key update;

    update stock_balance b
    set reserved = b.reserved - freed.quantity
    from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id) as freed
    where b.stock_place_id = place_id and b.product_id = freed.product_id;
end $$;
comment on function stock_release(bigint, bigint[], bigint[]) is 'Takes a promise back.';
alter function stock_release(bigint, bigint[], bigint[]) owner to portal_definer;

create function stock_ship(place_id bigint, to_place_id bigint, products bigint[], quantities bigint[], happened_at timestamptz, order_number text, document_number text)
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    lines integer := cardinality(products);
    way   bigint  := (select p.stock_place_id from stock_place p where p.for_place_id = to_place_id);
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_fill('shipment'::text, array[lines]), array_fill(place_id, array[lines]), array_fill(way, array[lines]),
                       products, quantities, true, happened_at, happened_at, order_number, document_number, null);
end $$;
comment on function stock_ship(bigint, bigint, bigint[], bigint[], timestamptz, text, text) is 'Reserved goods leave a place and are in transit to another.';
alter function stock_ship(bigint, bigint, bigint[], bigint[], timestamptz, text, text) owner to portal_definer;

create function stock_receive(place_id bigint, products bigint[], received bigint[], lost bigint[], happened_at timestamptz, order_number text, document_number text)
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    way  bigint := (select p.stock_place_id from stock_place p where p.for_place_id = place_id);
    loss bigint := (select p.stock_place_id from stock_place p where p.kind = 'loss');
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_agg(move.kind), array_agg(way), array_agg(move.to_place), array_agg(move.product), array_agg(move.quantity),
                       false, happened_at, happened_at, order_number, document_number, null)
    from (
        select 'receipt' as kind, place_id as to_place, line.product, line.received as quantity
        from unnest(products, received) as line (product, received) where line.received > 0
        union all
        select 'loss', loss, line.product, line.lost
        from unnest(products, lost) as line (product, lost) where line.lost > 0) as move
    having count(*) > 0;
end $$;
comment on function stock_receive(bigint, bigint[], bigint[], bigint[], timestamptz, text, text) is 'Goods in transit reach their place, or are found lost on the way.';
alter function stock_receive(bigint, bigint[], bigint[], bigint[], timestamptz, text, text) owner to portal_definer;

-- Goods enter the tree by supply and leave it by sale or loss; what is reserved cannot leave (a constraint sees to it).
create function stock_record(kind text, place_id bigint, products bigint[], quantities bigint[], happened_at timestamptz, learned_at timestamptz, note text)
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    lines   integer := cardinality(products);
    outside bigint  := (select p.stock_place_id from stock_place p where p.kind = case stock_record.kind when 'sale' then 'customer' else stock_record.kind end and p.partner_id is null);
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_fill(stock_record.kind, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then outside else place_id end, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then place_id else outside end, array[lines]),
                       products, quantities, false, happened_at, learned_at, null, null, stock_record.note);
end $$;
comment on function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text) is 'Supply to a place, a sale to an end customer or a loss.';
alter function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text) owner to portal_definer;

-- What a buyer may know of its seller's stock. Available is what is on hand and not promised; the bands are none, few (below 10), some (below 100), plenty.
create function stock_offered(products bigint[])
returns table (product_id bigint, shows text, band text, available bigint) language sql stable security definer set search_path = portal, public, pg_temp as $$
    with seller as (
        select b.upstream_id as partner_id, coalesce(v.shows, 'banded') as shows, stock_place_of(b.upstream_id) as place_id
        from partner b left join stock_visibility v on v.partner_id = b.upstream_id
        where b.partner_id = app_partner_id() and b.upstream_id is not null)
    select wanted.product_id, seller.shows,
           case when seller.shows = 'hidden' then null
                when stock.free <= 0 then 'none' when stock.free < 10 then 'few' when stock.free < 100 then 'some' else 'plenty' end,
           case when seller.shows = 'exact' then stock.free end
    from seller
    cross join unnest(products) as wanted (product_id)
    left join stock_balance b on b.stock_place_id = seller.place_id and b.product_id = wanted.product_id
    cross join lateral (select coalesce(b.on_hand - b.reserved, 0) as free) as stock
$$;
comment on function stock_offered(bigint[]) is 'The stock of the caller''s seller as that seller chose to show it.';
alter function stock_offered(bigint[]) owner to portal_definer;

-- History: what was delivered before the portal knew of it, as the temporary table stock_delivery of the caller's transaction names it
-- (order_number, from_place_id, to_place_id, product_id, quantity, moved_at). A seller had what it sold: where the ledger does not know
-- whence, supply is entered at the moment it is first needed, and no more than that.
create function stock_deliver_history(learned_at timestamptz) returns bigint language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    moves bigint;
begin
    if not (app_is_system() or app_has_role('brand_admin')) then
        raise exception 'History is entered by the brand.' using errcode = 'insufficient_privilege';
    end if;

    create temporary table stock_touched on commit drop as
    select from_place_id as stock_place_id, product_id from stock_delivery
    union
    select to_place_id, product_id from stock_delivery;
    analyze stock_touched;

    insert into stock_balance (stock_place_id, product_id)
    select t.stock_place_id, t.product_id from stock_touched t order by t.stock_place_id, t.product_id
    on conflict do nothing;

    perform from stock_balance b
    where (b.stock_place_id, b.product_id) in (select t.stock_place_id, t.product_id from stock_touched t)
    order by b.stock_place_id, b.product_id
    for no key update;

    with event as (
        select d.from_place_id as place_id, d.product_id, d.moved_at, -d.quantity as change from stock_delivery d
        union all
        select d.to_place_id, d.product_id, d.moved_at, d.quantity from stock_delivery d
        union all
        select m.from_place_id, m.product_id, m.moved_at, -m.quantity
        from stock_move m join stock_touched t on t.stock_place_id = m.from_place_id and t.product_id = m.product_id
        union all
        select m.to_place_id, m.product_id, m.moved_at, m.quantity
        from stock_move m join stock_touched t on t.stock_place_id = m.to_place_id and t.product_id = m.product_id
        union all
        -- what is promised today must stay
        select b.stock_place_id, b.product_id, learned_at, -b.reserved
        from stock_balance b join stock_touched t using (stock_place_id, product_id) where b.reserved > 0),
    moment as (
        select place_id, product_id, moved_at, sum(change) as change from event group by place_id, product_id, moved_at),
    running as (
        select place_id, product_id, moved_at, sum(change) over (partition by place_id, product_id order by moved_at) as held from moment),
    lowest as (
        select place_id, product_id, moved_at, greatest(0, -min(held) over (partition by place_id, product_id order by moved_at)) as needed from running),
    supplied as (
        select place_id, product_id, moved_at, needed - lag(needed, 1, 0::numeric) over (partition by place_id, product_id order by moved_at) as quantity from lowest),
    move as (
        insert into stock_move (kind, from_place_id, to_place_id, product_id, quantity, moved_at, recorded_at, order_number)
        select 'supply', (select p.stock_place_id from stock_place p where p.kind = 'supply'), s.place_id, s.product_id, s.quantity, s.moved_at, learned_at, null
        from supplied s where s.quantity > 0
        union all
        select 'delivery', d.from_place_id, d.to_place_id, d.product_id, d.quantity, d.moved_at, learned_at, d.order_number
        from stock_delivery d
        returning kind, from_place_id, to_place_id, product_id, quantity),
    change as (
        select entry.place_id, entry.product_id, sum(entry.quantity) as on_hand
        from (select move.from_place_id as place_id, move.product_id, -move.quantity as quantity from move where move.kind = 'delivery'
              union all
              select move.to_place_id, move.product_id, move.quantity from move) as entry
        group by entry.place_id, entry.product_id),
    balanced as (
        update stock_balance b
        set on_hand = b.on_hand + change.on_hand
        from change
        where b.stock_place_id = change.place_id and b.product_id = change.product_id)
    select count(*) into moves from move;
    drop table stock_touched;
    return moves;
end $$;
comment on function stock_deliver_history(timestamptz) is 'Enters the deliveries of the temporary table stock_delivery, with the supply they need; answers how many moves that made.';
alter function stock_deliver_history(timestamptz) owner to portal_definer;
