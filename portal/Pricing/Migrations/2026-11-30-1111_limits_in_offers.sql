-- Promotions with a limit also for offers to end customers: they are reserved when an offer is sent. Whose uses are counted is who sells.
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

    select array_agg(t.id), json_agg(t)
    into rule_ids, rules
    from (
        select r.price_rule_id as "id", r.kind, r.effect, r.code, r.version, r.name, coalesce(r.name_zh, r.name) as "nameZh", r.covers, r.product_line_id as "family",
               r.discount_rate as "rate", r.min_quantity as "minQuantity", r.max_quantity as "maxQuantity", r.counts, r.amount_off as "amountOff", r.min_amount as "minAmount",
               r.buy_quantity as "buy", r.get_quantity as "get", case when r.effect = 'bundle' then (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id) end as "parts",
               r.gift_product_id as "gift", case when r.gift_product_id is not null then (
                   select e.unit_price from price_book_entry e join price_book k on k.price_book_id = e.price_book_id
                   where e.product_id = r.gift_product_id and e.price_book_id = any (book_ids) and e.valid @> price_facts.on_date and k.kind = 'list' order by k.seller_id = trade.seller_id desc limit 1) end as "giftPrice",
               g.sku as "giftSku", g.name as "giftName", coalesce(g.name_zh, g.name) as "giftNameZh", g.unit as "giftUnit",
               r.repeats, r.most_times as "mostTimes", r.coupon, r.combines, r.exclusion_group as "group", r.priority,
               r.budget is not null or r.most_orders is not null or r.most_per_buyer is not null as "isLimited", r.budget - coalesce(s.spent, 0) as "left"
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
          and (r.most_per_buyer is null or not exists (
               select from price_rule_buyer used where used.price_rule_id = r.price_rule_id and used.buyer_id = trade.meant_id and used.orders >= used.most_per_buyer))) t;

    if rule_ids is not null then
        -- a bundle is known by all its products, those that are not asked for among them
        select array_agg(x.price_rule_id), array_agg(x.product_id), array_agg(x.quantity)
        into member_rules, member_products, member_quantities
        from unnest(rule_ids) as held (price_rule_id)
        join price_rule_product x on x.price_rule_id = held.price_rule_id
        -- looked up in a hash: an array that is no constant is searched from its beginning, for each row
        where (x.product_id in (select asked.product_id from unnest(price_facts.product_ids) as asked (product_id))) is true;
    end if;
    return next;
end $$;
comment on function price_facts(bigint, bigint, text, date, text[], text[]) is 'What the prices of these products are made of for a buyer, or null for an end customer of the seller: products, books, rules, in columns. No row where it is not sold that way.';
alter function price_facts(bigint, bigint, text, date, text[], text[]) owner to {schema}_definer;
