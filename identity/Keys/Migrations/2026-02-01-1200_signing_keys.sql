-- The keys that sign tokens. The private part is encrypted before it comes here.
create table signing_key (
    signing_key_id bigint generated always as identity primary key,
    kid            text        not null,
    algorithm      text        not null,
    public_jwk     jsonb       not null,
    protected_key  text        not null,
    created_at     timestamptz not null,
    retired_at     timestamptz,
    constraint a_kid_names_one_key unique (kid),
    constraint an_algorithm_is_asymmetric check (algorithm in ('RS256', 'ES256'))
);
comment on table signing_key is 'One key pair that signs tokens; the newest that is not retired signs, all that are not retired verify.';
alter table signing_key enable row level security;
alter table signing_key force row level security;
create policy identity_itself_signs on signing_key using ((select app_is_system())) with check ((select app_is_system()));
