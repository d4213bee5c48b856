-- What a buyer's sellers have confirmed and not yet sent: looked at whenever a partner asks what it will have. A small part of all orders.
create index purchase_order_coming on purchase_order (buyer_id) where status in ('confirmed', 'partially_shipped');
