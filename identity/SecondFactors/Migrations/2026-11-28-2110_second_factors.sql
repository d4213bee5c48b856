-- Second factors (第二验证): an authenticator app, and codes on paper for the day it is lost. Passkeys stand with the accounts.
create table authenticator_app (
    account_id       bigint      primary key references account on delete cascade,
    protected_secret bytea       not null,
    last_used_step   bigint      not null,
    added_at         timestamptz not null
);
comment on table authenticator_app is 'The app whose six digits somebody shows after the password (RFC 6238). The secret is encrypted with Data Protection.';
comment on column authenticator_app.last_used_step is 'The half minute of the last code that was accepted; a code of it or of an earlier one is a replay.';

create table recovery_code (
    code_hash  bytea       primary key,
    account_id bigint      not null references account on delete cascade,
    made_at    timestamptz not null,
    used_at    timestamptz,
    constraint a_recovery_code_is_kept_as_sha256 check (octet_length(code_hash) = 32)
);
comment on table recovery_code is 'A code that stands in once for a second factor; 120 random bits, so a fast hash tells nothing.';
create index recovery_code_of_account on recovery_code (account_id);

create table second_factor_try (
    account_id   bigint      primary key references account on delete cascade,
    failed_count integer     not null,
    paused_until timestamptz
);
comment on table second_factor_try is 'Wrong codes in a row for one account, whoever typed them; the last that is allowed begins a pause.';

create table half_sign_in (
    token_hash     bytea       primary key,
    account_id     bigint      not null references account on delete cascade,
    security_stamp text        not null,
    amr            text[]      not null,
    expires_at     timestamptz not null,
    constraint a_half_sign_in_is_kept_as_sha256 check (octet_length(token_hash) = 32)
);
comment on table half_sign_in is 'Somebody has shown the password in one browser and not yet the second factor. It is no session and opens nothing; deleted when it becomes one.';
create index half_sign_in_by_end on half_sign_in (expires_at);
create index half_sign_in_of_account on half_sign_in (account_id);

alter table authenticator_app enable row level security;
alter table authenticator_app force row level security;
create policy identity_itself_keeps_authenticators on authenticator_app using ((select app_is_system())) with check ((select app_is_system()));
alter table recovery_code enable row level security;
alter table recovery_code force row level security;
create policy identity_itself_keeps_recovery_codes on recovery_code using ((select app_is_system())) with check ((select app_is_system()));
alter table second_factor_try enable row level security;
alter table second_factor_try force row level security;
create policy identity_itself_counts_tries on second_factor_try using ((select app_is_system())) with check ((select app_is_system()));
alter table half_sign_in enable row level security;
alter table half_sign_in force row level security;
create policy identity_itself_keeps_half_sign_ins on half_sign_in using ((select app_is_system())) with check ((select app_is_system()));
