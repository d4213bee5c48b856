-- What a price is made of, handed over in one row, column by column: the portal's engine (PriceEngine) makes the price of it. One statement that joined all of it
-- took longer to start than to run, and a promotion that looks at the whole basket cannot be told line by line.
-- It answers across tenants (a buyer is told the price out of books it may not read), so it first asks whether the caller may hear it: the buyer and the seller of a
-- direct trade, the seller of an end customer, the brand. No row where it is not sold that way.
drop function price_lines(bigint, bigint, text, date, text[], numeric[]);

-- Promotions (促销) beyond a percentage of a line. Their terms are never rewritten, as those of the first ones.
alter table price_rule
    add column effect          text           not null default 'percent',
    add column counts          text           not null default 'line',
    add column amount_off      numeric(18, 4),
    add column currency        text           references currency,
    add column min_amount      numeric(18, 4),
    add column buy_quantity    integer,
    add column get_quantity    integer,
    add column gift_product_id bigint         references product,
    add column repeats         boolean        not null default false,
    add column most_times      integer,
    add column coupon          text,
    add column combines        text           not null default 'best',
    add column exclusion_group text,
    add column priority        integer        not null default 0,
    add column partner_level   text,
    add column partner_type    text,
    add column territory_id    bigint         references territory,
    add column buyer_id        bigint         references partner,
    add column with_downline   boolean        not null default false,
    add column budget          numeric(18, 4),
    add column most_orders     integer,
    add column most_per_buyer  integer,
    add constraint price_rule_effect_is_known check (effect in ('percent', 'amount', 'buy_get', 'bundle', 'threshold', 'gift')),
    add constraint price_rule_counts_what_is_known check (counts in ('line', 'family', 'basket')),
    add constraint price_rule_combination_is_known check (combines in ('best', 'adds', 'alone')),
    add constraint a_volume_break_takes_a_share check (kind = 'promotion' or (effect = 'percent' and combines = 'best' and coupon is null and exclusion_group is null and budget is null and most_orders is null and most_per_buyer is null)),
    add constraint an_amount_off_is_positive check (amount_off > 0),
    add constraint a_discount_is_one_thing check (amount_off is null or discount_rate = 0),
    add constraint money_has_its_currency check (currency is not null or (amount_off is null and min_amount is null and budget is null)),
    add constraint an_amount_is_taken_off_where_it_is_meant check (effect <> 'amount' or amount_off is not null),
    add constraint only_some_effects_take_an_amount check (amount_off is null or effect in ('amount', 'bundle', 'threshold')),
    add constraint pieces_are_bought_and_got check ((effect = 'buy_get') = (buy_quantity is not null) and (effect in ('buy_get', 'gift')) = (get_quantity is not null)),
    add constraint pieces_are_some check (buy_quantity between 1 and 10000 and get_quantity between 1 and 10000),
    add constraint a_gift_is_a_product check ((effect = 'gift') = (gift_product_id is not null)),
    add constraint a_bundle_names_its_products check (effect <> 'bundle' or covers = 'products'),
    add constraint a_least_amount_is_positive check (min_amount > 0),
    add constraint a_least_amount_is_of_the_basket check (min_amount is null or effect in ('threshold', 'gift')),
    add constraint most_times_are_some check (most_times between 1 and 10000),
    add constraint a_coupon_is_written_in_capitals check (coupon ~ '^[A-Z0-9][A-Z0-9-]{3,31}$'),
    add constraint an_exclusion_group_has_a_name check (exclusion_group ~ '^[A-Z0-9][A-Z0-9._-]{0,31}$'),
    add constraint a_priority_is_small check (priority between -1000 and 1000),
    add constraint price_rule_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    add constraint price_rule_partner_type_is_known check (partner_type in ('distributor', 'reseller', 'store', 'agent', 'coworking_operator')),
    add constraint a_rule_for_one_buyer_names_no_kind_of_partner check (buyer_id is null or (partner_level is null and partner_type is null and territory_id is null) or with_downline),
    add constraint whoever_is_below_is_below_somebody check (not with_downline or buyer_id is not null),
    add constraint limits_are_some check (budget > 0 and most_orders > 0 and most_per_buyer > 0);
