-- Moves of tracked products name their lots. Each posting takes them as JSON: [{"line": 1, "code": "L-1", "quantity": 5, "madeOn": "2026-01-01", "bestBefore": "2027-01-01"}], line
-- by place in the posting. A posting without a tracked product does what it did before, and asks one small index.

-- What would be taken of some products from a place: first expired first out (先到期先出), then the oldest lot, then the lowest number. What has expired and what nobody has named is left.
create function stock_lots_to_take(place_id bigint, products bigint[], quantities bigint[], today date)
returns table (line integer, stock_lot_id bigint, code text, best_before date, quantity bigint) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with wanted as (
        select w.line::integer as line, w.product_id, w.quantity, sum(w.quantity) over (partition by w.product_id order by w.line) - w.quantity as before
        from unnest(products, quantities) with ordinality as w (product_id, quantity, line)
        where w.quantity > 0),
    there as (
        select b.product_id, l.stock_lot_id, l.code, l.best_before, b.on_hand,
               sum(b.on_hand) over (partition by b.product_id order by l.best_before nulls last, case l.kind when 'lot' then coalesce(l.made_on, l.entered_at::date) end, length(l.code), l.code) - b.on_hand as before
        from stock_lot_balance b join stock_lot l on l.stock_lot_id = b.stock_lot_id
        where b.stock_place_id = place_id and b.product_id = any (products) and b.on_hand > 0 and l.kind <> 'unnamed' and (l.best_before is null or l.best_before >= today))
    select wanted.line, there.stock_lot_id, there.code, there.best_before,
           (least(wanted.before + wanted.quantity, there.before + there.on_hand) - greatest(wanted.before, there.before))::bigint
    from wanted join there on there.product_id = wanted.product_id and there.before < wanted.before + wanted.quantity and wanted.before < there.before + there.on_hand
    order by wanted.line, there.before
$$;
alter function stock_lots_to_take(bigint, bigint[], bigint[], date) owner to {schema}_definer;
revoke execute on function stock_lots_to_take(bigint, bigint[], bigint[], date) from public, {schema}_app;

create function stock_lots_proposed(place_id bigint, products bigint[], quantities bigint[], today date)
returns table (line integer, code text, best_before date, quantity bigint) language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform stock_place_is_mine(place_id);
    return query select t.line, t.code, t.best_before, t.quantity from stock_lots_to_take(place_id, products, quantities, today) t;
end $$;
comment on function stock_lots_proposed(bigint, bigint[], bigint[], date) is 'The lots and serial numbers that would be taken from an own place, line by line: first expired first, then the oldest, then the lowest number.';
alter function stock_lots_proposed(bigint, bigint[], bigint[], date) owner to {schema}_definer;

-- The lots of moves that stand in the ledger already; the balances of their products are held. Proposed where goods leave an own place to go on and nothing is said of a line.
create function stock_post_lots(moves bigint[], tracked jsonb, learned_at timestamptz) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    said  jsonb := coalesce(tracked, '[]');
    wrong text;
