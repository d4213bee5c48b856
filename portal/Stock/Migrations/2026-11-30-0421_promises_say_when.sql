-- Whoever changes what is reserved says when it happened: the act that promises or takes back by its clock, what leaves out of reserved goods by its move. Portals that do not know of it yet take the database's clock.
drop function stock_reserve(bigint, bigint[], bigint[]);
create function stock_reserve(place_id bigint, products bigint[], quantities bigint[], at timestamptz default null)
returns table (product_id bigint, available bigint) language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    moment timestamptz := coalesce(stock_reserve.at, clock_timestamp());
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
    set reserved = b.reserved + wanted.quantity, reserved_at = stock_moment(b.last_move_at, moment), last_move_at = greatest(b.last_move_at, moment)
    from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id) as wanted
    where b.stock_place_id = place_id and b.product_id = wanted.product_id and wanted.quantity <> 0;
end $$;
comment on function stock_reserve(bigint, bigint[], bigint[], timestamptz) is 'Promises goods of a place: all of them, or none and the products that are short with what is available.';
alter function stock_reserve(bigint, bigint[], bigint[], timestamptz) owner to {schema}_definer;

drop function stock_reserve_up_to(bigint, bigint[], bigint[]);
create function stock_reserve_up_to(place_id bigint, products bigint[], quantities bigint[], at timestamptz default null)
returns table (product_id bigint, quantity bigint) language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    moment timestamptz := coalesce(stock_reserve_up_to.at, clock_timestamp());
begin
    perform stock_place_is_mine(place_id);
    perform from stock_balance b
    where b.stock_place_id = place_id and b.product_id = any (products)
    order by b.product_id
    for no key update;

    return query
        with wanted as (
            select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id),
        given as (
            select wanted.product_id, least(wanted.quantity, b.on_hand - b.reserved)::bigint as quantity
            from wanted join stock_balance b on b.stock_place_id = place_id and b.product_id = wanted.product_id
            where wanted.quantity > 0 and b.on_hand > b.reserved),
        promised as (
            update stock_balance b
            set reserved = b.reserved + given.quantity, reserved_at = stock_moment(b.last_move_at, moment), last_move_at = greatest(b.last_move_at, moment)
            from given
            where b.stock_place_id = place_id and b.product_id = given.product_id)
        select given.product_id, given.quantity from given;
end $$;
comment on function stock_reserve_up_to(bigint, bigint[], bigint[], timestamptz) is 'Promises goods of a place, as much of each product as there is; answers how much that is.';
alter function stock_reserve_up_to(bigint, bigint[], bigint[], timestamptz) owner to {schema}_definer;

drop function stock_give_back(bigint, bigint[], bigint[]);
create function stock_give_back(place_id bigint, products bigint[], quantities bigint[], at timestamptz default null) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    moment timestamptz := coalesce(stock_give_back.at, clock_timestamp());
begin
    update stock_balance b
    set reserved = b.reserved - freed.quantity, reserved_at = stock_moment(b.last_move_at, moment), last_move_at = greatest(b.last_move_at, moment)
    from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id having sum(line.quantity) <> 0) as freed
    where b.stock_place_id = place_id and b.product_id = freed.product_id;
end $$;
comment on function stock_give_back(bigint, bigint[], bigint[], timestamptz) is 'Takes a promise back that both sides do not need any more; the caller holds the balances.';
alter function stock_give_back(bigint, bigint[], bigint[], timestamptz) owner to {schema}_definer;
revoke execute on function stock_give_back(bigint, bigint[], bigint[], timestamptz) from public, {schema}_app;

drop function stock_release(bigint, bigint[], bigint[]);
create function stock_release(place_id bigint, products bigint[], quantities bigint[], at timestamptz default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform stock_place_is_mine(place_id);
    perform stock_hold_balances(place_id, products);
    perform stock_give_back(place_id, products, quantities, at);
end $$;
comment on function stock_release(bigint, bigint[], bigint[], timestamptz) is 'Takes a promise back.';
alter function stock_release(bigint, bigint[], bigint[], timestamptz) owner to {schema}_definer;

create or replace function stock_post(
    kinds text[], from_places bigint[], to_places bigint[], products bigint[], quantities bigint[], of_reserved boolean,
    happened_at timestamptz, learned_at timestamptz, order_number text, document_number text, note text, reasons text[] default null, notes text[] default null, tracked jsonb default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    moves bigint[];
begin
    -- Balances that do not exist yet, in key order: a rival that inserts the same one is waited for, not raced.
    insert into stock_balance (stock_place_id, product_id, is_tracked)
    select distinct coalesce(place.for_place_id, place.stock_place_id) as holder, move.product_id, exists (select from product p where p.product_id = move.product_id and p.is_tracked)
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
        cross join lateral (select case when happened_at = learned_at then stock_moment(held.last_move_at, happened_at) else happened_at end as at) moment
        order by line.place_in_list
        returning stock_move_id, from_place_id, to_place_id, product_id, quantity, moved_at),
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
        group by holder, entry.product_id),
    balanced as (
        update stock_balance b
        set on_hand = b.on_hand + change.on_hand, reserved = b.reserved + change.reserved, in_transit = b.in_transit + change.in_transit, last_move_at = greatest(b.last_move_at, change.moved_at),
            reserved_at = case when change.reserved <> 0 then change.moved_at else b.reserved_at end
        from change
        where b.stock_place_id = change.holder and b.product_id = change.product_id)
    -- The keys are given in the order of the lines.
    select array_agg(stock_move_id order by stock_move_id) into moves from move;

    -- Asked after the moves stand: they hold their products, so that from here on none of them begins or ends to be tracked.
    if tracked is not null or exists (select from product p where p.product_id = any (products) and p.is_tracked) then
        perform stock_post_lots(moves, tracked, learned_at);
    end if;
end $$;
