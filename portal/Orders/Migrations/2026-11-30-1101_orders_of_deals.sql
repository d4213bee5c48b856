-- An order names the deal it is for; its lines have the deal's special prices, and it takes of their quantities.
alter table purchase_order
    add column deal_number text references deal (number);
comment on column purchase_order.deal_number is 'The deal that special prices come from: the buyer''s own, or for what a seller buys for it, its buyer''s.';
create index purchase_order_by_deal on purchase_order (deal_number) where deal_number is not null;
grant update (deal_number) on purchase_order to {schema}_app;

create table purchase_order_special_price (
    purchase_order_id bigint  not null,
    buyer_id          bigint  not null,
    seller_id         bigint  not null,
    special_price_id  bigint  not null references special_price,
    quantity          integer not null,
    given_back        boolean not null default false,
    primary key (purchase_order_id, special_price_id),
    constraint a_special_price_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint some_pieces_are_taken check (quantity > 0)
);
comment on table purchase_order_special_price is 'How many pieces an order took at a special price of a deal.';
create index purchase_order_special_price_by_price on purchase_order_special_price (special_price_id);
alter table purchase_order_special_price enable row level security;
alter table purchase_order_special_price force row level security;
create policy special_prices_of_orders_are_seen_by_both_sides on purchase_order_special_price for select using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy special_prices_of_orders_are_taken_by_the_buyer on purchase_order_special_price for insert with check (buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy special_prices_of_orders_are_given_back_by_the_definer on purchase_order_special_price for all to {schema}_definer using (true) with check (true);
revoke update, delete on purchase_order_special_price from {schema}_app;
grant select, insert, update on purchase_order_special_price to {schema}_definer;

-- An order may be a draft again and be handed in once more: what it took is taken anew.
create function an_order_gives_back_its_special_prices() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    prices bigint[];
    pieces integer[];
begin
    with back as (
        update purchase_order_special_price p set given_back = true
        where p.purchase_order_id = new.purchase_order_id and not p.given_back
        returning p.special_price_id, p.quantity)
    select array_agg(back.special_price_id), array_agg(back.quantity) into prices, pieces from back;
    if prices is not null then
        perform give_back_special_prices(prices, pieces);
    end if;
    return null;
end $$;
alter function an_order_gives_back_its_special_prices() owner to {schema}_definer;
create trigger an_order_that_ends_gives_back_its_special_prices after update of status on purchase_order for each row
    when (new.status in ('cancelled', 'rejected', 'draft') and old.status not in ('cancelled', 'rejected', 'draft') and new.deal_number is not null)
    execute function an_order_gives_back_its_special_prices();

create function order_takes_special_prices(order_number text, prices bigint[], pieces integer[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    placed purchase_order%rowtype;
begin
    select * into placed from purchase_order o where o.number = order_number and (app_is_system() or o.buyer_id = app_partner_id());
    perform take_special_prices(placed.buyer_id, prices, pieces);
    insert into purchase_order_special_price (purchase_order_id, buyer_id, seller_id, special_price_id, quantity)
    select placed.purchase_order_id, placed.buyer_id, placed.seller_id, g.special_price_id, g.pieces
    from unnest(prices, pieces) as g (special_price_id, pieces)
    on conflict (purchase_order_id, special_price_id) do update set quantity = excluded.quantity, given_back = false;
end $$;
comment on function order_takes_special_prices(text, bigint[], integer[]) is 'Takes what an order that was just written buys at special prices; refused by the constraint where others were faster.';
alter function order_takes_special_prices(text, bigint[], integer[]) owner to {schema}_definer;

-- The same for promotions: an order that was a draft again takes them anew, where it had found its own earlier entry in the way.
create function order_takes_promotions(order_number text, rules bigint[], amounts numeric[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    placed purchase_order%rowtype;
begin
    select * into placed from purchase_order o where o.number = order_number and (app_is_system() or o.buyer_id = app_partner_id());
    perform take_promotions(placed.buyer_id, rules, amounts);
    insert into purchase_order_promotion (purchase_order_id, buyer_id, seller_id, price_rule_id, amount)
    select placed.purchase_order_id, placed.buyer_id, placed.seller_id, g.price_rule_id, g.amount
    from unnest(rules, amounts) as g (price_rule_id, amount)
    on conflict (purchase_order_id, price_rule_id) do update set amount = excluded.amount, given_back = false;
end $$;
comment on function order_takes_promotions(text, bigint[], numeric[]) is 'Takes what promotions with a limit give to an order that was just written; refused by the constraints where others were faster.';
alter function order_takes_promotions(text, bigint[], numeric[]) owner to {schema}_definer;
grant insert on purchase_order_promotion to {schema}_definer;
