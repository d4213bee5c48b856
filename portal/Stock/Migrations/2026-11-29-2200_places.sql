-- Places of a partner (仓库、门店): as many as it has, each under a code of its own; one of them is where goods come and go where nothing else is said.
alter table stock_place
    add column code       text,
    add column place_type text,
    add column is_default boolean not null default false,
    add column is_offered boolean not null default true,
    add column closed_at  timestamptz,
    add column version    integer not null default 1;
comment on column stock_place.is_offered is 'Buyers see the goods of this place as stock; false for what lies there to be looked at or thrown away.';

create policy places_are_filled_in_by_the_product on stock_place for update using ((select app_is_system()));
select enter_as_system('the code of the place that every partner has');
update stock_place set code = 'MAIN', place_type = 'warehouse', is_default = true where kind = 'own';
drop policy places_are_filled_in_by_the_product on stock_place;

alter table stock_place
    add constraint an_own_place_has_a_code check ((kind = 'own') = (code is not null) and (kind = 'own') = (place_type is not null)),
    add constraint the_code_of_a_place_is_short check (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
    add constraint the_type_of_a_place_is_known check (place_type in ('warehouse', 'store')),
    add constraint the_default_place_is_open check (not is_default or kind = 'own' and closed_at is null);
create unique index a_place_code_is_used_once on stock_place (partner_id, code) where kind = 'own';
create unique index one_place_is_the_default on stock_place (partner_id) where is_default;

create or replace function partner_has_a_place() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    with own as (
        insert into stock_place (partner_id, kind, code, place_type, is_default) values (new.partner_id, 'own', 'MAIN', 'warehouse', true) returning stock_place_id)
    insert into stock_place (partner_id, kind, for_place_id) select new.partner_id, 'in_transit', own.stock_place_id from own;
    return null;
end $$;

create or replace function stock_place_of(partner_id bigint) returns bigint language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
begin
    return (select p.stock_place_id from stock_place p where p.partner_id = stock_place_of.partner_id and p.is_default);
end $$;
comment on function stock_place_of(bigint) is 'The place a partner receives at and ships from where nothing else is said.';

-- Its administrators make, name and close the places of a partner.
drop policy places_are_named_by_their_partner on stock_place;
create policy places_are_kept_by_their_administrator on stock_place for update
    using (kind = 'own' and (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))) or (select app_is_system())))
    with check (kind = 'own' and (partner_id = (select app_partner_id()) or (select app_is_system())));
grant update (name, place_type, is_default, is_offered, closed_at, version) on stock_place to {schema}_app;

create function stock_open_place(partner_id bigint, code text, name text, place_type text, is_offered boolean) returns bigint
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_variable
declare
    opened bigint;
begin
    if not (app_is_system() or partner_id = app_partner_id() and (app_has_role('partner_admin') or app_has_role('brand_admin'))) then
        raise exception 'A place is opened by the administrator of its partner.' using errcode = 'insufficient_privilege';
    end if;
    insert into stock_place (partner_id, kind, code, name, place_type, is_offered) values (partner_id, 'own', code, name, place_type, is_offered) returning stock_place_id into opened;
    insert into stock_place (partner_id, kind, for_place_id) values (partner_id, 'in_transit', opened);
    return opened;
end $$;
comment on function stock_open_place(bigint, text, text, text, boolean) is 'A new place of a partner, and the way to it.';
alter function stock_open_place(bigint, text, text, text, boolean) owner to {schema}_definer;

-- A place is closed when nothing is there, nothing is on its way and no order waits for it. Whoever closes it has taken the row FOR UPDATE: orders that name it are then seen.
create function a_closed_place_is_empty() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from stock_balance b where b.stock_place_id = new.stock_place_id and (b.on_hand > 0 or b.in_transit > 0)) then
        raise exception 'Place % is not empty.', new.code using errcode = 'check_violation', constraint = 'a_closed_place_is_empty';
    end if;
    if exists (select from purchase_order o where o.buyer_id = new.partner_id and o.to_place_id = new.stock_place_id and o.status in ('submitted', 'pending_approval', 'confirmed', 'partially_shipped', 'shipped'))
       or exists (select from purchase_order o where o.seller_id = new.partner_id and o.from_place_id = new.stock_place_id and o.status in ('confirmed', 'partially_shipped')) then
        raise exception 'Orders wait for place %.', new.code using errcode = 'check_violation', constraint = 'no_order_waits_for_a_closed_place';
    end if;
    return new;
end $$;
create trigger a_closed_place_is_empty before update of closed_at on stock_place for each row when (old.closed_at is null and new.closed_at is not null) execute function a_closed_place_is_empty();

-- What a buyer may know of its seller's stock: of all open places whose goods are offered together.
create or replace function stock_offered(products bigint[])
returns table (product_id bigint, shows text, band text, available bigint) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with seller as (
        select b.upstream_id as partner_id, coalesce(v.shows, 'banded') as shows,
               array(select p.stock_place_id from stock_place p where p.partner_id = b.upstream_id and p.kind = 'own' and p.is_offered and p.closed_at is null) as places
        from partner b left join stock_visibility v on v.partner_id = b.upstream_id
        where b.partner_id = app_partner_id() and b.upstream_id is not null)
    select wanted.product_id, seller.shows,
           case when seller.shows = 'hidden' then null
                when stock.free <= 0 then 'none' when stock.free < 10 then 'few' when stock.free < 100 then 'some' else 'plenty' end,
           case when seller.shows = 'exact' then stock.free end
    from seller
    cross join unnest(products) as wanted (product_id)
    cross join lateral (select coalesce(sum(b.on_hand - b.reserved), 0)::bigint as free from stock_balance b where b.stock_place_id = any (seller.places) and b.product_id = wanted.product_id) as stock
$$;
