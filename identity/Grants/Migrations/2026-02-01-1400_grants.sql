-- What a person, in a session, has given a client. Every token issued from it names it, so that ending it ends them all.
create table access_grant (
    access_grant_id      bigint generated always as identity primary key,
    handle               text        not null,
    registered_client_id bigint      not null references registered_client on delete cascade,
    account_id           bigint      not null references account on delete cascade,
    sid                  text        not null,
    scopes               text[]      not null,
    amr                  text[]      not null,
    authenticated_at     timestamptz not null,
    granted_at           timestamptz not null,
    revoked_at           timestamptz,
    revoked_because      text,
    constraint a_handle_names_one_grant unique (handle),
    constraint a_revocation_has_its_reason check ((revoked_at is null) = (revoked_because is null))
);
comment on table access_grant is 'One answer to one authorization request; its handle is the first part of the jti of its access tokens.';
create index access_grant_of_account on access_grant (account_id);
create index access_grant_by_sid on access_grant (sid);
create index access_grant_by_age on access_grant (granted_at);

create table authorization_code (
    code_hash       bytea       primary key,
    access_grant_id bigint      not null references access_grant on delete cascade,
    redirect_uri    text        not null,
    code_challenge  text,
    nonce           text,
    expires_at      timestamptz not null,
    redeemed_at     timestamptz,
    constraint a_code_is_kept_as_sha256 check (octet_length(code_hash) = 32)
);
comment on table authorization_code is 'A code on its way through the browser. It stays after it was redeemed, so that a second use is recognised.';
create index authorization_code_of_grant on authorization_code (access_grant_id);

alter table access_grant enable row level security;
alter table access_grant force row level security;
create policy identity_itself_keeps_grants on access_grant using ((select app_is_system())) with check ((select app_is_system()));
alter table authorization_code enable row level security;
alter table authorization_code force row level security;
create policy identity_itself_keeps_codes on authorization_code using ((select app_is_system())) with check ((select app_is_system()));
