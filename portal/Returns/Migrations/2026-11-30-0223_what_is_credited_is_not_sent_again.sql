-- Returns that wait too long are reminded of once for each question, as discrepancy cases are: whoever is to answer, to send, or to inspect.
alter table return_order add column reminded_at timestamptz;
comment on column return_order.reminded_at is 'When whoever it waits for was reminded; empty again with each step.';
grant update (reminded_at) on return_order to {schema}_app;
create policy returns_are_reminded_of_by_the_product on return_order for update using ((select app_is_system()));

create policy return_lines_are_known_to_the_definer on return_order_line for select to {schema}_definer using (true);

-- How many pieces of an order's line are paid for and not had: invoiced less credited, less what arrived or is to come of the line and of what was sent again for it, less what came back and was credited. Whoever writes a credit note of these
-- invoices waits, and the other way round.
create function pieces_paid_and_not_had(line_key bigint) returns integer language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    first bigint;
    paid  integer;
begin
    select coalesce(l.replaces_line_id, l.purchase_order_line_id) into first
    from purchase_order_line l where l.purchase_order_line_id = line_key and (app_is_system() or app_partner_id() in (l.buyer_id, l.seller_id));
    if first is null then
        raise exception 'What was paid for is known to buyer and seller.' using errcode = 'insufficient_privilege';
    end if;

    perform from open_item o
    where o.invoice_id in (select i.invoice_id from invoice_line i where i.purchase_order_line_id = first)
    order by o.open_item_id
    for no key update;
    select sum(i.quantity) - coalesce(sum((select sum(n.quantity) from credit_note_line n where n.invoice_line_id = i.invoice_line_id)), 0) into paid
    from invoice_line i where i.purchase_order_line_id = first;
    return paid - (
        select coalesce(sum(case when l.purchase_order_line_id = first then l.shipped else l.quantity - l.cancelled end - l.lost), 0)
        from purchase_order_line l where first in (l.purchase_order_line_id, l.replaces_line_id))
      + (select coalesce(sum(r.credited), 0)
         from purchase_order_line l
         join shipment_line sl on sl.purchase_order_line_id = l.purchase_order_line_id
         join return_order_line r on r.shipment_line_id = sl.shipment_line_id
         where first in (l.purchase_order_line_id, l.replaces_line_id));
end $$;
comment on function pieces_paid_and_not_had(bigint) is 'How many pieces of a line may still be sent again: paid for, and neither delivered nor on their way. Null where nothing of the line was invoiced.';
alter function pieces_paid_and_not_had(bigint) owner to {schema}_definer;
