-- What is bought together (连带购买): of the orders of a year, which products stand in one order, and how much more often than by chance. Counted at night over all orders; a table, for counting pairs is too much for a page.
create table co_purchase (
    seller_id      bigint      references partner,
    product_id     bigint      not null references product,
    other_id       bigint      not null references product,
    together       integer     not null,
    with_product   integer     not null,
    with_other     integer     not null,
    orders         integer     not null,
    counted_on     date        not null,
    constraint a_pair_is_counted_once unique nulls not distinct (seller_id, product_id, other_id),
    constraint a_pair_has_two_products check (product_id <> other_id),
    constraint a_pair_is_no_more_than_its_parts check (together > 0 and together <= least(with_product, with_other) and greatest(with_product, with_other) <= orders)
);
comment on table co_purchase is 'Orders of a year with both products: of one seller, or (no seller) of the whole channel. Support is together / orders, confidence together / with_product, lift confidence / (with_other / orders).';
create index co_purchase_by_product on co_purchase (product_id, seller_id);

alter table co_purchase enable row level security;
alter table co_purchase force row level security;
-- What the channel buys together is the brand's to know; a seller knows what its own buyers do.
create policy pairs_are_read_by_their_seller on co_purchase for select using ((select app_is_brand()) or seller_id = (select app_partner_id()));
create policy pairs_are_counted_by_the_product on co_purchase for insert with check ((select app_is_system()));
create policy pairs_are_counted_anew_by_the_product on co_purchase for delete using ((select app_is_system()));
revoke update, truncate on co_purchase from {schema}_app;
