-- What was asked: a draft is renamed and screened again, and whoever looks for somebody fishing wants to see under which names.
alter table deal_screening add column asked_name text;
alter table deal_screening add column asked_customer_id bigint references end_customer;
comment on column deal_screening.asked_name is 'The customer''s name as it was when the claim was screened; null for screenings from before it was kept.';
create index deal_screening_by_time on deal_screening (screened_at);
