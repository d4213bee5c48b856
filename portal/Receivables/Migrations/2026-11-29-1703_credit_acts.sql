-- Credit: what a buyer's account comes to, whether an order fits, and who decides otherwise.

-- What open orders of a pair will come to when they are invoiced, tax included; the one that is asked about is left out.
create function open_orders_value(seller bigint, buyer bigint, order_currency text, statuses text[], except_order bigint, on_day date) returns numeric language sql stable as $$
    select coalesce(sum(line.net + round(line.net * tax.rate, line.minor_units)), 0)
    from (
        select part_amount(l.unit_price, c.minor_units, l.shipped, l.quantity - l.shipped - l.cancelled) as net, c.minor_units, s.country_code as seller_country, b.country_code as buyer_country,
               coalesce(k.tax_class, 'standard') as tax_class
        from purchase_order o
        join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
        join currency c on c.code = o.currency
        join partner s on s.partner_id = o.seller_id
        join partner b on b.partner_id = o.buyer_id
        left join product_tax_class k on k.product_id = l.product_id
        where o.seller_id = seller and o.buyer_id = buyer and o.currency = order_currency
          and o.status in ('submitted', 'confirmed', 'partially_shipped') and o.status = any (statuses)
          and o.purchase_order_id is distinct from except_order
          and l.shipped + l.cancelled < l.quantity) as line
    left join lateral tax_for(line.seller_country, line.buyer_country, line.tax_class, on_day) tax on true
$$;
comment on function open_orders_value(bigint, bigint, text, text[], bigint, date) is 'What a buyer''s open orders with a seller will come to, tax included.';

create function credit_limit_at(seller bigint, buyer bigint, limit_currency text, on_day date) returns numeric language sql stable as $$
    select l.amount from credit_limit l
    where l.seller_id = seller and l.buyer_id = buyer and l.currency = limit_currency and l.valid @> on_day
    order by l.credit_limit_id desc limit 1
$$;
comment on function credit_limit_at(bigint, bigint, text, date) is 'The limit that holds on a day: the latest decision whose days fit; null where there is none.';

create function credit_policy_of(seller bigint) returns table (checked_at text[], counts_submitted boolean, when_exceeded text, overdue_days integer) language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
begin
    return query select p.checked_at, p.counts_submitted, p.when_exceeded, p.overdue_days from credit_policy p where p.seller_id = seller order by p.credit_policy_id desc limit 1;
    if not found then
        return query select array['submit'], true, 'refuse', null::integer;
    end if;
end $$;
comment on function credit_policy_of(bigint) is 'Where and how a seller checks credit.';
alter function credit_policy_of(bigint) owner to {schema}_definer;

-- Every account of a seller (with one buyer, or all): limit, balance, open orders, what is overdue. For lists; an order is checked by credit_gate.
create function credit_positions(seller bigint, with_buyer bigint, on_day date)
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
    select p.buyer_id, p.currency, credit_limit_at(seller, p.buyer_id, p.currency, on_day), coalesce(a.balance, 0),
           open_orders_value(seller, p.buyer_id, p.currency, case when policy.counts_submitted then array['submitted', 'confirmed', 'partially_shipped'] else array['confirmed', 'partially_shipped'] end, null, on_day),
           coalesce(i.overdue, 0), i.oldest_due, coalesce(i.on_account, 0),
           exists (select from credit_hold h where h.seller_id = seller and h.buyer_id = p.buyer_id and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id))
    from pair p
    cross join credit_policy_of(seller) policy
    left join ledger_account a on a.seller_id = seller and a.buyer_id = p.buyer_id and a.currency = p.currency and a.kind = 'receivable'
    left join item i on i.buyer_id = p.buyer_id and i.currency = p.currency
$$;
comment on function credit_positions(bigint, bigint, date) is 'Limit, balance, open orders and overdue amount of a seller''s accounts.';

