-- The order that is asked for is held against the room that is left by what it comes to at most, as the open ones are (decision 0046): which tax class its products have is looked up only near the limit
-- and where it is shown.

-- What an order comes to, tax included: what is open of one that is there, or lines that are being written.
create function order_worth(seller bigint, buyer bigint, order_currency text, order_key bigint, products bigint[], amounts numeric[], on_day date) returns numeric
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
    units integer := (select c.minor_units from currency c where c.code = order_currency);
begin
    if order_key is not null then
        select coalesce(array_agg(l.product_id), '{}'), coalesce(array_agg(part_amount(l.unit_price, units, l.shipped, l.quantity - l.shipped - l.cancelled)), '{}') into products, amounts
        from purchase_order_line l
        where l.purchase_order_id = order_key and l.shipped + l.cancelled < l.quantity;
    end if;
    return (
        with asked as materialized (
            select line.amount, coalesce(k.tax_class, 'standard') as tax_class
            from unnest(products, amounts) as line (product, amount)
            left join product_tax_class k on k.product_id = line.product),
        rate as materialized (
            select class.tax_class, tax.rate
            from (select distinct tax_class from asked) as class
            join partner s on s.partner_id = seller
            join partner b on b.partner_id = buyer
            cross join lateral tax_for(s.country_code, b.country_code, class.tax_class, on_day) tax)
        select coalesce(sum(asked.amount + round(asked.amount * coalesce(rate.rate, 0), units)), 0)
        from asked
        left join rate on rate.tax_class = asked.tax_class);
end $$;
comment on function order_worth(bigint, bigint, text, bigint, bigint[], numeric[], date) is 'What is still open of an order, or what new lines come to, tax included. A line for which no tax rule holds counts without tax.';

drop function open_orders_at_most(bigint, bigint, text, text[], bigint, date);
-- A part of a line never comes to more than the line, and its tax is at most half of the smallest coin above the exact one.
create function open_orders_at_most(seller bigint, buyer bigint, order_currency text, statuses text[], except_order bigint, on_day date, more_net numeric, more_lines integer) returns numeric
language plpgsql stable as $$
declare
    highest_rate  numeric;
    half_the_coin numeric;
begin
    select coalesce(max(r.rate), 0) into highest_rate
    from tax_rule r, partner s, partner b
    where s.partner_id = seller and b.partner_id = buyer and coalesce(r.seller_country, s.country_code) = s.country_code and coalesce(r.buyer_country, b.country_code) = b.country_code
      and r.valid @> on_day;
    select 0.5 * power(10::numeric, -c.minor_units) into half_the_coin from currency c where c.code = order_currency;
    return (
        select (coalesce(sum(o.total_amount), 0) + more_net) * (1 + highest_rate) + (coalesce(sum(o.line_count), 0) + more_lines) * half_the_coin
        from purchase_order o
        where o.seller_id = seller and o.buyer_id = buyer and o.currency = order_currency
          and o.status in ('submitted', 'confirmed', 'partially_shipped') and o.status = any (statuses)
          and o.purchase_order_id is distinct from except_order);
end $$;
comment on function open_orders_at_most(bigint, bigint, text, text[], bigint, date, numeric, integer) is 'What a buyer''s open orders, and new lines of so much net, cannot exceed once invoiced, told by the heads alone.';

create or replace function credit_gate(seller bigint, buyer bigint, order_currency text, order_key bigint, products bigint[], amounts numeric[], point text, at timestamptz, in_detail boolean)
returns table (outcome text, why text, limit_amount numeric, exposure numeric, order_amount numeric, overdue numeric, overdue_days integer, hold_reason text)
language plpgsql security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    today    date := brand_day(at);
    policy   record;
    ceiling  numeric;
    owed     numeric;
    used     numeric;
    worth    numeric;
    counting text[];
    hold_key bigint;
    free_to  numeric;
    freed_at timestamptz;
    asked    record;
    late     record;
    stopped  text;
    limited  boolean;
