-- What is sold by the term is not kept in stock, unless somebody has pieces of it.
create function what_is_sold_by_the_term_needs_no_stock() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform product_needs_no_stock(new.product_id);
    return null;
end $$;
alter function what_is_sold_by_the_term_needs_no_stock() owner to {schema}_definer;
create trigger what_is_sold_by_the_term_needs_no_stock after insert on product_term for each row execute function what_is_sold_by_the_term_needs_no_stock();

create function terms_need_no_stock_from_now_on() returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform product_needs_no_stock(t.product_id) from product_term t;
end $$;
alter function terms_need_no_stock_from_now_on() owner to {schema}_definer;
select terms_need_no_stock_from_now_on();
drop function terms_need_no_stock_from_now_on();
