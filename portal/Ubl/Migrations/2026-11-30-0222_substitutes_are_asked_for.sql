-- An answer that brings something else than was ordered asks the buyer first.
alter table ubl_message drop constraint ubl_outcome_is_known;
alter table ubl_message add constraint ubl_outcome_is_known check (outcome in ('draft', 'submitted', 'waits', 'confirmed', 'rejected', 'asked', 'shipped', 'matched', 'differs'));
