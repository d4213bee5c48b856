-- Subscriptions of the calendar of promised deliveries (日历订阅): a secret address that a calendar program reads without signing in. It shows what its person may see at that moment, and nothing once that person or its company is stopped.
create table calendar_subscription (
    calendar_subscription_id bigint generated always as identity primary key,
    number         text        not null unique,
    person_id      bigint      not null references person,
    partner_id     bigint      not null references partner,
    secret_sha256  bytea       not null unique,
    side           text        not null,
    partner_number text,
    place          text,
    state          text,
    created_at     timestamptz not null,
    last_read_at   timestamptz,
    constraint a_calendar_is_looked_at_from_a_side check (side in ('buyer', 'seller', 'channel')),
    constraint the_secret_of_a_calendar_is_a_hash check (octet_length(secret_sha256) = 32),
    constraint what_a_calendar_is_narrowed_by_is_short check (char_length(partner_number) between 1 and 40 and char_length(place) between 1 and 100 and state in ('open', 'late', 'done'))
);
comment on table calendar_subscription is 'A secret address of a person''s calendar of deliveries; only the hash of the secret is kept. A row that is gone is an address that shows nothing any more.';
create index calendar_subscription_by_person on calendar_subscription (person_id, calendar_subscription_id);
create index calendar_subscription_by_partner on calendar_subscription (partner_id);
alter table calendar_subscription enable row level security;
alter table calendar_subscription force row level security;
create policy calendars_are_their_persons on calendar_subscription for select using (person_id = (select app_person_id()) or (select app_is_system()));
create policy calendars_are_subscribed_by_their_person on calendar_subscription for insert with check (person_id = (select app_person_id()) and partner_id = (select app_partner_id()));
create policy calendars_are_ended_by_their_person on calendar_subscription for delete using (person_id = (select app_person_id()) or (select app_is_system()));
create policy calendars_are_read_by_the_definer on calendar_subscription to {schema}_definer using (true) with check (true);
revoke update, truncate on calendar_subscription from {schema}_app;

-- Whose calendar an address shows: of a live person of a live company, and of the company in which it was subscribed. Whoever asks need not be signed in; the secret is the proof.
create function calendar_subscription_read(secret bytea, at timestamptz)
returns table (issuer text, subject text, side text, partner_number text, place text, state text, language text) language sql security definer set search_path = {schema}, public, pg_temp as $$
    update calendar_subscription s
    set last_read_at = at
    from person p join partner b on b.partner_id = p.partner_id
    where s.secret_sha256 = secret and p.person_id = s.person_id and p.partner_id = s.partner_id and p.disabled_at is null and b.status = 'active'
    returning p.issuer, p.subject, s.side, s.partner_number, s.place, s.state, coalesce(p.language, b.language)
$$;
comment on function calendar_subscription_read(bytea, timestamptz) is 'The subscription of a secret, and for whom it is read; nothing where there is none, or its person is stopped.';
alter function calendar_subscription_read(bytea, timestamptz) owner to {schema}_definer;
