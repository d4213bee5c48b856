-- Goods that go back are inspected where they went to, whatever is the seller's default place by then.
alter table return_order add column to_place_id bigint references stock_place;
comment on column return_order.to_place_id is 'The seller''s place to which the goods were sent back; null before they were.';
grant update (to_place_id) on return_order to {schema}_app;
