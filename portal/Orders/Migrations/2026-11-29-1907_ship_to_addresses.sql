-- Ship-to addresses (收货地址): a company's address book, and in each order the address as it was.
create table ship_to_address (
    ship_to_address_id bigint generated always as identity primary key,
    number       text        not null unique,
    partner_id   bigint      not null references partner,
    name         text        not null,
    contact      text,
    phone        text,
    country_code text        not null,
    state        text,
    city         text        not null,
    postal_code  text,
    address      text        not null,
    is_default   boolean     not null default false,
    changed_by   bigint      references person,
    changed_at   timestamptz not null,
    version      integer     not null default 1,
    constraint a_ship_to_address_is_named_once unique (partner_id, name),
    constraint a_ship_to_country_has_two_letters check (country_code ~ '^[A-Z]{2}$'),
    constraint the_fields_of_a_ship_to_address_are_short check (
        char_length(name) between 1 and 100 and char_length(contact) between 1 and 100 and char_length(phone) between 1 and 40 and char_length(state) between 1 and 100
        and char_length(city) between 1 and 100 and char_length(postal_code) between 1 and 20 and char_length(address) between 1 and 300)
);
comment on table ship_to_address is 'Where a company wants goods delivered (收货地址); an order keeps the address as it was.';
create unique index one_address_is_the_default on ship_to_address (partner_id) where is_default;
alter table ship_to_address enable row level security;
alter table ship_to_address force row level security;
create policy addresses_are_their_companys on ship_to_address for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy addresses_are_added_by_the_buyer on ship_to_address for insert
    with check (partner_id = (select app_partner_id()) and ((select app_has_role('purchasing')) or (select app_has_role('partner_admin'))) or (select app_is_system()));
create policy addresses_are_changed_by_the_buyer on ship_to_address for update
    using (partner_id = (select app_partner_id()) and ((select app_has_role('purchasing')) or (select app_has_role('partner_admin'))) or (select app_is_system()));
create policy addresses_are_dropped_by_the_buyer on ship_to_address for delete
    using (partner_id = (select app_partner_id()) and ((select app_has_role('purchasing')) or (select app_has_role('partner_admin'))) or (select app_is_system()));
revoke update, truncate on ship_to_address from {schema}_app;
grant update (name, contact, phone, country_code, state, city, postal_code, address, is_default, changed_by, changed_at, version) on ship_to_address to {schema}_app;

alter table purchase_order add column ship_to jsonb;
comment on column purchase_order.ship_to is 'Where the goods go, as the address book had it when the order was written; null where the company named no address.';
grant update (ship_to) on purchase_order to {schema}_app;

-- Once the seller has the order, the address is part of what was agreed.
create function the_address_of_an_order_stays() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    raise exception 'Order % is with its seller; its address stays.', old.number using errcode = 'check_violation', constraint = 'the_address_of_an_order_stays';
end $$;
create trigger the_address_of_an_order_stays before update of ship_to on purchase_order for each row
    when (old.submitted_at is not null and new.ship_to is distinct from old.ship_to) execute function the_address_of_an_order_stays();

-- What an accepted quote asks for is ordered once, whatever is clicked; again only where that order came to nothing.
create table order_of_quote (
    quote_id          bigint      primary key references quote,
    purchase_order_id bigint      not null references purchase_order,
    partner_id        bigint      not null references partner,
    ordered_at        timestamptz not null
);
comment on table order_of_quote is 'With which order a partner ordered the goods that it sold by a quote.';
create index order_of_quote_by_order on order_of_quote (purchase_order_id);
alter table order_of_quote enable row level security;
alter table order_of_quote force row level security;
create policy orders_of_quotes_are_their_partners on order_of_quote for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quotes_are_ordered_by_their_partner on order_of_quote for insert with check (partner_id = (select app_partner_id()));
create policy quotes_are_ordered_again_by_their_partner on order_of_quote for update using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
revoke update, delete, truncate on order_of_quote from {schema}_app;
grant update (purchase_order_id, ordered_at) on order_of_quote to {schema}_app;
