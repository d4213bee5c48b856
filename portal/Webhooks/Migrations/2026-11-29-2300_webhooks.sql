-- Webhooks (事件推送): a company names addresses that are told of what happens to its orders, deliveries, invoices, stock and deals. The events are written in the transaction of the change, by one
-- statement that hangs on the audit: what is audited is told, to those who may read it there, and to nobody else.
create table webhook_endpoint (
    webhook_endpoint_id bigint generated always as identity primary key,
    number          text        not null unique,
    partner_id      bigint      not null references partner on delete cascade,
    url             text        not null,
    description     text,
    event_types     text[]      not null,
    scope           text        not null default 'own',
    status          text        not null default 'active',
    secret          text        not null,
    previous_secret text,
    previous_until  timestamptz,
    failures        integer     not null default 0,
    failing_since   timestamptz,
    last_success_at timestamptz,
    rests_until     timestamptz,
    off_because     text,
    collects_until  timestamptz,
    created_by      bigint      references person,
    created_at      timestamptz not null,
    changed_at      timestamptz not null,
    version         integer     not null default 1,
    constraint an_endpoint_is_known_with_its_company unique (webhook_endpoint_id, partner_id),
    constraint a_company_names_an_address_once unique (partner_id, url),
    constraint an_endpoint_is_a_web_address check (url ~ '^https?://' and char_length(url) <= 500),
    constraint an_endpoint_description_is_short check (char_length(description) between 1 and 200),
    constraint an_endpoint_wants_something check (cardinality(event_types) between 1 and 200),
    constraint endpoint_scope_is_known check (scope in ('own', 'channel')),
    constraint endpoint_status_is_known check (status in ('active', 'paused', 'off')),
    constraint what_is_off_says_why check ((status = 'off') = (off_because is not null)),
    constraint endpoint_off_reason_is_known check (off_because in ('failing', 'gone')),
    constraint an_old_secret_has_an_end check ((previous_secret is null) = (previous_until is null)),
    constraint failures_are_counted check (failures >= 0)
);
comment on table webhook_endpoint is 'An address of a company that is told of events; its secret is encrypted outside the database. scope channel: the brand hears of all of its channel.';

-- Which act of the audit is which event, and what it is about. A new act becomes an event by a row here.
create table webhook_source (
    action     text primary key,
    event_type text not null,
    subject    text not null,
    constraint webhook_subject_is_known check (subject in ('order', 'shipment', 'receipt', 'invoice', 'credit_note', 'payment', 'return', 'discrepancy', 'deal'))
);
comment on table webhook_source is 'The event that an act of the audit is told as, and the kind of record its payload shows.';
insert into webhook_source (action, event_type, subject) values
    ('order.submit', 'order.submitted', 'order'), ('order.approve', 'order.submitted', 'order'), ('order.send_back', 'order.sent_back', 'order'), ('order.recall', 'order.recalled', 'order'),
    ('order.confirm', 'order.confirmed', 'order'), ('order.allocate', 'order.allocated', 'order'), ('order.unreserve', 'order.unreserved', 'order'), ('order.reject', 'order.rejected', 'order'), ('order.cancel', 'order.cancelled', 'order'),
    ('order.ask_change', 'order.change_asked', 'order'), ('order.accept_change', 'order.changed', 'order'), ('order.decline_change', 'order.change_declined', 'order'),
    ('order.withdraw_change', 'order.change_withdrawn', 'order'), ('order.send_again', 'order.changed', 'order'), ('order.take_over', 'order.changed', 'order'), ('order.close', 'order.closed', 'order'),
    ('order.credit_held', 'order.credit_held', 'order'), ('order.credit_released', 'order.credit_released', 'order'),
    ('order.ship', 'shipment.sent', 'shipment'), ('order.receive', 'shipment.received', 'receipt'),
    ('invoice.issued', 'invoice.issued', 'invoice'), ('credit_note.issued', 'credit_note.issued', 'credit_note'),
    ('payment.entered', 'payment.recorded', 'payment'), ('payment.matched', 'payment.matched', 'payment'), ('payment.unmatched', 'payment.unmatched', 'payment'), ('payment.reversed', 'payment.reversed', 'payment'),
    ('return.request', 'return.requested', 'return'), ('return.approve', 'return.approved', 'return'), ('return.refuse', 'return.refused', 'return'),
    ('return.withdraw', 'return.withdrawn', 'return'), ('return.send', 'return.sent', 'return'), ('return.inspect', 'return.settled', 'return'),
    ('discrepancy.file', 'discrepancy.filed', 'discrepancy'), ('discrepancy.accept', 'discrepancy.settled', 'discrepancy'), ('discrepancy.agree', 'discrepancy.settled', 'discrepancy'),
    ('discrepancy.dispute', 'discrepancy.disputed', 'discrepancy'), ('discrepancy.renew', 'discrepancy.renewed', 'discrepancy'), ('discrepancy.withdraw', 'discrepancy.withdrawn', 'discrepancy'),
    ('deal.submitted', 'deal.submitted', 'deal'), ('deal.blocked', 'deal.blocked', 'deal'), ('deal.taken_up', 'deal.review_started', 'deal'), ('deal.information_requested', 'deal.information_requested', 'deal'),
    ('deal.approved', 'deal.approved', 'deal'), ('deal.rejected', 'deal.rejected', 'deal'), ('deal.marked_duplicate', 'deal.duplicate', 'deal'), ('deal.withdrawn', 'deal.withdrawn', 'deal'),
    ('deal.expired', 'deal.expired', 'deal'), ('deal.released', 'deal.released', 'deal'), ('deal.grant_extension', 'deal.extended', 'deal'), ('deal.grant_amendment', 'deal.amended', 'deal'),
    ('deal.converted', 'deal.converted', 'deal'), ('deal.won', 'deal.won', 'deal'), ('deal.lost', 'deal.lost', 'deal'), ('deal.lost_dispute', 'deal.lost', 'deal');

