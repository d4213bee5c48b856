-- What a promotion with a limit gives is taken when the order goes to the seller, in its transaction; the checks beside the limits have the last word, however many come at once.
create function take_promotions(buyer bigint, rules bigint[], amounts numeric[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
begin
    if not (app_is_system() or take_promotions.buyer = app_partner_id()) then
        raise exception 'Promotions are taken by who buys.' using errcode = 'insufficient_privilege';
    end if;
    -- in one order, so that nobody waits for somebody who waits for him
    perform from price_rule_spending s where s.price_rule_id = any (take_promotions.rules) order by s.price_rule_id for no key update;
    update price_rule_spending s set spent = s.spent + g.amount, orders = s.orders + 1
    from unnest(take_promotions.rules, take_promotions.amounts) as g (price_rule_id, amount)
    where s.price_rule_id = g.price_rule_id;
    insert into price_rule_buyer as used (price_rule_id, buyer_id, most_per_buyer, orders)
    select r.price_rule_id, take_promotions.buyer, r.most_per_buyer, 1
    from price_rule r
    where r.price_rule_id = any (take_promotions.rules) and r.most_per_buyer is not null
    order by r.price_rule_id
    on conflict (price_rule_id, buyer_id) do update set orders = used.orders + 1;
end $$;
comment on function take_promotions(bigint, bigint[], numeric[]) is 'Counts what promotions with a limit give to one order of a buyer; refused by the constraints where a limit would be passed.';
alter function take_promotions(bigint, bigint[], numeric[]) owner to {schema}_definer;

create function give_back_promotions(buyer bigint, rules bigint[], amounts numeric[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
begin
    perform from price_rule_spending s where s.price_rule_id = any (give_back_promotions.rules) order by s.price_rule_id for no key update;
    update price_rule_spending s set spent = s.spent - g.amount, orders = s.orders - 1
    from unnest(give_back_promotions.rules, give_back_promotions.amounts) as g (price_rule_id, amount)
    where s.price_rule_id = g.price_rule_id;
    update price_rule_buyer u set orders = u.orders - 1
    where u.buyer_id = give_back_promotions.buyer and u.price_rule_id = any (give_back_promotions.rules);
end $$;
comment on function give_back_promotions(bigint, bigint[], numeric[]) is 'Gives back what an order took of promotions with a limit; called by the trigger of an order that does not come about.';
alter function give_back_promotions(bigint, bigint[], numeric[]) owner to {schema}_definer;
revoke all on function give_back_promotions(bigint, bigint[], numeric[]) from public;
grant execute on function give_back_promotions(bigint, bigint[], numeric[]) to {schema}_definer;
