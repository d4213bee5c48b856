-- What good is: definitions, targets and scorecards. The brand sets them; a partner reads its own.
create table kpi_definition (
    kpi_definition_id bigint generated always as identity primary key,
    number          text        not null unique,
    name            text        not null,
    name_zh         text        not null,
    metric          text        not null,
    product_line_id bigint      references product_line,
    direction       text        not null default 'up',
    period          text        not null,
    status          text        not null default 'published',
    created_at      timestamptz not null,
    version         integer     not null default 1,
    constraint a_kpi_has_names check (char_length(btrim(name)) between 1 and 120 and char_length(btrim(name_zh)) between 1 and 120),
    constraint kpi_metric_is_known check (metric in ('sell_in', 'sell_in_units', 'sell_through', 'sell_through_units', 'purchases',
        'deals_registered', 'deals_approved', 'deals_won', 'deals_lost', 'quotes_sent')),
    constraint only_sales_know_product_lines check (product_line_id is null or metric in ('sell_in', 'sell_in_units', 'sell_through', 'sell_through_units', 'purchases')),
    constraint kpi_direction_is_known check (direction in ('up', 'down')),
    constraint kpi_period_is_known check (period in ('month', 'quarter', 'year')),
    constraint kpi_status_is_known check (status in ('published', 'retired')),
    constraint a_kpi_name_is_used_once unique (name)
);
comment on table kpi_definition is 'A measure the brand steers by (KPI 定义): a metric, narrowed to a product line or not, over a period.';

create table kpi_target (
    kpi_target_id     bigint generated always as identity primary key,
    kpi_definition_id bigint         not null references kpi_definition,
    partner_id        bigint         references partner,
    partner_level     text,
    starts_on         date           not null,
    value             numeric(20, 4) not null,
    note              text,
    set_at            timestamptz    not null,
    set_by            text           not null,
    superseded_at     timestamptz,
    constraint a_target_is_for_a_partner_or_a_level check ((partner_id is null) <> (partner_level is null)),
    constraint target_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint a_target_is_more_than_nothing check (value > 0 and value <= 1000000000000),
    constraint a_period_starts_on_the_first check (extract(day from starts_on) = 1),
    constraint a_target_is_superseded_later check (superseded_at >= set_at)
);
comment on table kpi_target is 'What a partner (or every partner of a level) shall reach in a period; a change supersedes the row and adds another.';
create unique index one_live_target_for_a_period on kpi_target (kpi_definition_id, starts_on, partner_id, partner_level) nulls not distinct
    where superseded_at is null;
create index kpi_target_by_partner on kpi_target (partner_id, starts_on) where superseded_at is null;

create table scorecard (
    scorecard_id bigint generated always as identity primary key,
    number       text        not null unique,
    name         text        not null,
    name_zh      text        not null,
    period       text        not null,
    valid        daterange   not null,
    created_at   timestamptz not null,
    version      integer     not null default 1,
    constraint a_scorecard_has_names check (char_length(btrim(name)) between 1 and 120 and char_length(btrim(name_zh)) between 1 and 120),
    constraint scorecard_period_is_known check (period in ('month', 'quarter', 'year')),
    constraint one_scorecard_holds_at_a_time exclude using gist (period with =, valid with &&)
);
comment on table scorecard is 'A weighted set of KPIs (计分卡) that holds for a time; an older period is scored by the card that held then.';

create table scorecard_line (
    scorecard_id      bigint        not null references scorecard on delete cascade,
    kpi_definition_id bigint        not null references kpi_definition,
    weight            numeric(5, 2) not null,
    threshold         numeric(5, 4) not null default 0,
    cap               numeric(5, 4) not null default 1,
    primary key (scorecard_id, kpi_definition_id),
    constraint a_weight_is_a_percentage check (weight > 0 and weight <= 100),
    constraint credit_begins_between_nothing_and_all check (threshold >= 0 and threshold <= 1),
    constraint credit_ends_at_or_above_all check (cap >= 1 and cap <= 2)
);
comment on table scorecard_line is 'One KPI''s weight in percent; attainment below threshold earns nothing, above cap no more.';

create function weights_add_up() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    card bigint := coalesce(new.scorecard_id, old.scorecard_id);
begin
    if exists (select from scorecard_line l where l.scorecard_id = card having sum(l.weight) <> 100) then
        raise exception 'The weights of a scorecard add up to 100.' using errcode = 'check_violation', constraint = 'the_weights_add_up';
    end if;
    return null;
end $$;
alter function weights_add_up() owner to portal_definer;
create constraint trigger the_weights_add_up after insert or update or delete on scorecard_line
    deferrable initially deferred for each row execute function weights_add_up();

alter table kpi_definition enable row level security;
alter table kpi_definition force row level security;
create policy kpis_are_read_by_whoever_is_signed_in on kpi_definition for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy kpis_are_defined_by_the_brand on kpi_definition
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));

alter table kpi_target enable row level security;
alter table kpi_target force row level security;
create policy targets_are_read_by_their_partner_and_its_upstream on kpi_target for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id()))
    or (partner_level is not null and (select app_partner_id()) is not null));
create policy targets_are_set_by_the_brand on kpi_target
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
-- History stays: a target ends, it is not rewritten or removed.
revoke update, delete on kpi_target from portal_app;
grant update (superseded_at) on kpi_target to portal_app;

alter table scorecard enable row level security;
alter table scorecard force row level security;
create policy scorecards_are_read_by_whoever_is_signed_in on scorecard for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy scorecards_are_kept_by_the_brand on scorecard using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
alter table scorecard_line enable row level security;
alter table scorecard_line force row level security;
create policy scorecard_lines_are_read_by_whoever_is_signed_in on scorecard_line for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy scorecard_lines_are_kept_by_the_brand on scorecard_line using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
create policy scorecard_lines_are_known_to_the_definer on scorecard_line for select to portal_definer using (true);