begin
    if not (app_is_system() or app_partner_id() in (seller, buyer)) then
        raise exception 'Credit is checked between buyer and seller.' using errcode = 'insufficient_privilege';
    end if;

    if order_key is not null then
        select h.order_credit_hold_id, r.up_to, r.released_at into hold_key, free_to, freed_at
        from order_credit_hold h left join order_credit_release r on r.order_credit_hold_id = h.order_credit_hold_id
        where h.purchase_order_id = order_key order by h.order_credit_hold_id desc limit 1;
    end if;

    select * into policy from credit_policy_of(seller);
    stopped := (select h.reason from credit_hold h where h.seller_id = seller and h.buyer_id = buyer and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id) order by h.credit_hold_id desc limit 1);
    limited := exists (select from credit_limit l where l.seller_id = seller and l.buyer_id = buyer);
    -- what credit_watches asks: nothing could stop the order
    if hold_key is null and stopped is null and not limited and policy.overdue_days is null then
        return query select 'pass', null::text, null::numeric, null::numeric, 0::numeric, null::numeric, null::integer, null::text;
        return;
    end if;

    if hold_key is not null then
        worth := order_worth(seller, buyer, order_currency, order_key, null, null, today);
        if free_to is null then
            return query select 'held', 'order', null::numeric, null::numeric, worth, null::numeric, null::integer, null::text;
            return;
        end if;
        -- a release answers what stood against the order then; whom finance stops later is stopped
        if worth <= free_to and not exists (
            select from credit_hold h
            where h.seller_id = seller and h.buyer_id = buyer and h.placed_at > freed_at and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id)) then
            return query select 'pass', null::text, null::numeric, null::numeric, worth, null::numeric, null::integer, null::text;
            return;
        end if;
    end if;

    if not point = any (policy.checked_at) then
        return query select 'pass', null::text, null::numeric, null::numeric, coalesce(worth, 0), null::numeric, null::integer, null::text;
        return;
    end if;

    if stopped is not null then
        worth := coalesce(worth, order_worth(seller, buyer, order_currency, order_key, products, amounts, today));
        return query select policy.when_exceeded, 'hold', null::numeric, null::numeric, worth, null::numeric, null::integer, stopped;
        return;
    end if;

    if policy.overdue_days is not null then
        select sum(i.open_amount) as amount, max(today - i.due_on) as days into late
        from open_item i
        where i.seller_id = seller and i.buyer_id = buyer and i.currency = order_currency and i.side = 'debit' and i.open_amount > 0 and i.due_on < today - policy.overdue_days;
        if late.amount > 0 then
            worth := coalesce(worth, order_worth(seller, buyer, order_currency, order_key, products, amounts, today));
            return query select policy.when_exceeded, 'overdue', null::numeric, null::numeric, worth, late.amount, late.days, null::text;
            return;
        end if;
    end if;

    if limited then
        perform from credit_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency for no key update;
        if not found then
            insert into credit_account (seller_id, buyer_id, currency) values (seller, buyer, order_currency) on conflict do nothing;
            perform from credit_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency for no key update;
        end if;
        ceiling := credit_ceiling(seller, buyer, order_currency, today);
        owed := coalesce((select a.balance from ledger_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency and a.kind = 'receivable'), 0);
        counting := case when policy.counts_submitted then array['submitted', 'confirmed', 'partially_shipped'] else array['confirmed', 'partially_shipped'] end;
        -- what the order itself comes to is told exactly only where it matters, too
        if order_key is null then
            select coalesce(sum(line.amount), 0) as net, count(*)::integer as lines into asked from unnest(amounts) as line (amount);
        else
            select o.total_amount as net, o.line_count as lines into asked from purchase_order o where o.purchase_order_id = order_key;
        end if;
        if not in_detail and owed + open_orders_at_most(seller, buyer, order_currency, counting, order_key, today, asked.net, asked.lines) <= ceiling then
            return query select 'pass', null::text, ceiling, null::numeric, coalesce(worth, 0), null::numeric, null::integer, null::text;
            return;
        end if;
        worth := coalesce(worth, order_worth(seller, buyer, order_currency, order_key, products, amounts, today));
        used := owed + open_orders_value(seller, buyer, order_currency, counting, order_key, today);
        if used + worth > ceiling then
            -- without a limit that holds, the figure stays empty, so that the sentence can say so
            return query select policy.when_exceeded, 'limit', credit_limit_at(seller, buyer, order_currency, today), used, worth, null::numeric, null::integer, null::text;
            return;
        end if;
    end if;

    -- one that passes is shown only where it is asked for in detail, and then where there is a limit or not
    return query select 'pass', null::text, ceiling, used, coalesce(worth, case when in_detail then order_worth(seller, buyer, order_currency, order_key, products, amounts, today) else 0 end), null::numeric, null::integer, null::text;
end $$;
