-- Sealing is the product's own: nobody else takes an act off the list of the unsealed, or writes a seal.
alter table audit_unsealed enable row level security;
alter table audit_unsealed force row level security;
create policy unsealed_acts_are_listed_by_the_trigger on audit_unsealed for insert to {schema}_definer with check (true);
create policy unsealed_acts_are_the_products_own on audit_unsealed using ((select app_is_system())) with check ((select app_is_system()));
alter table audit_seal enable row level security;
alter table audit_seal force row level security;
create policy seals_are_the_products_own on audit_seal using ((select app_is_system())) with check ((select app_is_system()));
