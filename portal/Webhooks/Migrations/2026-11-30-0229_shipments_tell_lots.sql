-- Events of shipments tell the lots and serial numbers of their lines (批次与序列号); none for products that are not tracked.
create or replace function webhook_shipment(shipment_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(s.buyer_id, s.seller_id, reader), 'number', s.number, 'order', o.number, 'poNumber', o.po_number, 'buyer', webhook_company(s.buyer_id), 'seller', webhook_company(s.seller_id),
        'shippedAt', webhook_time(s.shipped_at), 'carrier', s.carrier, 'trackingNumber', s.tracking_number,
        'lines', (
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'quantity', sl.quantity, 'received', sl.received, 'lost', sl.lost, 'lots', (
                    select coalesce(json_agg(json_build_object('code', k.code, 'quantity', x.quantity, 'bestBefore', k.best_before) order by k.best_before nulls last, k.code), '[]'::json)
                    from shipment_line_lot x join stock_lot k on k.stock_lot_id = x.stock_lot_id
                    where x.shipment_line_id = sl.shipment_line_id)) order by l.line_number)
            from shipment_line sl
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where sl.shipment_id = s.shipment_id),
        'parcels', coalesce((
            select json_agg(json_build_object('parcelNumber', c.parcel_number, 'carrier', c.carrier, 'trackingNumber', c.tracking_number, 'weightKg', trim_scale(c.weight_kg),
                'lines', (
                    select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'quantity', cl.quantity) order by l.line_number)
                    from parcel_line cl
                    join shipment_line sl on sl.shipment_line_id = cl.shipment_line_id
                    join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
                    join product p on p.product_id = l.product_id
                    where cl.parcel_id = c.parcel_id)) order by c.parcel_number)
            from parcel c where c.shipment_id = s.shipment_id), '[]'))
    from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
    where s.number = shipment_number
$$;
