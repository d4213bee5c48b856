-- The payloads, and the statement that writes them. Each function shows a record as one company may see it, or nothing where it may not. A payload only ever grows: what is taken away or means
-- something else is another version.
create policy receipts_are_told_by_the_definer on goods_receipt for select to {schema}_definer using (true);
create policy receipt_lines_are_told_by_the_definer on goods_receipt_line for select to {schema}_definer using (true);
create policy differences_are_told_by_the_definer on receipt_discrepancy for select to {schema}_definer using (true);
create policy returns_are_told_by_the_definer on return_order for select to {schema}_definer using (true);
create policy return_lines_are_told_by_the_definer on return_order_line for select to {schema}_definer using (true);
create policy cases_are_told_by_the_definer on discrepancy_case for select to {schema}_definer using (true);

create function webhook_time(moment timestamptz) returns text language sql immutable as
$$ select to_char(moment at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
comment on function webhook_time(timestamptz) is 'A moment as payloads write it: UTC, to the millisecond.';

create function webhook_company(id bigint) returns json language sql stable as
$$ select json_build_object('number', p.number, 'name', p.name) from partner p where p.partner_id = id $$;
comment on function webhook_company(bigint) is 'A company as payloads name it.';

create function webhook_side(buyer bigint, seller bigint, reader bigint) returns text language sql immutable as
$$ select case reader when buyer then 'buyer' when seller then 'seller' else 'channel' end $$;
comment on function webhook_side(bigint, bigint, bigint) is 'On which side of a record the reader stands; channel for the brand that looks at its partners.';

create function webhook_order(order_number text, reader bigint, reason text) returns json language sql stable as $$
    select json_build_object('side', webhook_side(o.buyer_id, o.seller_id, reader), 'number', o.number, 'poNumber', o.po_number, 'status', o.status, 'version', o.version, 'orderedOn', o.ordered_on,
        'buyer', webhook_company(o.buyer_id), 'seller', webhook_company(o.seller_id), 'currency', o.currency, 'totalAmount', trim_scale(o.total_amount), 'note', o.note, 'shipTo', o.ship_to,
        'submittedAt', webhook_time(o.submitted_at), 'confirmedAt', webhook_time(o.confirmed_at), 'reason', reason,
        'lines', coalesce((
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'name', p.name, 'unit', p.unit, 'quantity', l.quantity, 'open', l.quantity - l.shipped - l.cancelled, 'reserved', l.reserved,
                'shipped', l.shipped, 'received', l.received, 'lost', l.lost, 'cancelled', l.cancelled, 'requestedOn', l.requested_on, 'promisedOn', l.promised_on,
                'unitPrice', trim_scale(l.unit_price), 'amount', trim_scale(l.amount)) order by l.line_number)
            from purchase_order_line l join product p on p.product_id = l.product_id
            where l.purchase_order_id = o.purchase_order_id), '[]'))
    from purchase_order o
    -- what is not handed in is its buyer's alone
    where o.number = order_number and (o.submitted_at is not null or o.buyer_id = reader)
$$;

create function webhook_shipment(shipment_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(s.buyer_id, s.seller_id, reader), 'number', s.number, 'order', o.number, 'poNumber', o.po_number, 'buyer', webhook_company(s.buyer_id), 'seller', webhook_company(s.seller_id),
        'shippedAt', webhook_time(s.shipped_at), 'carrier', s.carrier, 'trackingNumber', s.tracking_number,
        'lines', (
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'quantity', sl.quantity, 'received', sl.received, 'lost', sl.lost) order by l.line_number)
            from shipment_line sl
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where sl.shipment_id = s.shipment_id))
    from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
    where s.number = shipment_number
$$;

create function webhook_receipt(receipt_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(r.buyer_id, r.seller_id, reader), 'number', r.number, 'shipment', s.number, 'order', o.number, 'poNumber', o.po_number,
        'buyer', webhook_company(r.buyer_id), 'seller', webhook_company(r.seller_id), 'receivedAt', webhook_time(r.received_at), 'note', r.note,
        'lines', coalesce((
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'received', rl.received) order by l.line_number)
            from goods_receipt_line rl
            join shipment_line sl on sl.shipment_line_id = rl.shipment_line_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where rl.goods_receipt_id = r.goods_receipt_id), '[]'),
        'discrepancies', coalesce((
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'kind', d.kind, 'quantity', d.quantity, 'note', d.note) order by l.line_number, d.kind)
            from receipt_discrepancy d
            join shipment_line sl on sl.shipment_line_id = d.shipment_line_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            join product p on p.product_id = l.product_id
            where d.goods_receipt_id = r.goods_receipt_id), '[]'))
    from goods_receipt r
    join shipment s on s.shipment_id = r.shipment_id
    join purchase_order o on o.purchase_order_id = r.purchase_order_id
    where r.number = receipt_number