begin
    select said || coalesce(jsonb_agg(jsonb_build_object('line', silent.lines[taken.line], 'code', taken.code, 'quantity', taken.quantity)), '[]') into said
    from (
        select m.from_place_id, array_agg(m.product_id order by v.line) as products, array_agg(m.quantity order by v.line) as quantities, array_agg(v.line order by v.line) as lines
        from unnest(moves) with ordinality as v (stock_move_id, line)
        join stock_move m on m.stock_move_id = v.stock_move_id and m.kind in ('shipment', 'transfer', 'sale')
        join stock_place source on source.stock_place_id = m.from_place_id and source.kind = 'own'
        join product p on p.product_id = m.product_id and p.is_tracked
        where not exists (select from jsonb_to_recordset(coalesce(tracked, '[]')) as t (line integer) where t.line = v.line)
        group by m.from_place_id) silent
    cross join lateral stock_lots_to_take(silent.from_place_id, silent.products, silent.quantities, brand_day(learned_at)) taken;

    select string_agg(distinct p.sku, ', ') into wrong
    from unnest(moves) with ordinality as v (stock_move_id, line)
    join stock_move m on m.stock_move_id = v.stock_move_id
    join product p on p.product_id = m.product_id
    left join (select t.line, sum(t.quantity) as quantity from jsonb_to_recordset(said) as t (line integer, quantity bigint) group by t.line) named on named.line = v.line
    where coalesce(named.quantity, 0) <> case when p.is_tracked then m.quantity else 0 end;
    if wrong is not null then
        raise exception 'Tracked goods move with all their lots or serial numbers, and others with none: %.', wrong using errcode = 'check_violation', constraint = 'tracked_goods_move_with_their_lots', hint = wrong;
    end if;

    -- What comes into being is entered under its code; whoever names the same one at the same moment waits here.
    insert into stock_lot (product_id, kind, code, made_on, best_before, entered_at, entered_by)
    select m.product_id, p.tracking, upper(t.code), max(t."madeOn"), max(t."bestBefore"), learned_at, max(target.partner_id)
    from jsonb_to_recordset(said) as t (line integer, code text, "madeOn" date, "bestBefore" date)
    join stock_move m on m.stock_move_id = moves[t.line] and m.kind = 'supply'
    join stock_place target on target.stock_place_id = m.to_place_id
    join product p on p.product_id = m.product_id
    where t.code <> ''
    group by m.product_id, p.tracking, upper(t.code)
    order by m.product_id, upper(t.code)
    on conflict (product_id, code) do update
    set made_on = coalesce(stock_lot.made_on, excluded.made_on), best_before = coalesce(stock_lot.best_before, excluded.best_before);

    select string_agg(distinct l.code, ', ') into wrong
    from jsonb_to_recordset(said) as t (line integer, code text, "madeOn" date, "bestBefore" date)
    join stock_move m on m.stock_move_id = moves[t.line] and m.kind = 'supply'
    join stock_lot l on l.product_id = m.product_id and l.code = upper(t.code)
    where l.made_on <> t."madeOn" or l.best_before <> t."bestBefore";
    if wrong is not null then
        raise exception 'A lot has one day of making and one best-before day: %.', wrong using errcode = 'check_violation', constraint = 'a_lot_has_one_date', hint = wrong;
    end if;

    select string_agg(distinct coalesce(l.code, upper(t.code)), ', ') into wrong
    from jsonb_to_recordset(said) as t (line integer, code text)
    join stock_move m on m.stock_move_id = moves[t.line]
    left join stock_lot l on l.product_id = m.product_id and l.code = upper(t.code)
    where l.stock_lot_id is null or l.kind = 'unnamed' and m.kind = 'shipment';
    if wrong is null then
        insert into stock_move_lot (stock_move_id, stock_lot_id, quantity)
        select m.stock_move_id, l.stock_lot_id, sum(t.quantity)
        from jsonb_to_recordset(said) as t (line integer, code text, quantity bigint)
        join stock_move m on m.stock_move_id = moves[t.line]
        join stock_lot l on l.product_id = m.product_id and l.code = upper(t.code)
        group by m.stock_move_id, l.stock_lot_id;

        -- They leave a place where they are.
        select string_agg(distinct gone.code, ', ') into wrong
        from (
            select coalesce(source.for_place_id, source.stock_place_id) as holder, source.kind, l.stock_lot_id, l.code, sum(ml.quantity) as quantity
            from stock_move_lot ml
            join stock_move m on m.stock_move_id = ml.stock_move_id
            join stock_place source on source.stock_place_id = m.from_place_id and source.partner_id is not null
            join stock_lot l on l.stock_lot_id = ml.stock_lot_id
            where ml.stock_move_id = any (moves)
            group by 1, source.kind, l.stock_lot_id, l.code) gone
        left join stock_lot_balance b on b.stock_place_id = gone.holder and b.stock_lot_id = gone.stock_lot_id
        where coalesce(case gone.kind when 'own' then b.on_hand else b.in_transit end, 0) < gone.quantity;
    end if;
    if wrong is not null then
        raise exception 'These are not where they are taken from: %.', wrong using errcode = 'check_violation', constraint = 'a_lot_is_where_it_leaves', hint = wrong;
    end if;

    update stock_lot_balance b
    set on_hand = b.on_hand - gone.on_hand, in_transit = b.in_transit - gone.in_transit
    from (
        select coalesce(source.for_place_id, source.stock_place_id) as holder, ml.stock_lot_id,
               coalesce(sum(ml.quantity) filter (where source.kind = 'own'), 0) as on_hand, coalesce(sum(ml.quantity) filter (where source.kind = 'in_transit'), 0) as in_transit
        from stock_move_lot ml
        join stock_move m on m.stock_move_id = ml.stock_move_id
        join stock_place source on source.stock_place_id = m.from_place_id and source.partner_id is not null
        where ml.stock_move_id = any (moves)
        group by 1, ml.stock_lot_id) gone
    where b.stock_place_id = gone.holder and b.stock_lot_id = gone.stock_lot_id;

    -- A serial number is one piece, in one place: the index has the last word, this says which.
    select string_agg(distinct l.code, ', ') into wrong
    from stock_move_lot ml
    join stock_move m on m.stock_move_id = ml.stock_move_id
    join stock_place target on target.stock_place_id = m.to_place_id and target.partner_id is not null
    join stock_lot l on l.stock_lot_id = ml.stock_lot_id and l.kind = 'serial'
    where ml.stock_move_id = any (moves)
      and (ml.quantity > 1 or exists (select from stock_lot_balance b where b.stock_lot_id = l.stock_lot_id and b.on_hand + b.in_transit > 0));
    if wrong is not null then
        raise exception 'These serial numbers are in stock already: %.', wrong using errcode = 'unique_violation', constraint = 'a_serial_number_is_in_one_place', hint = wrong;
    end if;

    -- Once it was sold or lost it does not come into being again; it can be brought back, be found or be corrected, which has a reason.
    select string_agg(distinct l.code, ', ') into wrong
    from stock_move_lot ml
    join stock_move m on m.stock_move_id = ml.stock_move_id and m.kind = 'supply' and m.reason is null
    join stock_lot l on l.stock_lot_id = ml.stock_lot_id and l.kind = 'serial'
    where ml.stock_move_id = any (moves) and exists (select from stock_move_lot before where before.stock_lot_id = l.stock_lot_id and before.stock_move_id <> all (moves));
    if wrong is not null then
        raise exception 'These serial numbers have come into being before: %.', wrong using errcode = 'unique_violation', constraint = 'a_serial_number_comes_into_being_once', hint = wrong;
    end if;

    insert into stock_lot_balance as b (stock_place_id, stock_lot_id, product_id, kind, on_hand, in_transit)
    select coalesce(target.for_place_id, target.stock_place_id) as holder, l.stock_lot_id, l.product_id, l.kind,
           coalesce(sum(ml.quantity) filter (where target.kind = 'own'), 0), coalesce(sum(ml.quantity) filter (where target.kind = 'in_transit'), 0)
    from stock_move_lot ml
    join stock_move m on m.stock_move_id = ml.stock_move_id
    join stock_place target on target.stock_place_id = m.to_place_id and target.partner_id is not null
    join stock_lot l on l.stock_lot_id = ml.stock_lot_id
    where ml.stock_move_id = any (moves)
    group by holder, l.stock_lot_id
    order by holder, l.stock_lot_id
    on conflict (stock_place_id, stock_lot_id) do update set on_hand = b.on_hand + excluded.on_hand, in_transit = b.in_transit + excluded.in_transit;

    insert into stock_lot_known (partner_id, stock_lot_id)
    select distinct place.partner_id, ml.stock_lot_id
    from stock_move_lot ml
    join stock_move m on m.stock_move_id = ml.stock_move_id
    join stock_place place on place.stock_place_id in (m.from_place_id, m.to_place_id) and place.partner_id is not null
    where ml.stock_move_id = any (moves)
    order by 1, 2
    on conflict do nothing;
