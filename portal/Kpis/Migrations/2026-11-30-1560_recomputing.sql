-- Recomputing every roll-up from the base rows, in parts, beside a running portal.
--
-- A part is some metrics and some whole months. Its figures are computed from the base rows and put in the place of those that are kept, and the shares of the part that wait to be folded are taken away, all by one statement
-- over one snapshot: a change that this snapshot sees has both its rows and its shares in it, one that it does not see has neither, and its shares are folded afterwards. While a part runs nothing is folded (a shared lock, so that
-- parts run beside each other); the figures are those of before until the part is done.
create or replace view kpi_fact_source with (security_invoker = true) as
select partner_id, metric, product_line_id, day, value from kpi_order_day_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_deal_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_quote_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_deal_path_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_new_customer_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_quote_value_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_promise_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_receivable_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_stock_fact
union all
select partner_id, metric, product_line_id, day, value from kpi_report_fact;

create function kpi_parts() returns table (part text, subject text, facts text, metrics text[]) language sql immutable parallel safe as $$
    select * from (values
        ('orders', null, 'kpi_order_day_fact', array['purchases', 'sell_in', 'sell_in_units', 'sell_in_list', 'sell_in_discount', 'sell_through', 'sell_through_units', 'sell_through_list', 'sell_through_discount']),
        ('deals', null, 'kpi_deal_fact', array['deals_registered', 'deals_approved', 'deals_won', 'deals_lost']),
        ('quotes', null, 'kpi_quote_fact', array['quotes_sent']),
        ('deal_paths', 'deal', 'kpi_deal_path_fact', array['deals_rejected', 'deals_duplicate', 'deals_withdrawn', 'deals_expired', 'deals_won_value', 'deal_conversions', 'deal_conversion_days', 'pipeline']),
        ('customers', 'customer', 'kpi_new_customer_fact', array['new_customers']),
        ('quote_values', 'quote', 'kpi_quote_value_fact', array['quoted_list', 'quoted_discount']),
        ('promises', 'promise', 'kpi_promise_fact', array['fill_due', 'fill_on_time', 'receipt_due', 'receipt_on_time']),
        ('receivables', null, 'kpi_receivable_fact', array['receivables_open', 'receivables_overdue']),
        ('stock', null, 'kpi_stock_fact', array['stock_on_hand', 'sell_out_units']),
        ('reports', 'report', 'kpi_report_fact', array['stock_reported', 'sell_out_units_unreported'])) as part (part, subject, facts, metrics)
$$;
comment on function kpi_parts() is 'The parts in which the roll-ups are recomputed: the view of their facts, their metrics, and the subject where what is counted is written down (kpi_counted).';

create function kpi_recompute_part(part text, from_month date, until_month date) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp set work_mem = '128MB' as $$
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
        ), kept as materialized (
            select partner_id, metric, product_line_id, day, value from kpi_daily where metric = any ($1) and day >= $2 and day < $3
        ), gone as (
            delete from kpi_daily d
            where d.metric = any ($1) and d.day >= $2 and d.day < $3
              and not exists (select from computed c where c.partner_id = d.partner_id and c.metric = d.metric and c.day = d.day and coalesce(c.product_line_id, 0) = coalesce(d.product_line_id, 0) and c.value <> 0)
        ), put as (
            insert into kpi_daily as fact (partner_id, metric, product_line_id, day, value)
            select c.partner_id, c.metric, c.product_line_id, c.day, c.value
            from computed c
            left join kept k on k.partner_id = c.partner_id and k.metric = c.metric and k.day = c.day and coalesce(k.product_line_id, 0) = coalesce(c.product_line_id, 0)
            where c.value <> 0 and c.value is distinct from k.value
            on conflict on constraint one_fact_a_day do update set value = excluded.value
        ), own_month as materialized (
            select partner_id, metric, product_line_id, date_trunc('month', day)::date as month, sum(value) as value from computed group by 1, 2, 3, 4
        ), month as materialized (
            select l.ancestor_id as partner_id, o.metric, o.product_line_id, o.month, sum(o.value) as value, coalesce(sum(o.value) filter (where l.ancestor_id = o.partner_id), 0) as own
            from own_month o join partner_line l on l.partner_id = o.partner_id
            group by 1, 2, 3, 4
        ), months_gone as (
            delete from kpi_branch_month d
            where d.metric = any ($1) and d.month >= $2 and d.month < $3
              and not exists (select from month c where c.partner_id = d.partner_id and c.metric = d.metric and c.month = d.month and coalesce(c.product_line_id, 0) = coalesce(d.product_line_id, 0))
        ), months_put as (
            insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value, own)
            select c.partner_id, c.metric, c.product_line_id, c.month, c.value, c.own
            from month c
            left join kpi_branch_month k on k.partner_id = c.partner_id and k.metric = c.metric and k.month = c.month and k.product_line_id is not distinct from c.product_line_id
            where (c.value, c.own) is distinct from (k.value, k.own)
            on conflict on constraint one_fact_a_month do update set value = excluded.value, own = excluded.own
        )
        select coalesce(sum(looked), 0)::bigint from computed
        $recompute$, case when one.part = 'orders' then 'lines' else '1' end,
        case when one.subject is null then quote_ident(one.facts) else format('(select * from kpi_counted where subject = %L)', one.subject) end)
        into looked using one.metrics, from_month, until_month;
    return looked;
end $$;
comment on function kpi_recompute_part(text, date, date) is 'Puts what the base rows say in the place of the roll-ups of a part (kpi_parts), for whole months; answers how many rows or order lines were looked at. A subject that is written down is taken with all its months.';
alter function kpi_recompute_part(text, date, date) owner to {schema}_definer;

create function kpi_recompute_levels() returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
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
        delete from kpi_level d
        where not exists (select from computed c where c.partner_id = d.partner_id and c.metric = d.metric and coalesce(c.product_line_id, 0) = coalesce(d.product_line_id, 0))
    ), changed as (
        insert into kpi_level as level (partner_id, metric, product_line_id, own, branch)
        select * from computed
        on conflict on constraint one_level do update set own = excluded.own, branch = excluded.branch where (level.own, level.branch) <> (excluded.own, excluded.branch)
    )
    select count(*) into put from computed;
    return put;
end $$;
comment on function kpi_recompute_levels() is 'Sums the levels from the months again; the last step of a recomputation.';
alter function kpi_recompute_levels() owner to {schema}_definer;

create function kpi_recompute_months() returns table (part text, from_month date, until_month date) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    -- Orders month by month; whatever else there is is little, and is taken at once.
    select 'orders', month::date, (month + interval '1 month')::date
    from (select min(day) as first, max(day) as last
          from (select min(ordered_on) as day from purchase_order
                union all select max(ordered_on) from purchase_order
                union all select kept.day
                from kpi_parts() p cross join lateral unnest(p.metrics) as m (metric)
                cross join lateral (select min(d.day) as day from kpi_daily d where d.metric = m.metric union all select max(d.day) from kpi_daily d where d.metric = m.metric
                                    union all select min(b.month) from kpi_branch_month b where b.metric = m.metric union all select max(b.month) from kpi_branch_month b where b.metric = m.metric) kept
                where p.part = 'orders') known) span
    cross join lateral generate_series(date_trunc('month', span.first), date_trunc('month', span.last), interval '1 month') as month
    union all
    select p.part, date '1000-01-01', date '9000-01-01' from kpi_parts() p where p.part <> 'orders'
$$;
comment on function kpi_recompute_months() is 'What a whole recomputation consists of, before kpi_recompute_levels.';
alter function kpi_recompute_months() owner to {schema}_definer;
