-- Clients (客户端): the applications that may ask for tokens. Column names are those that identity servers have in common.
create table api_resource (
    api_resource_id bigint generated always as identity primary key,
    name            text    not null,
    display_name    text    not null,
    enabled         boolean not null default true,
    scopes          text[]  not null,
    constraint an_api_has_one_name unique (name),
    constraint an_api_has_a_scope check (cardinality(scopes) > 0)
);
comment on table api_resource is 'An API that takes our access tokens: its name is their audience, its scopes lead to it.';
insert into api_resource (name, display_name, scopes) values ('portal.api', 'Partner portal API', array['portal.api']);

create table registered_client (
    registered_client_id        bigint generated always as identity primary key,
    client_id                   text        not null,
    client_name                 text        not null,
    enabled                     boolean     not null default true,
    require_pkce                boolean     not null default true,
    -- null: either way of sending a secret will do
    token_endpoint_auth_method  text,
    allowed_grant_types         text[]      not null,
    redirect_uris               text[]      not null default '{}',
    post_logout_redirect_uris   text[]      not null default '{}',
    allowed_scopes              text[]      not null,
    authorization_code_lifetime integer     not null default 60,
    access_token_lifetime       integer     not null default 900,
    identity_token_lifetime     integer     not null default 300,
    created_at                  timestamptz not null,
    updated_at                  timestamptz not null,
    constraint a_client_id_belongs_to_one_client unique (client_id),
    constraint a_client_id_is_short_ascii check (client_id ~ '^[A-Za-z0-9._~-]{1,100}$'),
    constraint the_way_to_authenticate_is_known check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post')),
    constraint grant_types_are_known check (allowed_grant_types <@ array['authorization_code', 'client_credentials']),
    constraint a_client_of_people_has_a_redirect_uri check (not 'authorization_code' = any (allowed_grant_types) or cardinality(redirect_uris) > 0),
    constraint lifetimes_are_short check (authorization_code_lifetime between 1 and 60 and access_token_lifetime between 1 and 3600 and identity_token_lifetime between 1 and 300)
);
comment on table registered_client is 'An application that may ask for tokens, and how. client_id is its public name; the key never leaves the database.';

create table client_secret (
    client_secret_id     bigint generated always as identity primary key,
    registered_client_id bigint      not null references registered_client on delete cascade,
    description          text        not null,
    hash                 bytea       not null,
    expires_at           timestamptz,
    created_at           timestamptz not null,
    constraint a_secret_is_kept_as_sha256 check (octet_length(hash) = 32)
);
comment on table client_secret is 'A secret of a client, as its hash; several overlap while one is exchanged. Secrets are random, so a fast hash is enough.';
create index client_secret_of_client on client_secret (registered_client_id);

alter table api_resource enable row level security;
alter table api_resource force row level security;
create policy identity_itself_knows_apis on api_resource using ((select app_is_system())) with check ((select app_is_system()));
alter table registered_client enable row level security;
alter table registered_client force row level security;
create policy identity_itself_knows_clients on registered_client using ((select app_is_system())) with check ((select app_is_system()));
alter table client_secret enable row level security;
alter table client_secret force row level security;
create policy identity_itself_knows_secrets on client_secret using ((select app_is_system())) with check ((select app_is_system()));
