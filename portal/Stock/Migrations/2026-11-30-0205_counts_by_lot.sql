-- Counts of tracked products are taken by lot (按批次盘点), each held against what the ledger said of it at the moment of counting.
create table stock_count_line_lot (
    stock_count_id bigint  not null,
    product_id     bigint  not null,
    code           text    not null,
    counted        integer not null,
    book           bigint  not null,
    made_on        date,
    best_before    date,
    primary key (stock_count_id, product_id, code),
    constraint a_counted_lot_belongs_to_its_line foreign key (stock_count_id, product_id) references stock_count_line (stock_count_id, product_id),
    constraint what_is_counted_of_a_lot_is_not_negative check (counted between 0 and 1000000)
);
comment on table stock_count_line_lot is 'What was counted of a lot, and what the ledger says of that moment; together they are the line. Lots that are not named were not there.';
alter table stock_count_line_lot enable row level security;
alter table stock_count_line_lot force row level security;
create policy counted_lots_are_seen_with_their_count on stock_count_line_lot for select using (exists (select from stock_count c where c.stock_count_id = stock_count_line_lot.stock_count_id));
create policy counted_lots_are_kept_by_the_definer on stock_count_line_lot to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_count_line_lot from {schema}_app;

-- The lots of a transfer, a return or a count are found by its paper.
create index stock_move_by_paper on stock_move (document_number) where order_number is null and document_number is not null;

-- After stock_count_enter, in the same transaction, which holds the balances: what was counted by lot. Lines that were not entered afresh keep what they say.
create function stock_count_enter_lots(count_number text, products bigint[], codes text[], counted integer[], made_on date[], best_before date[], at timestamptz) returns void
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    c record;
begin
    select k.* into c from stock_count k where k.number = count_number;
    if not found or c.status <> 'open' then
        raise exception 'Only an open count takes what was counted.' using errcode = 'insufficient_privilege';
    end if;
    perform stock_place_is_mine(c.stock_place_id);
    -- Counted anew is what names other lots than before; the rest keeps its moment.
    update stock_count_line l
    set counted_at = at
    from (select product_id from unnest(products) as p (product_id) group by product_id) p
    where l.stock_count_id = c.stock_count_id and l.product_id = p.product_id and l.counted is not null
      and array(select format('%s %s', x.code, x.counted) from stock_count_line_lot x where x.stock_count_id = c.stock_count_id and x.product_id = p.product_id and x.counted > 0 order by x.code)
          is distinct from
          array(select format('%s %s', upper(s.code), sum(s.counted)) from unnest(products, codes, stock_count_enter_lots.counted) as s (product_id, code, counted) where s.product_id = p.product_id and s.code is not null group by upper(s.code) order by upper(s.code));
    delete from stock_count_line_lot x where x.stock_count_id = c.stock_count_id and x.product_id = any (products);
    with line as (
        select l.product_id, l.counted_at from stock_count_line l where l.stock_count_id = c.stock_count_id and l.product_id = any (products) and l.counted is not null),
    said as (
        select s.product_id, upper(s.code) as code, sum(s.counted)::integer as counted, max(s.made_on) as made_on, max(s.best_before) as best_before
        from unnest(products, codes, stock_count_enter_lots.counted, stock_count_enter_lots.made_on, stock_count_enter_lots.best_before) as s (product_id, code, counted, made_on, best_before)
        where s.code is not null
        group by s.product_id, upper(s.code)),
    -- what the books said at the moment of counting: the balance, less what moved and was named since; pieces that were there before they were tracked were there all the same
    book as (
        select e.product_id, l.code, sum(e.quantity) as quantity
        from (
            select b.product_id, b.stock_lot_id, b.on_hand as quantity from stock_lot_balance b join line using (product_id) where b.stock_place_id = c.stock_place_id
            union all
            select m.product_id, ml.stock_lot_id, case m.to_place_id when c.stock_place_id then -ml.quantity else ml.quantity end
            from stock_move m join line using (product_id) join stock_move_lot ml using (stock_move_id)
            where (m.from_place_id = c.stock_place_id or m.to_place_id = c.stock_place_id) and m.moved_at > line.counted_at
            union all
            select n.product_id, x.lot_id, x.quantity
            from stock_lot_naming n join line using (product_id) cross join lateral (values (n.from_lot_id, n.quantity), (n.to_lot_id, -n.quantity)) as x (lot_id, quantity)
            where n.stock_place_id = c.stock_place_id and n.named_at > line.counted_at and n.from_lot_id is not null) e
        join stock_lot l on l.stock_lot_id = e.stock_lot_id
        group by e.product_id, l.code
        having sum(e.quantity) <> 0)
    insert into stock_count_line_lot (stock_count_id, product_id, code, counted, book, made_on, best_before)
    select c.stock_count_id, coalesce(said.product_id, book.product_id), coalesce(said.code, book.code), coalesce(said.counted, 0), coalesce(book.quantity, 0), said.made_on, said.best_before
    from said full join book on book.product_id = said.product_id and book.code = said.code
    where exists (select from line where line.product_id = coalesce(said.product_id, book.product_id));
    update stock_count_line l
    set book = coalesce((select sum(x.book) from stock_count_line_lot x where x.stock_count_id = c.stock_count_id and x.product_id = l.product_id), 0)
    where l.stock_count_id = c.stock_count_id and l.product_id = any (products) and l.counted is not null;