end $$;
comment on function stock_post_lots(bigint[], jsonb, timestamptz) is 'The lots of moves, with their balances; part of stock_post.';
alter function stock_post_lots(bigint[], jsonb, timestamptz) owner to {schema}_definer;
revoke execute on function stock_post_lots(bigint[], jsonb, timestamptz) from public, {schema}_app;

drop function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text, text[], text[]);
create function stock_post(
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
        cross join lateral (select case when happened_at = learned_at and held.last_move_at between happened_at and happened_at + interval '1 hour' then held.last_move_at else happened_at end as at) moment
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
        set on_hand = b.on_hand + change.on_hand, reserved = b.reserved + change.reserved, in_transit = b.in_transit + change.in_transit, last_move_at = greatest(b.last_move_at, change.moved_at)
        from change
        where b.stock_place_id = change.holder and b.product_id = change.product_id)
    -- The keys are given in the order of the lines.
    select array_agg(stock_move_id order by stock_move_id) into moves from move;

    -- Asked after the moves stand: they hold their products, so that from here on none of them begins or ends to be tracked.
    if tracked is not null or exists (select from product p where p.product_id = any (products) and p.is_tracked) then
        perform stock_post_lots(moves, tracked, learned_at);
    end if;
end $$;
alter function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text, text[], text[], jsonb) owner to {schema}_definer;
revoke execute on function stock_post(text[], bigint[], bigint[], bigint[], bigint[], boolean, timestamptz, timestamptz, text, text, text, text[], text[], jsonb) from public, {schema}_app;

