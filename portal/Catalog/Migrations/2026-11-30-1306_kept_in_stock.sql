-- Services, and what is sold by the term, are not kept in stock: nobody has pieces of them, and nobody needs any to sell them.
alter table product
    add column kept_in_stock boolean not null default true,
    add constraint what_is_not_kept_in_stock_is_not_tracked check (kept_in_stock or tracking = 'none');
comment on column product.kept_in_stock is 'False for services and what is sold by the term: orders reserve and move no stock of it, and what is shipped of it is performed.';
-- What is sold by the term is a service, unless somebody has pieces of it: those have to go first, and then the brand says so on the product.
create function product_needs_no_stock(product bigint) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    update product p set kept_in_stock = false
    where p.product_id = product_needs_no_stock.product and p.kept_in_stock and p.tracking = 'none'
      and not exists (select from stock_balance b where b.product_id = p.product_id and (b.on_hand <> 0 or b.in_transit <> 0 or b.reserved <> 0))
$$;
comment on function product_needs_no_stock(bigint) is 'Makes a service of a product that nobody has in stock; called where it begins to be sold by the term.';
alter function product_needs_no_stock(bigint) owner to {schema}_definer;
revoke execute on function product_needs_no_stock(bigint) from public, {schema}_app;
grant execute on function product_needs_no_stock(bigint) to {schema}_definer;
create policy products_become_services_by_the_definer on product for update to {schema}_definer using (true) with check (true);
