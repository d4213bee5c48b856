-- Adjustments (库存调整) say by a code why goods came or went, and goods move between the places of one partner (调拨).
alter table stock_move add column reason text;
comment on column stock_move.reason is 'Why goods came by supply or went by loss, by a code: damaged, found, counted and so on; null where nothing was said.';
alter table stock_move
    drop constraint stock_move_kind_is_known,
    add constraint stock_move_kind_is_known check (kind in ('supply', 'shipment', 'receipt', 'delivery', 'sale', 'loss', 'transfer')),
    add constraint the_reason_of_a_move_is_known check (
        reason is null
        or kind = 'supply' and reason in ('found', 'customer_return', 'correction', 'count')
        or kind = 'loss' and reason in ('damaged', 'expired', 'stolen', 'missing', 'sample', 'own_use', 'correction', 'count'));

-- As before, with a reason and a note for each line where there are some.
drop function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text);
create function stock_post(
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
        select line.kind, line.from_place, line.to_place, line.product, line.quantity, happened_at, learned_at, stock_post.order_number, stock_post.document_number, coalesce(line.note, stock_post.note), line.reason
        from unnest(kinds, from_places, to_places, products, quantities, reasons, notes) with ordinality as line (kind, from_place, to_place, product, quantity, reason, note, place_in_list)
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
alter function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text, text[], text[]) owner to {schema}_definer;
revoke execute on function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text, text[], text[]) from public, {schema}_app;

drop function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text);
create function stock_record(kind text, place_id bigint, products bigint[], quantities bigint[], happened_at timestamptz, learned_at timestamptz, note text, reason text default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    lines   integer := cardinality(products);
    outside bigint  := (select p.stock_place_id from stock_place p where p.kind = case stock_record.kind when 'sale' then 'customer' else stock_record.kind end and p.partner_id is null);
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_fill(stock_record.kind, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then outside else place_id end, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then place_id else outside end, array[lines]),
                       products, quantities, false, happened_at, learned_at, null, null, stock_record.note, array_fill(stock_record.reason, array[lines]));
end $$;
comment on function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text, text) is 'Supply to a place, a sale to an end customer or a loss, with a reason where one is known.';
alter function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text, text) owner to {schema}_definer;

-- Between two places of one partner: there at once, or on the way until it is received (stock_receive, as all that is on the way).
create function stock_send_over(place_id bigint, to_place_id bigint, products bigint[], quantities bigint[], at_once boolean, happened_at timestamptz, document_number text)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    lines  integer := cardinality(products);
    target bigint  := case when at_once then to_place_id else (select p.stock_place_id from stock_place p where p.for_place_id = stock_send_over.to_place_id) end;
begin
    perform stock_place_is_mine(place_id), stock_place_is_mine(to_place_id);
    if exists (select from stock_place p where p.stock_place_id = stock_send_over.to_place_id and p.closed_at is not null)
       or (select count(distinct p.partner_id) from stock_place p where p.stock_place_id in (stock_send_over.place_id, stock_send_over.to_place_id)) <> 1 then
        raise exception 'Goods are moved to an open place of the same partner.' using errcode = 'check_violation', constraint = 'goods_go_to_an_open_place';
    end if;
    perform stock_post(array_fill('transfer'::text, array[lines]), array_fill(place_id, array[lines]), array_fill(target, array[lines]),
                       products, quantities, false, happened_at, happened_at, null, document_number, null);
end $$;
comment on function stock_send_over(bigint, bigint, bigint[], bigint[], boolean, timestamptz, text) is 'Goods go from one place of a partner to another.';
alter function stock_send_over(bigint, bigint, bigint[], bigint[], boolean, timestamptz, text) owner to {schema}_definer;