drop function stock_ship(bigint, bigint, bigint[], bigint[], timestamptz, text, text);
create function stock_ship(place_id bigint, to_place_id bigint, products bigint[], quantities bigint[], happened_at timestamptz, order_number text, document_number text, tracked jsonb default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    lines integer := cardinality(products);
    way   bigint  := (select p.stock_place_id from stock_place p where p.for_place_id = to_place_id);
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_fill('shipment'::text, array[lines]), array_fill(place_id, array[lines]), array_fill(way, array[lines]),
                       products, quantities, true, happened_at, happened_at, order_number, document_number, null, null, null, tracked);
end $$;
comment on function stock_ship(bigint, bigint, bigint[], bigint[], timestamptz, text, text, jsonb) is 'Reserved goods leave a place and are in transit to another, tracked ones with their lots or with those that are proposed.';
alter function stock_ship(bigint, bigint, bigint[], bigint[], timestamptz, text, text, jsonb) owner to {schema}_definer;

drop function stock_receive(bigint, bigint[], bigint[], bigint[], timestamptz, text, text);
create function stock_receive(place_id bigint, products bigint[], received bigint[], lost bigint[], happened_at timestamptz, order_number text, document_number text, tracked jsonb default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    way   bigint := (select p.stock_place_id from stock_place p where p.for_place_id = place_id);
    loss  bigint := (select p.stock_place_id from stock_place p where p.kind = 'loss');
    moves record;
begin
    perform stock_place_is_mine(place_id);
    -- What came, then what did not; the lots of a line go with the one or the other ("lost": true).
    with move as (
        select row_number() over (order by line.is_lost, line.line) as place, line.*
        from (
            select false as is_lost, l.line, l.product, l.quantity from unnest(products, received) with ordinality as l (product, quantity, line)
            union all
            select true, l.line, l.product, l.quantity from unnest(products, lost) with ordinality as l (product, quantity, line)) line
        where line.quantity > 0)
    select array_agg(case when m.is_lost then 'loss' else 'receipt' end order by m.place) as kinds, array_agg(way order by m.place) as from_places,
           array_agg(case when m.is_lost then loss else place_id end order by m.place) as to_places, array_agg(m.product order by m.place) as products, array_agg(m.quantity order by m.place) as quantities,
           (select jsonb_agg(jsonb_build_object('line', coalesce(x.place, 0), 'code', t.code, 'quantity', t.quantity))
            from jsonb_to_recordset(tracked) as t (line integer, code text, quantity bigint, lost boolean)
            left join move x on x.line = t.line and x.is_lost = coalesce(t.lost, false)) as tracked
    into moves
    from move m;
    if moves.kinds is not null then
        perform stock_post(moves.kinds, moves.from_places, moves.to_places, moves.products, moves.quantities, false, happened_at, happened_at, order_number, document_number, null, null, null, moves.tracked);
    end if;
end $$;
comment on function stock_receive(bigint, bigint[], bigint[], bigint[], timestamptz, text, text, jsonb) is 'Goods in transit reach their place, or are found lost on the way.';
alter function stock_receive(bigint, bigint[], bigint[], bigint[], timestamptz, text, text, jsonb) owner to {schema}_definer;

drop function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text, text);
create function stock_record(kind text, place_id bigint, products bigint[], quantities bigint[], happened_at timestamptz, learned_at timestamptz, note text, reason text default null, tracked jsonb default null)
returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    lines   integer := cardinality(products);
    outside bigint  := (select p.stock_place_id from stock_place p where p.kind = case stock_record.kind when 'sale' then 'customer' else stock_record.kind end and p.partner_id is null);
begin
    perform stock_place_is_mine(place_id);
    perform stock_post(array_fill(stock_record.kind, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then outside else place_id end, array[lines]),
                       array_fill(case stock_record.kind when 'supply' then place_id else outside end, array[lines]),
                       products, quantities, false, happened_at, learned_at, null, null, stock_record.note, array_fill(stock_record.reason, array[lines]), null, tracked);
