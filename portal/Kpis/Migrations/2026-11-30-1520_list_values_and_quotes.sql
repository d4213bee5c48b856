-- What sales were worth at list price, beside what they cost: the average discount is discount over list value. Counted with the sale, on its day and for its partner, as far as the list price is known
-- (the first step of the price; orders entered as history have none).
--   sell_in_list, sell_in_discount             sold by the brand, for the buyer
--   sell_through_list, sell_through_discount   sold by a partner, for the seller
-- One line of an order, as it counts. What is sent again for lost pieces was sold already: neither pieces nor money. The rate is that of the order's day; the brand's own currency is looked up once for all.
create view kpi_order_line_worth with (security_invoker = true) as
select o.purchase_order_id, o.buyer_id, o.seller_id, s.partner_type = 'brand' as is_sell_in, p.product_line_id, o.ordered_on as day,
       l.quantity - l.cancelled as pieces,
       case when l.cancelled = 0 then round(l.amount * brand.rate, 4) else round(l.amount * (l.quantity - l.cancelled) / l.quantity * brand.rate, 4) end as money,
       case when l.price_steps <> '[]' and l.price_steps -> 0 ->> 'kind' = 'list' then round((l.price_steps -> 0 ->> 'price')::numeric * (l.quantity - l.cancelled) * brand.rate, 4) end as list
from purchase_order o
cross join lateral (select case when o.currency = (select b.currency from partner b where b.partner_type = 'brand') then 1 else rate_to_brand(o.currency, o.ordered_on) end as rate offset 0) as brand -- offset 0: asked once an order, not once a line
join partner s on s.partner_id = o.seller_id
join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.replaces_line_id is null
join product p on p.product_id = l.product_id
where o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed');
comment on view kpi_order_line_worth is 'Pieces, money and list value of the lines of confirmed orders, less what was cancelled, in the brand''s currency.';

-- Whose figures a sale is: sell-in is the buyer's, sell-through the seller's, purchases always the buyer's.
create function kpi_shares_of_sale(buyer bigint, seller bigint, is_sell_in boolean, money numeric, pieces numeric, list numeric, discount numeric)
returns table (partner_id bigint, metric text, value numeric) language sql immutable parallel safe as $$
    select share.partner_id, share.metric, share.value
    from (values (buyer, 'purchases', money),
                 (case when is_sell_in then buyer else seller end, case when is_sell_in then 'sell_in' else 'sell_through' end, money),
                 (case when is_sell_in then buyer else seller end, case when is_sell_in then 'sell_in_units' else 'sell_through_units' end, pieces),
                 (case when is_sell_in then buyer else seller end, case when is_sell_in then 'sell_in_list' else 'sell_through_list' end, list),
                 (case when is_sell_in then buyer else seller end, case when is_sell_in then 'sell_in_discount' else 'sell_through_discount' end, discount)) as share (partner_id, metric, value)
    where share.value is not null
$$;
comment on function kpi_shares_of_sale(bigint, bigint, boolean, numeric, numeric, numeric, numeric) is 'The facts that a sale, or many of one buyer, seller, product line and day, add.';

create or replace view kpi_order_fact with (security_invoker = true) as
select w.purchase_order_id, share.partner_id, share.metric, w.product_line_id, w.day, share.value
from (
    select purchase_order_id, buyer_id, seller_id, is_sell_in, product_line_id, day, sum(pieces)::numeric as pieces, sum(money) as money, sum(list) as list, sum(list - money) as discount
    from kpi_order_line_worth
    group by purchase_order_id, buyer_id, seller_id, is_sell_in, product_line_id, day) as w
cross join lateral kpi_shares_of_sale(w.buyer_id, w.seller_id, w.is_sell_in, w.money, w.pieces, w.list, w.discount) as share;

