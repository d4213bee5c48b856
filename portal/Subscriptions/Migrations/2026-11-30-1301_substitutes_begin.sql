-- A line that comes into an order after its confirmation, such as what comes instead of something else, is taken up at once: no confirmation follows.
create function subscriptions_of_lines_added() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    placed purchase_order%rowtype;
begin
    select o.* into placed from purchase_order o where o.purchase_order_id = new.purchase_order_id and o.status in ('confirmed', 'partially_shipped');
    if found then
        perform take_up_subscriptions(false, placed.seller_id, null, placed.buyer_id, placed.currency, placed.number, placed.ordered_by,
            jsonb_build_array(jsonb_build_object('line_id', new.purchase_order_line_id, 'product_id', new.product_id, 'quantity', new.quantity, 'term_start', new.term_start, 'term_end', new.term_end, 'term_months', new.term_months,
                                                 'subscription', new.subscription, 'unit_price', new.unit_price, 'amount', new.amount)), now());
    end if;
    return null;
end $$;
alter function subscriptions_of_lines_added() owner to {schema}_definer;
create trigger subscriptions_begin_with_lines_added after insert on purchase_order_line for each row when (new.term_start is not null) execute function subscriptions_of_lines_added();
