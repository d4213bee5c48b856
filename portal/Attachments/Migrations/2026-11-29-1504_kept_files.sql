-- A browser forgets the files of a form that was refused. Those that were in order are kept for the person who sent them, until the form is sent again or a day has gone by.
create table kept_file (
    kept_file_id bigint  generated always as identity primary key,
    number       text    not null unique,
    person_id    bigint  not null references person,
    deal_id      bigint  references deal on delete cascade,
    dispute_id   bigint  references dispute,
    read_by      text,
    name         text    not null,
    kind         text    not null,
    bytes        integer not null,
    sha256       bytea   not null,
    kept_at      timestamptz not null,
    constraint a_kept_file_is_meant_for_one_record check ((deal_id is null) <> (dispute_id is null)),
    constraint kept_file_kind_is_known check (kind in ('pdf', 'png', 'jpeg', 'docx', 'xlsx', 'csv', 'txt', 'eml')),
    constraint a_kept_file_has_a_name check (char_length(name) between 1 and 150 and name !~ '[/\\[:cntrl:]]'),
    constraint a_kept_file_has_a_size check (bytes > 0),
    constraint a_kept_file_has_its_hash check (octet_length(sha256) = 32)
);
comment on table kept_file is 'A file that somebody sent together with one that was refused: theirs alone, and on no record yet.';
comment on column kept_file.read_by is 'Who was to see it, as the form said.';
create index kept_file_by_person on kept_file (person_id, kept_file_id);
create index kept_file_by_age on kept_file (kept_at);

create table kept_file_part (
    kept_file_id bigint  not null references kept_file on delete cascade,
    part         integer not null,
    content      bytea   not null,
    primary key (kept_file_id, part),
    constraint a_part_of_a_kept_file_is_bounded check (octet_length(content) between 1 and 1048576)
);
comment on table kept_file_part is 'The content of a kept file in parts of a megabyte.';
alter table kept_file_part alter column content set storage external;

alter table kept_file enable row level security;
alter table kept_file force row level security;
create policy kept_files_are_read_by_whoever_sent_them on kept_file for select using (person_id = (select app_person_id()));
create policy kept_files_are_kept_for_whoever_sends_them on kept_file for insert with check (person_id = (select app_person_id()));
create policy kept_files_are_dropped_by_whoever_sent_them on kept_file for delete using (person_id = (select app_person_id()));
create policy kept_files_are_forgotten_by_the_product on kept_file using ((select app_is_system())) with check (false);
revoke update, truncate on kept_file from {schema}_app;

alter table kept_file_part enable row level security;
alter table kept_file_part force row level security;
create policy kept_parts_go_with_their_file on kept_file_part using (kept_file_id in (select k.kept_file_id from kept_file k)) with check (kept_file_id in (select k.kept_file_id from kept_file k));
revoke update, truncate on kept_file_part from {schema}_app;
