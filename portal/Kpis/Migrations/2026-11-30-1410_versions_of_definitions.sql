-- What a KPI measures changes, and a past period must still be scored as it was asked then: all of it stands in versions that hold for a time. The KPI itself keeps its number and its names.
-- The columns of kpi_definition that said it once (metric, product_line_id, direction, period) are no longer read.
create table kpi_version (
    kpi_version_id    bigint generated always as identity primary key,
    kpi_definition_id bigint        not null references kpi_definition,
    ordinal           integer       not null,
    status            text          not null default 'draft',
    valid             daterange,
    formula           text          not null,
    unit              text          not null,
    direction         text          not null,
    period            text          not null,
    product_line_ids  bigint[]      not null default '{}',
    partner_types     text[]        not null default '{}',
    partner_levels    text[]        not null default '{}',
    territory_ids     bigint[]      not null default '{}',
    green             numeric(5, 4) not null default 1,
    amber             numeric(5, 4) not null default 0.8,
    note              text,
    created_at        timestamptz   not null,
    created_by        text          not null,
    published_at      timestamptz,
    published_by      text,
    constraint versions_are_counted unique (kpi_definition_id, ordinal),
    constraint version_status_is_known check (status in ('draft', 'published', 'replaced')),
    constraint a_draft_holds_for_no_time check ((status = 'draft') = (valid is null)),
    constraint whoever_publishes_is_named check ((status = 'draft') = (published_at is null) and (published_at is null) = (published_by is null)),
    constraint a_version_begins_and_ends_with_a_month check ((lower_inf(valid) or isempty(valid) or extract(day from lower(valid)) = 1) and (upper_inf(valid) or isempty(valid) or extract(day from upper(valid)) = 1)),
    constraint a_formula_is_not_endless check (char_length(formula) between 1 and 2000),
    constraint version_direction_is_known check (direction in ('up', 'down')),
    constraint version_period_is_known check (period in ('month', 'quarter', 'half', 'year', 'rolling3', 'rolling6', 'rolling12')),
    constraint version_types_are_known check (partner_types <@ array['distributor', 'reseller', 'store', 'agent', 'coworking_operator']),
    constraint version_levels_are_known check (partner_levels <@ array['registered', 'silver', 'gold', 'platinum']),
    constraint amber_ends_where_green_begins check (amber > 0 and amber < green and green <= 2),
    constraint one_version_of_a_kpi_holds_at_a_time exclude using gist (kpi_definition_id with =, valid with &&) where (status = 'published')
);
comment on table kpi_version is 'What a KPI measures, for whom, over which periods and how it is judged, from one period on. An emptied list narrows nothing.';
comment on column kpi_version.valid is 'Days: the version that holds on a period''s first day (of a rolling one: of its last month) is the one that scores it.';
create unique index a_kpi_has_one_draft on kpi_version (kpi_definition_id) where status = 'draft';
create index kpi_version_by_time on kpi_version using gist (valid) where status = 'published';

select set_config('app.is_system', 'yes', true);
insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, product_line_ids, created_at, created_by, published_at, published_by)
select kpi_definition_id, 1, 'published', case status when 'retired' then 'empty'::daterange else daterange(null, null) end, metric,
       case when metric in ('sell_in', 'sell_through', 'purchases') then 'money' when metric in ('sell_in_units', 'sell_through_units') then 'pieces' else 'count' end,
       direction, period, case when product_line_id is null then '{}' else array[product_line_id] end, created_at, 'portal', created_at, 'portal'
from kpi_definition;

alter table kpi_definition alter column metric drop not null, alter column period drop not null, alter column direction drop not null;
alter table kpi_definition drop constraint kpi_status_is_known;
alter table kpi_definition add constraint kpi_status_is_known check (status in ('draft', 'published', 'retired'));
alter table scorecard drop constraint scorecard_period_is_known;
alter table scorecard add constraint scorecard_period_is_known check (period in ('month', 'quarter', 'half', 'year', 'rolling3', 'rolling6', 'rolling12'));

-- A draft is the brand's own until it is published.
drop policy kpis_are_read_by_whoever_is_signed_in on kpi_definition;
create policy kpis_are_read_by_whoever_is_signed_in on kpi_definition for select using ((select app_is_brand()) or (status <> 'draft' and (select app_partner_id()) is not null));

alter table kpi_version enable row level security;
alter table kpi_version force row level security;
create policy versions_are_read_by_whoever_is_signed_in on kpi_version for select using ((select app_is_brand()) or (status <> 'draft' and (select app_partner_id()) is not null));
create policy versions_are_made_by_the_brand on kpi_version for insert
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
create policy versions_are_published_by_the_brand on kpi_version for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
create policy drafts_are_thrown_away_by_the_brand on kpi_version for delete
    using (status = 'draft' and ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager'))));
-- What was once published is not rewritten: it ends, and another begins.
revoke update on kpi_version from {schema}_app;
grant update (status, valid, published_at, published_by) on kpi_version to {schema}_app;
