-- The settings of a client that an OAuth 2.1 profile asks for (RFC 9700, 9126, 9449, 7523), under the names that identity servers have in common.
alter table registered_client
    add column tenant_id                          bigint references tenant,
    add column description                        text,
    add column require_client_secret              boolean not null default true,
    add column require_pushed_authorization       boolean not null default false,
    add column require_dpop                       boolean not null default false,
    add column require_consent                    boolean not null default false,
    add column allow_remember_consent             boolean not null default true,
    add column allow_offline_access               boolean not null default false,
    add column jwks                               jsonb,
    add column identity_token_signing_algorithm   text    not null default 'RS256',
    add column back_channel_logout_uri            text,
    add column back_channel_logout_session_required boolean not null default true,
    add column identity_provider_restrictions     text[]  not null default '{}',
    add column sliding_refresh_token_lifetime     integer not null default 1296000,
    add column absolute_refresh_token_lifetime    integer not null default 2592000,
    add column pushed_authorization_lifetime      integer not null default 300,
    add column consent_lifetime                   integer;
alter table registered_client
    drop constraint the_way_to_authenticate_is_known,
    drop constraint grant_types_are_known,
    add constraint the_way_to_authenticate_is_known check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
    add constraint grant_types_are_known check (allowed_grant_types <@ array['authorization_code', 'client_credentials', 'refresh_token']),
    -- RFC 9700, 2.1.1 and 2.2.2: who cannot keep a secret proves the code by PKCE and binds tokens to a key.
    add constraint a_public_client_is_bound_to_a_key check (require_client_secret or (require_pkce and require_dpop and token_endpoint_auth_method = 'none')),
    add constraint only_a_public_client_goes_without_authentication check (token_endpoint_auth_method is distinct from 'none' or not require_client_secret),
    add constraint a_public_client_has_no_tokens_of_its_own check (require_client_secret or not 'client_credentials' = any (allowed_grant_types)),
    add constraint signed_assertions_need_keys check (token_endpoint_auth_method is distinct from 'private_key_jwt' or jsonb_typeof(jwks -> 'keys') = 'array'),
    add constraint refreshing_needs_a_refresh_token check (not allow_offline_access or 'refresh_token' = any (allowed_grant_types)),
    add constraint an_id_token_is_signed_asymmetrically check (identity_token_signing_algorithm in ('RS256', 'ES256')),
    add constraint refresh_tokens_end check (sliding_refresh_token_lifetime between 1 and absolute_refresh_token_lifetime and absolute_refresh_token_lifetime <= 2592000),
    add constraint a_pushed_request_waits_shortly check (pushed_authorization_lifetime between 5 and 300),
    add constraint consent_ends check (consent_lifetime > 0);
comment on column registered_client.identity_provider_restrictions is 'The schemes of the providers through which people may come to this client; empty: all.';
create index registered_client_of_tenant on registered_client (tenant_id);

-- Which clients are served at this moment: disabling a client or its tenant bites with the next statement on every instance.
create view standing_client with (security_invoker = true) as
select c.* from registered_client c left join tenant t using (tenant_id)
where c.enabled and t.disabled_at is null;
comment on view standing_client is 'Clients that are enabled, of tenants that are not disabled.';

-- What may be used once: the jti of a client's assertion, of a DPoP proof, of a logout token. The primary key lets one of two instances have it.
create table used_token_id (
    used_for   text        not null,
    id_hash    bytea       not null,
    expires_at timestamptz not null,
    primary key (used_for, id_hash),
    constraint an_id_is_kept_as_sha256 check (octet_length(id_hash) = 32)
);
comment on table used_token_id is 'The jti of tokens that others made and that count once, until they would have expired anyway.';
create index used_token_id_by_end on used_token_id (expires_at);
alter table used_token_id enable row level security;
alter table used_token_id force row level security;
create policy identity_itself_remembers_ids on used_token_id using ((select app_is_system())) with check ((select app_is_system()));

-- How an API shows who it is when it asks about a token (RFC 7662, 2.1).
create table api_secret (
    api_secret_id   bigint generated always as identity primary key,
    api_resource_id bigint      not null references api_resource on delete cascade,
    description     text        not null,
    hash            bytea       not null,
    expires_at      timestamptz,
    created_at      timestamptz not null,
    constraint a_secret_of_an_api_is_kept_as_sha256 check (octet_length(hash) = 32)
);
comment on table api_secret is 'A secret of an API, as its hash; several overlap while one is exchanged.';
create index api_secret_of_api on api_secret (api_resource_id);
alter table api_secret enable row level security;
alter table api_secret force row level security;
create policy identity_itself_knows_secrets_of_apis on api_secret using ((select app_is_system())) with check ((select app_is_system()));
