-- Run once by a superuser, connected to the product's own database. Makes the roles, schemas and extensions; running it again
-- changes nothing but the passwords. {portal_app_password} and the like are filled in by the start-up or by hand.
--   *_owner   owns the schema and runs migrations
--   *_app     the application at work: owns nothing, is subject to row-level security
--   *_definer nobody signs in as it; owns the few functions that answer across tenants without showing rows
do $$
declare
    service text;
begin
    foreach service in array array['portal', 'identity'] loop
        if not exists (select from pg_roles where rolname = service || '_owner') then
            execute format('create role %I login noinherit', service || '_owner');
        end if;
        if not exists (select from pg_roles where rolname = service || '_app') then
            execute format('create role %I login', service || '_app');
        end if;
        if not exists (select from pg_roles where rolname = service || '_definer') then
            execute format('create role %I nologin', service || '_definer');
        end if;
        execute format('alter role %I inherit', service || '_owner');
        execute format('grant %I to %I', service || '_definer', service || '_owner');
        execute format('create schema if not exists %I authorization %I', service, service || '_owner');
        execute format('grant usage on schema %I to %I', service, service || '_app');
        execute format('grant usage, create on schema %I to %I', service, service || '_definer');
        execute format('alter default privileges for role %I in schema %I grant select, insert, update, delete on tables to %I, %I',
                       service || '_owner', service, service || '_app', service || '_definer');
        execute format('alter default privileges for role %I in schema %I grant usage, select on sequences to %I, %I',
                       service || '_owner', service, service || '_app', service || '_definer');
        execute format('alter default privileges for role %I revoke execute on functions from public', service || '_owner');
        execute format('alter default privileges for role %I in schema %I grant execute on functions to %I, %I',
                       service || '_owner', service, service || '_app', service || '_definer');
    end loop;
end $$;

alter role portal_owner    password '{portal_owner_password}';
alter role portal_app      password '{portal_app_password}';
alter role identity_owner  password '{identity_owner_password}';
alter role identity_app    password '{identity_app_password}';

revoke create on schema public from public;
create extension if not exists btree_gist schema public;
create extension if not exists pg_trgm schema public;