create table webhook_event (
    webhook_event_id bigint generated always as identity primary key,
    number         text        not null unique,
    partner_id     bigint      not null references partner on delete cascade,
    event_type     text        not null,
    is_party       boolean     not null,
    subject_number text        not null,
    occurred_at    timestamptz not null,
    body           text        not null,
    constraint an_event_is_known_with_its_company unique (webhook_event_id, partner_id)
);
comment on table webhook_event is 'What happened, as one company may see it, byte for byte as it is sent. is_party: the company takes part in it; otherwise it is the brand looking at its channel.';
create index webhook_event_by_partner on webhook_event (partner_id, occurred_at, webhook_event_id);
create index webhook_event_by_time on webhook_event (occurred_at);

create table webhook_delivery (
    webhook_delivery_id bigint generated always as identity primary key,
    number              text        not null unique default 'WD-' || upper(replace(gen_random_uuid()::text, '-', '')),
    webhook_event_id    bigint      not null,
    webhook_endpoint_id bigint      not null,
    partner_id          bigint      not null,
    subject_number      text        not null,
    is_replay           boolean     not null default false,
    status              text        not null default 'pending',
    attempts            integer     not null default 0,
    created_at          timestamptz not null,
    not_before          timestamptz not null,
    lent_until          timestamptz,
    ended_at            timestamptz,
    last_status         integer,
    last_error          text,
    last_milliseconds   integer,
    -- An event of one company never reaches the endpoint of another.
    constraint a_delivery_brings_an_event_of_its_company foreign key (webhook_event_id, partner_id) references webhook_event (webhook_event_id, partner_id) on delete cascade,
    constraint a_delivery_goes_to_an_endpoint_of_its_company foreign key (webhook_endpoint_id, partner_id) references webhook_endpoint (webhook_endpoint_id, partner_id) on delete cascade,
    constraint delivery_status_is_known check (status in ('pending', 'delivered', 'given_up')),
    constraint what_is_over_has_its_moment check ((status = 'pending') = (ended_at is null))
) with (fillfactor = 80);
comment on table webhook_delivery is 'One event for one endpoint, until it is delivered or given up. Lent, not locked, while it is under way: whoever dies leaves no lock behind.';
create index webhook_delivery_due on webhook_delivery (webhook_endpoint_id, not_before, webhook_delivery_id) where status = 'pending';
-- An event waits for the earlier ones of its record.
create index webhook_delivery_of_record on webhook_delivery (webhook_endpoint_id, subject_number, webhook_delivery_id) where status = 'pending';
create index webhook_delivery_by_endpoint on webhook_delivery (webhook_endpoint_id, webhook_delivery_id desc);
create index webhook_delivery_by_event on webhook_delivery (webhook_event_id);

