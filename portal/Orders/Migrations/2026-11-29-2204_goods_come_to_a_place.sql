-- An address of the book may belong to a place of its company (仓库、门店): what is ordered to that address comes into the stock of that place.
alter table ship_to_address add column stock_place_id bigint references stock_place;
comment on column ship_to_address.stock_place_id is 'The place of the company where goods that go to this address come in; its default place where none is named.';
grant update (stock_place_id) on ship_to_address to {schema}_app;

create function an_address_names_an_own_place() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (select from stock_place p where p.stock_place_id = new.stock_place_id and p.kind = 'own' and p.partner_id = new.partner_id) then
        raise exception 'An address names a place of its own company.' using errcode = 'check_violation', constraint = 'an_address_names_an_own_place';
    end if;
    return new;
end $$;
create trigger an_address_names_an_own_place before insert or update of stock_place_id on ship_to_address for each row when (new.stock_place_id is not null) execute function an_address_names_an_own_place();

grant update (to_place_id) on purchase_order to {schema}_app;
create function goods_come_to_where_they_were_ordered() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    raise exception 'Order % is with its seller; its goods come to where they were ordered.', old.number using errcode = 'check_violation', constraint = 'goods_come_to_where_they_were_ordered';
end $$;
create trigger goods_come_to_where_they_were_ordered before update of to_place_id on purchase_order for each row
    when (old.submitted_at is not null and new.to_place_id is distinct from old.to_place_id) execute function goods_come_to_where_they_were_ordered();
