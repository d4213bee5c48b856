-- Stock counts (盘点): what somebody counted in a place, held against what the ledger said at the moment of counting, reviewed, and posted once.
create table stock_count (
    stock_count_id bigint generated always as identity primary key,
    number         text        not null unique,
    partner_id     bigint      not null references partner,
    stock_place_id bigint      not null references stock_place,
    status         text        not null default 'open',
    is_blind       boolean     not null,
    note           text,
    said           text,
    begun_by       bigint      references person,
    begun_at       timestamptz not null,
    handed_in_by   bigint      references person,
    handed_in_at   timestamptz,
    ended_by       bigint      references person,
    ended_at       timestamptz,
    version        integer     not null default 1,
    constraint the_status_of_a_count_is_known check (status in ('open', 'review', 'posted', 'discarded')),
    constraint a_count_that_is_over_has_its_moment check ((status in ('posted', 'discarded')) = (ended_at is not null)),
    constraint the_words_of_a_count_are_short check (char_length(note) between 1 and 500 and char_length(said) between 1 and 500)
);
comment on table stock_count is 'One count of a place (盘点单). is_blind: whoever counts does not see what the books say. said: why it was given back or discarded.';
create index stock_count_by_partner on stock_count (partner_id, stock_count_id desc);
-- Two counts of the same goods would correct the same difference twice.
create unique index a_place_is_counted_once_at_a_time on stock_count (stock_place_id) where status in ('open', 'review');

create table stock_count_line (
    stock_count_id bigint not null references stock_count,
    product_id     bigint not null references product,
    counted        integer,
    book           bigint,
    counted_at     timestamptz,
    counted_by     bigint references person,
    reason         text,
    note           text,
    primary key (stock_count_id, product_id),
    constraint what_is_counted_is_not_negative check (counted between 0 and 1000000),
    constraint what_is_counted_is_held_against_the_books check ((counted is null) = (book is null) and (counted is null) = (counted_at is null)),
    constraint the_reason_of_a_difference_is_known check (reason in ('count', 'damaged', 'expired', 'stolen', 'missing', 'found', 'customer_return', 'correction', 'sample', 'own_use')),
    constraint the_note_of_a_counted_line_is_short check (char_length(note) between 1 and 500)
);
comment on table stock_count_line is 'One product of a count: counted, and what the ledger said at that moment (book). The difference is posted, so what moved afterwards stays as it moved.';

alter table stock_count enable row level security;
alter table stock_count force row level security;
create policy counts_are_their_partners on stock_count for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy counts_are_kept_by_the_definer on stock_count to {schema}_definer using (true) with check (true);
create policy counts_go_on_by_their_partner on stock_count for update
    using (status in ('open', 'review') and (partner_id = (select app_partner_id()) or (select app_is_system())))
    with check (status <> 'posted' and (partner_id = (select app_partner_id()) or (select app_is_system())));
revoke insert, update, delete, truncate on stock_count from {schema}_app;
grant update (status, said, handed_in_by, handed_in_at, ended_by, ended_at, version) on stock_count to {schema}_app;

alter table stock_count_line enable row level security;
alter table stock_count_line force row level security;
create policy counted_lines_are_seen_with_their_count on stock_count_line for select using (exists (select from stock_count c where c.stock_count_id = stock_count_line.stock_count_id));
create policy counted_lines_are_kept_by_the_definer on stock_count_line to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_count_line from {schema}_app;

create function stock_count_begin(number text, place_id bigint, products bigint[], is_blind boolean, note text, at timestamptz) returns bigint
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    begun bigint;
begin
    perform stock_place_is_mine(place_id);
    insert into stock_count (number, partner_id, stock_place_id, is_blind, note, begun_by, begun_at)
    select stock_count_begin.number, p.partner_id, p.stock_place_id, stock_count_begin.is_blind, stock_count_begin.note, app_person_id(), at
    from stock_place p where p.stock_place_id = place_id and p.closed_at is null
    returning stock_count_id into begun;
    if begun is null then
        raise exception 'A closed place is not counted.' using errcode = 'check_violation', constraint = 'a_counted_place_is_open';
    end if;
    insert into stock_count_line (stock_count_id, product_id)
    select begun, wanted.product_id
    from (select b.product_id from stock_balance b where products is null and b.stock_place_id = place_id and b.on_hand > 0
          union
          select unnest(products)) wanted
    order by wanted.product_id;
    return begun;
