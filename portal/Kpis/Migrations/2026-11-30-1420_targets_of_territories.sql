-- A target can be for a territory: it holds for its partners that have none of their own and none of their level. It names the kind of its period, for a KPI that goes over from quarters to months has both beginning on one day.
-- Who ended a target, and why, is kept with it.
alter table kpi_target add column territory_id bigint references territory;
alter table kpi_target add column period text;
alter table kpi_target add column superseded_by text;
alter table kpi_target add column superseded_why text;
select set_config('app.is_system', 'yes', true);
update kpi_target t set period = (select v.period from kpi_version v where v.kpi_definition_id = t.kpi_definition_id and v.ordinal = 1);
alter table kpi_target alter column period set not null;
alter table kpi_target add constraint target_period_is_known check (period in ('month', 'quarter', 'half', 'year', 'rolling3', 'rolling6', 'rolling12'));
alter table kpi_target add constraint why_a_target_ended_is_short check (char_length(superseded_why) <= 500);
alter table kpi_target add constraint why_a_target_is_set_is_short check (char_length(note) <= 500) not valid;
alter table kpi_target drop constraint a_target_is_for_a_partner_or_a_level;
alter table kpi_target add constraint a_target_is_for_one check (num_nonnulls(partner_id, partner_level, territory_id) = 1);
drop index one_live_target_for_a_period;
create unique index one_live_target_for_a_period on kpi_target (kpi_definition_id, starts_on, period, partner_id, partner_level, territory_id) nulls not distinct where superseded_at is null;
create index kpi_target_history on kpi_target (kpi_definition_id, starts_on);
comment on table kpi_target is 'What a partner (or every partner of a level, or of a territory) shall reach in a period; a change supersedes the row and adds another.';

-- A territory's target is read by whoever has a partner in it.
drop policy targets_are_read_by_their_partner_and_its_upstream on kpi_target;
create policy targets_are_read_by_their_partner_and_its_upstream on kpi_target for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id()))
    or (partner_level is not null and (select app_partner_id()) is not null)
    or territory_id in (select p.territory_id from partner_line l join partner p on p.partner_id = l.partner_id where l.ancestor_id = (select app_partner_id())));
grant update (superseded_by, superseded_why) on kpi_target to {schema}_app;
