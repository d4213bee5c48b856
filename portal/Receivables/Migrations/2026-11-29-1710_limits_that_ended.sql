-- A buyer to whom a limit was ever set is lent nothing beyond a limit that holds: one whose days are over, or that is in another currency, does not lend without bound.
create function credit_ceiling(seller bigint, buyer bigint, order_currency text, on_day date) returns numeric language sql stable as $$
    select coalesce(credit_limit_at(seller, buyer, order_currency, on_day),
                    case when exists (select from credit_limit l where l.seller_id = seller and l.buyer_id = buyer) then 0 end)
$$;
comment on function credit_ceiling(bigint, bigint, text, date) is 'What a buyer may come to on a day: its limit, 0 where limits were set and none holds in this currency, null where none was ever set.';
comment on table credit_limit is 'A decision on a buyer''s limit; the latest one whose days fit holds. Where none was ever set there is no limit; where some were and none holds, nothing is lent.';

create or replace function credit_positions(seller bigint, with_buyer bigint, on_day date)
returns table (buyer_id bigint, currency text, limit_amount numeric, balance numeric, open_orders numeric, overdue numeric, oldest_due date, on_account numeric, held boolean)
language sql stable as $$
    with pair as (
        select a.buyer_id, a.currency from ledger_account a where a.seller_id = seller and a.kind = 'receivable' and (with_buyer is null or a.buyer_id = with_buyer)
        union
        select l.buyer_id, l.currency from credit_limit l where l.seller_id = seller and (with_buyer is null or l.buyer_id = with_buyer)
        union
        select o.buyer_id, o.currency from purchase_order o
        where o.seller_id = seller and o.status in ('submitted', 'confirmed', 'partially_shipped') and (with_buyer is null or o.buyer_id = with_buyer)
        union
        select h.buyer_id, b.currency from credit_hold h join partner b on b.partner_id = h.buyer_id
        where h.seller_id = seller and (with_buyer is null or h.buyer_id = with_buyer) and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id)),
    item as (
        select i.buyer_id, i.currency, sum(i.open_amount) filter (where i.side = 'debit' and i.due_on < on_day) as overdue, min(i.due_on) filter (where i.side = 'debit') as oldest_due,
               sum(i.open_amount) filter (where i.side = 'credit') as on_account
        from open_item i
        where i.seller_id = seller and i.open_amount > 0 and (with_buyer is null or i.buyer_id = with_buyer)
        group by i.buyer_id, i.currency)
    select p.buyer_id, p.currency, credit_ceiling(seller, p.buyer_id, p.currency, on_day), coalesce(a.balance, 0),
           open_orders_value(seller, p.buyer_id, p.currency, case when policy.counts_submitted then array['submitted', 'confirmed', 'partially_shipped'] else array['confirmed', 'partially_shipped'] end, null, on_day),
           coalesce(i.overdue, 0), i.oldest_due, coalesce(i.on_account, 0),
           exists (select from credit_hold h where h.seller_id = seller and h.buyer_id = p.buyer_id and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id))
    from pair p
    cross join credit_policy_of(seller) policy
    left join ledger_account a on a.seller_id = seller and a.buyer_id = p.buyer_id and a.currency = p.currency and a.kind = 'receivable'
    left join item i on i.buyer_id = p.buyer_id and i.currency = p.currency
$$;

create or replace function credit_gate(seller bigint, buyer bigint, order_currency text, order_key bigint, products bigint[], amounts numeric[], point text, at timestamptz)
returns table (outcome text, why text, limit_amount numeric, exposure numeric, order_amount numeric, overdue numeric, overdue_days integer, hold_reason text)
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    today    date := brand_day(at);
    policy   record;
    ceiling  numeric;
    used     numeric;
    worth    numeric;
    hold_key bigint;
    free_to  numeric;
    freed_at timestamptz;
    late     record;
    stopped  text;