end $$;
comment on function stock_count_begin(text, bigint, bigint[], boolean, text, timestamptz) is 'A new count of a place: of some products, or of all that the books say are there.';
alter function stock_count_begin(text, bigint, bigint[], boolean, text, timestamptz) owner to {schema}_definer;

-- The balances are held while they are read, so that no move is half in and half out of what the count is held against.
create function stock_count_enter(count_number text, products bigint[], counted integer[], reasons text[], notes text[], at timestamptz, afresh boolean) returns void
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
    insert into stock_count_line as line (stock_count_id, product_id, counted, book, counted_at, counted_by, reason, note)
    select c.stock_count_id, said.product_id, said.counted,
           case when said.counted is not null then coalesce(b.on_hand, 0) - coalesce((
               select sum(case m.to_place_id when c.stock_place_id then m.quantity else -m.quantity end)
               from stock_move m
               where c.stock_place_id in (m.from_place_id, m.to_place_id) and m.product_id = said.product_id and m.moved_at > at), 0) end,
           case when said.counted is not null then at end, case when said.counted is not null then app_person_id() end, said.reason, said.note
    from unnest(products, counted, reasons, notes) as said (product_id, counted, reason, note)
    left join stock_balance b on b.stock_place_id = c.stock_place_id and b.product_id = said.product_id
    on conflict (stock_count_id, product_id) do update
    set counted = excluded.counted, reason = excluded.reason, note = excluded.note,
        book = case when afresh or line.counted is distinct from excluded.counted then excluded.book else line.book end,
        counted_at = case when afresh or line.counted is distinct from excluded.counted then excluded.counted_at else line.counted_at end,
        counted_by = case when afresh or line.counted is distinct from excluded.counted then excluded.counted_by else line.counted_by end;
    update stock_count set version = version + 1 where stock_count_id = c.stock_count_id;
end $$;
comment on function stock_count_enter(text, bigint[], integer[], text[], text[], timestamptz, boolean) is 'What was counted at a moment, with what the ledger says of that moment. Not afresh: a line that says what it said before keeps its moment.';
alter function stock_count_enter(text, bigint[], integer[], text[], text[], timestamptz, boolean) owner to {schema}_definer;

create function stock_count_post(count_number text, at timestamptz) returns integer
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
    select array_agg(case when l.counted > l.book then 'supply' else 'loss' end order by l.product_id) as kinds,
           array_agg(case when l.counted > l.book then outside.supply else c.stock_place_id end order by l.product_id) as from_places,
           array_agg(case when l.counted > l.book then c.stock_place_id else outside.loss end order by l.product_id) as to_places,
           array_agg(l.product_id order by l.product_id) as products, array_agg(abs(l.counted - l.book) order by l.product_id) as quantities,
           array_agg(coalesce(l.reason, 'count') order by l.product_id) as reasons, array_agg(l.note order by l.product_id) as notes, count(*)::integer as lines
    into difference
    from stock_count_line l
    cross join (select max(p.stock_place_id) filter (where p.kind = 'supply') as supply, max(p.stock_place_id) filter (where p.kind = 'loss') as loss from stock_place p where p.partner_id is null) outside
    where l.stock_count_id = c.stock_count_id and l.counted <> l.book;
    if difference.lines > 0 then
        perform stock_post(difference.kinds, difference.from_places, difference.to_places, difference.products, difference.quantities, false, at, at, null, count_number, null, difference.reasons, difference.notes);
    end if;
    update stock_count set status = 'posted', ended_by = app_person_id(), ended_at = at, version = version + 1 where stock_count_id = c.stock_count_id;
    return difference.lines;
end $$;
comment on function stock_count_post(text, timestamptz) is 'Corrects the ledger by all differences of a count, at once and once; answers how many there were.';
alter function stock_count_post(text, timestamptz) owner to {schema}_definer;
