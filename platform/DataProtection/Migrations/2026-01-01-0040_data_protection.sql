-- The keys that protect cookies, antiforgery tokens and stored secrets, shared by all instances of the service.
create table data_protection_key (
    data_protection_key_id bigint generated always as identity primary key,
    friendly_name text        not null,
    xml           text        not null,
    stored_at     timestamptz not null default now()
);
comment on table data_protection_key is 'One key of ASP.NET Core Data Protection; its secret part is encrypted with a key that is outside the database.';
alter table data_protection_key enable row level security;
alter table data_protection_key force row level security;
create policy keys_are_the_products_own on data_protection_key using ((select app_is_system())) with check ((select app_is_system()));
revoke update, delete on data_protection_key from {schema}_app;