-- True where an order of this buyer has to be looked at before it goes on. Asked with every order, so it looks at as little as it can.
create function credit_watches(seller bigint, buyer bigint) returns boolean language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return exists (select from credit_limit l where l.seller_id = seller and l.buyer_id = buyer)
        or exists (select from credit_hold h where h.seller_id = seller and h.buyer_id = buyer and not exists (select from credit_hold_end e where e.credit_hold_id = h.credit_hold_id))
        or (select p.overdue_days from credit_policy p where p.seller_id = seller order by p.credit_policy_id desc limit 1) is not null;
end $$;
comment on function credit_watches(bigint, bigint) is 'True where the seller has set a limit, a hold or a rule that could stop this buyer''s orders.';
alter function credit_watches(bigint, bigint) owner to {schema}_definer;

-- May this order go on? An order that is being placed has no key yet and brings its products and amounts. With a limit, the buyer's
-- orders stand in line for the account's row until the transaction ends, so that two cannot both fit into what is left.
create function credit_gate(seller bigint, buyer bigint, order_currency text, order_key bigint, products bigint[], amounts numeric[], point text, at timestamptz)
returns table (outcome text, why text, limit_amount numeric, exposure numeric, order_amount numeric, overdue numeric, overdue_days integer, hold_reason text)
language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
declare
    today    date := brand_day(at);
    policy   record;
    ceiling  numeric;
    used     numeric;
    worth    numeric;
    hold_key bigint;
    free_to  numeric;
    late     record;
    stopped  text;
begin
    if not (app_is_system() or app_partner_id() in (seller, buyer)) then
        raise exception 'Credit is checked between buyer and seller.' using errcode = 'insufficient_privilege';
    end if;

    select h.order_credit_hold_id, r.up_to into hold_key, free_to
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
        if worth <= free_to then
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

    if credit_limit_at(seller, buyer, order_currency, today) is not null then
        insert into credit_account (seller_id, buyer_id, currency) values (seller, buyer, order_currency) on conflict do nothing;
        perform from credit_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency for no key update;
        ceiling := credit_limit_at(seller, buyer, order_currency, today);
        used := coalesce((select a.balance from ledger_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = order_currency and a.kind = 'receivable'), 0)
              + open_orders_value(seller, buyer, order_currency, case when policy.counts_submitted then array['submitted', 'confirmed', 'partially_shipped'] else array['confirmed', 'partially_shipped'] end, order_key, today);
        if used + worth > ceiling then
            return query select policy.when_exceeded, 'limit', ceiling, used, worth, null::numeric, null::integer, null::text;
            return;
        end if;
    end if;

    return query select 'pass', null::text, ceiling, used, worth, null::numeric, null::integer, null::text;
end $$;
comment on function credit_gate(bigint, bigint, text, bigint, bigint[], numeric[], text, timestamptz) is 'Whether an order fits into its buyer''s credit: pass, refuse, hold, or held since earlier; with the figures that say why.';
alter function credit_gate(bigint, bigint, text, bigint, bigint[], numeric[], text, timestamptz) owner to {schema}_definer;

create function credit_hold_order(order_number text, point text, why text, limit_amount numeric, exposure numeric, order_amount numeric, at timestamptz) returns void language sql security definer set search_path = portal, public, pg_temp as $$
    insert into order_credit_hold (purchase_order_id, seller_id, buyer_id, point, why, limit_amount, exposure, order_amount, placed_at)
    select o.purchase_order_id, o.seller_id, o.buyer_id, credit_hold_order.point, credit_hold_order.why, credit_hold_order.limit_amount, credit_hold_order.exposure, credit_hold_order.order_amount, at
    from purchase_order o
    where o.number = order_number and (app_is_system() or app_partner_id() in (o.seller_id, o.buyer_id))
$$;
comment on function credit_hold_order(text, text, text, numeric, numeric, numeric, timestamptz) is 'Lets an order wait for the seller''s finance, with the figures of the moment.';
alter function credit_hold_order(text, text, text, numeric, numeric, numeric, timestamptz) owner to {schema}_definer;

-- The seller's decisions. Each is a row of its own with who, when and why.
create function books_must_be_mine(seller bigint) returns void language plpgsql stable as $$
begin
    if not app_keeps_books_of(seller) then
        raise exception 'Credit and terms are kept by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;
end $$;

