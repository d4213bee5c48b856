-- Who signed in where is nobody's to read but the product's own.
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy the_audit_is_read_by_the_product on audit_entry for select using ((select app_is_system()));
create policy the_audit_is_chained_by_the_definer on audit_entry for select to identity_definer using (true);
create policy the_audit_is_written_by_whoever_acts on audit_entry for insert with check (true);
