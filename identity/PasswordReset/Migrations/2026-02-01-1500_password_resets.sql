-- Links that let a person choose a new password.
create table password_reset (
    token_hash     bytea       primary key,
    account_id     bigint      not null references account on delete cascade,
    security_stamp text        not null,
    created_at     timestamptz not null,
    expires_at     timestamptz not null,
    used_at        timestamptz,
    constraint a_reset_token_is_kept_as_sha256 check (octet_length(token_hash) = 32)
);
comment on table password_reset is 'One mailed link. It works once, for 60 minutes, and only while the account''s credentials are those it was made for.';
create index password_reset_of_account on password_reset (account_id);
alter table password_reset enable row level security;
alter table password_reset force row level security;
create policy identity_itself_resets_passwords on password_reset using ((select app_is_system())) with check ((select app_is_system()));
