-- Quote templates (报价模板): how an owner's quotes look, in revisions that stay as they are; at most one of an owner counts. What counts when a quote is sent is frozen with it.
create table quote_template (
    quote_template_id bigint      generated always as identity primary key,
    number            text        not null unique,
    partner_id        bigint      not null references partner,
    of_brand          boolean     not null,
    revision          integer     not null,
    note              text,
    design            jsonb       not null,
    source_sha256     bytea,
    open_parts        text[]      not null default '{}',
    is_active         boolean     not null default false,
    created_by        bigint      references person,
    created_at        timestamptz not null,
    constraint a_template_revision_is_numbered_once unique (partner_id, revision),
    constraint a_template_revision_counts_from_one check (revision >= 1),
    constraint a_template_note_is_short check (char_length(note) between 1 and 200),
    constraint a_template_design_is_bounded check (jsonb_typeof(design) = 'object' and pg_column_size(design) <= 400000),
    constraint an_expert_source_is_the_brands check (source_sha256 is null or of_brand),
    constraint parts_are_opened_by_the_brand check (open_parts = '{}' or of_brand),
    constraint opened_parts_are_known check (open_parts <@ array['logo', 'colours', 'type', 'columns', 'sections', 'words', 'terms', 'signature'])
);
comment on table quote_template is 'One revision of an owner''s quote template. Never changed but for is_active.';
comment on column quote_template.design is 'The parts that this owner gives; what is absent is taken from the brand''s, or the product''s.';
comment on column quote_template.open_parts is 'Of the brand''s: the parts that partners may have of their own.';
create unique index one_active_template_per_owner on quote_template (partner_id) where is_active;
create index quote_template_by_owner on quote_template (partner_id, revision desc);
create index quote_template_by_person on quote_template (created_by);

create table quote_template_file (
    partner_id bigint      not null references partner,
    of_brand   boolean     not null,
    sha256     bytea       not null,
    kind       text        not null,
    content    bytea       not null,
    kept_at    timestamptz not null,
    primary key (partner_id, sha256),
    constraint the_kind_of_a_template_file_is_known check (kind in ('png', 'jpg', 'svg', 'typ')),
    constraint a_template_file_is_bounded check (octet_length(content) between 1 and 1048576),
    constraint a_template_file_is_called_by_its_hash check (sha256 = sha256(content)),
    constraint an_expert_source_file_is_the_brands check (kind <> 'typ' or of_brand)
);
comment on table quote_template_file is 'Logos and expert sources by their SHA-256. They stay: frozen quotes name them.';
create index quote_template_file_by_hash on quote_template_file (sha256);

create table quote_template_turn (
    quote_template_turn_id bigint      generated always as identity primary key,
    partner_id             bigint      not null references partner,
    quote_template_id      bigint      references quote_template,
    person_id              bigint      references person,
    happened_at            timestamptz not null
);
comment on table quote_template_turn is 'Which revision counted from when on, and who said so; none means back to what stands above. Append-only.';
create index quote_template_turn_by_owner on quote_template_turn (partner_id, quote_template_turn_id desc);
create index quote_template_turn_by_template on quote_template_turn (quote_template_id);
create index quote_template_turn_by_person on quote_template_turn (person_id);

alter table quote_template enable row level security;
alter table quote_template force row level security;
-- Partners see of the brand's revisions the one that counts, because theirs stands on it.
create policy quote_templates_are_seen_by_their_owner on quote_template for select
    using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()) or (of_brand and is_active and (select app_partner_id()) is not null));
create policy quote_templates_are_made_by_their_owner on quote_template for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('brand_admin')) and of_brand or (select app_has_role('partner_admin')) and not of_brand)) or (select app_is_system()));
create policy quote_templates_are_turned_by_their_owner on quote_template for update
    using ((partner_id = (select app_partner_id()) and ((select app_has_role('brand_admin')) or (select app_has_role('partner_admin')))) or (select app_is_system()))
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('brand_admin')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
revoke update, delete, truncate on quote_template from {schema}_app;
grant update (is_active) on quote_template to {schema}_app;

alter table quote_template_file enable row level security;
alter table quote_template_file force row level security;
create policy template_files_are_seen_by_their_owner on quote_template_file for select
    using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()) or (of_brand and (select app_partner_id()) is not null));
create policy template_files_are_kept_by_their_owner on quote_template_file for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('brand_admin')) and of_brand or (select app_has_role('partner_admin')) and not of_brand)) or (select app_is_system()));
create policy template_files_are_known_to_the_definer on quote_template_file for select to {schema}_definer using (true);
revoke update, delete, truncate on quote_template_file from {schema}_app;

alter table quote_template_turn enable row level security;
alter table quote_template_turn force row level security;
create policy template_turns_are_seen_by_their_owner on quote_template_turn for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy template_turns_are_written_by_their_owner on quote_template_turn for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('brand_admin')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
revoke update, delete, truncate on quote_template_turn from {schema}_app;

-- The files that a frozen look names, for whoever typesets the quote: also somebody who has a link and no account. A hash of 256 bits is known to those alone who read the frozen revision that names it.
create function quote_look_files(hashes bytea[]) returns table (sha256 text, kind text, content bytea) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select distinct on (f.sha256) encode(f.sha256, 'hex'), f.kind, f.content from quote_template_file f where f.sha256 = any (hashes)
$$;
alter function quote_look_files(bytea[]) owner to {schema}_definer;
