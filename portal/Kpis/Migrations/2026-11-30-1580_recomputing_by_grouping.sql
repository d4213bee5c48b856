-- Recomputing freshly imported data took minutes: nobody had counted the rows, and the planner joined nested loops over what was computed and what is kept. Put beside each other by grouping it cannot. What is done is as before.
create or replace function kpi_recompute_part(part text, from_month date, until_month date) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp set work_mem = '128MB' as $$
declare
    one record;
    looked bigint;
begin
    if not app_is_system() then
        raise exception 'The roll-ups are recomputed by the product alone.' using errcode = 'insufficient_privilege';
    end if;
    select * into strict one from kpi_parts() p where p.part = kpi_recompute_part.part;
    perform pg_advisory_xact_lock(hashtextextended('kpi_recompute:' || part || from_month, 0));
    if one.subject is not null then
        -- Nobody looks at this subject meanwhile: what is counted, and what the figures hold of it, are written down together.
        perform pg_advisory_xact_lock(hashtextextended('kpi_counted:' || one.subject, 0));
        delete from kpi_counted c where c.subject = one.subject;
        execute format('insert into kpi_counted (subject, key, part, partner_id, metric, product_line_id, day, value) select $1, key, part, partner_id, metric, product_line_id, day, value from %I where value <> 0', one.facts)
            using one.subject;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('kpi_fold', 0));
    execute format($recompute$
        with waiting as (
            delete from kpi_delta where metric = any ($1) and day >= $2 and day < $3
        ), computed as materialized (
            select partner_id, metric, product_line_id, day, sum(value) as value, sum(%1$s)::bigint as looked
            from %2$s f
            where day >= $2 and day < $3
            group by partner_id, metric, product_line_id, day
        ), compared as materialized (
            -- Put beside each other by grouping, not by a join: nobody has counted these rows, and the planner would join nested loops over hundreds of thousands of them.
            select partner_id, metric, product_line_id, day, max(value) filter (where is_computed) as value, max(value) filter (where not is_computed) as kept
            from (select partner_id, metric, product_line_id, day, value, true as is_computed from computed where value <> 0
                  union all select partner_id, metric, product_line_id, day, value, false from kpi_daily where metric = any ($1) and day >= $2 and day < $3) side
            group by partner_id, metric, product_line_id, day
            having max(value) filter (where is_computed) is distinct from max(value) filter (where not is_computed)
        ), gone as (
            delete from kpi_daily d using compared c
            where c.value is null and d.partner_id = c.partner_id and d.metric = c.metric and d.day = c.day and d.product_line_id is not distinct from c.product_line_id
        ), put as (
            insert into kpi_daily as fact (partner_id, metric, product_line_id, day, value)
            select partner_id, metric, product_line_id, day, value from compared where value is not null
            on conflict on constraint one_fact_a_day do update set value = excluded.value
        ), own_month as materialized (
            select partner_id, metric, product_line_id, date_trunc('month', day)::date as month, sum(value) as value from computed group by 1, 2, 3, 4
        ), month as materialized (
            select l.ancestor_id as partner_id, o.metric, o.product_line_id, o.month, sum(o.value) as value, coalesce(sum(o.value) filter (where l.ancestor_id = o.partner_id), 0) as own
            from own_month o join partner_line l on l.partner_id = o.partner_id
            group by 1, 2, 3, 4
        ), months_compared as materialized (
            select partner_id, metric, product_line_id, month, max(value) filter (where is_computed) as value, max(own) filter (where is_computed) as own
            from (select partner_id, metric, product_line_id, month, value, own, true as is_computed from month
                  union all select partner_id, metric, product_line_id, month, value, own, false from kpi_branch_month where metric = any ($1) and month >= $2 and month < $3) side
            group by partner_id, metric, product_line_id, month
            having max(value) filter (where is_computed) is distinct from max(value) filter (where not is_computed) or max(own) filter (where is_computed) is distinct from max(own) filter (where not is_computed)
        ), months_gone as (
            delete from kpi_branch_month d using months_compared c
            where c.value is null and d.partner_id = c.partner_id and d.metric = c.metric and d.month = c.month and d.product_line_id is not distinct from c.product_line_id
        ), months_put as (
            insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value, own)
            select partner_id, metric, product_line_id, month, value, own from months_compared where value is not null
            on conflict on constraint one_fact_a_month do update set value = excluded.value, own = excluded.own
        )
        select coalesce(sum(looked), 0)::bigint from computed
        $recompute$, case when one.part = 'orders' then 'lines' else '1' end,
        case when one.subject is null then quote_ident(one.facts) else format('(select * from kpi_counted where subject = %L)', one.subject) end)
        into looked using one.metrics, from_month, until_month;
    return looked;
end $$;

create or replace function kpi_recompute_levels() returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    put bigint;
begin
    if not app_is_system() then
        raise exception 'The roll-ups are recomputed by the product alone.' using errcode = 'insufficient_privilege';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('kpi_fold', 0));
    with computed as materialized (
        select partner_id, metric, product_line_id, sum(own) as own, sum(value) as branch from kpi_branch_month where kpi_is_level(metric) group by 1, 2, 3
    ), gone as (
        -- A level that no month speaks of any more.
        delete from kpi_level d
        where not exists (select from kpi_branch_month m where m.partner_id = d.partner_id and m.metric = d.metric and m.product_line_id is not distinct from d.product_line_id)
    ), changed as (
        insert into kpi_level as level (partner_id, metric, product_line_id, own, branch)
        select * from computed
        on conflict on constraint one_level do update set own = excluded.own, branch = excluded.branch where (level.own, level.branch) <> (excluded.own, excluded.branch)
    )
    select count(*) into put from computed;
    return put;
end $$;