comment on table price_rule is 'A volume break or a promotion of one seller; of the brand''s, those for the whole channel hold whoever sells.';
comment on column price_rule.effect is 'percent and amount: off each piece of a line; buy_get: of each buy_quantity + get_quantity pieces, get_quantity at a discount; bundle: off products bought together; threshold: off all it covers from min_amount on; gift: get_quantity pieces of a product for nothing.';
comment on column price_rule.counts is 'Whose quantity min_quantity and max_quantity mean: the line''s, that of all lines of its product line, or that of all lines the rule covers.';
comment on column price_rule.combines is 'best: of all such only the best holds; adds: comes on top; alone: nothing else beside it.';
create index price_rule_by_gift on price_rule (gift_product_id) where gift_product_id is not null;
create index price_rule_by_buyer on price_rule (buyer_id) where buyer_id is not null;

alter table price_rule_product
    add column quantity integer not null default 1,
    add constraint a_bundle_takes_some_of_each check (quantity between 1 and 10000);

-- What a promotion with a limit has given so far. The limit stands beside it, so that a check keeps it however many orders come at once.
create table price_rule_spending (
    price_rule_id bigint         primary key references price_rule,
    budget        numeric(18, 4),
    most_orders   integer,
    spent         numeric(18, 4) not null default 0,
    orders        integer        not null default 0,
    constraint a_budget_is_not_overspent check (spent >= 0 and (budget is null or spent <= budget)),
    constraint a_promotion_is_used_no_oftener_than_it_may check (orders >= 0 and (most_orders is null or orders <= most_orders))
);
comment on table price_rule_spending is 'How much of its budget a promotion has given, and in how many orders.';

create table price_rule_buyer (
    price_rule_id  bigint  not null references price_rule,
    buyer_id       bigint  not null references partner,
    most_per_buyer integer not null,
    orders         integer not null default 0,
    primary key (price_rule_id, buyer_id),
    constraint a_buyer_uses_a_promotion_no_oftener_than_it_may check (orders between 0 and most_per_buyer)
);
comment on table price_rule_buyer is 'In how many orders a partner has used a promotion that has a limit for each partner.';
create index price_rule_buyer_by_buyer on price_rule_buyer (buyer_id);

create function price_rule_gets_its_limits() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into price_rule_spending (price_rule_id, budget, most_orders) values (new.price_rule_id, new.budget, new.most_orders);
    return new;
end $$;
alter function price_rule_gets_its_limits() owner to {schema}_definer;
create trigger limits_stand_beside_what_was_given after insert on price_rule for each row
    when (new.budget is not null or new.most_orders is not null) execute function price_rule_gets_its_limits();

alter table price_rule_spending enable row level security;
alter table price_rule_spending force row level security;
create policy spending_is_read_with_its_rule on price_rule_spending for select using (price_rule_id in (select r.price_rule_id from price_rule r));
create policy spending_is_kept_by_the_definer on price_rule_spending for all to {schema}_definer using (true) with check (true);
alter table price_rule_buyer enable row level security;
alter table price_rule_buyer force row level security;
create policy use_is_read_with_its_rule on price_rule_buyer for select using (price_rule_id in (select r.price_rule_id from price_rule r));
create policy use_is_kept_by_the_definer on price_rule_buyer for all to {schema}_definer using (true) with check (true);
revoke insert, update, delete on price_rule_spending, price_rule_buyer from {schema}_app;
grant select, insert, update on price_rule_spending, price_rule_buyer to {schema}_definer;

create function price_facts(buyer bigint, seller bigint, price_currency text, on_date date, skus text[], coupons text[])
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
           json_agg(json_build_object('id', k.price_book_id, 'isList', k.kind = 'list', 'isOwn', k.own, 'code', k.code, 'version', k.version, 'name', k.name, 'nameZh', k.name_zh) order by k.choice)
    into book_ids, books
    from (
        select k.price_book_id, k.kind, k.code, k.version, k.name, coalesce(k.name_zh, k.name) as name_zh, k.seller_id = trade.seller_id as own,
               row_number() over (order by k.priority desc, (k.buyer_id is not null) desc,
                                  (k.partner_level is not null)::integer + (k.tier is not null)::integer desc, lower(k.valid) desc nulls last, k.price_book_id desc) as choice
        from price_book k
        where k.seller_id in (trade.seller_id, trade.brand_id) and k.currency = price_facts.price_currency and k.valid @> price_facts.on_date
          and k.audience in (trade.audience, 'everyone')
          and (k.buyer_id is null or k.buyer_id = trade.buyer_id)
          and (k.partner_level is null or (trade.buyer_id is not null and k.partner_level = trade.partner_level))
          and (k.tier is null or k.tier = trade.tier)
          -- of the brand's books only its list, and the net prices it sets for that tier, speak for another seller
          and (k.seller_id = trade.seller_id or k.kind = 'list' or k.tier is not null)
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
