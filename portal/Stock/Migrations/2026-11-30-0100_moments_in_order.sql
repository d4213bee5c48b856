-- A clock that jumps back must not send goods before they came: what happens now happens, for each place and product, no earlier than what moved there last. That holds within the
-- hour by which clocks go wrong; what is further back is meant to be, and what is entered for the past (happened_at before learned_at) keeps its moment as well.
alter table stock_balance add column last_move_at timestamptz;
comment on column stock_balance.last_move_at is 'The latest moment at which something moved here; no later entry of today stands before it.';

create or replace function stock_post(
    kinds text[], from_places bigint[], to_places bigint[], products bigint[], quantities bigint[], of_reserved boolean,
    happened_at timestamptz, learned_at timestamptz, order_number text, document_number text, note text, reasons text[] default null, notes text[] default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
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
        insert into stock_move (kind, from_place_id, to_place_id, product_id, quantity, moved_at, recorded_at, order_number, document_number, note, reason)
        select line.kind, line.from_place, line.to_place, line.product, line.quantity, moment.at,
               greatest(learned_at, moment.at), stock_post.order_number, stock_post.document_number, coalesce(line.note, stock_post.note), line.reason
        from unnest(kinds, from_places, to_places, products, quantities, reasons, notes) with ordinality as line (kind, from_place, to_place, product, quantity, reason, note, place_in_list)
        join stock_place source on source.stock_place_id = line.from_place
        left join stock_balance held on held.stock_place_id = coalesce(source.for_place_id, source.stock_place_id) and held.product_id = line.product
        cross join lateral (select case when happened_at = learned_at and held.last_move_at between happened_at and happened_at + interval '1 hour' then held.last_move_at else happened_at end as at) moment
        order by line.place_in_list
        returning from_place_id, to_place_id, product_id, quantity, moved_at),
    entry as (
        select from_place_id as place_id, product_id, -quantity as quantity, moved_at from move
        union all
        select to_place_id, product_id, quantity, moved_at from move),
    change as (
        select coalesce(place.for_place_id, place.stock_place_id) as holder, entry.product_id, max(entry.moved_at) as moved_at,
               coalesce(sum(entry.quantity) filter (where place.kind = 'own'), 0) as on_hand,
               coalesce(sum(entry.quantity) filter (where place.kind = 'in_transit'), 0) as in_transit,
               coalesce(sum(entry.quantity) filter (where place.kind = 'own' and entry.quantity < 0 and of_reserved), 0) as reserved
        from entry join stock_place place on place.stock_place_id = entry.place_id and place.kind in ('own', 'in_transit')
        group by holder, entry.product_id)
    update stock_balance b
    set on_hand = b.on_hand + change.on_hand, reserved = b.reserved + change.reserved, in_transit = b.in_transit + change.in_transit, last_move_at = greatest(b.last_move_at, change.moved_at)
    from change
    where b.stock_place_id = change.holder and b.product_id = change.product_id;
end $$;
