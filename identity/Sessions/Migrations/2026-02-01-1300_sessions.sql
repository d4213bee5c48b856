-- Sign-ins that last: the browser holds a random key, here is what it stands for.
create table sign_in_session (
    sign_in_session_id bigint generated always as identity primary key,
    key_hash         bytea       not null,
    sid              text        not null,
    account_id       bigint      not null references account on delete cascade,
    amr              text[]      not null,
    authenticated_at timestamptz not null,
    last_seen_at     timestamptz not null,
    ends_at          timestamptz not null,
    address          text,
    user_agent       text,
    constraint a_session_key_is_kept_as_sha256 check (octet_length(key_hash) = 32),
    constraint a_session_key_opens_one_session unique (key_hash),
    constraint a_sid_names_one_session unique (sid)
);
comment on table sign_in_session is 'One browser in which one person is signed in; deleted at sign-out. The sid is what tokens call it.';
create index sign_in_session_of_account on sign_in_session (account_id);
create index sign_in_session_by_end on sign_in_session (ends_at);
alter table sign_in_session enable row level security;
alter table sign_in_session force row level security;
create policy identity_itself_keeps_sessions on sign_in_session using ((select app_is_system())) with check ((select app_is_system()));
