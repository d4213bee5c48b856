-- The order confirmation on paper (订单确认书): what the seller promised, frozen in editions. A day that is moved or pieces that are called off make the next edition; the earlier ones stay as they were.
create table order_confirmation (
    order_confirmation_id bigint generated always as identity primary key,
    purchase_order_id     bigint      not null references purchase_order,
    edition               integer     not null,
    content               jsonb       not null,
    promise_sha256        bytea       not null,
    frozen_at             timestamptz not null,
    constraint editions_of_a_confirmation_are_counted unique (purchase_order_id, edition),
    constraint editions_of_a_confirmation_begin_at_one check (edition >= 1)
);
comment on table order_confirmation is 'What an order confirmation (订单确认书) says, in both languages: frozen when it is opened for the first time, in the next edition when it is opened after the promise has changed.';
comment on column order_confirmation.promise_sha256 is 'SHA-256 of what was promised alone: who opens it again gets the same edition for as long as that is the same, whatever becomes of names.';
create table order_confirmation_file (
    order_confirmation_id bigint      not null references order_confirmation,
    language              text        not null,
    content               bytea       not null,
    sha256                bytea       not null,
    made_at               timestamptz not null,
    primary key (order_confirmation_id, language),
    constraint order_confirmation_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table order_confirmation_file is 'The PDF made once of an edition; every download gets the same bytes.';
alter table order_confirmation_file alter column content set storage external;

alter table order_confirmation enable row level security;
alter table order_confirmation force row level security;
create policy confirmations_are_seen_with_their_order on order_confirmation for select using (exists (select from purchase_order o where o.purchase_order_id = order_confirmation.purchase_order_id));
-- Either side may be the first to open it.
create policy confirmations_are_made_by_whoever_opens_them_first on order_confirmation for insert with check (
    exists (select from purchase_order o where o.purchase_order_id = order_confirmation.purchase_order_id and o.confirmed_at is not null));
revoke update, delete, truncate on order_confirmation from {schema}_app;
alter table order_confirmation_file enable row level security;
alter table order_confirmation_file force row level security;
create policy confirmation_files_are_seen_with_their_order on order_confirmation_file for select using (
    exists (select from order_confirmation c where c.order_confirmation_id = order_confirmation_file.order_confirmation_id));
create policy confirmation_files_are_made_by_whoever_opens_them_first on order_confirmation_file for insert with check (
    exists (select from order_confirmation c where c.order_confirmation_id = order_confirmation_file.order_confirmation_id));
revoke update, delete, truncate on order_confirmation_file from {schema}_app;
