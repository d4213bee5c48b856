-- Saved views (已存视图): how a person likes to look at a list.
create table saved_view (
    saved_view_id bigint generated always as identity primary key,
    number        text        not null unique,
    person_id     bigint      not null references person on delete cascade,
    list          text        not null,
    name          text        not null,
    query         text        not null,
    saved_at      timestamptz not null,
    constraint a_saved_view_has_its_own_name unique (person_id, list, name),
    constraint a_saved_view_is_named check (name = btrim(name) and char_length(name) between 1 and 60),
    constraint a_saved_view_is_a_query check (query like '?%' and char_length(query) <= 2000)
);
comment on table saved_view is 'One person''s view of one list: words, filters, order and page length as the query of its address.';

alter table saved_view enable row level security;
alter table saved_view force row level security;
create policy saved_views_are_their_persons_own on saved_view
    using (person_id = (select app_person_id())) with check (person_id = (select app_person_id()));
