-- Tenants (租户): the companies whose people sign in here. One is the operator, the brand that runs the installation.
create table tenant (
    tenant_id   bigint generated always as identity primary key,
    key         text        not null,
    name        text        not null,
    is_operator boolean     not null default false,
    disabled_at timestamptz,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint a_tenant_key_names_one_tenant unique (key),
    constraint a_tenant_key_fits_into_an_address check (key ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    constraint a_tenant_has_a_name check (char_length(btrim(name)) between 1 and 200),
    constraint the_operator_stays check (not is_operator or disabled_at is null)
);
comment on table tenant is 'A company whose people sign in here. The portal calls it a partner; its key is the partner''s code or number in small letters.';
create unique index one_tenant_is_the_operator on tenant (is_operator) where is_operator;
alter table tenant enable row level security;
alter table tenant force row level security;
create policy identity_itself_knows_tenants on tenant using ((select app_is_system())) with check ((select app_is_system()));