$$;

create function webhook_invoice(invoice_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(i.buyer_id, i.seller_id, reader), 'number', i.number, 'legalNumber', i.legal_number, 'order', o.number, 'poNumber', o.po_number, 'shipment', s.number,
        'buyer', webhook_company(i.buyer_id), 'seller', webhook_company(i.seller_id), 'issuedOn', i.issued_on, 'dueOn', i.due_on, 'currency', i.currency,
        'netAmount', trim_scale(i.net_amount), 'taxAmount', trim_scale(i.tax_amount), 'grossAmount', trim_scale(i.gross_amount),
        'lines', (
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPrice', trim_scale(l.unit_price), 'netAmount', trim_scale(l.net_amount),
                'taxRate', trim_scale(l.tax_rate), 'taxAmount', trim_scale(l.tax_amount)) order by l.line_number)
            from invoice_line l where l.invoice_id = i.invoice_id))
    from invoice i
    join purchase_order o on o.purchase_order_id = i.purchase_order_id
    join shipment s on s.shipment_id = i.shipment_id
    where i.number = invoice_number
$$;

create function webhook_credit_note(credit_note_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(c.buyer_id, c.seller_id, reader), 'number', c.number, 'legalNumber', c.legal_number, 'invoice', i.number, 'buyer', webhook_company(c.buyer_id), 'seller', webhook_company(c.seller_id),
        'kind', c.kind, 'reason', c.reason, 'issuedOn', c.issued_on, 'currency', c.currency,
        'netAmount', trim_scale(c.net_amount), 'taxAmount', trim_scale(c.tax_amount), 'grossAmount', trim_scale(c.gross_amount),
        'lines', coalesce((
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', l.sku, 'quantity', cl.quantity, 'netAmount', trim_scale(cl.net_amount), 'taxAmount', trim_scale(cl.tax_amount)) order by l.line_number)
            from credit_note_line cl join invoice_line l on l.invoice_line_id = cl.invoice_line_id
            where cl.credit_note_id = c.credit_note_id), '[]'))
    from credit_note c join invoice i on i.invoice_id = c.invoice_id
    where c.number = credit_note_number
$$;

-- A credit note is matched like a payment; of it there is no event of this kind.
create function webhook_payment(payment_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', webhook_side(p.buyer_id, p.seller_id, reader), 'number', p.number, 'buyer', webhook_company(p.buyer_id), 'seller', webhook_company(p.seller_id),
        'currency', p.currency, 'amount', trim_scale(p.amount), 'paidOn', p.paid_on, 'reference', p.reference, 'isReversed', exists (select from payment_reversal r where r.payment_id = p.payment_id))
    from payment p
    where p.number = payment_number
$$;

create function webhook_return(return_number text, reader bigint, said text) returns json language sql stable as $$
    select json_build_object('side', webhook_side(r.buyer_id, r.seller_id, reader), 'number', r.number, 'status', r.status, 'version', r.version, 'kind', r.kind, 'cause', r.cause, 'reason', coalesce(said, r.reason),
        'buyer', webhook_company(r.buyer_id), 'seller', webhook_company(r.seller_id), 'currency', r.currency, 'amount', trim_scale(r.amount), 'carrier', r.carrier, 'trackingNumber', r.tracking_number, 'creditNotes', r.credit_notes,
        'lines', (
            select json_agg(json_build_object('lineNumber', l.line_number, 'sku', p.sku, 'quantity', l.quantity, 'approved', l.approved, 'sent', l.sent, 'sound', l.sound, 'damaged', l.damaged, 'credited', l.credited) order by l.line_number)
            from return_order_line l join product p on p.product_id = l.product_id
            where l.return_order_id = r.return_order_id))
    from return_order r
    where r.number = return_number
$$;