create function credit_release_order(order_key bigint, why text, at timestamptz) returns boolean language plpgsql security definer set search_path = portal, public, pg_temp as $$
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
    return true;
end $$;
alter function credit_release_order(bigint, text, timestamptz) owner to {schema}_definer;

create function credit_set_limit(seller bigint, buyer bigint, limit_currency text, limit_amount numeric, days daterange, why text, at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform books_must_be_mine(seller);
    -- orders that are being checked against the old one finish first
    insert into credit_account (seller_id, buyer_id, currency) values (seller, buyer, limit_currency) on conflict do nothing;
    perform from credit_account a where a.seller_id = seller and a.buyer_id = buyer and a.currency = limit_currency for no key update;
    insert into credit_limit (seller_id, buyer_id, currency, amount, valid, reason, person_id, set_at) values (seller, buyer, limit_currency, limit_amount, days, why, app_person_id(), at);
end $$;
alter function credit_set_limit(bigint, bigint, text, numeric, daterange, text, timestamptz) owner to {schema}_definer;

create function credit_place_hold(seller bigint, buyer bigint, why text, at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform books_must_be_mine(seller);
    insert into credit_hold (seller_id, buyer_id, reason, person_id, placed_at) values (seller, buyer, why, app_person_id(), at);
end $$;
alter function credit_place_hold(bigint, bigint, text, timestamptz) owner to {schema}_definer;

create function credit_end_hold(seller bigint, buyer bigint, why text, at timestamptz) returns integer language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    ended integer;
begin
    perform books_must_be_mine(seller);
    insert into credit_hold_end (credit_hold_id, seller_id, buyer_id, reason, person_id, ended_at)
    select h.credit_hold_id, h.seller_id, h.buyer_id, why, app_person_id(), at from credit_hold h where h.seller_id = seller and h.buyer_id = buyer
    on conflict do nothing;
    get diagnostics ended = row_count;
    return ended;
end $$;
alter function credit_end_hold(bigint, bigint, text, timestamptz) owner to {schema}_definer;

create function credit_keep_policy(seller bigint, points text[], submitted_counts boolean, beyond text, days integer, why text, at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform books_must_be_mine(seller);
    insert into credit_policy (seller_id, checked_at, counts_submitted, when_exceeded, overdue_days, reason, person_id, set_at) values (seller, points, submitted_counts, beyond, days, why, app_person_id(), at);
end $$;
alter function credit_keep_policy(bigint, text[], boolean, text, integer, text, timestamptz) owner to {schema}_definer;

create function keep_payment_term(seller bigint, buyer bigint, days integer, to_end_of_month boolean, from_day date, why text, at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform books_must_be_mine(seller);
    insert into payment_term (seller_id, buyer_id, days_net, end_of_month, valid_from, reason, person_id, set_at) values (seller, buyer, days, to_end_of_month, from_day, why, app_person_id(), at);
end $$;
alter function keep_payment_term(bigint, bigint, integer, boolean, date, text, timestamptz) owner to {schema}_definer;

create function keep_reminder_policy(seller bigint, days integer[], at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform books_must_be_mine(seller);
    insert into reminder_policy (seller_id, level_days, person_id, set_at) values (seller, days, app_person_id(), at);
end $$;
alter function keep_reminder_policy(bigint, integer[], timestamptz) owner to {schema}_definer;

-- The reminders that are due: each invoice at the highest level it has reached and was not reminded of yet, one reminder for each buyer and level.
create function reminders_write(numbers text[], on_day date, at timestamptz, at_most integer)
returns table (number text, seller_id bigint, buyer_id bigint, level integer) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
begin
    if not app_is_system() then
        raise exception 'Reminders are written by the product.' using errcode = 'insufficient_privilege';
    end if;

    return query
    with policy as (
        select distinct on (p.seller_id) p.seller_id, p.level_days from reminder_policy p order by p.seller_id, p.reminder_policy_id desc),
    reached as (
        select i.open_item_id, i.seller_id, i.buyer_id, i.open_amount, (select count(*) from unnest(policy.level_days) as days where on_day - i.due_on >= days)::integer as level
        from open_item i
        join policy on policy.seller_id = i.seller_id
        where i.kind = 'invoice' and i.open_amount > 0 and i.due_on < on_day),
    due as (
        select r.* from reached r where r.level > 0 and not exists (select from reminder_item told where told.open_item_id = r.open_item_id and told.level >= r.level)),
    one as (
        select d.seller_id, d.buyer_id, d.level, row_number() over (order by d.seller_id, d.buyer_id, d.level) as place from due d group by d.seller_id, d.buyer_id, d.level order by 4 limit at_most),
    written as (
        insert into reminder (number, seller_id, buyer_id, level, sent_at)
        select named.number, o.seller_id, o.buyer_id, o.level, at
        from one o join unnest(numbers) with ordinality as named (number, place) on named.place = o.place
        returning *),
    items as (
        insert into reminder_item (reminder_id, open_item_id, seller_id, buyer_id, level, open_amount)
        select w.reminder_id, d.open_item_id, d.seller_id, d.buyer_id, d.level, d.open_amount
        from written w join due d on d.seller_id = w.seller_id and d.buyer_id = w.buyer_id and d.level = w.level)
    select w.number, w.seller_id, w.buyer_id, w.level from written w;
end $$;
comment on function reminders_write(text[], date, timestamptz, integer) is 'Writes the reminders that are due; the same invoice is never named twice at a level.';
alter function reminders_write(text[], date, timestamptz, integer) owner to {schema}_definer;

create function reminder_audience(buyer bigint) returns table (person_id bigint, email text, language text, is_actor boolean) language sql stable security definer set search_path = portal, public, pg_temp as $$
    select p.person_id, p.email, coalesce(p.language, b.language), false
    from person p join partner b on b.partner_id = p.partner_id
    where app_is_system() and p.partner_id = buyer and p.kind = 'person' and p.disabled_at is null
      and exists (select from person_role r where r.person_id = p.person_id and r.role in ('purchasing', 'partner_admin'))
$$;
comment on function reminder_audience(bigint) is 'Who at the buyer is reminded: its purchasing and its administrators.';
alter function reminder_audience(bigint) owner to {schema}_definer;

-- Tax rules are kept by the brand. A rule that holds ends the day before the next one of the same countries and class begins.
create function keep_tax_rule(seller text, buyer text, class text, tax_rate numeric, how text, why text, why_zh text, from_day date, at timestamptz) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    if not (app_has_role('finance') or app_has_role('brand_admin')) then
        raise exception 'Tax rules are kept by the brand''s finance.' using errcode = 'insufficient_privilege';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('tax rules', 0));
    -- a rule that was to begin later still gives way; what has held keeps its days
    update tax_rule r set valid = daterange(lower(r.valid), greatest(from_day, lower(r.valid)))
    where coalesce(r.seller_country, '*') = coalesce(seller, '*') and coalesce(r.buyer_country, '*') = coalesce(buyer, '*') and coalesce(r.tax_class, '*') = coalesce(class, '*')
      and (upper(r.valid) is null or upper(r.valid) > from_day);
    insert into tax_rule (seller_country, buyer_country, tax_class, rate, treatment, reason, reason_zh, valid, person_id, set_at)
    values (seller, buyer, class, tax_rate, how, why, why_zh, daterange(from_day, null), app_person_id(), at);
end $$;
alter function keep_tax_rule(text, text, text, numeric, text, text, text, date, timestamptz) owner to {schema}_definer;

create function keep_tax_class(skus text[], class text, at timestamptz) returns integer language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    kept integer;
begin
    if not (app_has_role('finance') or app_has_role('brand_admin')) then
        raise exception 'Tax classes are kept by the brand''s finance.' using errcode = 'insufficient_privilege';
    end if;
    insert into product_tax_class (product_id, tax_class, set_at)
    select p.product_id, class, at from product p where p.sku = any (skus)
    on conflict (product_id) do update set tax_class = excluded.tax_class, set_at = excluded.set_at;
    get diagnostics kept = row_count;
    return kept;
end $$;
alter function keep_tax_class(text[], text, timestamptz) owner to {schema}_definer;
