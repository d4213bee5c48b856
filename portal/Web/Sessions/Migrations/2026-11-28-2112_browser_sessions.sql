-- Sign-ins that last: the browser holds a random key, here is what it stands for.
create table browser_session (
    browser_session_id bigint generated always as identity primary key,
    key_hash         bytea       not null,
    issuer           text        not null,
    subject          text        not null,
    -- What the identity provider calls its session; null where it names none.
    sid              text,
    protected_ticket bytea       not null,
    signed_in_at     timestamptz not null,
    last_seen_at     timestamptz not null,
    ends_at          timestamptz not null,
    constraint the_key_of_a_session_is_kept_as_sha256 check (octet_length(key_hash) = 32),
    constraint a_key_opens_one_session unique (key_hash)
);
comment on table browser_session is 'One browser in which somebody is signed in; deleted at sign-out. The ticket, with the id_token for the sign-out, is encrypted.';
create index browser_session_of_person on browser_session (issuer, subject);
create index browser_session_by_end on browser_session (ends_at);
alter table browser_session enable row level security;
alter table browser_session force row level security;
create policy the_product_keeps_browser_sessions on browser_session using ((select app_is_system())) with check ((select app_is_system()));

create table used_logout_token (
    id_hash    bytea       primary key,
    expires_at timestamptz not null,
    constraint the_id_of_a_logout_token_is_kept_as_sha256 check (octet_length(id_hash) = 32)
);
comment on table used_logout_token is 'The jti of logout tokens that were taken; each counts once, on whichever instance.';
create index used_logout_token_by_end on used_logout_token (expires_at);
alter table used_logout_token enable row level security;
alter table used_logout_token force row level security;
create policy the_product_remembers_logout_tokens on used_logout_token using ((select app_is_system())) with check ((select app_is_system()));