create function webhook_discrepancy(case_number text, reader bigint, said text) returns json language sql stable as $$
    select json_build_object('side', webhook_side(c.buyer_id, c.seller_id, reader), 'number', c.number, 'status', c.status, 'version', c.version, 'order', o.number, 'shipment', s.number, 'lineNumber', l.line_number, 'sku', p.sku,
        'kind', c.kind, 'quantity', c.quantity, 'wanted', c.wanted, 'offered', c.offered, 'settledAs', c.settled_as, 'reason', coalesce(said, c.reason), 'answerBy', c.answer_by,
        'buyer', webhook_company(c.buyer_id), 'seller', webhook_company(c.seller_id))
    from discrepancy_case c
    join purchase_order o on o.purchase_order_id = c.purchase_order_id
    join shipment_line sl on sl.shipment_line_id = c.shipment_line_id
    join shipment s on s.shipment_id = sl.shipment_id
    join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
    join product p on p.product_id = l.product_id
    where c.number = case_number
$$;

-- Of a deal the partner that registered it, and the brand: never a word of a rival, so not what reviewers wrote either.
create function webhook_deal(deal_number text, reader bigint) returns json language sql stable as $$
    select json_build_object('side', case reader when d.partner_id then 'partner' else 'channel' end, 'number', d.number, 'status', d.status, 'version', d.version, 'partner', webhook_company(d.partner_id),
        'customer', json_build_object('number', c.number, 'name', c.name), 'amount', trim_scale(d.amount), 'currency', d.currency, 'expectedClose', d.expected_close,
        'protectedFrom', webhook_time(d.protected_from), 'protectedUntil', webhook_time(d.protected_until),
        'productLines', (select json_agg(x.code order by x.code) from deal_product_line l join product_line x on x.product_line_id = l.product_line_id where l.deal_id = d.deal_id))
    from deal d join end_customer c on c.end_customer_id = d.end_customer_id
    where d.number = deal_number
$$;

create function webhook_data(subject text, subject_number text, details jsonb, reader bigint) returns json language sql stable as $$
    select case subject
        when 'order' then webhook_order(subject_number, reader, details ->> 'reason')
        when 'shipment' then webhook_shipment(details ->> 'shipment', reader)
        when 'receipt' then webhook_receipt(details ->> 'receipt', reader)
        when 'invoice' then webhook_invoice(subject_number, reader)
        when 'credit_note' then webhook_credit_note(details ->> 'number', reader)
        when 'payment' then webhook_payment(subject_number, reader)
        when 'return' then webhook_return(subject_number, reader, details ->> 'reason')
        when 'discrepancy' then webhook_discrepancy(subject_number, reader, details ->> 'reason')
        when 'deal' then webhook_deal(subject_number, reader) end
$$;
comment on function webhook_data(text, text, jsonb, bigint) is 'A record as an event shows it to one company; nothing where there is none to show.';

-- What happened is written for each company that wants to hear of it and may, and a delivery for each of its endpoints that is at work: one statement.
create function webhook_raise(happened_at timestamptz[], event_types text[], subjects text[], subject_numbers text[], details jsonb[], parties text[])
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    with act as (
        select a.*
        from unnest(happened_at, event_types, subjects, subject_numbers, details, parties) with ordinality as a (happened_at, event_type, subject, subject_number, details, parties, place)),
    reader as (
        select a.place, a.happened_at, a.event_type, a.subject, a.subject_number, a.details, e.partner_id, bool_or(e.partner_id = any (a.parties::bigint[])) as is_party
        from act a
        join webhook_endpoint e on a.event_type = any (e.event_types) and (e.partner_id = any (a.parties::bigint[]) or e.scope = 'channel') and (e.collects_until is null or e.collects_until > a.happened_at)
        group by a.place, a.happened_at, a.event_type, a.subject, a.subject_number, a.details, e.partner_id),
    shown as (
        select r.*, 'msg_' || replace(gen_random_uuid()::text, '-', '') as number,
               case r.subject when 'stock' then r.details::json else webhook_data(r.subject, r.subject_number, r.details, r.partner_id) end as data
        from reader r),
    event as (
        insert into webhook_event (number, partner_id, event_type, is_party, subject_number, occurred_at, body)
        select s.number, s.partner_id, s.event_type, s.is_party, s.subject_number, s.happened_at,
               json_build_object('id', s.number, 'type', s.event_type, 'version', 1, 'timestamp', webhook_time(s.happened_at), 'data', s.data)::text
        from shown s
        where s.data is not null
        order by s.place, s.partner_id
        returning webhook_event_id, partner_id, event_type, is_party, subject_number, occurred_at)
    insert into webhook_delivery (webhook_event_id, webhook_endpoint_id, partner_id, subject_number, created_at, not_before)
    -- at once, and before whatever waits to be tried again
    select v.webhook_event_id, e.webhook_endpoint_id, v.partner_id, v.subject_number, v.occurred_at, '-infinity'
    from event v
    join webhook_endpoint e on e.partner_id = v.partner_id and e.status = 'active' and v.event_type = any (e.event_types) and (v.is_party or e.scope = 'channel')
    order by v.webhook_event_id, e.webhook_endpoint_id;
    if found then
        perform pg_notify('webhooks_' || current_schema(), '');
    end if;
