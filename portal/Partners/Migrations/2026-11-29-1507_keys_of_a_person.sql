-- Single keys act on the reviewer's pages, unless the person switched them off: on every device, like language and theme.
alter table person add column keys_off boolean not null default false;
comment on column person.keys_off is 'The person wants no single keys that press the page''s buttons.';
grant update (keys_off) on person to {schema}_app;
