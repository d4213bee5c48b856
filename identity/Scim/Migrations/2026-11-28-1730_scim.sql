-- SCIM 2.0 (RFC 7643, 7644): a tenant's own directory adds, changes and removes its people.
create table scim_token (
    scim_token_id bigint generated always as identity primary key,
    number        text        not null,
    tenant_id     bigint      not null references tenant,
    description   text        not null,
    hash          bytea       not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    constraint a_scim_token_number_names_one_token unique (number),
    constraint a_scim_token_opens_one_tenant unique (hash),
    constraint a_scim_token_is_kept_as_sha256 check (octet_length(hash) = 32),
    constraint a_scim_token_ends check (expires_at > created_at and expires_at <= created_at + interval '400 days'),
    constraint a_scim_token_is_described check (char_length(btrim(description)) between 1 and 100)
);
comment on table scim_token is 'The bearer token of a tenant''s directory, as its hash; two overlap while one is exchanged.';
create index scim_token_of_tenant on scim_token (tenant_id);

-- What a directory says of a person beyond what an account holds. People whom no directory knows have no row here.
create table scim_user (
    account_id   bigint      primary key references account on delete cascade,
    tenant_id    bigint      not null references tenant,
    user_name    text        not null,
    external_id  text,
    given_name   text,
    family_name  text,
    display_name text,
    emails       jsonb       not null default '[]',
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    constraint a_user_name_is_short check (char_length(user_name) between 1 and 254),
    constraint emails_are_a_list check (jsonb_typeof(emails) = 'array')
);
comment on table scim_user is 'What the directory of a tenant calls one of its people, and how it writes their name.';
create unique index a_user_name_is_used_once_in_a_tenant on scim_user (tenant_id, lower(user_name));
create index scim_user_by_external_id on scim_user (tenant_id, external_id) where external_id is not null;

create table scim_group (
    scim_group_id bigint generated always as identity primary key,
    number        text        not null,
    tenant_id     bigint      not null references tenant,
    display_name  text        not null,
    external_id   text,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint a_group_number_names_one_group unique (number),
    constraint a_group_is_known_with_its_tenant unique (scim_group_id, tenant_id),
    constraint a_group_has_a_short_name check (char_length(btrim(display_name)) between 1 and 200)
);
comment on table scim_group is 'A group as the directory of a tenant keeps it. It gives nobody a role: roles are an attribute of people.';
create unique index a_group_name_is_used_once_in_a_tenant on scim_group (tenant_id, lower(display_name));

create table scim_group_member (
    scim_group_id bigint not null,
    account_id    bigint not null references account on delete cascade,
    tenant_id     bigint not null,
    primary key (scim_group_id, account_id),
    constraint a_member_is_in_a_group_of_its_tenant foreign key (scim_group_id, tenant_id) references scim_group (scim_group_id, tenant_id) on delete cascade
);
comment on table scim_group_member is 'Who is in a group; group and person are of one tenant.';
create index scim_group_member_of_account on scim_group_member (account_id);

create function a_member_is_of_the_tenant() returns trigger language plpgsql as $$
begin
    if not exists (select from account a where a.account_id = new.account_id and a.tenant_id = new.tenant_id) then
        raise exception 'A member is of the tenant of its group.' using errcode = 'check_violation', constraint = 'a_member_is_of_the_tenant';
    end if;
    return new;
end $$;
create trigger a_member_is_of_the_tenant before insert or update on scim_group_member for each row execute function a_member_is_of_the_tenant();

-- Everybody of a tenant, as SCIM shows them, whoever entered them. The version changes with whatever is shown.
create view scim_person with (security_invoker = true) as
select a.account_id, a.tenant_id, a.subject as id, coalesce(s.user_name, a.email) as user_name, s.external_id, a.name as formatted, s.given_name, s.family_name,
       coalesce(s.display_name, a.name) as display_name, a.email,
       case when s.account_id is null or s.emails = '[]' then jsonb_build_array(jsonb_build_object('value', a.email, 'type', 'work', 'primary', true)) else s.emails end as emails,
       a.language as preferred_language, a.disabled_at is null as active, a.roles, coalesce(s.created_at, a.created_at) as created,
       greatest(a.updated_at, coalesce(s.updated_at, a.updated_at)) as last_modified,
       md5(concat_ws('|', a.email, a.name, a.language, a.disabled_at, array_to_string(a.roles, ','), s.user_name, coalesce(s.external_id, '-'), coalesce(s.given_name, '-'),
           coalesce(s.family_name, '-'), coalesce(s.display_name, '-'), s.emails)) as version
from account a left join scim_user s using (account_id)
where a.tenant_id is not null;
comment on view scim_person is 'The people of the tenants as SCIM shows them.';

alter table scim_token enable row level security;
alter table scim_token force row level security;
create policy identity_itself_knows_scim_tokens on scim_token using ((select app_is_system())) with check ((select app_is_system()));
alter table scim_user enable row level security;
alter table scim_user force row level security;
create policy identity_itself_knows_scim_users on scim_user using ((select app_is_system())) with check ((select app_is_system()));
alter table scim_group enable row level security;
alter table scim_group force row level security;
create policy identity_itself_knows_scim_groups on scim_group using ((select app_is_system())) with check ((select app_is_system()));
alter table scim_group_member enable row level security;
alter table scim_group_member force row level security;
create policy identity_itself_knows_members_of_scim_groups on scim_group_member using ((select app_is_system())) with check ((select app_is_system()));
