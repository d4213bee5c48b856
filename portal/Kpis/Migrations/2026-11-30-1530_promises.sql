-- How promises are kept (订单满足率, 及时收货率): pieces, on the day they were promised for first, as Deliveries measures them (decision 52): a day that was moved with consent does not count as kept, except where the buyer
-- itself asked for it; where nothing was promised it is the day the buyer wanted. A line with neither has no day here: the usual days of its product, which Deliveries takes then, may be changed afterwards and would change the past.
--   fill_due, fill_on_time         for the seller: pieces wanted, and of them what was sent by the end of that day
--   receipt_due, receipt_on_time   for the buyer: the same pieces, and of them what had come in good order by then
-- What the buyer called off was not wanted; what the seller refused or cancelled was. What is sent again stands for pieces that count already. Days to come are in the figures too: a rate is taken up to yesterday.
create policy receipts_are_read_for_the_kpis on goods_receipt for select to {schema}_definer using (true);
create policy receipt_lines_are_read_for_the_kpis on goods_receipt_line for select to {schema}_definer using (true);
create policy line_answers_are_read_for_the_kpis on order_line_answer for select to {schema}_definer using (true);

create view kpi_promise_fact with (security_invoker = true) as
select due.purchase_order_id as key, 0::bigint as part, share.partner_id, share.metric, due.product_line_id, due.day, sum(share.value)::numeric as value
from (
    select o.purchase_order_id, o.buyer_id, o.seller_id, p.product_line_id, day.due_on as day, wanted.pieces as wanted,
           least(sent.pieces, wanted.pieces) as sent, least(come.pieces, wanted.pieces) as come
    from purchase_order o
    join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.replaces_line_id is null and (l.promised_on is not null or l.requested_on is not null)
    join product p on p.product_id = l.product_id
    cross join lateral (
        select coalesce(sum(k.call_off) filter (where c.asked_by_side = 'buyer'), 0) as called_off,
               (array_agg(k.new_day order by c.answered_at desc) filter (where k.new_day is not null and c.asked_by_side = 'buyer'))[1] as wished_on, bool_or(k.new_day is not null) as is_moved
        from order_change_line k join order_change c on c.order_change_id = k.order_change_id and c.status = 'accepted'
        where k.purchase_order_line_id = l.purchase_order_line_id) changed
    cross join lateral (
        select coalesce(changed.wished_on,
                        case when changed.is_moved then (select r.promised_on from order_line_answer r where r.purchase_order_line_id = l.purchase_order_line_id order by r.purchase_order_step_id limit 1) else l.promised_on end,
                        l.requested_on) as due_on offset 0) first
    cross join lateral (select first.due_on, (first.due_on + 1)::timestamp at time zone (select b.time_zone from partner b where b.partner_type = 'brand') as ends) day
    cross join lateral (select l.quantity - changed.called_off as pieces) wanted
    cross join lateral (
        select coalesce(sum(x.quantity), 0) as pieces
        from shipment_line x join shipment s on s.shipment_id = x.shipment_id
        where x.purchase_order_line_id = l.purchase_order_line_id and s.shipped_at < day.ends) sent
    cross join lateral (
        select coalesce(sum(r.received), 0) as pieces
        from shipment_line x join goods_receipt_line r on r.shipment_line_id = x.shipment_line_id join goods_receipt g on g.goods_receipt_id = r.goods_receipt_id
        where x.purchase_order_line_id = l.purchase_order_line_id and g.received_at < day.ends) come
    where o.origin = 'portal' and o.confirmed_at is not null and day.due_on is not null and wanted.pieces > 0) due
cross join lateral (values
    (due.seller_id, 'fill_due', due.wanted), (due.seller_id, 'fill_on_time', due.sent),
    (due.buyer_id, 'receipt_due', due.wanted), (due.buyer_id, 'receipt_on_time', due.come)) as share (partner_id, metric, value)
group by due.purchase_order_id, share.partner_id, share.metric, due.product_line_id, due.day;
comment on view kpi_promise_fact is 'Of each confirmed order the pieces due on a day, and those that were sent and received by then.';

-- Nothing of this is done when an order is placed. It counts from the confirmation on; confirmation and agreed changes call kpi_add_orders when they are done, deliveries and receipts have a trigger.
create function kpi_promises_touched(orders bigint[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    promised bigint[];
begin
    -- Orders none of whose lines has a day have nothing to look at.
    select array_agg(o.purchase_order_id) into promised
    from purchase_order o
    where o.purchase_order_id = any (orders) and o.origin = 'portal' and o.confirmed_at is not null
      and (exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and (l.promised_on is not null or l.requested_on is not null))
           or exists (select from kpi_counted c where c.subject = 'promise' and c.key = o.purchase_order_id));
    if promised is not null then
        perform kpi_look_again_at_promise(promised);
    end if;
end $$;
alter function kpi_promises_touched(bigint[]) owner to {schema}_definer;
revoke execute on function kpi_promises_touched(bigint[]) from public, {schema}_app;

create or replace function kpi_add_orders(orders bigint[], sign integer) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select f.partner_id, f.metric, f.product_line_id, f.day, kpi_add_orders.sign * sum(f.value)
    from kpi_order_fact f where f.purchase_order_id = any (orders)
    group by f.partner_id, f.metric, f.product_line_id, f.day
    having sum(f.value) <> 0;
    if sign > 0 then
        perform kpi_promises_touched(orders);
    end if;
end $$;

create function kpi_goods_moved() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    orders bigint[];
begin
    if tg_table_name = 'shipment_line' then
        select array_agg(distinct l.purchase_order_id) into orders from new_rows n join purchase_order_line l on l.purchase_order_line_id = n.purchase_order_line_id;
    else
        select array_agg(distinct l.purchase_order_id) into orders
        from new_rows n join shipment_line x on x.shipment_line_id = n.shipment_line_id join purchase_order_line l on l.purchase_order_line_id = x.purchase_order_line_id;
    end if;
    if orders is not null then
        perform kpi_promises_touched(orders);
    end if;
    return null;
end $$;
alter function kpi_goods_moved() owner to {schema}_definer;
create trigger kept_promises_are_counted after insert on shipment_line referencing new table as new_rows for each statement execute function kpi_goods_moved();
create trigger received_promises_are_counted after insert on goods_receipt_line referencing new table as new_rows for each statement execute function kpi_goods_moved();
