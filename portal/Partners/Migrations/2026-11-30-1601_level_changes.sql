-- What was asked of a level is asked of whoever had it then: each change of a level is written down with the day from which it holds, so that an earlier period finds the level of its time. Nobody has a row who never changed.
create table partner_level_change (
    partner_level_change_id bigint generated always as identity primary key,
    partner_id bigint      not null references partner on delete cascade,
    from_level text        not null,
    to_level   text        not null,
    on_day     date        not null,
    changed_at timestamptz not null,
    changed_by text,
    constraint a_change_leads_to_another_level check (from_level <> to_level),
    constraint changed_levels_are_known check (from_level in ('registered', 'silver', 'gold', 'platinum') and to_level in ('registered', 'silver', 'gold', 'platinum'))
);
comment on table partner_level_change is 'When a partner''s level changed, written by a trigger of partner; the level on a day is what the first change after it led away from, or the level of now.';
create index partner_level_change_by_partner on partner_level_change (partner_id, on_day);

-- An act that changes levels on a day it chooses says it in app.level_day; everything else changes them today.
create function level_change_is_written_down() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into partner_level_change (partner_id, from_level, to_level, on_day, changed_at, changed_by)
    values (new.partner_id, old.partner_level, new.partner_level, coalesce(nullif(current_setting('app.level_day', true), '')::date, brand_day(now()), current_date), now(), nullif(current_setting('app.actor', true), ''));
    return null;
end $$;
alter function level_change_is_written_down() owner to {schema}_definer;
create trigger level_changes_are_written_down after update of partner_level on partner for each row when (old.partner_level is distinct from new.partner_level) execute function level_change_is_written_down();

alter table partner_level_change enable row level security;
alter table partner_level_change force row level security;
create policy level_changes_are_seen_by_the_branch on partner_level_change for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id())));
create policy level_changes_are_written_by_the_trigger on partner_level_change for insert to {schema}_definer with check (true);
grant insert on partner_level_change to {schema}_definer;
revoke insert, update, delete, truncate on partner_level_change from {schema}_app;
