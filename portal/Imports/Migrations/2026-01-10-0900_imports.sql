-- Imports (导入): files of partners, products, prices, promotions, customers and past orders, taken as a whole or not at all.
create table import (
    import_id           bigint generated always as identity primary key,
    number              text          not null unique,
    partner_id          bigint        not null references partner,
    person_id           bigint        references person,
    kind                text          not null,
    file_name           text          not null,
    file_size           bigint        not null,
    file_sha256         bytea         not null,
    file_is_stored      boolean       not null,
    format              text          not null,
    columns             text[]        not null,
    sample              jsonb         not null,
    notes               jsonb         not null default '[]',
    mapping             jsonb         not null,
    leaves_out_wrong    boolean       not null default false,
    status              text          not null default 'ready',
    phase               text,
    progress            numeric(5, 4) not null default 0,
    rows_expected       bigint,
    rows_read           bigint        not null default 0,
    rows_taken          bigint        not null default 0,
    rows_refused        bigint        not null default 0,
    figures             jsonb         not null default '{}',
    problem             jsonb,
    attempts            integer       not null default 0,
    runner              text,
    lease_until         timestamptz,
    cancel_requested_at timestamptz,
    created_at          timestamptz   not null,
    started_at          timestamptz,
    ended_at            timestamptz,
    told_at             timestamptz,
    constraint import_kind_is_known check (kind in ('partners', 'products', 'prices', 'promotions', 'customers', 'orders')),
    constraint import_status_is_known check (status in ('ready', 'queued', 'running', 'done', 'refused', 'failed', 'cancelled')),
    constraint import_phase_is_known check (phase in ('reading', 'checking', 'writing')),
    constraint a_share_of_the_way check (progress between 0 and 1),
    constraint whoever_runs_it_holds_a_lease check ((status = 'running') = (runner is not null) and (runner is null) = (lease_until is null)),
    constraint what_ended_has_its_time check (status not in ('done', 'refused', 'failed', 'cancelled') or ended_at is not null),
    constraint what_went_wrong_is_said check (status not in ('refused', 'failed') or problem is not null),
    constraint a_name_of_a_file_is_short check (char_length(file_name) between 1 and 200)
);
comment on table import is 'One file somebody gave us: what it is, how its columns are read, how far it has come and what came of it.';
create index import_by_partner on import (partner_id, created_at desc, import_id desc);
create index import_by_content on import (partner_id, file_sha256);
create index import_to_run on import (import_id) where status in ('queued', 'running');
create index import_to_forget on import (ended_at) where file_is_stored;

create table import_part (
    import_id bigint  not null references import on delete cascade,
    part      integer not null,
    content   bytea   not null,
    primary key (import_id, part),
    constraint a_part_is_bounded check (octet_length(content) between 1 and 1048576)
);
comment on table import_part is 'The uploaded file in parts of a megabyte, so that any instance can read it in constant memory; deleted some days after the end.';
alter table import_part alter column content set storage external; -- files are packed already, or packed worse than read

create table import_refusal (
    import_refusal_id bigint generated always as identity primary key,
    import_id   bigint not null references import on delete cascade,
    row_number  bigint not null,
    column_name text,
    value       text,
    text_key    text   not null,
    arguments   jsonb  not null default '[]'
);
comment on table import_refusal is 'Why a row of a file was not taken: row, field, what stands there, and the sentence with its values.';
create index import_refusal_by_row on import_refusal (import_id, row_number, import_refusal_id);

-- Who may import what, for the database; ImportRights says the same to the screens.
create function app_may_import(kind text) returns boolean language sql stable parallel safe as
$$ select app_has_role('brand_admin') or app_has_role('channel_manager') or (app_may_import.kind = 'customers' and app_has_role('partner_admin')) $$;
comment on function app_may_import(text) is 'True when the person at work may import files of that kind: the brand''s admins and channel managers all, a partner''s admin its customers.';

alter table import enable row level security;
alter table import force row level security;
create policy imports_are_seen_by_their_company on import for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy imports_are_begun_by_whoever_may on import for insert
    with check ((select app_is_system()) or (partner_id = (select app_partner_id()) and person_id = (select app_person_id()) and app_may_import(kind)));
create policy imports_are_taken_on_by_whoever_may on import for update
    using ((select app_is_system()) or (partner_id = (select app_partner_id()) and app_may_import(kind)))
    with check ((select app_is_system()) or (partner_id = (select app_partner_id()) and app_may_import(kind)));
revoke update, delete, truncate on import from portal_app;
grant update (file_is_stored, mapping, leaves_out_wrong, status, phase, progress, rows_read, rows_taken, rows_refused, figures, problem, attempts, runner, lease_until,
              cancel_requested_at, started_at, ended_at, told_at) on import to portal_app;

alter table import_part enable row level security;
alter table import_part force row level security;
create policy parts_are_seen_with_their_import on import_part for select using (exists (select from import i where i.import_id = import_part.import_id));
create policy parts_are_added_by_whoever_began_it on import_part for insert
    with check (exists (select from import i where i.import_id = import_part.import_id and (i.person_id = (select app_person_id()) or (select app_is_system())) and i.status = 'ready'));
create policy parts_are_deleted_by_the_product on import_part for delete using ((select app_is_system()));
revoke update, truncate on import_part from portal_app;

alter table import_refusal enable row level security;
alter table import_refusal force row level security;
create policy refusals_are_seen_with_their_import on import_refusal for select using (exists (select from import i where i.import_id = import_refusal.import_id));
create policy refusals_are_written_by_the_product on import_refusal for insert with check ((select app_is_system()));
create policy refusals_are_deleted_by_the_product on import_refusal for delete using ((select app_is_system()));
revoke update, truncate on import_refusal from portal_app;
