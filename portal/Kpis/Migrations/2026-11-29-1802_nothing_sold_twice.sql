-- What is sent again for lost pieces was sold already: it counts in no figure, neither pieces nor money.
create or replace view kpi_order_fact with (security_invoker = true) as
select w.purchase_order_id, share.partner_id, share.metric, w.product_line_id, w.day, share.value
from (
    select o.purchase_order_id, o.buyer_id, o.seller_id, s.partner_type = 'brand' as is_sell_in, p.product_line_id, o.ordered_on as day,
           sum(l.quantity - l.cancelled)::numeric as pieces,
           sum(round(l.amount * (l.quantity - l.cancelled) / l.quantity * brand.rate, 4)) as money
    from purchase_order o
    cross join lateral (select rate_to_brand(o.currency, o.ordered_on) as rate offset 0) as brand -- offset 0: asked once an order, not once a line
    join partner s on s.partner_id = o.seller_id
    join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.replaces_line_id is null
    join product p on p.product_id = l.product_id
    where o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed')
    group by o.purchase_order_id, s.partner_id, p.product_line_id) as w
cross join lateral (values
    (w.buyer_id, 'purchases', w.money),
    (case when w.is_sell_in then w.buyer_id else w.seller_id end, case when w.is_sell_in then 'sell_in' else 'sell_through' end, w.money),
    (case when w.is_sell_in then w.buyer_id else w.seller_id end, case when w.is_sell_in then 'sell_in_units' else 'sell_through_units' end, w.pieces)) as share (partner_id, metric, value)
where share.value is not null;
