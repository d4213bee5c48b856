-- What is given back with a change that is agreed was reserved until that moment.
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
        select distinct l.product_id from order_change_line k join purchase_order_line l using (purchase_order_line_id) where k.order_change_id = asked.order_change_id));

    update order_change set status = 'accepted', answer = said, answered_by = app_person_id(), answered_at = at, waits_for_upstream = false where order_change_id = asked.order_change_id;
    select array_agg(line.product_id), array_agg(line.freed) into products, freed
    from (select l.product_id, (l.reserved - least(l.reserved, l.quantity - l.shipped - l.cancelled - l.direct - k.call_off))::bigint as freed
          from order_change_line k join purchase_order_line l using (purchase_order_line_id)
          where k.order_change_id = asked.order_change_id) line
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
