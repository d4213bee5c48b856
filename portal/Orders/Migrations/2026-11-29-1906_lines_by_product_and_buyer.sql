-- When a company bought a product last is asked for every product of a page of the catalog; of a product that everybody buys, one buyer's lines are few.
create index purchase_order_line_by_product_and_buyer on purchase_order_line (product_id, buyer_id);
drop index purchase_order_line_by_product;
