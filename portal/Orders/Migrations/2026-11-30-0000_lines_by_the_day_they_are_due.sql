-- What is due on which day, for the calendar of promised deliveries (应交付日历), for whoever sends it and for whoever gets it; most lines have no day, and none of these.
create index purchase_order_line_due_from_seller on purchase_order_line (seller_id, (coalesce(promised_on, requested_on))) where coalesce(promised_on, requested_on) is not null;
create index purchase_order_line_due_at_buyer on purchase_order_line (buyer_id, (coalesce(promised_on, requested_on))) where coalesce(promised_on, requested_on) is not null;
-- Lists of shipments and receipts, the newest first.
create index shipment_by_seller on shipment (seller_id, shipped_at desc, shipment_id desc);
create index shipment_by_buyer on shipment (buyer_id, shipped_at desc, shipment_id desc);
create index goods_receipt_by_buyer on goods_receipt (buyer_id, received_at desc, goods_receipt_id desc);
create index goods_receipt_by_seller on goods_receipt (seller_id, received_at desc, goods_receipt_id desc);
