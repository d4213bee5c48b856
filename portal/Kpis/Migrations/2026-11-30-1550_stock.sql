-- Stock and what was sold to end customers, in pieces by product line, on the day it happened in the brand's zone (not the day it was entered: a move entered late changes its own day).
--   stock_on_hand (a level)    what enters the partner's own places, less what leaves them; goods on their way are in none
--   sell_out_units             sold to end customers, as the partner's own moves say
-- Moves are never changed, each stands for itself. Pieces only: the ledger knows no price, and a price of today would change the past.
create view kpi_stock_fact with (security_invoker = true) as
select m.stock_move_id, fact.partner_id, fact.metric, p.product_line_id,
       (m.moved_at at time zone (select b.time_zone from partner b where b.partner_type = 'brand'))::date as day, fact.value::numeric as value
from stock_move m
join stock_place f on f.stock_place_id = m.from_place_id
join stock_place t on t.stock_place_id = m.to_place_id
join product p on p.product_id = m.product_id
cross join lateral (
    select f.partner_id, 'stock_on_hand' as metric, -m.quantity as value where f.kind = 'own'
    union all select t.partner_id, 'stock_on_hand', m.quantity where t.kind = 'own'
    union all select f.partner_id, 'sell_out_units', m.quantity where f.kind = 'own' and m.kind = 'sale') as fact;
comment on view kpi_stock_fact is 'What each move of the stock ledger means for the figures.';

-- Reported stock (数据上报): levels and gaps of partners who do not run their stock here, by what the last report of a day said.
--   stock_reported (a level)    what the partner says it holds; changes on the day of a report only
--   sell_out_units_unreported   what is gone by the report and by no move: the report before, and what was moved since, less this report; on the day of the report. Less than nothing where more is there than can be
-- Sell-out as calculated is sell_out_units and this; the two apart are the gap. A report of an earlier day that comes late parts the gap of the next one in two, and a move entered late changes the gap of the report after it.
create policy reports_are_read_for_the_kpis on stock_report for select to {schema}_definer using (true);
create policy reported_lines_are_read_for_the_kpis on stock_report_line for select to {schema}_definer using (true);
create view kpi_report_fact with (security_invoker = true) as
select said.partner_id as key, said.product_id as part, said.partner_id, fact.metric, p.product_line_id, said.as_of as day, fact.value
from (
    select partner_id, product_id, as_of, quantity, lag(quantity) over (partition by partner_id, product_id order by as_of) as before, lag(as_of) over (partition by partner_id, product_id order by as_of) as before_of
    from (select distinct on (l.partner_id, l.product_id, l.as_of) l.partner_id, l.product_id, l.as_of, l.quantity
          from stock_report_line l order by l.partner_id, l.product_id, l.as_of, l.stock_report_id desc) of_the_day) said
join product p on p.product_id = said.product_id
cross join lateral (
    select 'stock_reported' as metric, (said.quantity - coalesce(said.before, 0))::numeric as value
    union all
    select 'sell_out_units_unreported', said.before - said.quantity + coalesce((
        select sum(side.quantity)
        from stock_place o
        cross join lateral (
            select m.quantity from stock_move m
            where m.to_place_id = o.stock_place_id and m.product_id = said.product_id and m.moved_at >= days.begins and m.moved_at < days.ends
            union all
            select -m.quantity from stock_move m
            where m.from_place_id = o.stock_place_id and m.product_id = said.product_id and m.moved_at >= days.begins and m.moved_at < days.ends) side
        where o.partner_id = said.partner_id and o.kind = 'own'), 0)
    from (select (said.before_of + 1)::timestamp at time zone b.time_zone as begins, (said.as_of + 1)::timestamp at time zone b.time_zone as ends from partner b where b.partner_type = 'brand') days
    where said.before is not null) as fact;
comment on view kpi_report_fact is 'What partners say they hold, and what that tells of sales nobody entered.';

