-- Proofs of possession (RFC 9449) that were shown. The primary key lets one of two instances have one.
create table used_proof (
    id_hash    bytea       primary key,
    expires_at timestamptz not null,
    constraint a_proof_is_kept_as_sha256 check (octet_length(id_hash) = 32)
);
comment on table used_proof is 'DPoP proofs that have counted, until they would be too old anyway.';
create index used_proof_by_end on used_proof (expires_at);
alter table used_proof enable row level security;
alter table used_proof force row level security;
create policy used_proofs_are_the_products_own on used_proof using ((select app_is_system())) with check ((select app_is_system()));
