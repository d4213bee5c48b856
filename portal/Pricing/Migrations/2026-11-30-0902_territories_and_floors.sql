-- Price books of a territory, and floors: the prices below which nothing may be offered by hand without the deal desk.
alter table price_book
    add column territory_id bigint references territory,
    drop constraint price_book_kind_is_known,
    add constraint price_book_kind_is_known check (kind in ('list', 'net', 'floor')),
    add constraint a_list_is_for_all_territories check (kind <> 'list' or territory_id is null),
    add constraint a_book_for_one_buyer_names_no_territory check (buyer_id is null or territory_id is null);
comment on column price_book.territory_id is 'Net prices or floors for partners of that territory only; of offers to end customers the seller''s territory is meant.';
create index price_book_by_territory on price_book (territory_id) where territory_id is not null;

-- What a partner may not go below the brand says; the partner's own prices are its own business.
create policy floors_are_the_brands on price_book as restrictive for insert with check (kind <> 'floor' or (select app_is_brand()) or (select app_is_system()));

create or replace function price_facts(buyer bigint, seller bigint, price_currency text, on_date date, skus text[], coupons text[])
returns table (
    minor_units integer, product_ids bigint[], families bigint[], product_skus text[], names text[], names_zh text[], units text[], statuses text[],
    books json, entry_books bigint[], entry_products bigint[], entry_prices numeric[], rules json, member_rules bigint[], member_products bigint[], member_quantities integer[])
language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
    trade record;
    book_ids bigint[];
    rule_ids bigint[];
