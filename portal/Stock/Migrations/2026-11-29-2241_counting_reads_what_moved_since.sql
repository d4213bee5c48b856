-- What moved since the moment of counting is found by the indexes of both ends, once for all lines.
create or replace function stock_count_enter(count_number text, products bigint[], counted integer[], reasons text[], notes text[], at timestamptz, afresh boolean) returns void
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    c record;
begin
    select k.* into c from stock_count k where k.number = count_number for no key update;
    if not found or c.status <> 'open' then
        raise exception 'Only an open count takes what was counted.' using errcode = 'insufficient_privilege';
    end if;
    perform stock_place_is_mine(c.stock_place_id);
    perform from stock_balance b where b.stock_place_id = c.stock_place_id and b.product_id = any (products) order by b.product_id for no key update;
    with since as (
        select m.product_id, sum(case m.to_place_id when c.stock_place_id then m.quantity else -m.quantity end)::bigint as net
        from stock_move m
        where (m.from_place_id = c.stock_place_id or m.to_place_id = c.stock_place_id) and m.moved_at > at
        group by m.product_id)
    insert into stock_count_line as line (stock_count_id, product_id, counted, book, counted_at, counted_by, reason, note)
    select c.stock_count_id, said.product_id, said.counted,
           case when said.counted is not null then coalesce(b.on_hand, 0) - coalesce(since.net, 0) end,
           case when said.counted is not null then at end, case when said.counted is not null then app_person_id() end, said.reason, said.note
    from unnest(products, counted, reasons, notes) as said (product_id, counted, reason, note)
    left join stock_balance b on b.stock_place_id = c.stock_place_id and b.product_id = said.product_id
    left join since on since.product_id = said.product_id
    on conflict (stock_count_id, product_id) do update
    set counted = excluded.counted, reason = excluded.reason, note = excluded.note,
        book = case when afresh or line.counted is distinct from excluded.counted then excluded.book else line.book end,
        counted_at = case when afresh or line.counted is distinct from excluded.counted then excluded.counted_at else line.counted_at end,
        counted_by = case when afresh or line.counted is distinct from excluded.counted then excluded.counted_by else line.counted_by end;
    update stock_count set version = version + 1 where stock_count_id = c.stock_count_id;
end $$;
