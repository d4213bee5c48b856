-- What a place has of some products is promised, as much as there is of what is wanted: for orders that are confirmed line by line and for
-- goods that have come for those who wait.
create function stock_reserve_up_to(place_id bigint, products bigint[], quantities bigint[])
returns table (product_id bigint, quantity bigint) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
begin
    perform stock_place_is_mine(place_id);
    perform from stock_balance b
    where b.stock_place_id = place_id and b.product_id = any (products)
    order by b.product_id
    for no key update;

    return query
        with wanted as (
            select line.product_id, sum(line.quantity) as quantity from unnest(products, quantities) as line (product_id, quantity) group by line.product_id),
        given as (
            select wanted.product_id, least(wanted.quantity, b.on_hand - b.reserved)::bigint as quantity
            from wanted join stock_balance b on b.stock_place_id = place_id and b.product_id = wanted.product_id
            where wanted.quantity > 0 and b.on_hand > b.reserved),
        promised as (
            update stock_balance b
            set reserved = b.reserved + given.quantity
            from given
            where b.stock_place_id = place_id and b.product_id = given.product_id)
        select given.product_id, given.quantity from given;
end $$;
comment on function stock_reserve_up_to(bigint, bigint[], bigint[]) is 'Promises goods of a place, as much of each product as there is; answers how much that is.';
alter function stock_reserve_up_to(bigint, bigint[], bigint[]) owner to portal_definer;
