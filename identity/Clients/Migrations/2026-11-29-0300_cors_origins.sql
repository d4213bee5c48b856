-- Which pages call the endpoints for programs: an application without a secret runs in browsers, on an origin of its own.
alter table registered_client
    add column allowed_cors_origins text[] not null default '{}',
    -- RFC 9700, 2.1.1: what runs in a page keeps no secret, so a client that has one is not called from there.
    add constraint only_a_public_client_is_called_from_pages check (cardinality(allowed_cors_origins) = 0 or not require_client_secret),
    -- RFC 6454, 6.2, as browsers send it: scheme, host in small ASCII letters, port where it is not the scheme's own.
    add constraint an_origin_is_scheme_host_and_port check (array_to_string(allowed_cors_origins, ' ') ~ '^(https?://[][a-z0-9.:-]+( |$))*$');
comment on column registered_client.allowed_cors_origins is 'Origins whose scripts may call token, userinfo, revocation and pushed authorization.';
create index registered_client_by_cors_origin on registered_client using gin (allowed_cors_origins);

-- With the new column; what the view says stays the same.
create or replace view standing_client with (security_invoker = true) as
select c.* from registered_client c left join tenant t using (tenant_id)
where c.enabled and t.disabled_at is null;
