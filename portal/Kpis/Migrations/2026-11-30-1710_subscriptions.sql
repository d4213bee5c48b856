-- A dashboard that comes by mail: a view under a name, how often, as which files.
create table kpi_subscription (
    kpi_subscription_id bigint generated always as identity primary key,
    number     text        not null unique,
    person_id  bigint      not null references person on delete cascade,
    name       text        not null,
    query      text        not null,
    every      text        not null,
    formats    text[]      not null,
    next_on    date        not null,
    created_at timestamptz not null,
    sent_at    timestamptz,
    constraint a_subscription_has_its_own_name unique (person_id, name),
    constraint a_subscription_is_named check (name = btrim(name) and char_length(name) between 1 and 60),
    constraint a_subscription_is_a_query check (query like '?%' and char_length(query) <= 2000),
    constraint a_subscriptions_pace_is_known check (every in ('day', 'week', 'month', 'quarter')),
    constraint a_subscription_has_a_file check (cardinality(formats) between 1 and 2 and formats <@ array['pdf', 'xlsx'])
);
comment on table kpi_subscription is 'One person''s subscription to a view of the dashboard. It is sent when next_on has come, with what the person may see on that day.';
create index kpi_subscription_due on kpi_subscription (next_on);
alter table kpi_subscription enable row level security;
alter table kpi_subscription force row level security;
create policy subscriptions_are_their_persons_own on kpi_subscription
    using (person_id = (select app_person_id())) with check (person_id = (select app_person_id()));
create policy subscriptions_are_sent_by_the_product on kpi_subscription
    using ((select app_is_system())) with check ((select app_is_system()));
