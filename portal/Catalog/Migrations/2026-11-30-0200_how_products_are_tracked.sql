-- How pieces of a product are told apart (批次与序列号): not at all, by lot (many pieces of one making), or each by a serial number of its own. What that means for goods is
-- the stock ledger's affair; whether a product is tracked is a key, so that balances can say the same and a change waits for moves that are under way.
alter table product
    add column tracking      text not null default 'none',
    add column tracked_since timestamptz,
    add constraint the_tracking_of_a_product_is_known check (tracking in ('none', 'lot', 'serial')),
    add constraint a_tracked_product_knows_since_when check ((tracking = 'none') = (tracked_since is null));
alter table product
    add column is_tracked boolean not null generated always as (tracking <> 'none') stored;
alter table product
    add constraint a_product_is_tracked_or_not unique (product_id, is_tracked);
comment on column product.tracking is 'How its pieces are told apart: none, lot (批次) or serial (序列号).';
comment on column product.tracked_since is 'Since when all its pieces in stock have a lot or serial number, or are held as not yet named.';
-- Asked with every posting of goods; where nothing is tracked the index is empty.
create index product_tracked on product (product_id) where is_tracked;
