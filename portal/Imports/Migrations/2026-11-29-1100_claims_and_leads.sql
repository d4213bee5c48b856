-- Files of registrations, given by partners, and of leads, given by the brand; and what each row of them became.
alter table import drop constraint import_kind_is_known;
alter table import add constraint import_kind_is_known check (kind in ('partners', 'products', 'prices', 'promotions', 'customers', 'orders', 'deals', 'leads'));
alter table import drop constraint import_phase_is_known;
alter table import add constraint import_phase_is_known check (phase in ('reading', 'checking', 'writing', 'submitting'));

create table import_entry (
    import_id     bigint  not null references import on delete cascade,
    row_number    bigint  not null,
    record_number text    not null,
    follows       boolean not null default false,
    problem       jsonb,
    primary key (import_id, row_number),
    -- An import that begins again goes on where it stopped: nothing is entered or submitted twice.
    constraint a_record_is_of_one_row unique (record_number),
    constraint what_follows_has_no_problem_yet check (not follows or problem is null)
);
comment on table import_entry is 'What a row of a file became: the number of the deal or lead; whether it is still to be submitted, and why it was not.';
create index import_entry_to_follow on import_entry (import_id, row_number) where follows;

alter table import_entry enable row level security;
alter table import_entry force row level security;
create policy entries_are_seen_with_their_import on import_entry for select using (exists (select from import i where i.import_id = import_entry.import_id));
create policy entries_are_written_while_it_runs on import_entry for insert
    with check (exists (select from import i where i.import_id = import_entry.import_id and i.status = 'running' and ((select app_is_system()) or app_may_import(i.kind))));
create policy entries_are_followed_while_it_runs on import_entry for update
    using (exists (select from import i where i.import_id = import_entry.import_id and i.status = 'running' and ((select app_is_system()) or app_may_import(i.kind))))
    with check (true);
revoke update, delete, truncate on import_entry from {schema}_app;
grant update (follows, problem) on import_entry to {schema}_app;

-- Who may import what, for the database; ImportRights says the same to the screens. Registrations are a partner's own to enter: the brand decides on them.
create or replace function app_may_import(kind text) returns boolean language sql stable parallel safe as
$$ select app_is_system()
       or (app_may_import.kind <> 'deals' and (app_has_role('brand_admin') or app_has_role('channel_manager')))
       or (app_may_import.kind = 'leads' and app_has_role('deal_desk'))
       or (app_may_import.kind = 'customers' and app_has_role('partner_admin'))
       or (app_may_import.kind = 'deals' and not app_is_brand() and (app_has_role('sales') or app_has_role('partner_admin'))) $$;
comment on function app_may_import(text) is 'True when the person at work may import files of that kind: the brand''s admins and channel managers all but registrations, its deal desk leads, a partner''s admin its customers, its sales people and admin its registrations.';