end $$;
comment on function webhook_raise(timestamptz[], text[], text[], text[], jsonb[], text[]) is 'Writes events for the companies that want to hear of them, and a delivery for each of their endpoints at work.';

create function webhooks_tell_of_acts() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    -- Where nobody listens this is all it costs.
    if exists (select from webhook_endpoint) then
        perform webhook_raise(array_agg(a.happened_at order by a.audit_entry_id),
                              -- what waits inside the buyer's company is told as what it is
                              array_agg(case when a.action = 'order.submit' and cardinality(a.partner_ids) = 1 then 'order.approval_asked' else s.event_type end order by a.audit_entry_id),
                              array_agg(s.subject order by a.audit_entry_id), array_agg(a.subject_number order by a.audit_entry_id), array_agg(a.details order by a.audit_entry_id),
                              array_agg(a.partner_ids::text order by a.audit_entry_id))
        from act a join webhook_source s on s.action = a.action
        having count(*) > 0;
    end if;
    return null;
end $$;
create trigger what_is_audited_is_told after insert on audit_entry referencing new table as act for each statement execute function webhooks_tell_of_acts();

-- Stock is told as it stands after the statement that moved or promised it, to the company that holds it.
create function webhooks_tell_of_stock() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from webhook_endpoint e where 'stock.changed' = any (e.event_types)) then
        perform webhook_raise(array_agg(clock_timestamp()), array_agg('stock.changed'::text), array_agg('stock'::text), array_agg(held.subject), array_agg(held.data), array_agg(array[held.partner_id]::text))
        from (
            select p.partner_id, b.number || ':' || p.stock_place_id as subject,
                   jsonb_build_object('side', 'own', 'partner', webhook_company(p.partner_id), 'place', p.name, 'items', jsonb_agg(jsonb_build_object(
                       'sku', x.sku, 'onHand', n.on_hand, 'reserved', n.reserved, 'available', n.on_hand - n.reserved, 'inTransit', n.in_transit) order by x.sku)) as data
            from after_it n
            join before_it o on o.stock_place_id = n.stock_place_id and o.product_id = n.product_id and (o.on_hand, o.reserved, o.in_transit) is distinct from (n.on_hand, n.reserved, n.in_transit)
            join stock_place p on p.stock_place_id = n.stock_place_id
            join partner b on b.partner_id = p.partner_id
            join product x on x.product_id = n.product_id
            group by p.partner_id, p.stock_place_id, p.name, b.number) as held
        having count(*) > 0;
    end if;
    return null;
end $$;
create trigger what_moves_stock_is_told after update on stock_balance referencing old table as before_it new table as after_it for each statement execute function webhooks_tell_of_stock();

do $$
declare
    one text;
begin
    foreach one in array array['webhook_raise(timestamptz[], text[], text[], text[], jsonb[], text[])', 'webhook_data(text, text, jsonb, bigint)', 'webhook_order(text, bigint, text)', 'webhook_shipment(text, bigint)',
                               'webhook_receipt(text, bigint)', 'webhook_invoice(text, bigint)', 'webhook_credit_note(text, bigint)', 'webhook_payment(text, bigint)', 'webhook_return(text, bigint, text)',
                               'webhook_discrepancy(text, bigint, text)', 'webhook_deal(text, bigint)', 'webhooks_tell_of_acts()', 'webhooks_tell_of_stock()'] loop
        execute format('alter function %s owner to {schema}_definer', one);
    end loop;
    -- Nobody raises events by hand.
    execute 'revoke execute on function webhook_raise(timestamptz[], text[], text[], text[], jsonb[], text[]) from public, {schema}_app';
end $$;
