-- A link for somebody who was invited is one to choose a password too; it works longer, and its pages greet.
alter table password_reset add column invites boolean not null default false;
comment on column password_reset.invites is 'Whether the link invites somebody who has never chosen a password; it works for three days.';
