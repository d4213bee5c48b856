-- What is done to a provider or to a token of a directory is its company's to read too. Domains and groups name their company themselves: two may wish for one domain.
create or replace function act_of_tenants() returns trigger language plpgsql as $$
begin
    if new.partner_ids = '{}' then
        select coalesce(array_agg(distinct owner.tenant_id order by owner.tenant_id), '{}') into new.partner_ids
        from (
            select a.tenant_id from account a
            where a.subject = case new.subject_kind when 'account' then new.subject_number else new.details ->> 'account' end
            union all
            select c.tenant_id from registered_client c
            where c.client_id = case new.subject_kind when 'client' then new.subject_number else new.details ->> 'client' end
            union all
            select t.tenant_id from tenant t where new.subject_kind = 'tenant' and t.key = new.subject_number
            union all
            select p.tenant_id from identity_provider p where new.subject_kind = 'identity_provider' and p.scheme = new.subject_number
            union all
            select s.tenant_id from scim_token s where new.subject_kind = 'scim_token' and s.number = new.subject_number
        ) as owner
        where owner.tenant_id is not null;
    end if;
    return new;
end $$;
