-- Identity providers (身份提供商) of tenants: where their people sign in at home. Everything is read at the moment it is needed, so a change holds with the next statement on every instance.
create table portal_role (
    role                    text    primary key,
    is_of_operator          boolean not null,
    is_grantable_by_default boolean not null,
    weight                  integer not null
);
comment on table portal_role is 'The roles the portal knows. Here they are names that a provider''s claims may lead to; what they mean is the portal''s to know.';
insert into portal_role (role, is_of_operator, is_grantable_by_default, weight) values
    ('viewer', false, true, 1), ('sales', false, true, 2), ('purchasing', false, true, 3), ('partner_admin', false, false, 9),
    ('finance', true, false, 1), ('deal_desk', true, false, 2), ('channel_manager', true, false, 3), ('brand_admin', true, false, 9);
alter table portal_role enable row level security;
alter table portal_role force row level security;
create policy identity_itself_knows_roles on portal_role using ((select app_is_system())) with check ((select app_is_system()));

alter table tenant add column grantable_roles text[];
comment on column tenant.grantable_roles is 'The roles that a provider of this tenant may lead to, as the operator decided; null: those that are harmless in any company.';

-- The allow-list. A role of the operator is never in that of a company, whatever anybody wrote down.
create view grantable_role with (security_invoker = true) as
select t.tenant_id, r.role, r.weight
from tenant t
join portal_role r on r.is_of_operator = t.is_operator
where case when t.grantable_roles is null then r.is_grantable_by_default else r.role = any (t.grantable_roles) end;
comment on view grantable_role is 'Which roles providers of which tenant may lead to at this moment.';

create table identity_provider (
    identity_provider_id       bigint generated always as identity primary key,
    tenant_id                  bigint      not null references tenant,
    scheme                     text        not null,
    display_name               text        not null,
    display_name_zh            text,
    issuer                     text        not null,
    client_id                  text        not null,
    token_endpoint_auth_method text        not null default 'client_secret_basic',
    protected_secret           text,
    scopes                     text[]      not null default '{openid,profile,email}',
    provisions                 boolean     not null default false,
    default_role               text        references portal_role,
    role_claim                 text,
    disabled_at                timestamptz,
    fault                      text,
    fault_detail               text,
    fault_at                   timestamptz,
    created_at                 timestamptz not null,
    updated_at                 timestamptz not null,
    constraint a_scheme_names_one_provider unique (scheme),
    constraint a_provider_is_known_with_its_tenant unique (tenant_id, identity_provider_id),
    constraint a_scheme_is_known_with_its_tenant unique (tenant_id, scheme),
    constraint a_scheme_fits_into_an_address check (scheme ~ '^[a-z0-9][a-z0-9-]{1,79}$'),
    constraint a_provider_has_a_name check (char_length(btrim(display_name)) between 1 and 80 and char_length(display_name_zh) between 1 and 80),
    constraint an_issuer_is_an_address check (issuer ~ '^https?://[!-~]+$' and char_length(issuer) <= 300),
    constraint a_client_id_of_ours_is_short check (char_length(client_id) between 1 and 200),
    constraint the_way_we_authenticate_is_known check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt')),
    constraint who_authenticates_by_secret_has_one check (token_endpoint_auth_method = 'private_key_jwt' or protected_secret is not null),
    constraint openid_is_asked_for check ('openid' = any (scopes)),
    constraint a_role_claim_is_short check (char_length(role_claim) between 1 and 100),
    constraint a_fault_has_its_moment check ((fault is null) = (fault_at is null))
);
comment on table identity_provider is 'One OpenID Provider of one tenant. The scheme is its name in addresses and in the claim idp; it never changes and is never given to another.';
comment on column identity_provider.provisions is 'Whether somebody who comes for the first time gets an account. Off until the tenant turns it on.';
comment on column identity_provider.fault is 'Why it could not be used when it was last needed; null when it could.';
create index identity_provider_of_tenant on identity_provider (tenant_id);

create table identity_provider_role (
    identity_provider_id bigint not null references identity_provider on delete cascade,
    claim_value          text   not null,
    role                 text   not null references portal_role,
    primary key (identity_provider_id, claim_value, role),
    constraint a_claim_value_is_short check (char_length(claim_value) between 1 and 200)
);
comment on table identity_provider_role is 'Which value of the role claim leads to which role; beyond the tenant''s allow-list it leads to nothing.';

-- Which providers are used at this moment: disabling a provider or its tenant bites with the next statement on every instance.
create view standing_provider with (security_invoker = true) as
select p.* from identity_provider p join tenant t using (tenant_id)
where p.disabled_at is null and t.disabled_at is null;
comment on view standing_provider is 'Providers that are not disabled, of tenants that are not disabled.';

create function a_scheme_and_its_tenant_stay() returns trigger language plpgsql as $$
begin
    if new.scheme <> old.scheme or new.tenant_id <> old.tenant_id then
        raise exception 'A provider keeps its scheme and its tenant.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger a_scheme_and_its_tenant_stay before update on identity_provider for each row execute function a_scheme_and_its_tenant_stay();

-- A provider leads to roles of its own kind of company only; the allow-list of the moment is asked at each sign-in.
create function a_provider_leads_to_roles_of_its_tenant() returns trigger language plpgsql as $$
declare
    wanted text := case tg_table_name when 'identity_provider' then to_jsonb(new) ->> 'default_role' else to_jsonb(new) ->> 'role' end;
begin
    if wanted is not null and not exists (
        select from identity_provider p join tenant t using (tenant_id) join portal_role r on r.is_of_operator = t.is_operator and r.role = wanted
        where p.identity_provider_id = new.identity_provider_id) then
        raise exception 'A provider leads to roles of its own tenant only.' using errcode = 'check_violation', constraint = 'a_provider_leads_to_roles_of_its_tenant';
    end if;
    return new;
end $$;
create trigger a_provider_leads_to_roles_of_its_tenant after insert or update on identity_provider for each row execute function a_provider_leads_to_roles_of_its_tenant();
create trigger a_provider_leads_to_roles_of_its_tenant after insert or update on identity_provider_role for each row execute function a_provider_leads_to_roles_of_its_tenant();

alter table identity_provider enable row level security;
alter table identity_provider force row level security;
create policy identity_itself_knows_providers on identity_provider using ((select app_is_system())) with check ((select app_is_system()));
alter table identity_provider_role enable row level security;
alter table identity_provider_role force row level security;
create policy identity_itself_knows_what_claims_lead_to on identity_provider_role using ((select app_is_system())) with check ((select app_is_system()));
