-- An account belongs to at most one tenant. One without is nobody's but the operator's to look after: the first people of an installation.
alter table account
    add column tenant_id  bigint references tenant,
    add column administers text,
    add constraint what_is_administered_is_known check (administers in ('tenant', 'installation')),
    add constraint who_administers_a_tenant_belongs_to_one check (administers is null or tenant_id is not null);
comment on column account.administers is 'tenant: the people, providers and clients of the own tenant. installation: everything; only people of the operator.';
create index account_of_tenant on account (tenant_id);

create function only_the_operator_administers_everything() returns trigger language plpgsql as $$
begin
    if new.administers = 'installation' and not exists (select from tenant t where t.tenant_id = new.tenant_id and t.is_operator) then
        raise exception 'Only people of the operator administer the installation.' using errcode = 'check_violation', constraint = 'only_the_operator_administers_everything';
    end if;
    return new;
end $$;
create trigger only_the_operator_administers_everything before insert or update of administers, tenant_id on account
    for each row execute function only_the_operator_administers_everything();

-- Who may be signed in at this moment. Every check of an account goes through it, so that disabling a person or a tenant bites with the next statement on every instance.
create view standing_account with (security_invoker = true) as
select a.* from account a left join tenant t using (tenant_id)
where a.disabled_at is null and t.disabled_at is null;
comment on view standing_account is 'Accounts that are not disabled, of tenants that are not disabled.';
