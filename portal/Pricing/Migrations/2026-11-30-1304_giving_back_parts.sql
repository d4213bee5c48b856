-- A part of what an order took of promotions comes back while the order goes on: money of the budget, not the use itself.
create function give_back_a_part_of_promotions(rules bigint[], amounts numeric[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
begin
    perform from price_rule_spending s where s.price_rule_id = any (give_back_a_part_of_promotions.rules) order by s.price_rule_id for no key update;
    update price_rule_spending s set spent = s.spent - g.amount
    from unnest(give_back_a_part_of_promotions.rules, give_back_a_part_of_promotions.amounts) as g (price_rule_id, amount)
    where s.price_rule_id = g.price_rule_id;
end $$;
comment on function give_back_a_part_of_promotions(bigint[], numeric[]) is 'Gives back some of what an order took of the budgets of promotions that it still uses; called by the trigger of its lines.';
alter function give_back_a_part_of_promotions(bigint[], numeric[]) owner to {schema}_definer;
-- Nobody gives back by hand what an order took.
revoke execute on function give_back_a_part_of_promotions(bigint[], numeric[]), give_back_promotions(bigint, bigint[], numeric[]) from public, {schema}_app;
grant execute on function give_back_a_part_of_promotions(bigint[], numeric[]) to {schema}_definer;
