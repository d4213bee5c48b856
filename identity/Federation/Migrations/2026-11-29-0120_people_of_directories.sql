-- Directory and provider of one company speak of the same people. Where the company says which claim of its provider is the externalId of its directory, whoever the
-- directory added comes in through the provider as that account; without, they are two, and making the one inactive leaves the other.
alter table identity_provider
    add column directory_claim text,
    add constraint a_directory_claim_is_short check (char_length(directory_claim) between 1 and 100);
comment on column identity_provider.directory_claim is 'The claim of a signed token whose value is the externalId of the person in the directory of the same tenant; null: nobody is joined.';
create or replace view standing_provider with (security_invoker = true) as
select p.* from identity_provider p join tenant t using (tenant_id)
where p.disabled_at is null and t.disabled_at is null;

alter table external_identity
    drop constraint an_external_identity_came_somehow,
    add constraint an_external_identity_came_somehow check (came_by in ('provisioned', 'linked', 'directory'));
