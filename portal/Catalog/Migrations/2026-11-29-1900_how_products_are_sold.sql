-- How a product is sold unless its seller says otherwise: what is in a pack, the least order, multiples, days of delivery; and what takes the place
-- of a discontinued one.
alter table product
    add column gtin           text,
    add column pack_size      integer,
    add column min_quantity   integer not null default 1,
    add column order_multiple integer not null default 1,
    add column lead_days      integer,
    add column successor_id   bigint references product,
    add constraint a_gtin_has_8_or_12_to_14_digits check (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    add constraint a_pack_holds_up_to_a_million check (pack_size between 1 and 1000000),
    add constraint a_least_order_is_up_to_a_million check (min_quantity between 1 and 1000000),
    add constraint a_multiple_is_up_to_a_million check (order_multiple between 1 and 1000000),
    add constraint days_of_delivery_are_up_to_two_years check (lead_days between 0 and 730),
    add constraint nothing_succeeds_itself check (successor_id <> product_id);
comment on column product.gtin is 'The number under the bar code (GTIN), as its 8 or 12 to 14 digits.';
comment on column product.pack_size is 'How many are in a pack or box (装箱数); told, not demanded.';
comment on column product.min_quantity is 'The least quantity of an order line (起订量).';
comment on column product.order_multiple is 'Order lines are multiples of this (订货倍数).';
comment on column product.lead_days is 'How many days it usually takes until it is sent (备货天数).';
comment on column product.successor_id is 'What takes its place when it is discontinued (替代产品).';
create index product_by_gtin on product (gtin) where gtin is not null;
create index product_by_successor on product (successor_id) where successor_id is not null;
