-- Access tokens that end before their time. Most end with their grant; this is for one alone, and for those of programs, which have no grant.
create table revoked_token (
    jti_hash   bytea       primary key,
    revoked_at timestamptz not null,
    expires_at timestamptz not null,
    constraint a_jti_is_kept_as_sha256 check (octet_length(jti_hash) = 32)
);
comment on table revoked_token is 'Access tokens that their client gave back, until they would have expired anyway.';
create index revoked_token_by_end on revoked_token (expires_at);
alter table revoked_token enable row level security;
alter table revoked_token force row level security;
create policy identity_itself_remembers_revoked_tokens on revoked_token using ((select app_is_system())) with check ((select app_is_system()));
