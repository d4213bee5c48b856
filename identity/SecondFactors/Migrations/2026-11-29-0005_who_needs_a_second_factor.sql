-- Who has to show a second factor (第二验证), as the company wants it (ASVS 6.3.3). Asked anew whenever a session is looked at, so that it bites with the next statement on every instance.
alter table tenant
    add column second_factor text not null default 'administrators',
    add constraint who_needs_a_second_factor_is_known check (second_factor in ('optional', 'administrators', 'everybody'));
comment on column tenant.second_factor is 'Whose sign-in takes two factors: nobody''s (optional), that of its administrators, or everybody''s.';

-- What a provider itself says (amr, acr) counts anyway.
alter table identity_provider add column counts_as_two_factors boolean not null default false;
comment on column identity_provider.counts_as_two_factors is 'Whether every sign-in there counts as one with two factors, also where the provider does not say so.';
create or replace view standing_provider with (security_invoker = true) as
select p.* from identity_provider p join tenant t using (tenant_id)
where p.disabled_at is null and t.disabled_at is null;

create view second_factor_rule with (security_invoker = true) as
select a.account_id, a.tenant_id,
       coalesce(case t.second_factor when 'everybody' then true when 'administrators' then a.administers is not null end, false) as is_required,
       exists (select from authenticator_app p where p.account_id = a.account_id) or exists (select from passkey_credential k where k.account_id = a.account_id) as has_one
from account a left join tenant t using (tenant_id);
comment on view second_factor_rule is 'Of which account a second factor is required at this moment, and whether it has one.';
