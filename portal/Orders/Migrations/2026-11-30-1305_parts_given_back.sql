-- What is called off of an order gives back what it took of promotions with a limit and of special prices: each line its own share, as many pieces as are called off, and no piece twice.
create table purchase_order_promotion_line (
    purchase_order_id      bigint         not null,
    price_rule_id          bigint         not null,
    purchase_order_line_id bigint         not null references purchase_order_line on delete cascade,
    buyer_id               bigint         not null,
    seller_id              bigint         not null,
    amount                 numeric(18, 4) not null,
    given_back             numeric(18, 4) not null default 0,
    primary key (purchase_order_line_id, price_rule_id),
    constraint a_share_is_of_a_promotion_of_its_order foreign key (purchase_order_id, price_rule_id) references purchase_order_promotion (purchase_order_id, price_rule_id) on delete cascade,
    constraint no_more_of_a_share_is_given_back_than_was_taken check (given_back between 0 and amount)
);
comment on table purchase_order_promotion_line is 'Which share of what an order took of a promotion with a limit is which line''s, and how much of it came back when pieces were called off. The shares of an order come to what it took.';
create index purchase_order_promotion_line_by_order on purchase_order_promotion_line (purchase_order_id, price_rule_id);
alter table purchase_order_promotion_line enable row level security;
alter table purchase_order_promotion_line force row level security;
create policy shares_of_promotions_are_seen_by_both_sides on purchase_order_promotion_line for select using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy shares_of_promotions_are_kept_by_the_definer on purchase_order_promotion_line for all to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on purchase_order_promotion_line from {schema}_app;
grant select, insert, update, delete on purchase_order_promotion_line to {schema}_definer;

alter table purchase_order_special_price
    add column pieces_given_back integer not null default 0,
    add constraint no_more_pieces_are_given_back_than_were_taken check (pieces_given_back between 0 and quantity);
comment on column purchase_order_special_price.pieces_given_back is 'How many of the pieces came back when they were called off, while the order goes on.';

-- By what it took off each line, as the steps of its price say; of a gift by its pieces. What rounding leaves goes with the line behind which it appears, so that the shares come to the whole.
create function share_out_promotions(orders bigint[]) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    insert into purchase_order_promotion_line (purchase_order_id, price_rule_id, purchase_order_line_id, buyer_id, seller_id, amount)
    select purchase_order_id, price_rule_id, purchase_order_line_id, buyer_id, seller_id,
           case when whole > 0 then round(amount * (before + weight) / whole, 4) - round(amount * before / whole, 4) when place = 1 then amount else 0 end
    from (
        select t.*, sum(weight) over (partition by purchase_order_id, price_rule_id) as whole, sum(weight) over up_to_it - weight as before, row_number() over up_to_it as place
        from (
            select u.purchase_order_id, u.price_rule_id, u.buyer_id, u.seller_id, u.amount, l.purchase_order_line_id, l.line_number,
                   l.quantity * coalesce(sum(case when s.effect = 'gift' then 1 else greatest(s.before - s.price, 0) end), 0) as weight
            from purchase_order_promotion u
            join price_rule r on r.price_rule_id = u.price_rule_id
            join purchase_order_line l on l.purchase_order_id = u.purchase_order_id
            cross join lateral (
                select step ->> 'kind' as kind, step ->> 'rule' as rule, step ->> 'effect' as effect, (step ->> 'price')::numeric as price, lag((step ->> 'price')::numeric) over (order by place) as before
                from jsonb_array_elements(l.price_steps) with ordinality as steps (step, place)) s
            where u.purchase_order_id = any (orders) and not u.given_back and s.kind = 'promotion' and s.rule = r.code
            group by u.purchase_order_id, u.price_rule_id, l.purchase_order_line_id) t
        window up_to_it as (partition by purchase_order_id, price_rule_id order by line_number)) shared
$$;
comment on function share_out_promotions(bigint[]) is 'Says of what orders took of promotions with a limit which share is which line''s.';
alter function share_out_promotions(bigint[]) owner to {schema}_definer;
revoke all on function share_out_promotions(bigint[]) from public, {schema}_app;
grant execute on function share_out_promotions(bigint[]) to {schema}_definer;