begin
    select brand.partner_id as brand_id, s.partner_id as seller_id, b.partner_id as buyer_id,
           -- whom a rule means: who buys, or who sells to end customers
           coalesce(b.partner_id, s.partner_id) as meant_id, coalesce(b.partner_level, s.partner_level) as partner_level, coalesce(b.partner_type, s.partner_type) as partner_type, coalesce(b.territory_id, s.territory_id) as territory_id,
           (select place.distance from partner_line place where place.ancestor_id = brand.partner_id and place.partner_id = b.partner_id) as tier,
           case when price_facts.buyer is null then 'end_customers' else 'partners' end as audience
    into trade
    from partner s
    join partner brand on brand.partner_type = 'brand'
    left join partner b on b.partner_id = price_facts.buyer
    where s.partner_id = price_facts.seller
      and (price_facts.buyer is null or b.partner_id is not null)
      and (app_is_brand()
           or (price_facts.buyer is null and s.partner_id = app_partner_id())
           or (b.upstream_id = s.partner_id and app_partner_id() in (b.partner_id, s.partner_id)));
    select c.minor_units into minor_units from currency c where c.code = price_facts.price_currency;
    if trade.seller_id is null or minor_units is null then
        return;
    end if;

    select array_agg(p.product_id), array_agg(coalesce(p.product_line_id, 0)), array_agg(p.sku), array_agg(p.name), array_agg(coalesce(p.name_zh, p.name)), array_agg(p.unit), array_agg(p.status)
    into product_ids, families, product_skus, names, names_zh, units, statuses
    from product p where p.sku = any (price_facts.skus);

    select array_agg(k.price_book_id order by k.choice),
           json_agg(json_build_object('id', k.price_book_id, 'kind', k.kind, 'isOwn', k.own, 'code', k.code, 'version', k.version, 'name', k.name, 'nameZh', k.name_zh) order by k.choice)
    into book_ids, books
    from (
        select k.price_book_id, k.kind, k.code, k.version, k.name, coalesce(k.name_zh, k.name) as name_zh, k.seller_id = trade.seller_id as own,
               row_number() over (order by k.priority desc, (k.buyer_id is not null) desc,
                                  (k.partner_level is not null)::integer + (k.tier is not null)::integer + (k.territory_id is not null)::integer desc, lower(k.valid) desc nulls last, k.price_book_id desc) as choice
        from price_book k
        where k.seller_id in (trade.seller_id, trade.brand_id) and k.currency = price_facts.price_currency and k.valid @> price_facts.on_date
          and k.audience in (trade.audience, 'everyone')
          and (k.buyer_id is null or k.buyer_id = trade.buyer_id)
          and (k.partner_level is null or (trade.buyer_id is not null and k.partner_level = trade.partner_level))
          and (k.tier is null or k.tier = trade.tier)
          and (k.territory_id is null or k.territory_id = trade.territory_id)
          -- of the brand's books only its list, its floors, and the net prices it sets for that tier, speak for another seller
          and (k.seller_id = trade.seller_id or k.kind in ('list', 'floor') or k.tier is not null)
          -- a floor is for what is taken off by hand in an offer to an end customer
          and (k.kind <> 'floor' or trade.buyer_id is null)
    ) k;

    select array_agg(e.price_book_id), array_agg(e.product_id), array_agg(e.unit_price)
    into entry_books, entry_products, entry_prices
    from price_book_entry e
    where e.product_id = any (price_facts.product_ids) and e.price_book_id = any (book_ids)
      -- not by the index of the exclusion constraint: how many prices hold on a day, nearly all, the planner cannot know
      and (e.valid @> price_facts.on_date) is true;

    select array_agg(r.price_rule_id),
           json_agg(json_build_object(
               'id', r.price_rule_id, 'kind', r.kind, 'effect', r.effect, 'code', r.code, 'version', r.version, 'name', r.name, 'nameZh', coalesce(r.name_zh, r.name), 'covers', r.covers, 'family', r.product_line_id,
               'rate', r.discount_rate, 'minQuantity', r.min_quantity, 'maxQuantity', r.max_quantity, 'counts', r.counts, 'amountOff', r.amount_off, 'minAmount', r.min_amount,
               'buy', r.buy_quantity, 'get', r.get_quantity, 'parts', case when r.effect = 'bundle' then (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) end,
               'gift', r.gift_product_id, 'giftPrice', case when r.gift_product_id is not null then (
                   select e.unit_price from price_book_entry e join price_book k on k.price_book_id = e.price_book_id
                   where e.product_id = r.gift_product_id and e.price_book_id = any (book_ids) and e.valid @> price_facts.on_date and k.kind = 'list' order by k.seller_id = trade.seller_id desc limit 1) end, 'giftSku', g.sku, 'giftName', g.name, 'giftNameZh', coalesce(g.name_zh, g.name), 'giftUnit', g.unit,
               'repeats', r.repeats, 'mostTimes', r.most_times, 'coupon', r.coupon, 'combines', r.combines, 'group', r.exclusion_group, 'priority', r.priority,
               'isLimited', r.budget is not null or r.most_orders is not null or r.most_per_buyer is not null, 'left', r.budget - coalesce(s.spent, 0)))
    into rule_ids, rules
    from price_rule r
    left join price_rule_spending s on s.price_rule_id = r.price_rule_id
    left join product g on g.product_id = r.gift_product_id
    where (r.seller_id = trade.seller_id or (r.seller_id = trade.brand_id and r.whole_channel))
      and r.valid @> price_facts.on_date and r.audience in (trade.audience, 'everyone')
      and (r.discount_rate > 0 or r.amount_off is not null or r.effect = 'gift')
      and (r.currency is null or r.currency = price_facts.price_currency)
      and (r.coupon is null or r.coupon = any (price_facts.coupons))
      and (r.partner_level is null or r.partner_level = trade.partner_level)
      and (r.partner_type is null or r.partner_type = trade.partner_type)
      and (r.territory_id is null or r.territory_id = trade.territory_id)
      and (r.buyer_id is null or r.buyer_id = trade.meant_id
           or (r.with_downline and exists (select from partner_line below where below.ancestor_id = r.buyer_id and below.partner_id = trade.meant_id)))
      and (g.product_id is null or g.status <> 'discontinued')
      and (s.price_rule_id is null or ((s.budget is null or s.spent < s.budget) and (s.most_orders is null or s.orders < s.most_orders)))
      -- what has a limit is given to partners that order: an end customer's offer is not counted yet when it is priced
      and (trade.buyer_id is not null or (r.budget is null and r.most_orders is null and r.most_per_buyer is null))
      and (r.most_per_buyer is null or not exists (
           select from price_rule_buyer used where used.price_rule_id = r.price_rule_id and used.buyer_id = trade.buyer_id and used.orders >= used.most_per_buyer));

    if rule_ids is not null then
        -- a bundle is known by all its products, those that are not asked for among them
        select array_agg(x.price_rule_id), array_agg(x.product_id), array_agg(x.quantity)
        into member_rules, member_products, member_quantities
        from price_rule_product x
        where x.product_id = any (price_facts.product_ids) and x.price_rule_id = any (rule_ids);
    end if;
    return next;
end $$;
comment on function price_facts(bigint, bigint, text, date, text[], text[]) is 'What the prices of these products are made of for a buyer, or null for an end customer of the seller: products, books, rules, in columns. No row where it is not sold that way.';
alter function price_facts(bigint, bigint, text, date, text[], text[]) owner to {schema}_definer;