create table webhook_attempt (
    webhook_attempt_id  bigint generated always as identity primary key,
    webhook_delivery_id bigint      not null references webhook_delivery on delete cascade,
    partner_id          bigint      not null,
    attempted_at        timestamptz not null,
    milliseconds        integer     not null,
    status              integer,
    error               text,
    request             text        not null,
    response            text,
    constraint an_attempt_ends_with_a_status_or_an_error check (status is not null or error is not null),
    constraint what_is_kept_of_an_attempt_is_short check (char_length(request) <= 4000 and char_length(response) <= 4000)
);
comment on table webhook_attempt is 'One attempt to deliver: what was sent (without the secret) and what came back, cut short.';
create index webhook_attempt_by_delivery on webhook_attempt (webhook_delivery_id, webhook_attempt_id);

alter table webhook_endpoint enable row level security;
alter table webhook_endpoint force row level security;
create policy endpoints_are_seen_by_their_administrators on webhook_endpoint for select using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
-- Only the brand has a channel to listen to.
create policy endpoints_are_made_by_their_administrators on webhook_endpoint for insert with check (
    ((partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()))
    and (scope = 'own' or exists (select from partner p where p.partner_id = webhook_endpoint.partner_id and p.partner_type = 'brand')));
create policy endpoints_are_changed_by_their_administrators on webhook_endpoint for update using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()))
    with check (scope = 'own' or exists (select from partner p where p.partner_id = webhook_endpoint.partner_id and p.partner_type = 'brand'));
create policy endpoints_are_dropped_by_their_administrators on webhook_endpoint for delete using (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))));
create policy endpoints_are_known_to_the_definer on webhook_endpoint for select to {schema}_definer using (true);
revoke update, truncate on webhook_endpoint from {schema}_app;
grant update (url, description, event_types, scope, status, secret, previous_secret, previous_until, failures, failing_since, last_success_at, rests_until, off_because, collects_until, changed_at, version) on webhook_endpoint to {schema}_app;

alter table webhook_source enable row level security;
alter table webhook_source force row level security;
create policy sources_are_no_secret on webhook_source for select using (true);
revoke insert, update, delete, truncate on webhook_source from {schema}_app;

alter table webhook_event enable row level security;
alter table webhook_event force row level security;
create policy events_are_seen_by_their_administrators on webhook_event for select using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
-- People write nothing but a test; what happened is written by the trigger below.
create policy tests_are_written_by_their_administrators on webhook_event for insert with check (
    event_type = 'webhook.test' and partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))));
create policy events_are_forgotten_by_the_product on webhook_event for delete using ((select app_is_system()));
create policy events_are_written_by_the_definer on webhook_event to {schema}_definer using (true) with check (true);
revoke update, truncate on webhook_event from {schema}_app;

alter table webhook_delivery enable row level security;
alter table webhook_delivery force row level security;
create policy deliveries_are_seen_by_their_administrators on webhook_delivery for select using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
create policy deliveries_are_asked_for_by_their_administrators on webhook_delivery for insert with check (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))));
create policy deliveries_are_made_by_the_product on webhook_delivery for update using ((select app_is_system()));
create policy deliveries_are_forgotten_by_the_product on webhook_delivery for delete using ((select app_is_system()));
create policy deliveries_are_written_by_the_definer on webhook_delivery to {schema}_definer using (true) with check (true);
revoke update, truncate on webhook_delivery from {schema}_app;
grant update (status, attempts, not_before, lent_until, ended_at, last_status, last_error, last_milliseconds) on webhook_delivery to {schema}_app;

alter table webhook_attempt enable row level security;
alter table webhook_attempt force row level security;
create policy attempts_are_seen_by_their_administrators on webhook_attempt for select using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
create policy attempts_are_written_by_the_product on webhook_attempt for insert with check ((select app_is_system()));
revoke update, delete, truncate on webhook_attempt from {schema}_app;
