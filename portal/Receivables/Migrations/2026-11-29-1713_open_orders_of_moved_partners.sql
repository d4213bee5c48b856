-- The countries of the two, which the tax is taken from, are read whoever asks: who does not see the other company any more, since one of them was moved, counts the same orders as credit_gate does.
-- Told to the two and to the brand; to anybody else there are none.
create or replace function open_orders_value(seller bigint, buyer bigint, order_currency text, statuses text[], except_order bigint, on_day date) returns numeric
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select coalesce(sum(line.net + round(line.net * tax.rate, line.minor_units)), 0)
    from (
        select part_amount(l.unit_price, c.minor_units, l.shipped, l.quantity - l.shipped - l.cancelled) as net, c.minor_units, s.country_code as seller_country, b.country_code as buyer_country,
               coalesce(k.tax_class, 'standard') as tax_class
        from purchase_order o
        join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
        join currency c on c.code = o.currency
        join partner s on s.partner_id = o.seller_id
        join partner b on b.partner_id = o.buyer_id
        left join product_tax_class k on k.product_id = l.product_id
        where o.seller_id = seller and o.buyer_id = buyer and o.currency = order_currency
          and (app_is_brand() or app_partner_id() in (seller, buyer))
          and o.status in ('submitted', 'confirmed', 'partially_shipped') and o.status = any (statuses)
          and o.purchase_order_id is distinct from except_order
          and l.shipped + l.cancelled < l.quantity) as line
    left join lateral tax_for(line.seller_country, line.buyer_country, line.tax_class, on_day) tax on true
$$;
alter function open_orders_value(bigint, bigint, text, text[], bigint, date) owner to {schema}_definer;
