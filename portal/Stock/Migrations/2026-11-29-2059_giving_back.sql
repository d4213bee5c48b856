-- What both sides of an order agreed to call off is free again, whichever of them said so last: for acts that run as the definer and have looked at who may; nobody else can call it.
create function stock_hold_balances(place_id bigint, products bigint[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform from stock_balance b where b.stock_place_id = place_id and b.product_id = any (products) order by b.product_id for no key update;
end $$;
comment on function stock_hold_balances(bigint, bigint[]) is 'Makes whoever moves these goods of a place wait, in the order in which all acts take balances.';
alter function stock_hold_balances(bigint, bigint[]) owner to {schema}_definer;
revoke execute on function stock_hold_balances(bigint, bigint[]) from public, {schema}_app;

create function stock_give_back(place_id bigint, products bigint[], quantities bigint[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update stock_balance b
    set reserved = b.reserved - freed.quantity
    from (select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id) as freed
    where b.stock_place_id = place_id and b.product_id = freed.product_id;
end $$;
comment on function stock_give_back(bigint, bigint[], bigint[]) is 'Takes a promise back that both sides do not need any more; the caller holds the balances.';
alter function stock_give_back(bigint, bigint[], bigint[]) owner to {schema}_definer;
revoke execute on function stock_give_back(bigint, bigint[], bigint[]) from public, {schema}_app;
