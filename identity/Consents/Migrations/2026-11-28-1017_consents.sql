-- Consent (授权同意): what a person has allowed a client of somebody else to learn and do, so that the question is not asked each time.
create table consent (
    account_id           bigint      not null references account on delete cascade,
    registered_client_id bigint      not null references registered_client on delete cascade,
    scope                text        not null,
    given_at             timestamptz not null,
    -- null: until it is taken back
    expires_at           timestamptz,
    primary key (account_id, registered_client_id, scope),
    constraint a_consent_ends_after_it_was_given check (expires_at > given_at)
);
comment on table consent is 'A person''s yes to one scope of one client, remembered for the next time. A request is covered when all its scopes are.';
create index consent_of_client on consent (registered_client_id);
alter table consent enable row level security;
alter table consent force row level security;
create policy identity_itself_keeps_consents on consent using ((select app_is_system())) with check ((select app_is_system()));

create table api_scope (
    scope             text primary key,
    description_en    text not null,
    description_zh_cn text not null,
    constraint a_scope_is_described_in_every_language check (btrim(description_en) <> '' and btrim(description_zh_cn) <> '')
);
comment on table api_scope is 'What people read about a scope of an API before they consent. A scope without a description is told by the name of its API.';
insert into api_scope (scope, description_en, description_zh_cn) values
    ('portal.api', 'Work with the portal''s programming interface in your name', '以您的名义使用门户的编程接口');
alter table api_scope enable row level security;
alter table api_scope force row level security;
create policy identity_itself_knows_scopes on api_scope using ((select app_is_system())) with check ((select app_is_system()));
