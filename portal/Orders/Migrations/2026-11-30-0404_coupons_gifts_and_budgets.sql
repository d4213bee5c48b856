-- Coupons of an order, what it took of promotions with a limit, and gifts.
alter table purchase_order
    add column coupons text[] not null default '{}',
    add constraint coupons_are_few check (cardinality(coupons) <= 10);
grant update (coupons) on purchase_order to {schema}_app;

create table purchase_order_promotion (
    purchase_order_id bigint         not null,
    buyer_id          bigint         not null,
    seller_id         bigint         not null,
    price_rule_id     bigint         not null references price_rule,
    amount            numeric(18, 4) not null,
    given_back        boolean        not null default false,
    primary key (purchase_order_id, price_rule_id),
    constraint a_promotion_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_promotion_takes_off_something_or_nothing check (amount >= 0)
);
comment on table purchase_order_promotion is 'What an order took of the budget of a promotion, or that it used one of which there are only so many.';
create index purchase_order_promotion_by_rule on purchase_order_promotion (price_rule_id);
alter table purchase_order_promotion enable row level security;
alter table purchase_order_promotion force row level security;
create policy promotions_of_orders_are_seen_by_both_sides on purchase_order_promotion for select using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy promotions_of_orders_are_taken_by_the_buyer on purchase_order_promotion for insert with check (buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy promotions_of_orders_are_given_back_by_the_definer on purchase_order_promotion for all to {schema}_definer using (true) with check (true);
revoke update, delete on purchase_order_promotion from {schema}_app;
grant select, update on purchase_order_promotion to {schema}_definer;

-- An order that does not come about gives back what it took.
create function an_order_gives_back_its_promotions() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    rules   bigint[];
    amounts numeric[];
begin
    with back as (
        update purchase_order_promotion p set given_back = true
        where p.purchase_order_id = new.purchase_order_id and not p.given_back
        returning p.price_rule_id, p.amount)
    select array_agg(back.price_rule_id), array_agg(back.amount) into rules, amounts from back;
    if rules is not null then
        perform give_back_promotions(new.buyer_id, rules, amounts);
    end if;
    return null;
end $$;
alter function an_order_gives_back_its_promotions() owner to {schema}_definer;
create trigger an_order_that_ends_gives_back_its_promotions after update of status on purchase_order for each row
    when (new.status in ('cancelled', 'rejected', 'draft') and old.status not in ('cancelled', 'rejected', 'draft'))
    execute function an_order_gives_back_its_promotions();

-- A gift is not what the buyer chose: it keeps no least quantity and no range. The rest is as it was.
create or replace function refuse_lines_against_the_terms(orders bigint[]) returns void language plpgsql set search_path = {schema}, public, pg_temp as $$
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
    where (not t.is_sellable or l.quantity < t.min_quantity or l.quantity % t.order_multiple <> 0)
      and not (l.unit_price = 0 and coalesce(l.price_steps -> -1 ->> 'effect', '') = 'gift')
    order by o.number, l.line_number
    limit 1;
    if found then
        raise exception 'Line % of order % (%) is %.', broken.line_number, broken.number, broken.sku, case when broken.is_sellable then 'below the least quantity or no multiple' else 'outside the sellable range' end
            using errcode = 'check_violation', constraint = 'an_order_keeps_the_terms_of_sale';
    end if;
end $$;
