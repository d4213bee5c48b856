-- A posting may name the lots of one line and leave another line of the same product to the ledger: what the first takes is not proposed for the second.
drop function stock_lots_to_take(bigint, bigint[], bigint[], date);
create function stock_lots_to_take(place_id bigint, products bigint[], quantities bigint[], today date, taken jsonb default null)
returns table (line integer, stock_lot_id bigint, code text, best_before date, quantity bigint) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with wanted as (
        select w.line::integer as line, w.product_id, w.quantity, sum(w.quantity) over (partition by w.product_id order by w.line) - w.quantity as before
        from unnest(products, quantities) with ordinality as w (product_id, quantity, line)
        where w.quantity > 0),
    gone as (
        select t.product as product_id, t.code, sum(t.quantity) as quantity from jsonb_to_recordset(coalesce(taken, '[]')) as t (product bigint, code text, quantity bigint) group by t.product, t.code),
    free as (
        select b.product_id, b.stock_lot_id, l.code, l.best_before, case l.kind when 'lot' then coalesce(l.made_on, l.entered_at::date) end as made_on, b.on_hand - coalesce(gone.quantity, 0) as quantity
        from stock_lot_balance b
        join stock_lot l on l.stock_lot_id = b.stock_lot_id
        left join gone on gone.product_id = b.product_id and gone.code = l.code
        where b.stock_place_id = place_id and b.product_id = any (products) and b.on_hand > coalesce(gone.quantity, 0) and l.kind <> 'unnamed' and (l.best_before is null or l.best_before >= today)),
    there as (
        select free.*, sum(free.quantity) over (partition by free.product_id order by free.best_before nulls last, free.made_on, length(free.code), free.code) - free.quantity as before
        from free)
    select wanted.line, there.stock_lot_id, there.code, there.best_before,
           (least(wanted.before + wanted.quantity, there.before + there.quantity) - greatest(wanted.before, there.before))::bigint
    from wanted join there on there.product_id = wanted.product_id and there.before < wanted.before + wanted.quantity and wanted.before < there.before + there.quantity
    order by wanted.line, there.before
$$;
comment on function stock_lots_to_take(bigint, bigint[], bigint[], date, jsonb) is 'What would be taken of some products from a place: first expired first out, then the oldest lot, then the lowest number; what has expired, what nobody has named and what other lines take is left.';
alter function stock_lots_to_take(bigint, bigint[], bigint[], date, jsonb) owner to {schema}_definer;
revoke execute on function stock_lots_to_take(bigint, bigint[], bigint[], date, jsonb) from public, {schema}_app;

-- The lots of moves that stand in the ledger already; the balances of their products are held. Proposed where goods leave an own place to go on and nothing is said of a line.
create or replace function stock_post_lots(moves bigint[], tracked jsonb, learned_at timestamptz) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
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
    cross join lateral stock_lots_to_take(silent.from_place_id, silent.products, silent.quantities, brand_day(learned_at),
        (select jsonb_agg(jsonb_build_object('product', m.product_id, 'code', upper(t.code), 'quantity', t.quantity))
         from jsonb_to_recordset(coalesce(tracked, '[]')) as t (line integer, code text, quantity bigint)
         join stock_move m on m.stock_move_id = moves[t.line] and m.from_place_id = silent.from_place_id)) taken;

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
