-- Alerts are told when they are raised and when they hold no longer: to the companies they tell, and to the brand that looks at its channel.
alter table webhook_source drop constraint webhook_subject_is_known;
alter table webhook_source add constraint webhook_subject_is_known check (subject in ('order', 'shipment', 'receipt', 'invoice', 'credit_note', 'payment', 'payout', 'return', 'discrepancy', 'deal', 'quote', 'alert'));
alter table webhook_source no force row level security;
insert into webhook_source (action, event_type, subject) values ('alert.raised', 'alert.raised', 'alert'), ('alert.ended', 'alert.ended', 'alert');
alter table webhook_source force row level security;

create function webhook_alert(alert_number text, reader bigint) returns json language plpgsql stable as $$
begin
    return (
    select json_build_object('side', case when reader = a.partner_id then 'partner' when reader = a.upstream_id then 'seller' else 'channel' end, 'number', a.number, 'kind', a.kind, 'partner', webhook_company(a.partner_id),
        'subject', nullif(a.subject, ''), 'figure', trim_scale(a.figure), 'threshold', trim_scale(a.threshold), 'raisedAt', webhook_time(a.raised_at), 'endedAt', webhook_time(a.ended_at))
    from alert a
    where a.number = alert_number
      and ((a.tells_partner and a.partner_id = reader) or a.upstream_id = reader or exists (select from partner b where b.partner_id = reader and b.partner_type = 'brand')));
end $$;
alter function webhook_alert(text, bigint) owner to {schema}_definer;

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
        when 'quote' then webhook_quote(subject_number, details, reader)
        when 'subscription' then webhook_subscription(subject_number, details, reader)
        when 'alert' then webhook_alert(subject_number, reader) end
$$;
