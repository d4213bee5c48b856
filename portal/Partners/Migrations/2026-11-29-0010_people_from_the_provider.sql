-- People and programs that the identity provider sends get their row by themselves, in the company the provider names; see docs/decisions/0016.
alter table person
    add column roles_from text not null default 'portal',
    add constraint what_roles_come_from_is_known check (roles_from in ('portal', 'provider'));
comment on column person.roles_from is 'provider: name, mail address and roles follow what the identity provider says at each sign-in. portal: somebody set the roles here, and here they stay.';
grant update (roles_from) on person to {schema}_app;

-- A tenant of the provider is a partner's code or number in small letters.
create index partner_by_code_in_small_letters on partner (lower(code));
create index partner_by_number_in_small_letters on partner (lower(number));

-- People are linked by the brand alone, still. A program may be linked by the administrator of its company: the act wants a code that only the program itself
-- has been told, and the database that it is a program and of the own company.
create policy programs_are_linked_by_their_admin on person for insert
    with check (kind = 'api_client' and partner_id = (select app_partner_id()) and (select app_has_role('partner_admin')));
