-- What goes to a seller keeps its sellable range, least quantities and multiples, whatever the code does. A draft may hold anything, and so may what the seller itself enters
-- and what happened before (history). What waits for approval was checked when it was handed in.
create function refuse_lines_against_the_terms(orders bigint[]) returns void language plpgsql set search_path = {schema}, public, pg_temp as $$
declare
    broken record;
begin
    select o.number, l.line_number, t.sku, t.is_sellable into broken
    from (select x.purchase_order_id, x.number, x.buyer_id, x.seller_id, x.ordered_on, array_agg(p.sku) as skus
          from purchase_order x
          join purchase_order_line y on y.purchase_order_id = x.purchase_order_id
          join product p on p.product_id = y.product_id
          where x.purchase_order_id = any (orders) and x.status in ('submitted', 'pending_approval') and x.origin = 'portal' and x.seller_id is distinct from app_partner_id()
          group by 1, 2, 3, 4, 5) o
    cross join lateral terms_of_sale(o.buyer_id, o.seller_id, o.ordered_on, o.skus) t
    join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.product_id = t.product_id
    where not t.is_sellable or l.quantity < t.min_quantity or l.quantity % t.order_multiple <> 0
    order by o.number, l.line_number
    limit 1;
    if found then
        raise exception 'Line % of order % (%) is %.', broken.line_number, broken.number, broken.sku, case when broken.is_sellable then 'below the least quantity or no multiple' else 'outside the sellable range' end
            using errcode = 'check_violation', constraint = 'an_order_keeps_the_terms_of_sale';
    end if;
end $$;
comment on function refuse_lines_against_the_terms(bigint[]) is 'Refuses orders that go to their seller against its sellable range, least quantities or multiples.';

create function lines_keep_the_terms_of_sale() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    perform refuse_lines_against_the_terms(array(
        select distinct f.purchase_order_id
        from fresh f
        join purchase_order o on o.purchase_order_id = f.purchase_order_id
        where o.status in ('submitted', 'pending_approval') and o.origin = 'portal'));
    return null;
end $$;
create trigger lines_keep_the_terms_of_sale after insert on purchase_order_line referencing new table as fresh
    for each statement execute function lines_keep_the_terms_of_sale();

create function a_draft_goes_out_within_the_terms() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    perform refuse_lines_against_the_terms(array[new.purchase_order_id]);
    return null;
end $$;
create trigger a_draft_goes_out_within_the_terms after update of status on purchase_order for each row
    when (old.status = 'draft' and new.status in ('submitted', 'pending_approval'))
    execute function a_draft_goes_out_within_the_terms();