-- The same by day, of all orders, for whoever computes all of it: summed before it is dealt out.
create view kpi_order_day_fact with (security_invoker = true) as
select share.partner_id, share.metric, w.product_line_id, w.day, share.value, case when share.metric = 'purchases' then w.lines else 0 end as lines
from (
    select buyer_id, seller_id, is_sell_in, product_line_id, day, sum(pieces)::numeric as pieces, sum(money) as money, sum(list) as list, sum(list - money) as discount, count(*) as lines
    from kpi_order_line_worth
    group by buyer_id, seller_id, is_sell_in, product_line_id, day) as w
cross join lateral kpi_shares_of_sale(w.buyer_id, w.seller_id, w.is_sell_in, w.money, w.pieces, w.list, w.discount) as share;
comment on view kpi_order_day_fact is 'The shares of facts that all confirmed orders of a day make; lines: how many order lines are in it, told once.';

-- Quotes: list value and discount of what was first sent, on that day, at its rate; later revisions of the same offer do not count again. What can be had on top or instead counts in no total, and not here. The list price
-- may stand in another currency than the quote: its share of the price does not.
--   quoted_list, quoted_discount
create view kpi_quote_value_fact with (security_invoker = true) as
select w.quote_id as key, 0::bigint as part, w.partner_id, fact.metric, w.product_line_id, w.day, fact.value
from (
    select q.quote_id, q.partner_id, p.product_line_id, q.first_sent_on as day,
           sum(round(worth.list * brand.rate, 4)) as list, sum(round(worth.list * brand.rate, 4) - round(l.amount * brand.rate, 4)) as discount
    from quote q
    cross join lateral (select rate_to_brand(q.currency, q.first_sent_on) as rate offset 0) brand
    cross join lateral (select r.quote_revision_id from quote_revision r where r.quote_id = q.quote_id and r.frozen_at is not null order by r.revision limit 1) sent
    join quote_line l on l.quote_revision_id = sent.quote_revision_id and l.choice = 'included' and l.price_steps <> '[]' and l.price > 0
    cross join lateral (select l.quantity * l.price * (l.price_steps -> 0 ->> 'price')::numeric / nullif((l.price_steps -> -1 ->> 'price')::numeric, 0) as list) worth
    join product p on p.product_id = l.product_id
    where q.first_sent_on is not null and l.price_steps -> 0 ->> 'kind' = 'list'
    group by q.quote_id, q.partner_id, p.product_line_id, q.first_sent_on) w
cross join lateral (values ('quoted_list', w.list), ('quoted_discount', w.discount)) as fact (metric, value)
where fact.value is not null;
comment on view kpi_quote_value_fact is 'List value and discount of each quote as it was first sent.';

-- A quote is frozen and sent by two statements; whichever comes last finds both.
create function kpi_quotes_sent() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    quotes bigint[];
begin
    if tg_table_name = 'quote' then
        select array_agg(quote_id) into quotes
        from (select quote_id from (select quote_id, first_sent_on is not null as is_sent, false as was_not from new_rows union all select quote_id, false, first_sent_on is null from old_rows) both_sides
              group by quote_id having bool_or(is_sent) and bool_or(was_not)) sent;
    else
        select array_agg(distinct q.quote_id) into quotes
        from (select quote_id from (select quote_revision_id, quote_id, frozen_at is not null as is_frozen, false as was_not from new_rows union all select quote_revision_id, quote_id, false, frozen_at is null from old_rows) both_sides
              group by quote_revision_id, quote_id having bool_or(is_frozen) and bool_or(was_not)) frozen
        join quote q on q.quote_id = frozen.quote_id and q.first_sent_on is not null;
    end if;
    if quotes is not null then
        perform kpi_look_again_at_quote(quotes);
    end if;
    return null;
end $$;
alter function kpi_quotes_sent() owner to {schema}_definer;
create trigger sent_quotes_are_counted after update on quote referencing old table as old_rows new table as new_rows for each statement execute function kpi_quotes_sent();
create trigger frozen_quotes_are_counted after update on quote_revision referencing old table as old_rows new table as new_rows for each statement execute function kpi_quotes_sent();
