-- What deals mean for the KPIs, from the acts that were done to them; each kind of act counts once for a deal.
create view kpi_deal_fact with (security_invoker = true) as
select a.deal_id, a.partner_id,
       case a.act when 'submit' then 'deals_registered' when 'approve' then 'deals_approved' when 'win' then 'deals_won' when 'lose' then 'deals_lost' end as metric,
       null::bigint as product_line_id, brand_day(min(a.happened_at)) as day, 1::numeric as value
from deal_act a
where a.act in ('submit', 'approve', 'win', 'lose')
group by a.deal_id, a.partner_id, a.act;
comment on view kpi_deal_fact is 'The shares of facts that the acts on deals make, dated in the brand''s zone.';

create view kpi_fact_source with (security_invoker = true) as
select partner_id, metric, product_line_id, day, value from kpi_order_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_deal_fact;
comment on view kpi_fact_source is 'Every fact, computed from the orders and deals themselves; the roll-ups must add up to it.';
