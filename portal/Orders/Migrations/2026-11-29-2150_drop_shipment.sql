-- Drop shipment (直发): a seller has what it lacks for an order sent by its own upstream straight to its buyer. The order upwards carries the address of the order below;
-- goods move once, from the upstream's place to the buyer's, and the seller between them holds none of them at any time.
alter table purchase_order add column drop_ships boolean not null default false;
comment on column purchase_order.drop_ships is 'True for an order upwards whose goods go straight to the buyer of the order below (直发); they are received there.';

alter table purchase_order_line add column direct integer not null default 0;
comment on column purchase_order_line.direct is 'How much of what is open the seller''s own upstream sends straight to the buyer; neither reserved nor waiting.';
alter table purchase_order_line drop constraint a_line_reserves_no_more_than_is_open;
alter table purchase_order_line add constraint a_line_reserves_no_more_than_is_open check (reserved >= 0 and direct >= 0 and reserved + direct <= quantity - shipped - cancelled);
grant update (direct) on purchase_order_line to {schema}_app, {schema}_definer;
drop index purchase_order_line_waiting;
create index purchase_order_line_waiting on purchase_order_line (seller_id, product_id) where shipped + cancelled + reserved + direct < quantity;

alter table shipment add column is_direct boolean not null default false;
comment on column shipment.is_direct is 'True for goods that the seller''s own upstream sent straight to the buyer; in the stock ledger they moved with its shipment.';

-- Which line of the upstream's shipment a line of the seller's shipment is; known to the partner in the middle and the brand alone, as order_supply is.
create table drop_shipment_line (
    shipment_line_id       bigint not null references shipment_line,
    below_shipment_line_id bigint primary key references shipment_line,
    partner_id             bigint not null references partner
);
comment on table drop_shipment_line is 'A line of a shipment that went straight to the buyer of the order below, and the line of that order''s shipment that stands for it.';
create index drop_shipment_line_above on drop_shipment_line (shipment_line_id);
alter table drop_shipment_line enable row level security;
alter table drop_shipment_line force row level security;
create policy drop_shipments_are_seen_from_the_middle on drop_shipment_line for select using (
    partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy drop_shipments_are_carried_by_the_product on drop_shipment_line for insert with check ((select app_is_system()));
revoke update, delete, truncate on drop_shipment_line from {schema}_app;

create policy supplies_are_known_to_the_definer on order_supply for select to {schema}_definer using (true);
grant update (drop_ships, to_place_id) on purchase_order to {schema}_definer;

-- An order upwards, still a draft, becomes a drop shipment for one order below: its goods go where that order's goods go, and what was ordered for its lines waits for nothing else.
create function order_drop_ships(up_number text, below_number text) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    below record;
    up_id bigint;
begin
    select o.purchase_order_id, o.seller_id, o.to_place_id into below
    from purchase_order o where o.number = below_number and o.status in ('confirmed', 'partially_shipped');
    update purchase_order o
    set drop_ships = true, to_place_id = below.to_place_id
    where o.number = up_number and o.status = 'draft' and not o.drop_ships and o.buyer_id = below.seller_id and (o.buyer_id = app_partner_id() or app_is_system())
      and not exists (select from order_supply s join purchase_order_line l on l.purchase_order_line_id = s.for_line_id
                      where s.purchase_order_id = o.purchase_order_id and l.purchase_order_id <> below.purchase_order_id)
    returning o.purchase_order_id into up_id;
    if up_id is null then
        raise exception 'A draft upwards becomes a drop shipment by its buyer, for one confirmed order that this one sells.' using errcode = 'insufficient_privilege';
    end if;

    update purchase_order_line l
    set direct = l.direct + s.quantity
    from order_supply s
    where s.purchase_order_id = up_id and l.purchase_order_line_id = s.for_line_id;
end $$;
comment on function order_drop_ships(text, text) is 'Makes a draft upwards the drop shipment for an order below, and sets the pieces aside that come with it.';
alter function order_drop_ships(text, text) owner to {schema}_definer;

-- What the upstream does not send any more waits for goods again, in whatever way that came about. Nobody but the partner in the middle may write its lines; this does.
create function direct_pieces_wait_again(up_id bigint, product bigint, pieces integer) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    with pledged as (
        select l.purchase_order_line_id, l.direct, coalesce(sum(l.direct) over (order by l.purchase_order_line_id desc rows between unbounded preceding and 1 preceding), 0) as before
        from order_supply s join purchase_order_line l on l.purchase_order_line_id = s.for_line_id
        where s.purchase_order_id = up_id and l.product_id = product and l.direct > 0)
    update purchase_order_line l
    set direct = l.direct - least(pledged.direct, pieces - pledged.before)
    from pledged
    where l.purchase_order_line_id = pledged.purchase_order_line_id and pieces > pledged.before
$$;
alter function direct_pieces_wait_again(bigint, bigint, integer) owner to {schema}_definer;
revoke execute on function direct_pieces_wait_again(bigint, bigint, integer) from {schema}_app;

create function what_is_called_off_above_waits_again() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from purchase_order o where o.purchase_order_id = new.purchase_order_id and o.drop_ships) then
        perform direct_pieces_wait_again(new.purchase_order_id, new.product_id, new.cancelled - old.cancelled);
    end if;
    return null;
end $$;
alter function what_is_called_off_above_waits_again() owner to {schema}_definer;
create trigger what_is_called_off_above_waits_again after update of cancelled on purchase_order_line for each row
    when (new.cancelled > old.cancelled) execute function what_is_called_off_above_waits_again();

create function what_is_rejected_above_waits_again() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform direct_pieces_wait_again(x.purchase_order_id, x.product_id, x.quantity - x.cancelled)
    from purchase_order_line x where x.purchase_order_id = new.purchase_order_id;
    return null;
end $$;
alter function what_is_rejected_above_waits_again() owner to {schema}_definer;
create trigger what_is_rejected_above_waits_again after update of status on purchase_order for each row
    when (new.drop_ships and new.status = 'rejected' and old.status <> 'rejected') execute function what_is_rejected_above_waits_again();
