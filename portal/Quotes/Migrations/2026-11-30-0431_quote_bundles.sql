-- Files of many quotes in one zip: who asked for which, and how far they are made. The zip itself is kept nowhere; it is put together from quote_file while it is downloaded.
create table quote_bundle (
    quote_bundle_id bigint      generated always as identity primary key,
    number          text        not null unique,
    partner_id      bigint      not null references partner,
    person_id       bigint      not null references person,
    status          text        not null default 'queued',
    quotes          integer     not null,
    left_out        integer     not null default 0,
    files           integer     not null,
    made            integer     not null default 0,
    problem         text,
    attempts        integer     not null default 0,
    runner          text,
    lease_until     timestamptz,
    created_at      timestamptz not null,
    ended_at        timestamptz,
    constraint quote_bundle_status_is_known check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
    constraint a_bundle_is_bounded check (quotes between 1 and 500 and files between 1 and 2000 and made between 0 and files),
    constraint whoever_makes_a_bundle_holds_a_lease check ((status = 'running') = (runner is not null) and (runner is null) = (lease_until is null)),
    constraint what_ended_of_a_bundle_has_its_time check ((status in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
    constraint why_a_bundle_failed_is_said check ((status = 'failed') = (problem is not null))
);
comment on table quote_bundle is 'A person''s wish for the files of many quotes, and how far they are made.';
create index quote_bundle_by_person on quote_bundle (person_id, created_at desc);
create index quote_bundle_by_partner on quote_bundle (partner_id);
create index quote_bundle_to_run on quote_bundle (quote_bundle_id) where status in ('queued', 'running');
create index quote_bundle_to_forget on quote_bundle (created_at);

create table quote_bundle_file (
    quote_bundle_id   bigint  not null references quote_bundle on delete cascade,
    place             integer not null,
    quote_revision_id bigint  not null references quote_revision,
    kind              text    not null,
    language          text    not null,
    name              text    not null,
    primary key (quote_bundle_id, place),
    constraint a_name_stands_once_in_a_bundle unique (quote_bundle_id, name),
    constraint quote_bundle_file_kind_is_known check (kind in ('pdf', 'xlsx')),
    constraint quote_bundle_file_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table quote_bundle_file is 'One file of a bundle: of which frozen revision, and how it is called in the zip.';
create index quote_bundle_file_by_revision on quote_bundle_file (quote_revision_id);

alter table quote_bundle enable row level security;
alter table quote_bundle force row level security;
create policy quote_bundles_are_seen_by_who_asked on quote_bundle for select
    using ((partner_id = (select app_partner_id()) and person_id = (select app_person_id())) or (select app_is_system()));
create policy quote_bundles_are_asked_for_by_oneself on quote_bundle for insert with check (partner_id = (select app_partner_id()) and person_id = (select app_person_id()));
create policy quote_bundles_are_taken_on on quote_bundle for update
    using ((partner_id = (select app_partner_id()) and person_id = (select app_person_id())) or (select app_is_system()));
create policy quote_bundles_are_forgotten_by_the_product on quote_bundle for delete using ((select app_is_system()));
revoke update, delete, truncate on quote_bundle from {schema}_app;
grant update (status, made, problem, attempts, runner, lease_until, ended_at), delete on quote_bundle to {schema}_app;

alter table quote_bundle_file enable row level security;
alter table quote_bundle_file force row level security;
create policy quote_bundle_files_are_seen_with_their_bundle on quote_bundle_file for select using (exists (select from quote_bundle b where b.quote_bundle_id = quote_bundle_file.quote_bundle_id));
-- Only of revisions that the person sees: the policies of quote_revision say which.
create policy quote_bundle_files_are_of_revisions_one_sees on quote_bundle_file for insert
    with check (exists (select from quote_bundle b where b.quote_bundle_id = quote_bundle_file.quote_bundle_id and b.person_id = (select app_person_id()))
                and exists (select from quote_revision r where r.quote_revision_id = quote_bundle_file.quote_revision_id and r.frozen_at is not null));
revoke update, delete, truncate on quote_bundle_file from {schema}_app;
