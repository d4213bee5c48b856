-- Quotes count on the day they were first sent; later revisions of the same offer do not count again.
create view kpi_quote_fact with (security_invoker = true) as
select q.quote_id, q.partner_id, 'quotes_sent'::text as metric, null::bigint as product_line_id, q.first_sent_on as day, 1::numeric as value
from quote q
where q.first_sent_on is not null;
comment on view kpi_quote_fact is 'The shares of facts that sent quotes make.';

create or replace view kpi_fact_source with (security_invoker = true) as
select partner_id, metric, product_line_id, day, value from kpi_order_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_deal_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_quote_fact;