end $$;
comment on function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text, text, jsonb) is 'Supply to a place, a sale to an end customer or a loss, with a reason where one is known; tracked goods with their lots.';
alter function stock_record(text, bigint, bigint[], bigint[], timestamptz, timestamptz, text, text, jsonb) owner to {schema}_definer;

drop function stock_send_over(bigint, bigint, bigint[], bigint[], boolean, timestamptz, text);
create function stock_send_over(place_id bigint, to_place_id bigint, products bigint[], quantities bigint[], at_once boolean, happened_at timestamptz, document_number text, tracked jsonb default null)
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
                       products, quantities, false, happened_at, happened_at, null, document_number, null, null, null, tracked);
end $$;
comment on function stock_send_over(bigint, bigint, bigint[], bigint[], boolean, timestamptz, text, jsonb) is 'Goods go from one place of a partner to another.';
alter function stock_send_over(bigint, bigint, bigint[], bigint[], boolean, timestamptz, text, jsonb) owner to {schema}_definer;

-- A product begins to be tracked while pieces of it lie somewhere: they are held as not yet named, wherever they are, and named by whoever holds them.
create function stock_begin_tracking(product bigint, tracked_by text, at timestamptz) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_variable
declare
    unnamed bigint;
    pieces  bigint;
begin
    if not (app_has_role('brand_admin') or app_is_system()) or tracked_by not in ('lot', 'serial') then
        raise exception 'The brand says how a product is tracked.' using errcode = 'insufficient_privilege';
    end if;
    perform from stock_balance b where b.product_id = product order by b.stock_place_id for no key update;
    insert into stock_lot (product_id, kind, code, entered_at) values (product, 'unnamed', '', at)
    on conflict (product_id, code) do update set entered_at = excluded.entered_at
    returning stock_lot_id into unnamed;
    with here as (
        select b.stock_place_id, b.on_hand, b.in_transit, place.partner_id, way.stock_place_id as way_id
        from stock_balance b
        join stock_place place on place.stock_place_id = b.stock_place_id
        left join stock_place way on way.for_place_id = b.stock_place_id
        where b.product_id = product and (b.on_hand > 0 or b.in_transit > 0)),
    named as (
        insert into stock_lot_naming (stock_place_id, product_id, to_lot_id, quantity, named_at, named_by)
        select here.stock_place_id, product, unnamed, here.on_hand, at, app_person_id() from here where here.on_hand > 0
        union all
        select here.way_id, product, unnamed, here.in_transit, at, app_person_id() from here where here.in_transit > 0
        returning quantity),
    kept as (
        insert into stock_lot_balance as b (stock_place_id, stock_lot_id, product_id, kind, on_hand, in_transit)
        select here.stock_place_id, unnamed, product, 'unnamed', here.on_hand, here.in_transit from here
        on conflict (stock_place_id, stock_lot_id) do update set on_hand = excluded.on_hand, in_transit = excluded.in_transit),
    known as (
        insert into stock_lot_known (partner_id, stock_lot_id) select distinct here.partner_id, unnamed from here on conflict do nothing)
    select coalesce(sum(quantity), 0) into pieces from named;
    return pieces;
end $$;
comment on function stock_begin_tracking(bigint, text, timestamptz) is 'Holds all pieces of a product as not yet named, before it is marked as tracked in the same transaction; answers how many there are.';
alter function stock_begin_tracking(bigint, text, timestamptz) owner to {schema}_definer;

-- Pieces that nobody has named get their lots or serial numbers where they lie.
create function stock_name_pieces(place_id bigint, product bigint, named jsonb, at timestamptz) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_variable
declare
    unnamed record;
    wrong   text;
    pieces  bigint;
