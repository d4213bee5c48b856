-- Special prices of a deal are told with the deal.
alter table webhook_source no force row level security;
insert into webhook_source (action, event_type, subject) values
    ('deal.request_special_price', 'deal.special_prices_asked', 'deal'), ('deal.grant_special_price', 'deal.special_prices_granted', 'deal'),
    ('deal.refuse_special_price', 'deal.special_prices_refused', 'deal'), ('deal.withdraw_special_price', 'deal.special_prices_withdrawn', 'deal');
alter table webhook_source force row level security;

-- Subscriptions tell of themselves, as stock does: they begin, grow and are called off with quotes and orders, in the database, and no act of the audit names them then. They are told to their seller, to the partner
-- that has one, and to the brand that looks at its channel.
create function webhook_subscription(subscription_number text, details jsonb, reader bigint) returns json language plpgsql stable as $$
begin
    return (
    select json_build_object('side', webhook_side(s.buyer_id, s.seller_id, reader), 'number', s.number, 'version', s.version, 'happening', details ->> 'happening', 'effectiveOn', details ->> 'effectiveOn',
        'seller', webhook_company(s.seller_id), 'buyer', webhook_company(s.buyer_id), 'customer', (select json_build_object('number', c.number, 'name', c.name) from end_customer c where c.end_customer_id = s.end_customer_id),
        'sku', p.sku, 'name', p.name, 'quantity', coalesce(last.quantity, 0), 'nextQuantity', s.next_quantity, 'startsOn', s.starts_on, 'termStartsOn', s.term_starts_on, 'endsOn', s.ends_on, 'termMonths', s.term_months,
        'currency', s.currency, 'termAmount', trim_scale(coalesce(last.amount, 0)), 'renews', s.renews, 'cancelledAt', webhook_time(s.cancelled_at), 'calledOffAt', webhook_time(s.called_off_at),
        'source', details ->> 'source', 'reason', details ->> 'reason')
    from subscription s
    join product p on p.product_id = s.product_id
    -- what of it runs at the end of its last term; nothing where it was called off
    cross join lateral (select sum(x.quantity) as quantity, sum(x.amount) as amount from subscription_part x where x.subscription_id = s.subscription_id and x.ends_on = s.ends_on and s.called_off_at is null) last
    where s.number = subscription_number);
end $$;
alter function webhook_subscription(text, jsonb, bigint) owner to {schema}_definer;

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
        when 'subscription' then webhook_subscription(subject_number, details, reader) end
$$;

create function webhooks_tell_of_subscriptions() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from webhook_endpoint e where e.event_types && array['subscription.begun', 'subscription.changed', 'subscription.renewed', 'subscription.ended']) then
        perform webhook_raise(array_agg(h.happened_at order by h.subscription_event_id), array_agg(k.event_type order by h.subscription_event_id), array_agg('subscription'::text), array_agg(s.number order by h.subscription_event_id),
                              array_agg(jsonb_build_object('happening', h.kind, 'effectiveOn', h.effective_on, 'source', h.source, 'reason', h.reason) order by h.subscription_event_id),
                              array_agg(array_remove(array[h.seller_id, h.buyer_id], null)::text order by h.subscription_event_id))
        from happened h
        join subscription s on s.subscription_id = h.subscription_id
        -- that a next term is offered is told as the quote or order that offers it
        join (values ('begun', 'subscription.begun'), ('added', 'subscription.changed'), ('reduced', 'subscription.changed'), ('cancelled', 'subscription.changed'), ('kept', 'subscription.changed'),
                     ('called_off', 'subscription.changed'), ('renewed', 'subscription.renewed'), ('went_on', 'subscription.renewed'), ('ended', 'subscription.ended')) as k (kind, event_type) on k.kind = h.kind
        having count(*) > 0;
    end if;
    return null;
end $$;
alter function webhooks_tell_of_subscriptions() owner to {schema}_definer;
create trigger what_becomes_of_subscriptions_is_told after insert on subscription_event referencing new table as happened for each statement execute function webhooks_tell_of_subscriptions();