end $$;
comment on function stock_count_enter_lots(text, bigint[], text[], integer[], date[], date[], timestamptz) is 'What was counted by lot; a product with a code of null has nothing of it.';
alter function stock_count_enter_lots(text, bigint[], text[], integer[], date[], date[], timestamptz) owner to {schema}_definer;

create or replace function stock_count_post(count_number text, at timestamptz) returns integer
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    c record;
    difference record;
begin
    select k.* into c from stock_count k where k.number = count_number for no key update;
    if not found or c.status <> 'review' or not (app_has_role('partner_admin') or app_has_role('brand_admin')) then
        raise exception 'A count that was handed in is posted by the administrator.' using errcode = 'insufficient_privilege';
    end if;
    perform stock_place_is_mine(c.stock_place_id);
    -- Counted before its product was tracked, or before its lots were named.
    select string_agg(p.sku, ', ' order by p.sku) as skus into difference
    from stock_count_line l join product p on p.product_id = l.product_id
    where l.stock_count_id = c.stock_count_id and p.is_tracked and (l.counted > 0 or l.book > 0)
      and not exists (select from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id);
    if difference.skus is not null then
        raise exception 'Not counted by lot: %.', difference.skus using errcode = 'check_violation', constraint = 'tracked_goods_move_with_their_lots', hint = difference.skus;
    end if;
    -- Of a tracked product what is too much and what is missing are two moves, each with its lots; of others they are one.
    with line as (
        select l.product_id, l.counted > l.book as is_more, abs(l.counted - l.book)::bigint as quantity, l.reason, l.note, null::jsonb as lots
        from stock_count_line l join product p on p.product_id = l.product_id
        where l.stock_count_id = c.stock_count_id and l.counted <> l.book and not p.is_tracked
        union all
        select x.product_id, x.counted > x.book, sum(abs(x.counted - x.book))::bigint, case when (l.counted > l.book) = (x.counted > x.book) and l.counted <> l.book then l.reason end, l.note,
               jsonb_agg(jsonb_build_object('code', x.code, 'quantity', abs(x.counted - x.book), 'madeOn', x.made_on, 'bestBefore', x.best_before))
        from stock_count_line_lot x join stock_count_line l on l.stock_count_id = x.stock_count_id and l.product_id = x.product_id
        -- a line that was emptied again is not counted, whatever lots were named for it before
        where x.stock_count_id = c.stock_count_id and x.counted <> x.book and l.counted is not null
        group by x.product_id, x.counted > x.book, l.counted, l.book, l.reason, l.note),
    placed as (
        select line.*, row_number() over (order by line.product_id, line.is_more) as place from line)
    select array_agg(case when l.is_more then 'supply' else 'loss' end order by l.place) as kinds,
           array_agg(case when l.is_more then outside.supply else c.stock_place_id end order by l.place) as from_places,
           array_agg(case when l.is_more then c.stock_place_id else outside.loss end order by l.place) as to_places,
           array_agg(l.product_id order by l.place) as products, array_agg(l.quantity order by l.place) as quantities,
           array_agg(coalesce(l.reason, 'count') order by l.place) as reasons, array_agg(l.note order by l.place) as notes,
           (select jsonb_agg(lot || jsonb_build_object('line', p.place)) from placed p cross join lateral jsonb_array_elements(p.lots) lot) as tracked,
           count(distinct l.product_id)::integer as lines
    into difference
    from placed l
    cross join (select max(p.stock_place_id) filter (where p.kind = 'supply') as supply, max(p.stock_place_id) filter (where p.kind = 'loss') as loss from stock_place p where p.partner_id is null) outside;
    if difference.lines > 0 then
        perform stock_post(difference.kinds, difference.from_places, difference.to_places, difference.products, difference.quantities, false, at, at, null, count_number, null, difference.reasons, difference.notes, difference.tracked);
    end if;
    update stock_count set status = 'posted', ended_by = app_person_id(), ended_at = at, version = version + 1 where stock_count_id = c.stock_count_id;
    return difference.lines;
end $$;