begin
    perform stock_place_is_mine(place_id);
    perform from stock_balance b where b.stock_place_id = place_id and b.product_id = product for no key update;
    select b.stock_lot_id, b.on_hand, p.tracking into unnamed
    from stock_lot_balance b join product p on p.product_id = b.product_id
    where b.stock_place_id = place_id and b.product_id = product and b.kind = 'unnamed';
    select sum(t.quantity) into pieces from jsonb_to_recordset(named) as t (code text, quantity bigint);
    if unnamed.stock_lot_id is null or unnamed.tracking = 'none' or unnamed.on_hand < pieces then
        raise exception 'So many pieces are not waiting to be named.' using errcode = 'check_violation', constraint = 'a_lot_is_where_it_leaves';
    end if;
    insert into stock_lot (product_id, kind, code, made_on, best_before, entered_at, entered_by)
    select product, unnamed.tracking, upper(t.code), max(t."madeOn"), max(t."bestBefore"), at, app_partner_id()
    from jsonb_to_recordset(named) as t (code text, "madeOn" date, "bestBefore" date)
    group by upper(t.code) order by upper(t.code)
    on conflict (product_id, code) do update
    set made_on = coalesce(stock_lot.made_on, excluded.made_on), best_before = coalesce(stock_lot.best_before, excluded.best_before);
    select string_agg(distinct l.code, ', ') into wrong
    from jsonb_to_recordset(named) as t (code text, "madeOn" date, "bestBefore" date)
    join stock_lot l on l.product_id = product and l.code = upper(t.code)
    where l.made_on <> t."madeOn" or l.best_before <> t."bestBefore";
    if wrong is not null then
        raise exception 'A lot has one day of making and one best-before day: %.', wrong using errcode = 'check_violation', constraint = 'a_lot_has_one_date', hint = wrong;
    end if;
    select string_agg(distinct l.code, ', ') into wrong
    from jsonb_to_recordset(named) as t (code text, quantity bigint)
    join stock_lot l on l.product_id = product and l.code = upper(t.code) and l.kind = 'serial'
    where t.quantity > 1 or exists (select from stock_lot_balance b where b.stock_lot_id = l.stock_lot_id and b.on_hand + b.in_transit > 0)
       or exists (select from stock_move_lot ml where ml.stock_lot_id = l.stock_lot_id);
    if wrong is not null then
        raise exception 'These serial numbers are known already: %.', wrong using errcode = 'unique_violation', constraint = 'a_serial_number_is_in_one_place', hint = wrong;
    end if;

    insert into stock_lot_naming (stock_place_id, product_id, from_lot_id, to_lot_id, quantity, named_at, named_by)
    select place_id, product, unnamed.stock_lot_id, l.stock_lot_id, sum(t.quantity), at, app_person_id()
    from jsonb_to_recordset(named) as t (code text, quantity bigint)
    join stock_lot l on l.product_id = product and l.code = upper(t.code)
    group by l.stock_lot_id;
    update stock_lot_balance b set on_hand = b.on_hand - pieces where b.stock_place_id = place_id and b.stock_lot_id = unnamed.stock_lot_id;
    insert into stock_lot_balance as b (stock_place_id, stock_lot_id, product_id, kind, on_hand)
    select place_id, l.stock_lot_id, product, l.kind, sum(t.quantity)
    from jsonb_to_recordset(named) as t (code text, quantity bigint)
    join stock_lot l on l.product_id = product and l.code = upper(t.code)
    group by l.stock_lot_id, l.kind
    order by l.stock_lot_id
    on conflict (stock_place_id, stock_lot_id) do update set on_hand = b.on_hand + excluded.on_hand;
    insert into stock_lot_known (partner_id, stock_lot_id)
    select p.partner_id, l.stock_lot_id
    from stock_place p, jsonb_to_recordset(named) as t (code text)
    join stock_lot l on l.product_id = product and l.code = upper(t.code)
    where p.stock_place_id = place_id
    group by p.partner_id, l.stock_lot_id
    on conflict do nothing;
    -- The same look as for any other change of these balances.
    update stock_balance b set on_hand = b.on_hand where b.stock_place_id = place_id and b.product_id = product;
    return pieces;
end $$;
comment on function stock_name_pieces(bigint, bigint, jsonb, timestamptz) is 'Gives pieces of an own place that were there before their product was tracked their lots or serial numbers.';
alter function stock_name_pieces(bigint, bigint, jsonb, timestamptz) owner to {schema}_definer;

-- A wrong day of a lot is put right by whoever answers for the product; nothing moves.
create function stock_correct_lot(product_sku text, lot_code text, made date, expires date) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not (app_has_role('brand_admin') or app_is_system()) then
        raise exception 'The days of a lot are corrected by the brand.' using errcode = 'insufficient_privilege';
    end if;
    update stock_lot l set made_on = made, best_before = expires from product p where p.product_id = l.product_id and p.sku = product_sku and l.code = lot_code and l.kind <> 'unnamed';
    return found;
end $$;
comment on function stock_correct_lot(text, text, date, date) is 'Sets the day of making and the best-before day of a lot; answers whether there is one.';
alter function stock_correct_lot(text, text, date, date) owner to {schema}_definer;
