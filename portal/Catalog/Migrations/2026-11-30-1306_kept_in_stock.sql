-- Services, and what is sold by the term, are not kept in stock: nobody has pieces of them, and nobody needs any to sell them.
alter table product
    add column kept_in_stock boolean not null default true,
    add constraint what_is_not_kept_in_stock_is_not_tracked check (kept_in_stock or tracking = 'none');
comment on column product.kept_in_stock is 'False for services and what is sold by the term: orders reserve and move no stock of it, and what is shipped of it is performed.';
-- What is sold by the term from now on is a service (see Subscriptions).
create policy products_become_services_by_the_definer on product for update to {schema}_definer using (true) with check (true);
