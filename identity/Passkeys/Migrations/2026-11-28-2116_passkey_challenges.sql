-- Challenges that wait for the signature of a passkey.
create table passkey_challenge (
    token_hash bytea       primary key,
    purpose    text        not null,
    account_id bigint      references account on delete cascade,
    state      text        not null,
    expires_at timestamptz not null,
    constraint a_challenge_key_is_kept_as_sha256 check (octet_length(token_hash) = 32),
    constraint a_challenge_is_for_one_purpose check (purpose in ('register', 'sign-in', 'second', 'confirm', 'step-up')),
    constraint only_a_sign_in_knows_nobody check (account_id is not null or purpose = 'sign-in')
);
comment on table passkey_challenge is 'A challenge for one browser and one purpose. It is deleted by the statement that reads it, so a signature is worth something once.';
create index passkey_challenge_by_end on passkey_challenge (expires_at);
create index passkey_challenge_of_account on passkey_challenge (account_id);
alter table passkey_challenge enable row level security;
alter table passkey_challenge force row level security;
create policy identity_itself_keeps_challenges on passkey_challenge using ((select app_is_system())) with check ((select app_is_system()));
