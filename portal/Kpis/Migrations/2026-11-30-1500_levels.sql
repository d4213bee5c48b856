-- Levels (存量): what stands at the end of a day, such as stock or what is owed. They are kept as changes like every other fact, so that a level is the sum of all changes up to the day.
-- Nobody adds up a history for that: kpi_level has the sum of all of it, and whoever asks for a day takes off what came after it, by months and then by the days of one month.
create function kpi_is_level(metric text) returns boolean language sql immutable parallel safe as $$
    select metric in ('pipeline', 'receivables_open', 'receivables_overdue', 'stock_on_hand', 'stock_reported')
$$;
comment on function kpi_is_level(text) is 'True for metrics that are a level: their facts are changes, and their value on a day is the sum of all changes up to it.';

create table kpi_level (
    partner_id      bigint         not null references partner,
    metric          text           not null,
    product_line_id bigint         references product_line,
    own             numeric(20, 4) not null default 0,
    branch          numeric(20, 4) not null default 0,
    constraint one_level unique nulls not distinct (partner_id, metric, product_line_id)
) with (fillfactor = 80);
comment on table kpi_level is 'The sum of all changes of a level, those of coming days too (an invoice not yet due): the partner''s own, and its whole branch''s. Kept by kpi_fold.';
create index kpi_level_by_metric on kpi_level (metric);
alter table kpi_level enable row level security;
alter table kpi_level force row level security;
create policy levels_are_kept_by_the_functions on kpi_level to {schema}_definer using (true) with check (true);
create policy levels_are_seen_from_above on kpi_level for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id())));
revoke insert, update, delete, truncate on kpi_level from {schema}_app;

-- What a partner did itself in a month stands beside what its branch did: all partners of a metric are read by months, and not by days.
alter table kpi_branch_month add column own numeric(20, 4) not null default 0;
comment on column kpi_branch_month.own is 'Of the value, what the partner did itself: the sum of its days.';
create index kpi_branch_month_by_metric on kpi_branch_month (metric, month);
create index kpi_daily_by_metric on kpi_daily (metric, day);

create function kpi_own_months() returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    update kpi_branch_month m set own = d.value
    from (select partner_id, metric, product_line_id, date_trunc('month', day)::date as month, sum(value) as value from kpi_daily group by 1, 2, 3, 4) d
    where m.partner_id = d.partner_id and m.metric = d.metric and m.product_line_id is not distinct from d.product_line_id and m.month = d.month
$$;
alter function kpi_own_months() owner to {schema}_definer;
select kpi_own_months();
drop function kpi_own_months();

-- Folding is one statement: what is taken from kpi_delta is what is added, whatever comes in meanwhile.
create or replace function kpi_fold() returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    folded bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('kpi_fold', 0));
    with taken as (
        delete from kpi_delta returning partner_id, metric, product_line_id, day, value
    ), daily as (
        insert into kpi_daily as fact (partner_id, metric, product_line_id, day, value)
        select partner_id, metric, product_line_id, day, sum(value) from taken
        group by partner_id, metric, product_line_id, day
        on conflict on constraint one_fact_a_day do update set value = fact.value + excluded.value
    ), month as materialized (
        select l.ancestor_id, t.metric, t.product_line_id, date_trunc('month', t.day)::date as month,
               sum(t.value) as value, coalesce(sum(t.value) filter (where l.ancestor_id = t.partner_id), 0) as own
        from taken t join partner_line l on l.partner_id = t.partner_id
        group by 1, 2, 3, 4
    ), monthly as (
        insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value, own)
        select ancestor_id, metric, product_line_id, month, value, own from month
        on conflict on constraint one_fact_a_month do update set value = fact.value + excluded.value, own = fact.own + excluded.own
    ), levels as (
        insert into kpi_level as level (partner_id, metric, product_line_id, own, branch)
        select ancestor_id, metric, product_line_id, sum(own), sum(value) from month
        where kpi_is_level(metric)
        group by ancestor_id, metric, product_line_id
        on conflict on constraint one_level do update set own = level.own + excluded.own, branch = level.branch + excluded.branch
    )
    select count(*) into folded from taken;
    return folded;
end $$;

-- When a partner moves, its branch's months and levels leave the old ancestors and join the new ones.
create or replace function kpi_branch_follows() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    with moved as (
        select ancestor_id, sum(sign) as sign
        from (select l.ancestor_id, -1 as sign from partner_line l where l.partner_id = old.upstream_id
              union all select l.ancestor_id, 1 from partner_line l where l.partner_id = new.upstream_id) side
        group by ancestor_id having sum(sign) <> 0
    ), months as (
        insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value)
        select moved.ancestor_id, b.metric, b.product_line_id, b.month, moved.sign * b.value
        from kpi_branch_month b cross join moved
        where b.partner_id = new.partner_id
        on conflict on constraint one_fact_a_month do update set value = fact.value + excluded.value
    )
    insert into kpi_level as level (partner_id, metric, product_line_id, branch)
    select moved.ancestor_id, b.metric, b.product_line_id, moved.sign * b.branch
    from kpi_level b cross join moved
    where b.partner_id = new.partner_id
    on conflict on constraint one_level do update set branch = level.branch + excluded.branch;
    return null;
end $$;

-- Reading a level. Both are plain SQL, so that "where partner_id = …" reaches the indexes: a partner's row, the months after the day's, and the days between the day and the end of its month. The end of a month costs
-- no days at all, today only those to come. Row-level security holds as on the tables.
create function kpi_own_level(metrics text[], on_day date) returns table (partner_id bigint, metric text, product_line_id bigint, value numeric) language sql stable as $$
    select part.partner_id, part.metric, part.product_line_id, sum(part.value)
    from (select l.partner_id, l.metric, l.product_line_id, l.own as value from kpi_level l where l.metric = any (metrics)
          union all select m.partner_id, m.metric, m.product_line_id, -m.own from kpi_branch_month m where m.metric = any (metrics) and m.month > on_day and m.own <> 0
          union all select d.partner_id, d.metric, d.product_line_id, -d.value from kpi_daily d where d.metric = any (metrics) and d.day > on_day and d.day < (date_trunc('month', on_day) + interval '1 month')::date) part
    group by part.partner_id, part.metric, part.product_line_id
    having sum(part.value) <> 0
$$;
comment on function kpi_own_level(text[], date) is 'The partners'' own levels at the end of a day, by product line where the metric knows lines; what is not there stands at nothing.';

create function kpi_branch_level(metrics text[], on_day date) returns table (partner_id bigint, metric text, product_line_id bigint, value numeric) language sql stable as $$
    select part.partner_id, part.metric, part.product_line_id, sum(part.value)
    from (select l.partner_id, l.metric, l.product_line_id, l.branch as value from kpi_level l where l.metric = any (metrics)
          union all select m.partner_id, m.metric, m.product_line_id, -m.value from kpi_branch_month m where m.metric = any (metrics) and m.month > on_day
          union all select a.ancestor_id, d.metric, d.product_line_id, -d.value from kpi_daily d join partner_line a on a.partner_id = d.partner_id
                    where d.metric = any (metrics) and d.day > on_day and d.day < (date_trunc('month', on_day) + interval '1 month')::date) part
    group by part.partner_id, part.metric, part.product_line_id
    having sum(part.value) <> 0
$$;
comment on function kpi_branch_level(text[], date) is 'The levels of branches (a partner and all below it) at the end of a day; the brand''s is the whole channel; what is not there stands at nothing.';