-- Of a long row of reports only two change: the one of the day, and the next one, which is held against it.
create function kpi_look_again_at_report(partners bigint[], products bigint[], days date[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    with thing as materialized (
        select u.partner_id, u.product_id, min(u.day) as since, max(coalesce(next.as_of, u.day)) as up_to
        from unnest(partners, products, days) as u (partner_id, product_id, day)
        left join lateral (select min(l.as_of) as as_of from stock_report_line l where l.partner_id = u.partner_id and l.product_id = u.product_id and l.as_of > u.day) next on true
        group by u.partner_id, u.product_id
    ), held as (
        delete from kpi_counted c using thing where c.subject = 'report' and c.key = thing.partner_id and c.part = thing.product_id and c.day between thing.since and thing.up_to
        returning c.partner_id, c.metric, c.product_line_id, c.day, c.value
    ), stands as materialized (
        select f.key, f.part, f.partner_id, f.metric, f.product_line_id, f.day, f.value
        from thing cross join lateral (select * from kpi_report_fact x where x.key = thing.partner_id and x.part = thing.product_id and x.day between thing.since and thing.up_to) f
        where f.value <> 0
    ), written as (
        insert into kpi_counted (subject, key, part, partner_id, metric, product_line_id, day, value)
        select 'report', key, part, partner_id, metric, product_line_id, day, value from stands
    )
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select partner_id, metric, product_line_id, day, sum(value)
    from (select partner_id, metric, product_line_id, day, value from stands union all select partner_id, metric, product_line_id, day, -value from held) share
    group by partner_id, metric, product_line_id, day
    having sum(value) <> 0;
end $$;
alter function kpi_look_again_at_report(bigint[], bigint[], date[]) owner to {schema}_definer;
revoke execute on function kpi_look_again_at_report(bigint[], bigint[], date[]) from public, {schema}_app;

-- Whoever moves or reports a product of a partner that reports waits for the one before: neither would see the other's rows, and the gap would lack them.
create function kpi_hold_reports(partners bigint[], products bigint[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if cardinality(partners) > 500 then
        perform pg_advisory_xact_lock(hashtextextended('kpi_counted:report', 0));
    else
        perform pg_advisory_xact_lock_shared(hashtextextended('kpi_counted:report', 0));
        perform pg_advisory_xact_lock(hashtextextended('kpi_counted:report:' || thing.partner_id || ':' || thing.product_id, 0))
        from (select distinct u.partner_id, u.product_id from unnest(partners, products) as u (partner_id, product_id) order by 1, 2) thing;
    end if;
end $$;
alter function kpi_hold_reports(bigint[], bigint[]) owner to {schema}_definer;
revoke execute on function kpi_hold_reports(bigint[], bigint[]) from public, {schema}_app;

create policy reporters_are_read_for_the_kpis on stock_reporting for select to {schema}_definer using (true);
create function kpi_stock_reported() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    partners bigint[];
    products bigint[];
    days     date[];
begin
    select array_agg(n.partner_id), array_agg(n.product_id), array_agg(n.as_of) into partners, products, days from new_rows n;
    if partners is not null then
        perform kpi_hold_reports(partners, products);
        perform kpi_look_again_at_report(partners, products, days);
    end if;
    return null;
end $$;
alter function kpi_stock_reported() owner to {schema}_definer;
create trigger reported_stock_is_counted after insert on stock_report_line referencing new table as new_rows for each statement execute function kpi_stock_reported();

create function kpi_stock_moved() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    partners bigint[];
    products bigint[];
    days     date[];
begin
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select f.partner_id, f.metric, f.product_line_id, f.day, sum(f.value)
    from kpi_stock_fact f join new_rows n on n.stock_move_id = f.stock_move_id
    group by f.partner_id, f.metric, f.product_line_id, f.day
    having sum(f.value) <> 0;
    -- Of partners that report, which most do not, a move may be of a day about which they have reported already.
    if not exists (select from stock_reporting) and not exists (select from stock_report) then
        return null;
    end if;
    select array_agg(side.partner_id), array_agg(side.product_id), array_agg(brand_day(side.moved_at)) into partners, products, days
    from (select o.partner_id, n.product_id, n.moved_at from new_rows n join stock_place o on o.stock_place_id = n.from_place_id and o.kind = 'own'
          union all
          select o.partner_id, n.product_id, n.moved_at from new_rows n join stock_place o on o.stock_place_id = n.to_place_id and o.kind = 'own') side
    where side.partner_id in (select g.partner_id from stock_reporting g) or exists (select from stock_report r where r.partner_id = side.partner_id);
    if partners is null then
        return null;
    end if;
    perform kpi_hold_reports(partners, products);
    select array_agg(u.partner_id), array_agg(u.product_id), array_agg(said.as_of) into partners, products, days
    from unnest(partners, products, days) as u (partner_id, product_id, day)
    cross join lateral (select min(l.as_of) as as_of from stock_report_line l where l.partner_id = u.partner_id and l.product_id = u.product_id and l.as_of >= u.day) said
    where said.as_of is not null;
    if partners is not null then
        perform kpi_look_again_at_report(partners, products, days);
    end if;
    return null;
end $$;
alter function kpi_stock_moved() owner to {schema}_definer;
create trigger moves_are_counted after insert on stock_move referencing new table as new_rows for each statement execute function kpi_stock_moved();
