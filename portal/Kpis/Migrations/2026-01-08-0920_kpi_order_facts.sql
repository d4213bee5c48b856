-- What orders mean for the KPIs: from confirmation on, dated by the day of the order, less what was cancelled, in the brand's currency.
-- The same view feeds the roll-ups when an order changes and recomputes them when they are checked.
create view kpi_order_fact with (security_invoker = true) as
select o.purchase_order_id, share.partner_id, share.metric, p.product_line_id, o.ordered_on as day, sum(share.value) as value
from purchase_order o
join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
join product p on p.product_id = l.product_id
join partner s on s.partner_id = o.seller_id
cross join lateral (select l.quantity - l.cancelled as pieces,
                           round(l.amount * (l.quantity - l.cancelled) / l.quantity * rate_to_brand(o.currency, o.ordered_on), 4) as money) as worth
cross join lateral (
    select o.buyer_id as partner_id, 'purchases' as metric, worth.money as value
    union all select o.buyer_id, 'sell_in', worth.money where s.partner_type = 'brand'
    union all select o.buyer_id, 'sell_in_units', worth.pieces where s.partner_type = 'brand'
    union all select o.seller_id, 'sell_through', worth.money where s.partner_type <> 'brand'
    union all select o.seller_id, 'sell_through_units', worth.pieces where s.partner_type <> 'brand') as share
where o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed') and share.value is not null
group by o.purchase_order_id, share.partner_id, share.metric, p.product_line_id, o.ordered_on;
comment on view kpi_order_fact is 'The shares of facts that the confirmed orders make as they stand now.';

create function kpi_add_orders(orders bigint[], sign integer) returns void language sql security definer set search_path = portal, public, pg_temp as $$
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select f.partner_id, f.metric, f.product_line_id, f.day, kpi_add_orders.sign * sum(f.value)
    from kpi_order_fact f where f.purchase_order_id = any (orders)
    group by f.partner_id, f.metric, f.product_line_id, f.day
    having sum(f.value) <> 0
$$;
comment on function kpi_add_orders(bigint[], integer) is 'Adds (1) or takes back (-1) what orders mean as they stand now; take back before a change and add after it.';
alter function kpi_add_orders(bigint[], integer) owner to portal_definer;


create policy orders_are_read_for_the_kpis on purchase_order for select to portal_definer using (true);
create policy order_lines_are_read_for_the_kpis on purchase_order_line for select to portal_definer using (true);