create or replace function order_takes_promotions(order_number text, rules bigint[], amounts numeric[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    placed purchase_order%rowtype;
begin
    select * into placed from purchase_order o where o.number = order_number and (app_is_system() or o.buyer_id = app_partner_id());
    perform take_promotions(placed.buyer_id, rules, amounts);
    insert into purchase_order_promotion (purchase_order_id, buyer_id, seller_id, price_rule_id, amount)
    select placed.purchase_order_id, placed.buyer_id, placed.seller_id, g.price_rule_id, g.amount
    from unnest(rules, amounts) as g (price_rule_id, amount)
    on conflict (purchase_order_id, price_rule_id) do update set amount = excluded.amount, given_back = false;
    delete from purchase_order_promotion_line s where s.purchase_order_id = placed.purchase_order_id and s.price_rule_id = any (rules);
    perform share_out_promotions(array[placed.purchase_order_id]);
end $$;

create or replace function order_takes_special_prices(order_number text, prices bigint[], pieces integer[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    placed purchase_order%rowtype;
begin
    select * into placed from purchase_order o where o.number = order_number and (app_is_system() or o.buyer_id = app_partner_id());
    perform take_special_prices(placed.buyer_id, prices, pieces);
    insert into purchase_order_special_price (purchase_order_id, buyer_id, seller_id, special_price_id, quantity)
    select placed.purchase_order_id, placed.buyer_id, placed.seller_id, g.special_price_id, g.pieces
    from unnest(prices, pieces) as g (special_price_id, pieces)
    on conflict (purchase_order_id, special_price_id) do update set quantity = excluded.quantity, given_back = false, pieces_given_back = 0;
end $$;

-- An order that does not come about gives back what has not come back already.
create or replace function an_order_gives_back_its_promotions() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    rules   bigint[];
    amounts numeric[];
begin
    with share as (
        select s.price_rule_id, sum(s.given_back) as came_back from purchase_order_promotion_line s where s.purchase_order_id = new.purchase_order_id group by s.price_rule_id),
    back as (
        update purchase_order_promotion p set given_back = true
        where p.purchase_order_id = new.purchase_order_id and not p.given_back
        returning p.price_rule_id, p.amount)
    select array_agg(back.price_rule_id), array_agg(back.amount - coalesce(share.came_back, 0)) into rules, amounts from back left join share using (price_rule_id);
    if rules is not null then
        update purchase_order_promotion_line s set given_back = s.amount where s.purchase_order_id = new.purchase_order_id and s.price_rule_id = any (rules) and s.given_back < s.amount;
        perform give_back_promotions(new.buyer_id, rules, amounts);
    end if;
    return null;
end $$;

create or replace function an_order_gives_back_its_special_prices() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    prices bigint[];
    pieces integer[];
begin
    with back as (
        update purchase_order_special_price p set given_back = true
        where p.purchase_order_id = new.purchase_order_id and not p.given_back
        returning p.special_price_id, p.quantity - p.pieces_given_back as quantity)
    select array_agg(back.special_price_id), array_agg(back.quantity) into prices, pieces from back;
    if prices is not null then
        perform give_back_special_prices(prices, pieces);
    end if;
    return null;
end $$;

-- Pieces called off while the order goes on, by whatever act. A share that is given back is as large as the pieces that are called off of its line, all together: it is set, not added to, and so comes back once.
create function a_line_called_off_gives_back() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    parts   record;
    whole   record;
    special bigint;
begin
    if exists (select from purchase_order_promotion_line s where s.purchase_order_line_id = new.purchase_order_line_id) then
        -- in one order, so that nobody waits for somebody who waits for him
        perform from purchase_order_promotion u where u.purchase_order_id = new.purchase_order_id order by u.price_rule_id for no key update;

        -- A promotion of which the order has no piece left is used by it no more.
        with over as (
            update purchase_order_promotion u set given_back = true
            where u.purchase_order_id = new.purchase_order_id and not u.given_back
              and exists (select from purchase_order_promotion_line s where s.purchase_order_line_id = new.purchase_order_line_id and s.price_rule_id = u.price_rule_id)
              and not exists (select from purchase_order_promotion_line s join purchase_order_line l on l.purchase_order_line_id = s.purchase_order_line_id
                              where s.purchase_order_id = u.purchase_order_id and s.price_rule_id = u.price_rule_id and l.cancelled < l.quantity)
            returning u.price_rule_id, u.amount)
        select array_agg(over.price_rule_id order by over.price_rule_id) as rules,
               array_agg(over.amount - (select coalesce(sum(s.given_back), 0) from purchase_order_promotion_line s where s.purchase_order_id = new.purchase_order_id and s.price_rule_id = over.price_rule_id) order by over.price_rule_id) as amounts
        into whole from over;
        if whole.rules is not null then
            update purchase_order_promotion_line s set given_back = s.amount where s.purchase_order_id = new.purchase_order_id and s.price_rule_id = any (whole.rules) and s.given_back < s.amount;
            perform give_back_promotions(new.buyer_id, whole.rules, whole.amounts);
        end if;

        with due as materialized (
            select s.price_rule_id, s.given_back as before, case when new.cancelled = new.quantity then s.amount else round(s.amount * new.cancelled / new.quantity, 4) end as after
            from purchase_order_promotion_line s
            join purchase_order_promotion u on u.purchase_order_id = s.purchase_order_id and u.price_rule_id = s.price_rule_id and not u.given_back
            where s.purchase_order_line_id = new.purchase_order_line_id),
        back as (
            update purchase_order_promotion_line s set given_back = due.after
            from due where s.purchase_order_line_id = new.purchase_order_line_id and s.price_rule_id = due.price_rule_id and due.after > due.before
            returning s.price_rule_id, due.after - due.before as amount)
        select array_agg(back.price_rule_id) as rules, array_agg(back.amount) as amounts into parts from back;
        if parts.rules is not null then
            perform give_back_a_part_of_promotions(parts.rules, parts.amounts);
        end if;
    end if;

    if new.price_steps -> -1 ->> 'kind' = 'deal' then
        update purchase_order_special_price p set pieces_given_back = p.pieces_given_back + new.cancelled - old.cancelled
        from special_price s
        where p.purchase_order_id = new.purchase_order_id and not p.given_back and s.special_price_id = p.special_price_id and s.product_id = new.product_id
        returning p.special_price_id into special;
        if special is not null then
            perform give_back_special_prices(array[special], array[new.cancelled - old.cancelled]);
        end if;
    end if;
    return null;
end $$;
alter function a_line_called_off_gives_back() owner to {schema}_definer;
create trigger a_line_called_off_gives_back after update of cancelled on purchase_order_line for each row when (new.cancelled > old.cancelled) execute function a_line_called_off_gives_back();

-- Orders that are under way: what they took is shared out, and what was called off of them comes back.
create function fill_in_parts_given_back() returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    parts record;
begin
    perform share_out_promotions(array(select distinct u.purchase_order_id from purchase_order_promotion u where not u.given_back));
    update purchase_order_promotion_line s
    set given_back = case when l.cancelled = l.quantity then s.amount else round(s.amount * l.cancelled / l.quantity, 4) end
    from purchase_order_line l where l.purchase_order_line_id = s.purchase_order_line_id and l.cancelled > 0;
    select array_agg(back.id) as ids, array_agg(back.amount) as amounts into parts
    from (select s.price_rule_id as id, sum(s.given_back) as amount from purchase_order_promotion_line s group by s.price_rule_id) back where back.amount > 0;
    perform give_back_a_part_of_promotions(parts.ids, parts.amounts);
    update purchase_order_special_price p set pieces_given_back = least(p.quantity, back.pieces)
    from (select l.purchase_order_id, l.product_id, sum(l.cancelled) as pieces from purchase_order_line l where l.cancelled > 0 and l.price_steps -> -1 ->> 'kind' = 'deal' group by l.purchase_order_id, l.product_id) back
    join special_price s on s.product_id = back.product_id
    where p.purchase_order_id = back.purchase_order_id and s.special_price_id = p.special_price_id and not p.given_back;
    select array_agg(back.id) as ids, array_agg(back.pieces) as pieces into parts
    from (select p.special_price_id as id, sum(p.pieces_given_back)::integer as pieces from purchase_order_special_price p where not p.given_back group by p.special_price_id) back where back.pieces > 0;
    perform give_back_special_prices(parts.ids, parts.pieces);
end $$;
alter function fill_in_parts_given_back() owner to {schema}_definer;
select fill_in_parts_given_back();
drop function fill_in_parts_given_back();
