-- People of other identity providers (外部身份). Nothing but tenant, scheme, issuer and subject says who somebody is; a mail address says nothing.
-- An account that is only known from outside has no address to be found by: it collides with none, and no password, link or mail reaches it.
alter table account
    alter column normalized_email drop not null,
    add column roles text[] not null default '{}',
    add constraint an_account_is_known_with_its_tenant unique (account_id, tenant_id),
    add constraint who_has_a_password_has_an_address check (password_hash is null or normalized_email is not null);
comment on column account.normalized_email is 'What the account is found by at sign-in; null for people who are known only through a provider.';
comment on column account.roles is 'The roles to which the claims of the person''s provider led; what they mean is the portal''s to know.';

create function an_account_has_roles_of_its_tenant() returns trigger language plpgsql as $$
begin
    if cardinality(new.roles) > 0 and exists (
        select from unnest(new.roles) as wanted
        where not exists (select from tenant t join portal_role r on r.is_of_operator = t.is_operator and r.role = wanted where t.tenant_id = new.tenant_id)) then
        raise exception 'An account has roles of its own tenant only.' using errcode = 'check_violation', constraint = 'an_account_has_roles_of_its_tenant';
    end if;
    return new;
end $$;
create trigger an_account_has_roles_of_its_tenant before insert or update of roles, tenant_id on account
    for each row execute function an_account_has_roles_of_its_tenant();

create or replace view standing_account with (security_invoker = true) as
select a.* from account a left join tenant t using (tenant_id)
where a.disabled_at is null and t.disabled_at is null;

create table external_identity (
    external_identity_id bigint generated always as identity primary key,
    tenant_id            bigint      not null,
    scheme               text        not null,
    issuer               text        not null,
    subject              text        not null,
    account_id           bigint      not null,
    shown_name           text        not null,
    came_by              text        not null,
    created_at           timestamptz not null,
    last_seen_at         timestamptz,
    constraint an_external_person_is_one_account unique (tenant_id, scheme, issuer, subject),
    constraint an_external_subject_is_short check (char_length(subject) between 1 and 255),
    constraint an_external_identity_came_somehow check (came_by in ('provisioned', 'linked')),
    constraint an_external_identity_is_of_a_provider_of_the_tenant foreign key (tenant_id, scheme) references identity_provider (tenant_id, scheme) on delete cascade,
    constraint an_external_identity_is_of_an_account_of_the_tenant foreign key (account_id, tenant_id) references account (account_id, tenant_id) on delete cascade
);
comment on table external_identity is 'Who somebody is at a provider, and the account that is theirs here: of the same tenant, or the database refuses it.';
create index external_identity_of_account on external_identity (account_id);
create index external_identity_of_provider on external_identity (tenant_id, scheme);
alter table external_identity enable row level security;
alter table external_identity force row level security;
create policy identity_itself_knows_people_of_providers on external_identity using ((select app_is_system())) with check ((select app_is_system()));

-- On the way to a provider and back: the state, as its hash, is used up by the first answer that brings it.
create table federation_attempt (
    state_hash           bytea       primary key,
    browser_hash         bytea       not null,
    identity_provider_id bigint      not null references identity_provider on delete cascade,
    issuer               text        not null,
    account_id           bigint      references account on delete cascade,
    sid                  text,
    protected            text        not null,
    started_at           timestamptz not null,
    expires_at           timestamptz not null,
    constraint a_state_is_kept_as_sha256 check (octet_length(state_hash) = 32 and octet_length(browser_hash) = 32),
    constraint linking_happens_in_a_session check ((account_id is null) = (sid is null))
);
comment on table federation_attempt is 'A sign-in that was sent to a provider. With an account it is that person''s wish to link what comes back.';
create index federation_attempt_by_end on federation_attempt (expires_at);
alter table federation_attempt enable row level security;
alter table federation_attempt force row level security;
create policy identity_itself_keeps_attempts on federation_attempt using ((select app_is_system())) with check ((select app_is_system()));

-- What came back for somebody who wants to link it, until they have seen it and said yes.
create table federation_link (
    token_hash           bytea       primary key,
    browser_hash         bytea       not null,
    account_id           bigint      not null references account on delete cascade,
    sid                  text        not null,
    identity_provider_id bigint      not null references identity_provider on delete cascade,
    issuer               text        not null,
    subject              text        not null,
    shown_name           text        not null,
    expires_at           timestamptz not null,
    constraint a_link_is_kept_as_sha256 check (octet_length(token_hash) = 32 and octet_length(browser_hash) = 32)
);
comment on table federation_link is 'A question to a signed-in person: is this you? Bound to account, session, browser, provider, issuer and subject; answered once.';
create index federation_link_by_end on federation_link (expires_at);
alter table federation_link enable row level security;
alter table federation_link force row level security;
create policy identity_itself_keeps_links on federation_link using ((select app_is_system())) with check ((select app_is_system()));

-- Through which provider a session began, and so what was granted in it: disabling the provider ends both, also grants that outlive their session.
alter table sign_in_session add column identity_provider_id bigint references identity_provider on delete cascade;
create index sign_in_session_of_provider on sign_in_session (identity_provider_id) where identity_provider_id is not null;
alter table access_grant add column identity_provider_id bigint references identity_provider on delete cascade;
create index access_grant_of_provider on access_grant (identity_provider_id) where identity_provider_id is not null;

create function a_grant_remembers_the_provider_of_its_session() returns trigger language plpgsql as $$
begin
    new.identity_provider_id := (select s.identity_provider_id from sign_in_session s where s.sid = new.sid);
    return new;
end $$;
create trigger a_grant_remembers_the_provider_of_its_session before insert on access_grant
    for each row execute function a_grant_remembers_the_provider_of_its_session();

create or replace view standing_grant with (security_invoker = true) as
select g.access_grant_id, g.handle, c.client_id, a.subject
from access_grant g
join standing_account a on a.account_id = g.account_id
join standing_client c on c.registered_client_id = g.registered_client_id
where g.revoked_at is null
  and (g.identity_provider_id is null or exists (select from standing_provider p where p.identity_provider_id = g.identity_provider_id));
comment on view standing_grant is 'Grants that were not revoked, of persons and clients that are in order, through providers that are in use.';
