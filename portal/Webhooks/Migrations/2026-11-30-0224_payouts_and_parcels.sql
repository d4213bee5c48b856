-- Credit paid back is told like a payment, and a shipment with its parcels.
alter table webhook_source drop constraint webhook_subject_is_known;
alter table webhook_source add constraint webhook_subject_is_known check (subject in ('order', 'shipment', 'receipt', 'invoice', 'credit_note', 'payment', 'payout', 'return', 'discrepancy', 'deal'));
alter table webhook_source no force row level security;
insert into webhook_source (action, event_type, subject) values ('payout.entered', 'payout.recorded', 'payout'), ('payout.undone', 'payout.undone', 'payout');
alter table webhook_source force row level security;

create policy parcels_are_told_by_the_definer on parcel for select to {schema}_definer using (true);
create policy parcel_lines_are_told_by_the_definer on parcel_line for select to {schema}_definer using (true);

create or replace function webhook_shipment(shipment_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(s.buyer_id, s.seller_id, reader), 'number', s.number, 'order', o.number, 'poNumber', o.po_number, 'buyer', webhook_company(s.buyer_id), 'seller', webhook_company(s.seller_id),
        'shippedAt', webhook_time(s.shipped_at), 'carrier', s.carrier, 'trackingNumber', s.tracking_number,
        'lines', (
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'quantity', sl.quantity, 'received', sl.received, 'lost', sl.lost) order by l.line_number)
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

create function webhook_payout(payout_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(p.buyer_id, p.seller_id, reader), 'number', p.number, 'buyer', webhook_company(p.buyer_id), 'seller', webhook_company(p.seller_id),
        'currency', p.currency, 'amount', trim_scale(p.amount), 'paidOn', p.paid_on, 'bankReference', p.bank_reference, 'reason', p.reason, 'isUndone', exists (select from payout_reversal r where r.payout_id = p.payout_id))
    from payout p
    where p.number = payout_number
$$;
alter function webhook_payout(text, bigint) owner to {schema}_definer;

create or replace function webhook_data(subject text, subject_number text, details jsonb, reader bigint) returns json language sql stable as $$
    select case subject
        when 'order' then webhook_order(subject_number, reader, details ->> 'reason')
        when 'shipment' then webhook_shipment(details ->> 'shipment', reader)
        when 'receipt' then webhook_receipt(details ->> 'receipt', reader)
        when 'invoice' then webhook_invoice(subject_number, reader)
        when 'credit_note' then webhook_credit_note(details ->> 'number', reader)
        when 'payment' then webhook_payment(subject_number, reader)
        when 'payout' then webhook_payout(subject_number, reader)
        when 'return' then webhook_return(subject_number, reader, details ->> 'reason')
        when 'discrepancy' then webhook_discrepancy(subject_number, reader, details ->> 'reason')
        when 'deal' then webhook_deal(subject_number, reader) end
$$;
