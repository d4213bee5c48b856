-- A workbook of a quote that came back changed: what was read of it, until somebody confirms it or it is forgotten.
create table quote_upload (
    quote_upload_id bigint      generated always as identity primary key,
    number          text        not null unique,
    quote_id        bigint      not null references quote,
    partner_id      bigint      not null references partner,
    revision        integer     not null,
    file_name       text        not null,
    file_sha256     bytea       not null,
    lines           jsonb       not null,
    notes           jsonb       not null default '[]',
    uploaded_by     bigint      references person,
    uploaded_at     timestamptz not null,
    taken_at        timestamptz,
    taken_revision  integer,
    constraint an_upload_is_of_a_revision check (revision >= 1),
    constraint an_upload_has_a_short_name check (char_length(file_name) between 1 and 200),
    constraint an_upload_has_bounded_lines check (jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) <= 1000),
    constraint what_was_taken_has_its_revision check ((taken_at is null) = (taken_revision is null))
);
comment on table quote_upload is 'Product, quantity and discount of each line of a workbook that came back, to be looked at and confirmed. No price of the file is kept.';
create index quote_upload_by_quote on quote_upload (quote_id, uploaded_at desc);
create index quote_upload_by_person on quote_upload (uploaded_by);
create index quote_upload_by_partner on quote_upload (partner_id);
create index quote_upload_to_forget on quote_upload (uploaded_at);

alter table quote_upload enable row level security;
alter table quote_upload force row level security;
create policy quote_uploads_are_seen_by_their_partner on quote_upload for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quote_uploads_are_made_by_their_partner on quote_upload for insert
    with check (partner_id = (select app_partner_id()) and exists (select from quote q where q.quote_id = quote_upload.quote_id and q.partner_id = quote_upload.partner_id));
create policy quote_uploads_are_taken_by_their_partner on quote_upload for update using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
create policy quote_uploads_are_forgotten_by_the_product on quote_upload for delete using ((select app_is_system()));
revoke update, delete, truncate on quote_upload from {schema}_app;
grant update (taken_at, taken_revision), delete on quote_upload to {schema}_app;
