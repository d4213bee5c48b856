-- The brand and whoever gave a file are told once of what its registrations came to, also where the file goes on after a stop.
alter table import_entry add column told boolean not null default true;
alter table import_entry alter column told set default false;
comment on column import_entry.told is 'The brand''s queues and whoever gave the file have been told of it.';
create policy entries_are_told_of_by_the_product on import_entry for update using ((select app_is_system())) with check ((select app_is_system()));
grant update (told) on import_entry to {schema}_app;
