-- What is made of thousands of partners' figures (the channel against its targets) costs as much as there are partners. It is made once for each state of the figures and kept (KeptFigures), and a state must have a name.
--
-- Each change of what such figures are made of leaves a row, in its own transaction; the rows that a reader sees name the state that the reader sees. A counter would not do: of two changes that run at once the later one may
-- be seen first, and the earlier one would then change nothing that a counter tells. Rows wait for nobody, as one row to be updated would.
create table kpi_change (
    kpi_change_id bigint generated always as identity primary key
);
comment on table kpi_change is 'A row for each change of roll-ups, targets, definitions, or of which partner counts where. The rows together name a state of the figures (kpi_state); a fold takes away those before the last.';
alter table kpi_change enable row level security;
alter table kpi_change force row level security;
create policy changes_are_kept_by_the_functions on kpi_change to {schema}_definer using (true) with check (true);
create policy changes_are_seen_by_the_product on kpi_change for select using ((select app_is_system()));
revoke insert, update, delete, truncate on kpi_change from {schema}_app;

create function kpi_state() returns text language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select coalesce(string_agg(kpi_change_id::text, ',' order by kpi_change_id), '') from kpi_change
$$;
comment on function kpi_state() is 'The name of the state that the figures are in for whoever asks: another name, another state. It tells nothing of the figures.';
alter function kpi_state() owner to {schema}_definer;

create function kpi_changed() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into kpi_change default values;
    return null;
end $$;
alter function kpi_changed() owner to {schema}_definer;

create trigger the_figures_change after insert or update or delete on kpi_branch_month for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on kpi_level for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on kpi_target for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on kpi_version for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on kpi_definition for each statement execute function kpi_changed();
create trigger the_figures_change after insert or delete or update of partner_type, partner_level, territory_id, upstream_id on partner for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on partner_level_change for each statement execute function kpi_changed();
create trigger the_figures_change after insert or update or delete on territory for each statement execute function kpi_changed();

-- The rows before the last are taken away where one is at it anyway and nobody else is: whoever sees fewer rows sees another state, which costs one reading more.
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
    delete from kpi_change where kpi_change_id < (select max(kpi_change_id) from kpi_change);
    return folded;
end $$;
