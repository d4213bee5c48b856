-- What is still to come of each drop shipment for each line (直发): a line may be served by several, and what one of them loses or brings is its own. Before, it was found out of what the lines had left of all of them together.
alter table order_supply add column direct integer not null default 0;
comment on column order_supply.direct is 'How much of it is still to come straight to the buyer with this order upwards: set aside when it was ordered, less what the upstream does not send and what was carried down.';

create policy supplies_are_counted_by_the_definer on order_supply for update to {schema}_definer using (true) with check (true);
grant update (direct) on order_supply to {schema}_definer;

-- The newest drop shipment was made for what the older ones lost: it has all of its pieces still, the others have the rest.
create policy supplies_are_filled_in_by_the_product on order_supply for update using ((select app_is_system()));
select enter_as_system('the pieces that are still to come of each drop shipment');
with carried as (
    select x.purchase_order_id, below.purchase_order_line_id as for_line_id, sum(below.quantity)::integer as quantity
    from drop_shipment_line d
    join shipment_line above on above.shipment_line_id = d.shipment_line_id
    join purchase_order_line x on x.purchase_order_line_id = above.purchase_order_line_id
    join shipment_line below on below.shipment_line_id = d.below_shipment_line_id
    group by x.purchase_order_id, below.purchase_order_line_id),
owed as (
    select s.purchase_order_id, s.for_line_id, l.direct, s.quantity - coalesce(c.quantity, 0) as quantity,
           coalesce(sum(s.quantity - coalesce(c.quantity, 0)) over (partition by s.for_line_id order by s.purchase_order_id desc rows between unbounded preceding and 1 preceding), 0) as before
    from order_supply s
    join purchase_order up on up.purchase_order_id = s.purchase_order_id and up.drop_ships and up.status not in ('rejected', 'cancelled')
    join purchase_order_line l on l.purchase_order_line_id = s.for_line_id and l.direct > 0
    left join carried c on c.purchase_order_id = s.purchase_order_id and c.for_line_id = s.for_line_id)
update order_supply s
set direct = least(owed.quantity, owed.direct - owed.before)
from owed
where s.purchase_order_id = owed.purchase_order_id and s.for_line_id = owed.for_line_id and owed.before < owed.direct;
drop policy supplies_are_filled_in_by_the_product on order_supply;
alter table order_supply add constraint no_more_comes_directly_than_was_ordered check (direct between 0 and quantity);

create or replace function order_drop_ships(up_number text, below_number text) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
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

    update order_supply s set direct = s.quantity where s.purchase_order_id = up_id;
    update purchase_order_line l
    set direct = l.direct + s.quantity
    from order_supply s
    where s.purchase_order_id = up_id and l.purchase_order_line_id = s.for_line_id;
end $$;

-- Of this drop shipment, and of no other: the last line that it was ordered for gives way first.
create or replace function direct_pieces_wait_again(up_id bigint, product bigint, pieces integer) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    with pledged as (
        select s.for_line_id, s.direct, coalesce(sum(s.direct) over (order by s.for_line_id desc rows between unbounded preceding and 1 preceding), 0) as before
        from order_supply s join purchase_order_line l on l.purchase_order_line_id = s.for_line_id
        where s.purchase_order_id = up_id and l.product_id = product and s.direct > 0),
    lost as (
        select for_line_id, least(direct, pieces - before)::integer as quantity from pledged where pieces > before),
    counted as (
        update order_supply s set direct = s.direct - lost.quantity
        from lost
        where s.purchase_order_id = up_id and s.for_line_id = lost.for_line_id)
    update purchase_order_line l
    set direct = l.direct - lost.quantity
    from lost
    where l.purchase_order_line_id = lost.for_line_id
$$;

create function what_is_carried_down_is_to_come_no_more() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update order_supply s
    set direct = s.direct - below.quantity
    from shipment_line above
    join purchase_order_line x on x.purchase_order_line_id = above.purchase_order_line_id
    join shipment_line below on below.shipment_line_id = new.below_shipment_line_id
    where above.shipment_line_id = new.shipment_line_id and s.purchase_order_id = x.purchase_order_id and s.for_line_id = below.purchase_order_line_id;
    return null;
end $$;
alter function what_is_carried_down_is_to_come_no_more() owner to {schema}_definer;
create trigger what_is_carried_down_is_to_come_no_more after insert on drop_shipment_line for each row execute function what_is_carried_down_is_to_come_no_more();
