-- Refresh tokens: how an application goes on when nobody is there (offline_access). A family is the tokens of one grant, each the successor of the one before;
-- it lives while its grant does, so that ending the grant ends it, with the access tokens.
create table refresh_token (
    refresh_token_id bigint generated always as identity primary key,
    access_grant_id  bigint      not null references access_grant on delete cascade,
    predecessor_id   bigint      references refresh_token on delete set null,
    token_hash       bytea       not null,
    dpop_jkt         text,
    issued_at        timestamptz not null,
    expires_at       timestamptz not null,
    used_at          timestamptz,
    sealed_successor text,
    constraint a_refresh_token_is_known_once unique (token_hash),
    constraint a_refresh_token_has_one_successor unique (predecessor_id),
    constraint a_refresh_token_is_kept_as_sha256 check (octet_length(token_hash) = 32),
    constraint only_a_used_refresh_token_has_a_successor check (sealed_successor is null or used_at is not null)
);
comment on table refresh_token is 'A refresh token, good once. A used one stays until it would have expired, so that a second use is recognised.';
comment on column refresh_token.dpop_jkt is 'The key it is bound to (RFC 9449, 5): that of a public client.';
comment on column refresh_token.sealed_successor is 'The successor, encrypted, for a client that did not get our answer and asks again at once; forgotten with the next rotation.';
-- One that nobody has used: the end of its family.
create unique index a_family_has_one_live_refresh_token on refresh_token (access_grant_id) where used_at is null;
create index refresh_token_of_grant on refresh_token (access_grant_id);
create index refresh_token_by_end on refresh_token (expires_at);
alter table refresh_token enable row level security;
alter table refresh_token force row level security;
create policy identity_itself_keeps_refresh_tokens on refresh_token using ((select app_is_system())) with check ((select app_is_system()));

-- Which grants hold at this moment. Whoever looks at a token of a grant asks here, so that disabling a person, a client or the tenant of either bites with the
-- next statement on every instance.
create view standing_grant with (security_invoker = true) as
select g.access_grant_id, g.handle, c.client_id, a.subject
from access_grant g
join standing_account a on a.account_id = g.account_id
join standing_client c on c.registered_client_id = g.registered_client_id
where g.revoked_at is null;
comment on view standing_grant is 'Grants that were not revoked, of persons and clients that are in order.';
