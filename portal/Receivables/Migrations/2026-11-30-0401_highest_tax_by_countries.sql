-- The bound of what open orders come to asked every tax rule of all countries for the highest rate, at every order. The two countries are looked up first; rules of other countries
-- are not touched. The statements after it are as they were.
create index tax_rule_by_buyer_country on tax_rule (buyer_country);

create or replace function open_orders_at_most(seller bigint, buyer bigint, order_currency text, statuses text[], except_order bigint, on_day date, more_net numeric, more_lines integer) returns numeric
language plpgsql stable as $$
declare
    from_country  text;
    to_country    text;
    highest_rate  numeric;
    half_the_coin numeric;
begin
    select s.country_code into from_country from partner s where s.partner_id = seller;
    select b.country_code into to_country from partner b where b.partner_id = buyer;
    select coalesce(max(r.rate), 0) into highest_rate
    from tax_rule r
    where (r.buyer_country = to_country or r.buyer_country is null) and (r.seller_country = from_country or r.seller_country is null)
      and (r.valid @> on_day) is true;
    select 0.5 * power(10::numeric, -c.minor_units) into half_the_coin from currency c where c.code = order_currency;
    return (
        select (coalesce(sum(o.total_amount), 0) + more_net) * (1 + highest_rate) + (coalesce(sum(o.line_count), 0) + more_lines) * half_the_coin
        from purchase_order o
        where o.seller_id = seller and o.buyer_id = buyer and o.currency = order_currency
          and o.status in ('submitted', 'confirmed', 'partially_shipped') and o.status = any (statuses)
          and o.purchase_order_id is distinct from except_order);
end $$;
