-- Asking where a claim would stand before it is made is a screening, too: without a deal, of a company that need not be entered.
alter table deal_screening alter column deal_id drop not null;
comment on table deal_screening is 'The verdict a claimant was given on submitting, or on asking beforehand (no deal): anonymous, the same columns for a hit and a miss.';
alter table deal_screening add constraint a_screening_is_of_something check (deal_id is not null or asked_name is not null);
