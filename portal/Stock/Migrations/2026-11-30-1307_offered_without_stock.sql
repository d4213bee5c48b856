-- A product is not kept in stock any more only when nobody has any of it.
create function stock_is_gone_before_it_is_not_kept() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from stock_balance b where b.product_id = new.product_id and (b.on_hand <> 0 or b.in_transit <> 0 or b.reserved <> 0)) then
        raise exception 'Somebody has % in stock.', new.sku using errcode = 'check_violation', constraint = 'stock_is_gone_before_it_is_not_kept';
    end if;
    return new;
end $$;
alter function stock_is_gone_before_it_is_not_kept() owner to {schema}_definer;
create trigger stock_is_gone_before_it_is_not_kept before update of kept_in_stock on product for each row when (old.kept_in_stock and not new.kept_in_stock) execute function stock_is_gone_before_it_is_not_kept();

-- What needs no stock can always be had, whatever the seller shows of its stock.
create or replace function stock_offered(products bigint[])
returns table (product_id bigint, shows text, band text, available bigint) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with seller as (
        select b.upstream_id as partner_id, coalesce(v.shows, 'banded') as shows,
               array(select p.stock_place_id from stock_place p where p.partner_id = b.upstream_id and p.kind = 'own' and p.is_offered and p.closed_at is null) as places
        from partner b left join stock_visibility v on v.partner_id = b.upstream_id
        where b.partner_id = app_partner_id() and b.upstream_id is not null)
    select wanted.product_id, seller.shows,
           case when not x.kept_in_stock then 'always'
                when seller.shows = 'hidden' then null
                when stock.free <= 0 then 'none' when stock.free < 10 then 'few' when stock.free < 100 then 'some' else 'plenty' end,
           case when seller.shows = 'exact' and x.kept_in_stock then stock.free end
    from seller
    cross join unnest(products) as wanted (product_id)
    join product x on x.product_id = wanted.product_id
    cross join lateral (select coalesce(sum(b.on_hand - b.reserved), 0)::bigint as free from stock_balance b where b.stock_place_id = any (seller.places) and b.product_id = wanted.product_id) as stock
$$;
