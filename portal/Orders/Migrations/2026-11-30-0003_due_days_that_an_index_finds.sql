-- The day a line is due, as an index finds it under row-level security: a condition that calls coalesce is not trusted before the policies have let the row through (it is no leakproof expression), so that all lines of a
-- company were read for a month of its calendar; a case is.
drop index purchase_order_line_due_from_seller;
drop index purchase_order_line_due_at_buyer;
create index purchase_order_line_due_from_seller on purchase_order_line (seller_id, (case when promised_on is null then requested_on else promised_on end))
    where case when promised_on is null then requested_on else promised_on end is not null;
create index purchase_order_line_due_at_buyer on purchase_order_line (buyer_id, (case when promised_on is null then requested_on else promised_on end))
    where case when promised_on is null then requested_on else promised_on end is not null;
