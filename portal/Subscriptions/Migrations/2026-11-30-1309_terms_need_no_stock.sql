-- What is sold by the term is not kept in stock, unless somebody has pieces of it: those have to go first, and then the brand says so on the product.
create function what_is_sold_by_the_term_needs_no_stock() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update product p set kept_in_stock = false
    where p.product_id = new.product_id and p.kept_in_stock and p.tracking = 'none'
      and not exists (select from stock_balance b where b.product_id = p.product_id and (b.on_hand <> 0 or b.in_transit <> 0 or b.reserved <> 0));
    return null;
end $$;
alter function what_is_sold_by_the_term_needs_no_stock() owner to {schema}_definer;
create trigger what_is_sold_by_the_term_needs_no_stock after insert on product_term for each row execute function what_is_sold_by_the_term_needs_no_stock();

create function terms_need_no_stock_from_now_on() returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    update product p set kept_in_stock = false
    where p.kept_in_stock and p.tracking = 'none' and p.product_id in (select t.product_id from product_term t)
      and not exists (select from stock_balance b where b.product_id = p.product_id and (b.on_hand <> 0 or b.in_transit <> 0 or b.reserved <> 0))
$$;
alter function terms_need_no_stock_from_now_on() owner to {schema}_definer;
select terms_need_no_stock_from_now_on();
drop function terms_need_no_stock_from_now_on();
