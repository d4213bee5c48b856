-- What became of deals. Days are those of the acts in the brand's zone. Money is the deal's amount at the rate of the day it was approved, for all its days: what is taken off the pipeline is what was put on it.
--   deals_rejected, deals_duplicate   the day the brand said so; with deals_approved the base of the approval rate
--   deals_withdrawn                   given up by the claimant; a draft that is thrown away was no registration
--   deals_expired                     the protection ran out, or was released or lost to somebody else
--   deals_won_value                   the amount, on the day of the win
--   deal_conversions, deal_conversion_days   wins, and the days from approval to win, both on the day of the win; the day itself is not known of deals that were never approved
--   pipeline (a level)                the amount from the day of the approval on; amended on the day the amendment is granted, off on the day of the end. A claim on several lines has one amount: no product line
-- A deal names several product lines and one amount, so no fact of deals knows a product line.
create policy acts_are_read_for_the_kpis on deal_act for select to {schema}_definer using (true);
create policy amendments_are_read_for_the_kpis on deal_amendment for select to {schema}_definer using (true);

create view kpi_deal_path_fact with (security_invoker = true) as
with zone as (select b.time_zone from partner b where b.partner_type = 'brand')
select d.deal_id as key, 0::bigint as part, d.partner_id, fact.metric, null::bigint as product_line_id, fact.day, fact.value
from deal d
cross join lateral (
    select min(a.happened_at) filter (where a.to_status = 'approved' and a.from_status is distinct from 'approved') at time zone (select time_zone from zone) as approved_at,
           min(a.happened_at) filter (where a.to_status in ('rejected', 'duplicate', 'withdrawn', 'expired', 'won', 'lost') and a.from_status is distinct from a.to_status) at time zone (select time_zone from zone) as ended_at
    from deal_act a where a.deal_id = d.deal_id) path
cross join lateral (select rate_to_brand(d.currency, coalesce(path.approved_at, path.ended_at)::date) as rate offset 0) brand
cross join lateral (
    select case d.status when 'rejected' then 'deals_rejected' when 'duplicate' then 'deals_duplicate' when 'withdrawn' then 'deals_withdrawn' when 'expired' then 'deals_expired' end as metric,
           path.ended_at::date as day, 1::numeric as value
    where path.ended_at is not null and d.status in ('rejected', 'duplicate', 'withdrawn', 'expired') and d.submitted_at is not null
    union all
    select won.metric, path.ended_at::date, won.value
    from (values ('deals_won_value', round(d.amount * brand.rate, 4)),
                 ('deal_conversions', case when path.approved_at is not null then 1 end),
                 ('deal_conversion_days', (path.ended_at::date - path.approved_at::date)::numeric)) as won (metric, value)
    where d.status = 'won' and path.ended_at is not null
    union all
    select 'pipeline', path.approved_at::date,
           round(coalesce((select coalesce(m.amount_before, m.amount) from deal_amendment m where m.deal_id = d.deal_id and m.granted order by m.decided_at, m.deal_amendment_id limit 1), d.amount) * brand.rate, 4)
    where path.approved_at is not null
    union all
    select 'pipeline', (m.decided_at at time zone (select time_zone from zone))::date, round(m.amount * brand.rate, 4) - round(coalesce(m.amount_before, m.amount) * brand.rate, 4)
    from deal_amendment m
    where m.deal_id = d.deal_id and m.granted and path.approved_at is not null
    union all
    select 'pipeline', path.ended_at::date, -round(d.amount * brand.rate, 4)
    where path.approved_at is not null and path.ended_at is not null) as fact
where fact.value is not null;
comment on view kpi_deal_path_fact is 'What became of each deal, and what it adds to and takes off the pipeline.';

-- New customers (新客户): an end customer counts for a partner once, on the day of the first deal the partner wins with it. Buyers of a partner are partners themselves, whom the brand takes on; a first order
-- of theirs says nothing about new business, and orders without a deal name no end customer. By the partner's own record of the customer: a cluster may grow later, and would change the past.
create view kpi_new_customer_fact with (security_invoker = true) as
select d.end_customer_id as key, 0::bigint as part, d.partner_id, 'new_customers'::text as metric, null::bigint as product_line_id,
       (min(a.happened_at) at time zone (select b.time_zone from partner b where b.partner_type = 'brand'))::date as day, 1::numeric as value
from deal d join deal_act a on a.deal_id = d.deal_id and a.to_status = 'won' and a.from_status is distinct from 'won'
group by d.end_customer_id, d.partner_id;
comment on view kpi_new_customer_fact is 'The first win of each partner with each end customer.';

create function kpi_deals_acted() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    deals     bigint[];
    customers bigint[];
begin
    -- Most acts (submitting, commenting, moving a stage) mean nothing here.
    select array_agg(distinct n.deal_id) into deals from new_rows n
    where n.to_status in ('approved', 'rejected', 'duplicate', 'withdrawn', 'expired', 'won', 'lost') and n.from_status is distinct from n.to_status;
    if deals is null then
        return null;
    end if;
    perform kpi_look_again_at_deal(deals);
    select array_agg(distinct d.end_customer_id) into customers from new_rows n join deal d on d.deal_id = n.deal_id where n.to_status = 'won';
    if customers is not null then
        perform kpi_look_again_at_customer(customers);
    end if;
    return null;
end $$;
alter function kpi_deals_acted() owner to {schema}_definer;
create trigger acts_on_deals_are_counted after insert on deal_act referencing new table as new_rows for each statement execute function kpi_deals_acted();

-- An act and the state it leads to are one statement; only an amended amount is written by itself.
create function kpi_deals_amended() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    deals bigint[];
begin
    -- Rows before and after are grouped, not joined: the plan is kept, and one made for a single deal would join nested loops where all of them change.
    select array_agg(deal_id) into deals
    from (select deal_id from (select deal_id, amount, status in ('approved', 'converted') as counts from new_rows union all select deal_id, amount, false from old_rows) both_sides
          group by deal_id having min(amount) <> max(amount) and bool_or(counts)) amended;
    if deals is not null then
        perform kpi_look_again_at_deal(deals);
    end if;
    return null;
end $$;
alter function kpi_deals_amended() owner to {schema}_definer;
create trigger amended_deals_are_counted after update on deal referencing old table as old_rows new table as new_rows for each statement execute function kpi_deals_amended();