begin
    if not (app_is_system() or app_partner_id() in (seller, buyer)) then
        raise exception 'Credit is checked between buyer and seller.' using errcode = 'insufficient_privilege';
    end if;

    select h.order_credit_hold_id, r.up_to, r.released_at into hold_key, free_to, freed_at
    from order_credit_hold h left join order_credit_release r on r.order_credit_hold_id = h.order_credit_hold_id
    where h.purchase_order_id = order_key order by h.order_credit_hold_id desc limit 1;
    if hold_key is null and not credit_watches(seller, buyer) then
        return query select 'pass', null::text, null::numeric, null::numeric, 0::numeric, null::numeric, null::integer, null::text;
        return;
    end if;

    select * into policy from credit_policy_of(seller);
    -- what this order comes to, tax included
    if order_key is null then
        select coalesce(sum(line.amount + round(line.amount * tax.rate, c.minor_units)), 0) into worth
        from unnest(products, amounts) as line (product, amount)
        join currency c on c.code = order_currency
        join partner s on s.partner_id = seller
        join partner b on b.partner_id = buyer
        left join product_tax_class k on k.product_id = line.product
        left join lateral tax_for(s.country_code, b.country_code, coalesce(k.tax_class, 'standard'), today) tax on true;
    else
        select coalesce(sum(line.net + round(line.net * tax.rate, line.minor_units)), 0) into worth
        from (
            select part_amount(l.unit_price, c.minor_units, l.shipped, l.quantity - l.shipped - l.cancelled) as net, c.minor_units, coalesce(k.tax_class, 'standard') as tax_class
            from purchase_order_line l
            join currency c on c.code = order_currency
            left join product_tax_class k on k.product_id = l.product_id
            where l.purchase_order_id = order_key and l.shipped + l.cancelled < l.quantity) as line
        join partner s on s.partner_id = seller
        join partner b on b.partner_id = buyer
        left join lateral tax_for(s.country_code, b.country_code, line.tax_class, today) tax on true;

        if hold_key is not null and free_to is null then
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
        return query select 'pass', null::text, null::numeric, null::numeric, worth, null::numeric, null::integer, null::text;
        return;
    end if;

    stopped := (select h.reason from credit_hold h where h.seller_id = seller and h.buyer_id = buyer and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id) order by h.credit_hold_id desc limit 1);
    if stopped is not null then
        return query select policy.when_exceeded, 'hold', null::numeric, null::numeric, worth, null::numeric, null::integer, stopped;
        return;
    end if;

    if policy.overdue_days is not null then
        select sum(i.open_amount) as amount, max(today - i.due_on) as days into late
        from open_item i
        where i.seller_id = seller and i.buyer_id = buyer and i.currency = order_currency and i.side = 'debit' and i.open_amount > 0 and i.due_on < today - policy.overdue_days;
        if late.amount > 0 then
            return query select policy.when_exceeded, 'overdue', null::numeric, null::numeric, worth, late.amount, late.days, null::text;
            return;
        end if;
    end if;

    if credit_ceiling(seller, buyer, order_currency, today) is not null then
        insert into credit_account (seller_id, buyer_id, currency) values (seller, buyer, order_currency) on conflict do nothing;
        perform from credit_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency for no key update;
        ceiling := credit_ceiling(seller, buyer, order_currency, today);
        used := coalesce((select a.balance from ledger_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency and a.kind = 'receivable'), 0)
              + open_orders_value(seller, buyer, order_currency, case when policy.counts_submitted then array['submitted', 'confirmed', 'partially_shipped'] else array['confirmed', 'partially_shipped'] end, order_key, today);
        if used + worth > ceiling then
            -- without a limit that holds, the figure stays empty, so that the sentence can say so
            return query select policy.when_exceeded, 'limit', credit_limit_at(seller, buyer, order_currency, today), used, worth, null::numeric, null::integer, null::text;
            return;
        end if;
    end if;

    return query select 'pass', null::text, ceiling, used, worth, null::numeric, null::integer, null::text;
end $$;

create or replace function credit_release_order(order_key bigint, why text, at timestamptz) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    held record;
begin
    select h.* into held from order_credit_hold h where h.purchase_order_id = order_key
        and not exists (select from order_credit_release r where r.order_credit_hold_id = h.order_credit_hold_id)
    order by h.order_credit_hold_id desc limit 1;
    if not found then
        return false;
    end if;
    perform books_must_be_mine(held.seller_id);
    insert into order_credit_release (order_credit_hold_id, seller_id, buyer_id, up_to, reason, person_id, released_at)
    values (held.order_credit_hold_id, held.seller_id, held.buyer_id, held.order_amount, why, app_person_id(), at)
    on conflict do nothing;
    -- of two releases at once the second finds the first one's row
    return found;
end $$;
