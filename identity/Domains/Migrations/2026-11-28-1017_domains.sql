-- Mail domains (邮箱域名) of tenants. Only who can write into the domain's DNS owns it; until then a domain is a wish.
create table tenant_domain (
    tenant_domain_id     bigint generated always as identity primary key,
    tenant_id            bigint      not null references tenant,
    domain               text        not null,
    token                text        not null,
    identity_provider_id bigint,
    proven_at            timestamptz,
    looked_at            timestamptz,
    created_at           timestamptz not null,
    constraint a_domain_is_wished_for_once unique (tenant_id, domain),
    constraint a_domain_is_written_as_dns_has_it check (domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$' and char_length(domain) <= 253),
    constraint a_domain_leads_to_a_provider_of_its_tenant foreign key (tenant_id, identity_provider_id) references identity_provider (tenant_id, identity_provider_id)
);
comment on table tenant_domain is 'A mail domain that a tenant calls its own, with the text that must stand in its DNS. Without proof it leads nowhere and vouches for no address.';
comment on column tenant_domain.identity_provider_id is 'Where people with such an address sign in; null: at the only provider of the tenant, if there is just one.';
create unique index one_tenant_per_proven_domain on tenant_domain (domain) where proven_at is not null;
alter table tenant_domain enable row level security;
alter table tenant_domain force row level security;
create policy identity_itself_knows_domains on tenant_domain using ((select app_is_system())) with check ((select app_is_system()));
