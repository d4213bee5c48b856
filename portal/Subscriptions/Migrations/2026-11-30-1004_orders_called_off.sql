-- What was confirmed and is called off afterwards runs no longer, or with fewer pieces: a subscription says what its order says.
alter table subscription add column called_off_at timestamptz;
comment on column subscription.called_off_at is 'When the order that it began with was called off; then it runs no more, and is offered to nobody.';
alter table subscription_event drop constraint what_became_of_a_subscription_is_known;
alter table subscription_event add constraint what_became_of_a_subscription_is_known check (kind in ('begun', 'added', 'reduced', 'offered', 'renewed', 'went_on', 'cancelled', 'kept', 'ended', 'called_off'));

create function subscriptions_of_lines_called_off() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    part subscription_part%rowtype;
    pieces integer := new.quantity - new.cancelled;
begin
    perform from subscription s where s.subscription_id = (select p.subscription_id from subscription_part p where p.purchase_order_line_id = new.purchase_order_line_id) for update;
    select p.* into part from subscription_part p where p.purchase_order_line_id = new.purchase_order_line_id;
    if not found or part.quantity = pieces then
        return null;
    end if;
    if pieces > 0 then
        update subscription_part p set quantity = pieces, amount = round(p.unit_price * pieces, c.minor_units)
        from subscription s join currency c on c.code = s.currency
        where p.subscription_part_id = part.subscription_part_id and s.subscription_id = p.subscription_id;
    elsif part.kind = 'begin' then
        update subscription s set called_off_at = now() where s.subscription_id = part.subscription_id;
    else
        delete from subscription_part p where p.subscription_part_id = part.subscription_part_id;
        update subscription s set term_starts_on = before.starts_on, ends_on = before.ends_on
        from (select p.starts_on, p.ends_on from subscription_part p where p.subscription_id = part.subscription_id and p.kind <> 'addition' order by p.ends_on desc limit 1) before
        where part.kind = 'renewal' and s.subscription_id = part.subscription_id and s.ends_on = part.ends_on;
    end if;
    update subscription s set next_quantity = null, updated_at = now(), version = s.version + 1 where s.subscription_id = part.subscription_id;
    insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, person_id, happened_at)
    values (part.subscription_id, part.seller_id, part.buyer_id, 'called_off', part.starts_on, pieces, part.source, app_person_id(), now());
    return null;
end $$;
alter function subscriptions_of_lines_called_off() owner to {schema}_definer;
create trigger subscriptions_follow_lines_called_off after update of cancelled on purchase_order_line for each row when (new.cancelled > old.cancelled and new.term_start is not null) execute function subscriptions_of_lines_called_off();
