-- Terms of sale (订货条件): a seller whose least order, multiples or days of delivery differ from the product's own says so.
create table seller_terms (
    seller_id      bigint      not null references partner,
    product_id     bigint      not null references product,
    min_quantity   integer     not null,
    order_multiple integer     not null,
    lead_days      integer,
    changed_by     bigint      references person,
    changed_at     timestamptz not null,
    version        integer     not null default 1,
    primary key (seller_id, product_id),
    constraint a_sellers_least_order_is_up_to_a_million check (min_quantity between 1 and 1000000),
    constraint a_sellers_multiple_is_up_to_a_million check (order_multiple between 1 and 1000000),
    constraint a_sellers_days_of_delivery_are_up_to_two_years check (lead_days between 0 and 730)
);
comment on table seller_terms is 'Least order, multiple and days of delivery of one product at one seller, instead of the product''s own (订货条件).';
create index seller_terms_by_product on seller_terms (product_id);
alter table seller_terms enable row level security;
alter table seller_terms force row level security;
create policy terms_are_read_by_the_seller on seller_terms for select using (seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy terms_are_added_by_the_seller on seller_terms for insert with check (app_keeps_ranges_of(seller_id));
create policy terms_are_changed_by_the_seller on seller_terms for update using (app_keeps_ranges_of(seller_id)) with check (app_keeps_ranges_of(seller_id));
create policy terms_are_dropped_by_the_seller on seller_terms for delete using (app_keeps_ranges_of(seller_id));
create policy terms_are_known_to_the_definer on seller_terms for select to {schema}_definer using (true);
revoke update, truncate on seller_terms from {schema}_app;
grant update (min_quantity, order_multiple, lead_days, changed_by, changed_at, version) on seller_terms to {schema}_app;

create function terms_of_sale(buyer bigint, seller bigint, on_date date, skus text[])
returns table (sku text, product_id bigint, is_sellable boolean, pack_size integer, min_quantity integer, order_multiple integer, lead_days integer, successor text)
language plpgsql stable security definer rows 20 set search_path = {schema}, public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
    if not (app_is_system() or app_is_brand() or terms_of_sale.seller = app_partner_id()
            or exists (select from partner b where b.partner_id = app_partner_id() and b.partner_id = terms_of_sale.buyer and b.upstream_id = terms_of_sale.seller)) then
        return;
    end if;
    return query
    with asked as materialized (
        select * from product where sku = any (terms_of_sale.skus))
    select a.sku, a.product_id, coalesce(v.sellable, true), a.pack_size, coalesce(t.min_quantity, a.min_quantity), coalesce(t.order_multiple, a.order_multiple), coalesce(t.lead_days, a.lead_days), next.sku
    from asked a
    left join seller_terms t on t.seller_id = terms_of_sale.seller and t.product_id = a.product_id
    left join product next on next.product_id = a.successor_id and next.status = 'active'
    left join sellable_verdicts(array[terms_of_sale.buyer], terms_of_sale.seller, terms_of_sale.on_date, array(select asked.product_id from asked)) v on v.product_id = a.product_id;
end $$;
comment on function terms_of_sale(bigint, bigint, date, text[]) is 'How a seller sells products to a buyer: whether at all, from how many on, in which multiples, how fast, and what takes the place of what is discontinued.';
alter function terms_of_sale(bigint, bigint, date, text[]) owner to {schema}_definer;
