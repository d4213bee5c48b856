-- Lots and serial numbers (批次与序列号). A lot is known by its code for a product, wherever its pieces are; a serial number is a lot of one piece. Pieces that were in stock
-- before their product was tracked are held as not yet named (code '').
create table stock_lot (
    stock_lot_id bigint generated always as identity primary key,
    product_id   bigint      not null references product,
    kind         text        not null,
    code         text        not null,
    made_on      date,
    best_before  date,
    entered_at   timestamptz not null,
    entered_by   bigint      references partner,
    constraint the_kind_of_a_lot_is_known check (kind in ('lot', 'serial', 'unnamed')),
    constraint the_code_of_a_lot_is_readable check (case kind when 'unnamed' then code = '' else code = upper(code) and code ~ '^[^[:space:][:cntrl:],;|]{1,60}$' end),
    constraint a_lot_is_made_before_it_expires check (made_on <= best_before),
    constraint a_lot_code_is_used_once_a_product unique (product_id, code),
    constraint a_lot_and_what_it_is unique (stock_lot_id, product_id, kind)
);
comment on table stock_lot is 'A lot (批次) or serial number (序列号) of a product, with its day of making (生产日期) and its best-before day (保质期至) where they are known. One row of code '''' a product: pieces not yet named.';
create index stock_lot_by_code on stock_lot (code text_pattern_ops) where kind <> 'unnamed';
create index stock_lot_by_best_before on stock_lot (best_before) where best_before is not null;

-- Whoever had, has or sends pieces of a lot knows it; who it is with besides is nobody else's business.
create table stock_lot_known (
    partner_id   bigint not null references partner on delete cascade,
    stock_lot_id bigint not null references stock_lot,
    primary key (partner_id, stock_lot_id)
);
comment on table stock_lot_known is 'Which partners have dealt with a lot; they may see its code and dates.';
create index stock_lot_known_by_lot on stock_lot_known (stock_lot_id);

create table stock_move_lot (
    stock_move_id bigint not null references stock_move,
    stock_lot_id  bigint not null references stock_lot,
    quantity      bigint not null,
    primary key (stock_move_id, stock_lot_id),
    constraint a_move_of_a_lot_carries_something check (quantity > 0)
);
comment on table stock_move_lot is 'Which lots or serial numbers a move of a tracked product carries, and how many pieces of each. Append-only; together they are the move''s quantity.';
create index stock_move_lot_by_lot on stock_move_lot (stock_lot_id, stock_move_id);

-- Pieces get their lot without going anywhere: what was there when the tracking of a product began (from null), and what of it has been named since.
create table stock_lot_naming (
    stock_lot_naming_id bigint generated always as identity primary key,
    stock_place_id bigint      not null references stock_place,
    product_id     bigint      not null references product,
    from_lot_id    bigint      references stock_lot,
    to_lot_id      bigint      not null references stock_lot,
    quantity       bigint      not null,
    named_at       timestamptz not null,
    named_by       bigint      references person,
    constraint a_naming_names_something check (quantity > 0 and from_lot_id is distinct from to_lot_id)
);
comment on table stock_lot_naming is 'Pieces of a place that get a lot where they lie: at the beginning of tracking (from null, not yet named), and by name later. Append-only. A place in transit is named by its own key.';
create index stock_lot_naming_by_place on stock_lot_naming (stock_place_id, product_id);
create index stock_lot_naming_by_lot on stock_lot_naming (to_lot_id);

create table stock_lot_balance (
    stock_place_id bigint not null references stock_place on delete cascade,
    stock_lot_id   bigint not null,
    product_id     bigint not null,
    kind           text   not null,
    on_hand        bigint not null default 0,
    in_transit     bigint not null default 0,
    primary key (stock_place_id, stock_lot_id),
    constraint a_balance_of_a_lot_knows_what_it_is foreign key (stock_lot_id, product_id, kind) references stock_lot (stock_lot_id, product_id, kind),
    constraint a_lot_is_never_negative check (on_hand >= 0 and in_transit >= 0),
    constraint a_serial_number_is_one_piece check (kind <> 'serial' or on_hand + in_transit <= 1)
) with (fillfactor = 80);
comment on table stock_lot_balance is 'What an own place holds of a lot and what of it is on its way there; for a tracked product they add up to stock_balance.';
create unique index a_serial_number_is_in_one_place on stock_lot_balance (stock_lot_id) where kind = 'serial' and on_hand + in_transit > 0;
create index stock_lot_balance_by_product on stock_lot_balance (product_id, stock_place_id) where on_hand > 0 or in_transit > 0;
create index stock_lot_balance_by_lot on stock_lot_balance (stock_lot_id);

create trigger moves_of_lots_stay before update or delete or truncate on stock_move_lot for each statement execute function stock_ledger_is_append_only();
create trigger namings_of_lots_stay before update or delete or truncate on stock_lot_naming for each statement execute function stock_ledger_is_append_only();

-- A balance says whether its product is tracked: a foreign key, so that it cannot say anything else, and a change of the product waits for whoever moves it.
alter table stock_balance add column is_tracked boolean not null default false;
comment on column stock_balance.is_tracked is 'As its product; the lots of a tracked product add up to the balance (tracked_stock_has_lots).';
alter table stock_balance drop constraint stock_balance_product_id_fkey;
alter table stock_balance add constraint a_balance_is_tracked_as_its_product foreign key (product_id, is_tracked) references product (product_id, is_tracked) on update cascade;

-- At the end of each transaction, and for tracked products alone, the lots of a place add up to what it holds. Untracked products pay for the look at one flag.
create function tracked_stock_has_lots() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    wrong text;
begin
    select format('%s of place %s: %s on hand and %s in transit, its lots say %s and %s', p.sku, b.stock_place_id, b.on_hand, b.in_transit, lots.on_hand, lots.in_transit) into wrong
    from stock_balance b
    join product p on p.product_id = b.product_id
    cross join lateral (
        select coalesce(sum(l.on_hand), 0) as on_hand, coalesce(sum(l.in_transit), 0) as in_transit
        from stock_lot_balance l where l.stock_place_id = b.stock_place_id and l.product_id = b.product_id and (l.on_hand > 0 or l.in_transit > 0)) lots
    where b.stock_place_id = new.stock_place_id and b.product_id = new.product_id and b.is_tracked and (b.on_hand, b.in_transit) <> (lots.on_hand, lots.in_transit);
    if wrong is not null then
        raise exception '%', wrong using errcode = 'check_violation', constraint = 'tracked_stock_has_lots';
    end if;
    return null;
end $$;
alter function tracked_stock_has_lots() owner to {schema}_definer;
create constraint trigger tracked_stock_has_lots after insert or update of on_hand, in_transit, is_tracked on stock_balance deferrable initially deferred
    for each row when (new.is_tracked) execute function tracked_stock_has_lots();

-- Tracking begins in another way than it once was, or ends, only without what would contradict it.
create function tracking_fits_what_is_there() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if new.tracking <> 'none' and exists (select from stock_lot l where l.product_id = new.product_id and l.kind not in (new.tracking, 'unnamed')) then
        raise exception 'Pieces of % have been named as another kind.', new.sku using errcode = 'check_violation', constraint = 'a_product_keeps_its_kind_of_tracking';
    end if;
    if old.tracking <> 'none' and exists (select from stock_balance b where b.product_id = new.product_id and (b.on_hand > 0 or b.in_transit > 0)) then
        raise exception '% is in stock.', new.sku using errcode = 'check_violation', constraint = 'tracking_ends_without_stock';
    end if;
    return new;
end $$;
alter function tracking_fits_what_is_there() owner to {schema}_definer;
create trigger tracking_fits_what_is_there before update of tracking on product for each row when (new.tracking <> old.tracking) execute function tracking_fits_what_is_there();

-- Row-level security: a partner sees the lots it has dealt with, and of moves and balances its own; the brand sees all; nobody writes but through the functions of the ledger.
alter table stock_lot enable row level security;
alter table stock_lot force row level security;
create policy lots_are_seen_by_who_dealt_with_them on stock_lot for select using (
    (select app_is_brand()) or (select app_is_system()) or exists (select from stock_lot_known k where k.partner_id = (select app_partner_id()) and k.stock_lot_id = stock_lot.stock_lot_id));
create policy lots_are_kept_by_the_definer on stock_lot to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_lot from {schema}_app;

alter table stock_lot_known enable row level security;
alter table stock_lot_known force row level security;
create policy each_knows_what_it_dealt_with on stock_lot_known for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy what_is_known_is_kept_by_the_definer on stock_lot_known to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_lot_known from {schema}_app;

alter table stock_move_lot enable row level security;
alter table stock_move_lot force row level security;
create policy moves_of_lots_are_seen_with_their_move on stock_move_lot for select using (exists (select from stock_move m where m.stock_move_id = stock_move_lot.stock_move_id));
create policy moves_of_lots_are_written_by_the_definer on stock_move_lot to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_move_lot from {schema}_app;

alter table stock_lot_naming enable row level security;
alter table stock_lot_naming force row level security;
create policy namings_are_seen_by_their_partner on stock_lot_naming for select using (
    (select app_is_brand()) or stock_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[]));
create policy namings_are_written_by_the_definer on stock_lot_naming to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_lot_naming from {schema}_app;

alter table stock_lot_balance enable row level security;
alter table stock_lot_balance force row level security;
create policy balances_of_lots_are_seen_by_their_partner on stock_lot_balance for select using (
    (select app_is_brand()) or stock_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[]));
create policy balances_of_lots_are_kept_by_the_definer on stock_lot_balance to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_lot_balance from {schema}_app;

create function stock_lots_become_known(lots bigint[], partners bigint[]) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    insert into stock_lot_known (partner_id, stock_lot_id)
    select distinct p, l from unnest(partners) as p, unnest(lots) as l where p is not null order by p, l
    on conflict do nothing
$$;
comment on function stock_lots_become_known(bigint[], bigint[]) is 'Partners have dealt with lots: for functions that write papers of them; nobody else can call it.';
alter function stock_lots_become_known(bigint[], bigint[]) owner to {schema}_definer;
revoke execute on function stock_lots_become_known(bigint[], bigint[]) from public, {schema}_app;
