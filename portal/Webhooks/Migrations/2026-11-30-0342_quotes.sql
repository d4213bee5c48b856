-- Quotes: sent, answered, asked to be changed. They are told to the partner that offers, and to the brand that looks at its channel; a draft, and what waits for the deal desk, is told to nobody.
alter table webhook_source drop constraint webhook_subject_is_known;
alter table webhook_source add constraint webhook_subject_is_known check (subject in ('order', 'shipment', 'receipt', 'invoice', 'credit_note', 'payment', 'payout', 'return', 'discrepancy', 'deal', 'quote'));
alter table webhook_source no force row level security;
insert into webhook_source (action, event_type, subject) values
    ('quote.send', 'quote.sent', 'quote'), ('quote.accept', 'quote.accepted', 'quote'), ('quote.decline', 'quote.declined', 'quote'), ('quote.withdraw', 'quote.withdrawn', 'quote'),
    ('quote.link_opened', 'quote.opened', 'quote'), ('quote.changes_asked', 'quote.changes_asked', 'quote'), ('quote.order', 'quote.ordered', 'quote');
alter table webhook_source force row level security;

create function webhook_quote(quote_number text, details jsonb, reader bigint) returns json language plpgsql stable as $$
begin
    return (
    select json_build_object('side', case reader when q.partner_id then 'partner' else 'channel' end, 'number', q.number, 'status', q.status, 'version', q.version, 'revision', q.current_revision, 'partner', webhook_company(q.partner_id),
        'customer', json_build_object('number', c.number, 'name', c.name), 'deal', d.number, 'currency', q.currency, 'netTotal', trim_scale(r.net_total), 'taxTotal', trim_scale(r.tax_total), 'grandTotal', trim_scale(r.grand_total),
        'validUntil', r.valid_until, 'link', details ->> 'link', 'by', coalesce(details ->> 'signer', details ->> 'asker'), 'reason', coalesce(details ->> 'reason', details ->> 'words'), 'sha256', encode(r.frozen_sha256, 'hex'))
    from quote q
    join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
    join end_customer c on c.end_customer_id = q.end_customer_id
    left join deal d on d.deal_id = q.deal_id
    -- what is not sent is its partner's own work
    where q.number = quote_number and r.frozen_at is not null and q.status not in ('draft', 'pending_approval', 'approved'));
end $$;
alter function webhook_quote(text, jsonb, bigint) owner to {schema}_definer;

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
        when 'deal' then webhook_deal(subject_number, reader)
        when 'quote' then webhook_quote(subject_number, details, reader) end
$$;
