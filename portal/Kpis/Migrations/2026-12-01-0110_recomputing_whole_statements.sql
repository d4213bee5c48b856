-- Of a recomputation that finds nothing kept (a history that was just brought in) a third was spent on asking for the partner and the product line of each row, one by one, and a tenth on asking whether the row is there already.
-- Whole statements are asked instead: the partners and lines of all their rows at once. Roll-ups are made of rows that have such keys themselves and cannot lose them, by functions that own the tables; nobody else writes here.
alter table kpi_daily drop constraint kpi_daily_partner_id_fkey, drop constraint kpi_daily_product_line_id_fkey;
alter table kpi_branch_month drop constraint kpi_branch_month_partner_id_fkey, drop constraint kpi_branch_month_product_line_id_fkey;

create function kpi_facts_are_of_what_is_there() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from (select distinct partner_id from new_rows) n where not exists (select from partner p where p.partner_id = n.partner_id))
       or exists (select from (select distinct product_line_id from new_rows where product_line_id is not null) n where not exists (select from product_line l where l.product_line_id = n.product_line_id)) then
        raise exception 'A figure is of a partner or a product line that is not there.' using errcode = 'foreign_key_violation', table = tg_table_name;
    end if;
    return null;
end $$;
alter function kpi_facts_are_of_what_is_there() owner to {schema}_definer;
create trigger facts_are_of_what_is_there after insert on kpi_daily referencing new table as new_rows for each statement execute function kpi_facts_are_of_what_is_there();
create trigger facts_are_of_what_is_there after insert on kpi_branch_month referencing new table as new_rows for each statement execute function kpi_facts_are_of_what_is_there();

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
    -- Nothing is folded while this is held, so what is not there now cannot come meanwhile: what is new is put in without asking each row whether it is, and in the order of the index.
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
            insert into kpi_daily (partner_id, metric, product_line_id, day, value)
            select partner_id, metric, product_line_id, day, value from compared where kept is null order by partner_id, metric, day, product_line_id
        ), corrected as (
            update kpi_daily d set value = c.value from compared c
            where c.value is not null and c.kept is not null and d.partner_id = c.partner_id and d.metric = c.metric and d.day = c.day and d.product_line_id is not distinct from c.product_line_id
        ), own_month as materialized (
            select partner_id, metric, product_line_id, date_trunc('month', day)::date as month, sum(value) as value from computed group by 1, 2, 3, 4
        ), month as materialized (
            select l.ancestor_id as partner_id, o.metric, o.product_line_id, o.month, sum(o.value) as value, coalesce(sum(o.value) filter (where l.ancestor_id = o.partner_id), 0) as own
            from own_month o join partner_line l on l.partner_id = o.partner_id
            group by 1, 2, 3, 4
        ), months_compared as materialized (
            select partner_id, metric, product_line_id, month, max(value) filter (where is_computed) as value, max(own) filter (where is_computed) as own, max(value) filter (where not is_computed) as kept
            from (select partner_id, metric, product_line_id, month, value, own, true as is_computed from month
                  union all select partner_id, metric, product_line_id, month, value, own, false from kpi_branch_month where metric = any ($1) and month >= $2 and month < $3) side
            group by partner_id, metric, product_line_id, month
            having max(value) filter (where is_computed) is distinct from max(value) filter (where not is_computed) or max(own) filter (where is_computed) is distinct from max(own) filter (where not is_computed)
        ), months_gone as (
            delete from kpi_branch_month d using months_compared c
            where c.value is null and d.partner_id = c.partner_id and d.metric = c.metric and d.month = c.month and d.product_line_id is not distinct from c.product_line_id
        ), months_put as (
            insert into kpi_branch_month (partner_id, metric, product_line_id, month, value, own)
            select partner_id, metric, product_line_id, month, value, own from months_compared where kept is null order by partner_id, metric, month, product_line_id
        ), months_corrected as (
            update kpi_branch_month d set value = c.value, own = c.own from months_compared c
            where c.value is not null and c.kept is not null and d.partner_id = c.partner_id and d.metric = c.metric and d.month = c.month and d.product_line_id is not distinct from c.product_line_id
        )
        select coalesce(sum(looked), 0)::bigint from computed
        $recompute$, case when one.part = 'orders' then 'lines' else '1' end,
        case when one.subject is null then quote_ident(one.facts) else format('(select * from kpi_counted where subject = %L)', one.subject) end)
        into looked using one.metrics, from_month, until_month;
    return looked;
end $$;
