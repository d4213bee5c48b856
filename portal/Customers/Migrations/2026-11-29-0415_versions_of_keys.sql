-- How a customer's keys were made. When portal/Matching makes them in another way, those that are stored are made anew, a few hundred at a time.
alter table end_customer add column keys_version integer not null default 1;
comment on column end_customer.keys_version is 'MatchKey.Version by which its rows in customer_key were made.';
create index end_customer_by_keys_version on end_customer (keys_version, end_customer_id);
grant update (keys_version) on end_customer to {schema}_app;
