-- Stock (库存): where goods are, and every movement between places as a double entry that is never changed.
create table stock_place (
    stock_place_id bigint generated always as identity primary key,
    partner_id     bigint references partner on delete cascade,
    kind           text not null,
    for_place_id   bigint references stock_place on delete cascade,
    name           text,
    constraint stock_place_kind_is_known check (kind in ('own', 'in_transit', 'supply', 'customer', 'loss')),
    constraint a_partners_place_is_its_own_or_on_the_way_to_it check ((partner_id is not null) = (kind in ('own', 'in_transit'))),
    constraint goods_are_in_transit_to_a_place check ((kind = 'in_transit') = (for_place_id is not null)),
    constraint a_stock_place_name_is_short check (char_length(name) between 1 and 100)
);
comment on table stock_place is 'Where goods can be: a partner''s own place, the way to it, and the three virtual ends of the ledger: supply, customer, loss.';
create index stock_place_by_partner on stock_place (partner_id, kind);
create unique index one_way_leads_to_a_place on stock_place (for_place_id);
create unique index virtual_places_exist_once on stock_place (kind) where partner_id is null;
insert into stock_place (kind) values ('supply'), ('customer'), ('loss');

create table stock_balance (
    stock_place_id bigint not null references stock_place on delete cascade,
    product_id     bigint not null references product,
    on_hand        bigint not null default 0,
    reserved       bigint not null default 0,
    in_transit     bigint not null default 0,
    primary key (stock_place_id, product_id),
    constraint stock_is_never_negative check (on_hand >= 0 and in_transit >= 0),
    constraint reserved_stock_is_on_hand check (reserved between 0 and on_hand)
) with (fillfactor = 80); -- room on the page, so that the frequent updates stay in it
comment on table stock_balance is 'What an own place holds of a product (OnHand), has promised (Reserved) and is on its way to it (InTransit); kept by the statement that writes the moves.';
create index stock_balance_by_product on stock_balance (product_id);

create table stock_move (
    stock_move_id   bigint generated always as identity primary key,
    kind            text        not null,
    from_place_id   bigint      not null references stock_place,
    to_place_id     bigint      not null references stock_place,
    product_id      bigint      not null references product,
    quantity        bigint      not null,
    moved_at        timestamptz not null,
    recorded_at     timestamptz not null,
    order_number    text,
    document_number text,
    note            text,
    constraint stock_move_kind_is_known check (kind in ('supply', 'shipment', 'receipt', 'delivery', 'sale', 'loss')),
    constraint a_move_carries_something check (quantity > 0),
    constraint a_move_goes_elsewhere check (from_place_id <> to_place_id),
    constraint a_move_is_recorded_afterwards check (moved_at <= recorded_at)
);
comment on table stock_move is 'The ledger: quantity leaves one place and reaches another. Append-only; moved_at is when it happened, recorded_at when we learned of it.';
create index stock_move_out_of_place on stock_move (from_place_id, moved_at, stock_move_id);
create index stock_move_into_place on stock_move (to_place_id, moved_at, stock_move_id);
create index stock_move_by_order on stock_move (order_number) where order_number is not null;

create table stock_visibility (
    partner_id bigint primary key references partner on delete cascade,
    shows      text not null,
    changed_at timestamptz not null,
    version    integer not null default 1,
    constraint stock_visibility_is_known check (shows in ('hidden', 'banded', 'exact'))
);
comment on table stock_visibility is 'What a seller lets its buyers see of its stock; banded where nothing is said.';

create function stock_ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The stock ledger is append-only; correct a move with an opposite one.' using errcode = 'insufficient_privilege';
end $$;
create trigger stock_moves_stay before update or delete or truncate on stock_move for each statement execute function stock_ledger_is_append_only();

-- Every partner has one own place and the way to it, from the moment it exists.
create function partner_has_a_place() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    with own as (
        insert into stock_place (partner_id, kind) values (new.partner_id, 'own') returning stock_place_id)
    insert into stock_place (partner_id, kind, for_place_id) select new.partner_id, 'in_transit', own.stock_place_id from own;
    return null;
end $$;
alter function partner_has_a_place() owner to portal_definer;
create trigger a_new_partner_has_a_place after insert on partner for each row execute function partner_has_a_place();

create function stock_place_of(partner_id bigint) returns bigint language sql stable security definer set search_path = portal, public, pg_temp as
$$ select min(p.stock_place_id) from stock_place p where p.partner_id = stock_place_of.partner_id and p.kind = 'own' $$;
comment on function stock_place_of(bigint) is 'The place a partner receives at and ships from.';
alter function stock_place_of(bigint) owner to portal_definer;

-- Row-level security: a partner sees its own places, balances and moves; the brand sees all; nobody writes but through the functions below.
alter table stock_place enable row level security;
alter table stock_place force row level security;
create policy places_are_seen_by_their_partner on stock_place for select
    using (partner_id = (select app_partner_id()) or partner_id is null or (select app_is_brand()));
create policy places_are_named_by_their_partner on stock_place for update
    using (kind = 'own' and partner_id = (select app_partner_id())) with check (kind = 'own' and partner_id = (select app_partner_id()));
create policy places_are_kept_by_the_definer on stock_place to portal_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_place from portal_app;
grant update (name) on stock_place to portal_app;

alter table stock_balance enable row level security;
alter table stock_balance force row level security;
create policy balances_are_seen_by_their_partner on stock_balance for select using (
    (select app_is_brand())
    or stock_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[]));
create policy balances_are_kept_by_the_definer on stock_balance to portal_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_balance from portal_app;

alter table stock_move enable row level security;
alter table stock_move force row level security;
create policy moves_are_seen_from_both_ends on stock_move for select using (
    (select app_is_brand())
    or from_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[])
    or to_place_id = any ((select array(select p.stock_place_id from stock_place p where p.partner_id = (select app_partner_id())))::bigint[]));
create policy moves_are_written_by_the_definer on stock_move to portal_definer using (true) with check (true);
revoke insert, update, delete, truncate on stock_move from portal_app;

alter table stock_visibility enable row level security;
alter table stock_visibility force row level security;
create policy visibility_is_read_by_its_partner on stock_visibility for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy visibility_is_chosen_by_its_partner on stock_visibility
    using (partner_id = (select app_partner_id()) or (select app_is_system()))
    with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy visibility_is_known_to_the_definer on stock_visibility for select to portal_definer using (true);
