-- Whose an act is: of the tenant of the account, client or tenant it was done to. Found when the act is written, so that it stays true when the account is gone.
create function act_of_tenants() returns trigger language plpgsql as $$
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
        ) as owner
        where owner.tenant_id is not null;
    end if;
    return new;
end $$;
comment on function act_of_tenants() is 'Fills in partner_ids, here the tenants, where the act does not name them.';
-- Triggers run in the order of their names: this one before the act is hashed.
create trigger an_act_belongs_to_its_tenants before insert on audit_entry for each row execute function act_of_tenants();
create index audit_entry_of_tenants on audit_entry using gin (partner_ids);
