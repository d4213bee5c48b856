-- Lines of what is not kept in stock are performed, not sent (履行): nothing is reserved in a stock for them, and nothing moves. What a line is is said when it is confirmed, and stays: what was promised from stock is sent from stock.
alter table purchase_order_line add column from_stock boolean not null default true;
comment on column purchase_order_line.from_stock is 'False where its pieces are performed, not sent from stock; said at the confirmation. reserved is then what may be performed, and stands in no balance.';
grant update (from_stock) on purchase_order_line to {schema}_app, {schema}_definer;
create index purchase_order_line_performed on purchase_order_line (seller_id) where not from_stock and reserved > 0;

-- What waits for goods that nobody will ever have waits no longer when its product becomes a service: it may be performed.
create function lines_follow_their_product_out_of_stock() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update purchase_order_line l set from_stock = false, reserved = l.quantity - l.shipped - l.cancelled - l.direct
    from purchase_order o
    where o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped')
      and l.product_id = new.product_id and l.from_stock and l.shipped + l.cancelled + l.reserved + l.direct < l.quantity;
    return null;
end $$;
alter function lines_follow_their_product_out_of_stock() owner to {schema}_definer;
create trigger lines_follow_their_product_out_of_stock after update of kept_in_stock on product for each row when (old.kept_in_stock and not new.kept_in_stock) execute function lines_follow_their_product_out_of_stock();

-- As before, but for balances: a line that is performed has nothing in them.
create or replace function order_accept_change(change text, said text, at timestamptz) returns table (place_id bigint, product_id bigint)
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    asked record;
    products bigint[];
    freed bigint[];
begin
    select c.*, o.from_place_id, o.status as order_status into asked
    from order_change c join purchase_order o using (purchase_order_id)
    where c.number = change and c.status = 'open'
    for no key update of c;
    if not found or not (app_is_system() or app_partner_id() is not distinct from case asked.asked_by_side when 'buyer' then asked.seller_id else asked.buyer_id end) then
        raise exception 'A change is accepted by the other side, while it is open.' using errcode = 'insufficient_privilege';
    end if;

    -- Balances before lines, in the order of their keys, as in every act.
    perform stock_hold_balances(asked.from_place_id, array(
        select distinct l.product_id from order_change_line k join purchase_order_line l using (purchase_order_line_id) where k.order_change_id = asked.order_change_id and l.from_stock));

    update order_change set status = 'accepted', answer = said, answered_by = app_person_id(), answered_at = at, waits_for_upstream = false where order_change_id = asked.order_change_id;
    select array_agg(line.product_id), array_agg(line.freed) into products, freed
    from (select l.product_id, (l.reserved - least(l.reserved, l.quantity - l.shipped - l.cancelled - l.direct - k.call_off))::bigint as freed
          from order_change_line k join purchase_order_line l using (purchase_order_line_id)
          where k.order_change_id = asked.order_change_id and l.from_stock) line
    where line.freed > 0;
    update purchase_order_line l
    set cancelled = l.cancelled + k.call_off, reserved = least(l.reserved, l.quantity - l.shipped - l.cancelled - l.direct - k.call_off),
        requested_on = case when asked.asked_by_side = 'buyer' or asked.order_status = 'submitted' then coalesce(k.new_day, l.requested_on) else l.requested_on end,
        promised_on = case when asked.order_status <> 'submitted' then coalesce(k.new_day, l.promised_on) else l.promised_on end
    from order_change_line k
    where k.order_change_id = asked.order_change_id and l.purchase_order_line_id = k.purchase_order_line_id;
    if products is not null then
        perform stock_give_back(asked.from_place_id, products, freed, at);
    end if;
    return query select asked.from_place_id, free from (select distinct unnest(products)) as given_back (free) order by free;
end $$;

-- As before: lines find their lots by their place among the moves, which those that are performed have none of.
create or replace function shipment_takes_its_lots(shipment_number text) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    paper record;
    named bigint;
begin
    select s.shipment_id, s.number, s.buyer_id, s.seller_id, s.is_direct, o.number as order_number into paper
    from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
    where s.number = shipment_number and (s.seller_id = app_partner_id() or app_is_system());
    if not found then
        raise exception 'Lots are named by whoever sends them.' using errcode = 'insufficient_privilege';
    end if;
    if paper.is_direct then
        insert into shipment_line_lot (shipment_line_id, stock_lot_id, quantity)
        with line as (
            select d.shipment_line_id as above_id, sl.shipment_line_id, sl.quantity,
                   sum(sl.quantity) over (partition by d.shipment_line_id order by sl.shipment_line_id) - sl.quantity as before
            from shipment_line sl join drop_shipment_line d on d.below_shipment_line_id = sl.shipment_line_id
            where sl.shipment_id = paper.shipment_id),
        lot as (
            select x.shipment_line_id as above_id, x.stock_lot_id, x.quantity, sum(x.quantity) over (partition by x.shipment_line_id order by x.stock_lot_id) - x.quantity as before
            from shipment_line_lot x where x.shipment_line_id in (select above_id from line))
        select line.shipment_line_id, lot.stock_lot_id, least(line.before + line.quantity, lot.before + lot.quantity) - greatest(line.before, lot.before)
        from line join lot on lot.above_id = line.above_id and lot.before < line.before + line.quantity and line.before < lot.before + lot.quantity;
    else
        insert into shipment_line_lot (shipment_line_id, stock_lot_id, quantity)
        select line.shipment_line_id, ml.stock_lot_id, ml.quantity
        from (select m.stock_move_id, row_number() over (order by m.stock_move_id) as place
              from stock_move m where m.order_number = paper.order_number and m.document_number = paper.number and m.kind = 'shipment') move
        join (select sl.shipment_line_id, row_number() over (order by sl.shipment_line_id) as place
              from shipment_line sl join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id where sl.shipment_id = paper.shipment_id and l.from_stock) line on line.place = move.place
        join stock_move_lot ml on ml.stock_move_id = move.stock_move_id;
    end if;
    get diagnostics named = row_count;
    perform stock_lots_become_known(
        array(select distinct x.stock_lot_id from shipment_line_lot x join shipment_line sl on sl.shipment_line_id = x.shipment_line_id where sl.shipment_id = paper.shipment_id), array[paper.buyer_id, paper.seller_id]);
    return named;
end $$;
