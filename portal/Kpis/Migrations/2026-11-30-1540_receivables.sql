-- What is owed (应收): levels, for the buyer who owes it, in the brand's currency at the rate of the day the debt arose, for all its days, so that what is paid takes off what was put on. By what was matched with what, as
-- the ageing of Receivables has it: a payment that is not matched yet pays for no invoice.
--   receivables_open      an invoice from its day on; what pays for it takes off on the day it is matched for, never before the invoice's own
--   receivables_overdue   what is open adds on the day after the due day, and what pays for it takes off on its day or on that, whichever is later. So the days to come need nobody to count them at night
-- Documents are never changed and matches are taken back by opposite ones on the same day: each row stands for itself. No product line: a payment pays for an invoice, not for goods.
create view kpi_receivable_fact with (security_invoker = true) as
select i.open_item_id, null::bigint as settlement_id, i.buyer_id as partner_id, fact.metric, null::bigint as product_line_id, fact.day, round(i.amount * brand.rate, 4) as value
from open_item i
cross join lateral (select rate_to_brand(i.currency, i.happened_on) as rate offset 0) brand
cross join lateral (values ('receivables_open', i.happened_on), ('receivables_overdue', i.due_on + 1)) as fact (metric, day)
where i.side = 'debit' and brand.rate is not null
union all
select i.open_item_id, s.settlement_id, i.buyer_id, fact.metric, null, fact.day, -round(s.amount * brand.rate, 4)
from settlement s
join open_item i on i.open_item_id = s.debit_item_id
cross join lateral (select rate_to_brand(i.currency, i.happened_on) as rate offset 0) brand
cross join lateral (values ('receivables_open', greatest(s.happened_on, i.happened_on)), ('receivables_overdue', greatest(s.happened_on, i.due_on + 1))) as fact (metric, day)
where brand.rate is not null;
comment on view kpi_receivable_fact is 'What invoices add to what is open and overdue, and what payments and credit notes take off.';

create function kpi_debts_arose() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from new_rows where side = 'debit') then
        insert into kpi_delta (partner_id, metric, product_line_id, day, value)
        select f.partner_id, f.metric, f.product_line_id, f.day, sum(f.value)
        from kpi_receivable_fact f join new_rows n on n.open_item_id = f.open_item_id
        where f.settlement_id is null
        group by f.partner_id, f.metric, f.product_line_id, f.day
        having sum(f.value) <> 0;
    end if;
    return null;
end $$;
alter function kpi_debts_arose() owner to {schema}_definer;
create trigger new_debts_are_counted after insert on open_item referencing new table as new_rows for each statement execute function kpi_debts_arose();

create function kpi_debts_settled() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select f.partner_id, f.metric, f.product_line_id, f.day, sum(f.value)
    from kpi_receivable_fact f join new_rows n on n.settlement_id = f.settlement_id
    group by f.partner_id, f.metric, f.product_line_id, f.day
    having sum(f.value) <> 0;
    return null;
end $$;
alter function kpi_debts_settled() owner to {schema}_definer;
create trigger settled_debts_are_counted after insert on settlement referencing new table as new_rows for each statement execute function kpi_debts_settled();
