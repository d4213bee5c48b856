-- What was reserved at any moment (历史预留). Reserved is a figure of the balance; here stands each change of it, one row for each balance that a statement changed. The moment is the act's, as with the moves, and by the
-- same rule: within the hour by which clocks go wrong it stands no earlier than what moved or was promised there before. Why so: decision 0061.
alter table stock_balance add column reserved_at timestamptz;
comment on column stock_balance.reserved_at is 'When reserved last changed, as the act that changed it said; whoever changes reserved sets it.';
comment on column stock_balance.last_move_at is 'The latest moment at which something moved or was promised here; nothing of today stands before it.';

create function stock_moment(last timestamptz, at timestamptz) returns timestamptz language sql stable as
$$ select case when last between at and at + interval '1 hour' then last else at end $$;
comment on function stock_moment(timestamptz, timestamptz) is 'The moment of what happens now at a balance, given the latest one that it knows: never before that within the hour by which clocks go wrong; what is further back is meant to be.';

-- No foreign keys: rows come from the trigger alone, out of a balance that is there and stays; a key would be looked up and its row locked once more with each promise of a product that everybody wants.
create table stock_reserved (
    stock_reserved_id bigint generated always as identity,
    stock_place_id bigint      not null,
    product_id     bigint      not null,
    at             timestamptz not null,
    change         bigint      not null,
    reserved       bigint      not null,
    on_hand        bigint      not null,
    is_behind      boolean     not null,
    primary key (stock_place_id, product_id, at, stock_reserved_id),
    constraint what_was_reserved_was_on_hand check (reserved between 0 and on_hand)
);
comment on table stock_reserved is 'What a balance had reserved from a moment on, by how much that changed, and what was on hand as was known then. Append-only; the order is that of the keys. is_behind: a clock had been ahead by more than an hour before.';
-- Rows that are not behind are in the order of their moments; of the others, which are none where clocks go right, the latest is looked for by its key.
create index stock_reserved_behind on stock_reserved (stock_place_id, product_id, stock_reserved_id) where is_behind;

create trigger what_was_reserved_stays before update or delete or truncate on stock_reserved for each statement execute function stock_ledger_is_append_only();

alter table stock_reserved enable row level security;
alter table stock_reserved force row level security;
create policy past_reservations_are_seen_with_their_balance on stock_reserved for select using (
    (select app_is_brand())
    or stock_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[]));
create policy past_reservations_are_written_by_the_definer on stock_reserved to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_reserved from {schema}_app;

-- One statement for all balances of a statement. The plan is made once for few and for many: without the setting it would be the nested loop of the few, and a statement over all balances would never end.
create function stock_reserved_is_kept() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp set enable_nestloop = off as $$
begin
    -- Only who changes a balance by hand has no moment.
    insert into stock_reserved (stock_place_id, product_id, at, change, reserved, on_hand, is_behind)
    select n.stock_place_id, n.product_id, coalesce(n.reserved_at, clock_timestamp()), n.reserved - o.reserved, n.reserved, n.on_hand, coalesce(n.reserved_at < n.last_move_at, false)
    from after_it n join before_it o on o.stock_place_id = n.stock_place_id and o.product_id = n.product_id
    where n.reserved <> o.reserved;
    return null;
end $$;
alter function stock_reserved_is_kept() owner to {schema}_definer;

-- What is reserved as this runs is the first row of each balance; of days before it is not known what was reserved. Where nothing is in stock yet, nothing is lacking.
create policy balances_are_filled_in_by_the_product on stock_balance for update using ((select app_is_system()));
create policy past_reservations_are_filled_in_by_the_product on stock_reserved for insert with check ((select app_is_system()));
select enter_as_system('what is reserved as its history begins');
update stock_balance b set reserved_at = stock_moment(b.last_move_at, now()), last_move_at = greatest(b.last_move_at, now()) where b.reserved > 0;
insert into stock_reserved (stock_place_id, product_id, at, change, reserved, on_hand, is_behind)
select b.stock_place_id, b.product_id, b.reserved_at, b.reserved, b.reserved, b.on_hand, b.reserved_at < b.last_move_at
from stock_balance b where b.reserved > 0 order by b.stock_place_id, b.product_id;
do $$
begin
    execute format('create function stock_reserved_known_since() returns timestamptz language sql stable as %L',
                   format('select %s', case when exists (select from stock_balance) then format('timestamptz %L', now()) else 'null::timestamptz' end));
end $$;
comment on function stock_reserved_known_since() is 'From when on it is known what was reserved: since this was migrated, or (null) from the beginning.';
drop policy balances_are_filled_in_by_the_product on stock_balance;
drop policy past_reservations_are_filled_in_by_the_product on stock_reserved;

create trigger what_is_reserved_is_kept after update on stock_balance referencing old table as before_it new table as after_it for each statement execute function stock_reserved_is_kept();
