-- Subscriptions come into being in the transaction in which a customer accepts a quote, by whatever way, or a seller confirms an order: nothing sold by the term is forgotten, nothing is made twice.

-- A number as PublicNumber makes it.
create function subscription_number() returns text language sql volatile set search_path = {schema}, public, pg_temp as $$
    select 'SB-' || string_agg(case when i in (4, 8) then '-' else '' end || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(made.bytes, i) & 31) + 1, 1), '' order by i)
    from (select uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as random) r
    -- six bytes of each are all random; the others carry the version
    cross join lateral (select substr(r.random, 1, 6) || substr(r.random, 17, 6) as bytes) made
    cross join generate_series(0, 11) i
    group by made.bytes
$$;
comment on function subscription_number() is 'A new number for a subscription: twelve random characters of Crockford''s base 32.';

create function take_up_subscriptions(from_quotes boolean, seller bigint, customer bigint, buyer bigint, in_currency text, source_number text, whose bigint, lines jsonb, at timestamptz) returns void
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    -- Whoever renews or adds to the same one at the same moment comes after this.
    perform from subscription s
    where s.number in (select l ->> 'subscription' from jsonb_array_elements(lines) l) and s.seller_id = seller
    order by s.subscription_id for update;

    -- The next term of what runs. One that was renewed meanwhile, by another quote, is a subscription of its own: what was sold is not lost.
    with line as (
        select * from jsonb_to_recordset(lines) as l(line_id bigint, product_id bigint, quantity integer, term_start date, term_end date, term_months integer, subscription text, unit_price numeric, amount numeric)),
    renewed as (
        select distinct on (s.subscription_id) s.subscription_id, l.*
        from line l join subscription s on s.number = l.subscription and s.seller_id = seller and s.product_id = l.product_id
        where l.term_months is not null and s.ends_on + 1 = l.term_start
        order by s.subscription_id, l.line_id),
    part as (
        insert into subscription_part (subscription_id, seller_id, buyer_id, kind, quantity, starts_on, ends_on, unit_price, amount, quote_line_id, purchase_order_line_id, source, made_at)
        select r.subscription_id, seller, buyer, 'renewal', r.quantity, r.term_start, r.term_end, r.unit_price, r.amount, case when from_quotes then r.line_id end, case when not from_quotes then r.line_id end, source_number, at
        from renewed r),
    event as (
        insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, person_id, happened_at)
        select r.subscription_id, seller, buyer, 'renewed', r.term_start, r.quantity, source_number, app_person_id(), at from renewed r)
    update subscription s
    set term_starts_on = r.term_start, ends_on = r.term_end, term_months = r.term_months, next_quantity = null, cancelled_at = null, updated_at = at, version = s.version + 1
    from renewed r where s.subscription_id = r.subscription_id;

    -- More of what runs.
    with line as (
        select * from jsonb_to_recordset(lines) as l(line_id bigint, product_id bigint, quantity integer, term_start date, term_end date, term_months integer, subscription text, unit_price numeric, amount numeric)),
    added as (
        select s.subscription_id, l.* from line l join subscription s on s.number = l.subscription and s.seller_id = seller and s.product_id = l.product_id where l.term_months is null),
    part as (
        insert into subscription_part (subscription_id, seller_id, buyer_id, kind, quantity, starts_on, ends_on, unit_price, amount, quote_line_id, purchase_order_line_id, source, made_at)
        select a.subscription_id, seller, buyer, 'addition', a.quantity, a.term_start, a.term_end, a.unit_price, a.amount, case when from_quotes then a.line_id end, case when not from_quotes then a.line_id end, source_number, at
        from added a),
    event as (
        insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, person_id, happened_at)
        select a.subscription_id, seller, buyer, 'added', a.term_start, a.quantity, source_number, app_person_id(), at from added a)
    update subscription s set updated_at = at, version = s.version + 1 where s.subscription_id in (select a.subscription_id from added a);

    -- The others begin.
    with fresh as materialized (
        select l.*, subscription_number() as number, t.renews, t.notice_days
        from jsonb_to_recordset(lines) as l(line_id bigint, product_id bigint, quantity integer, term_start date, term_end date, term_months integer, subscription text, unit_price numeric, amount numeric)
        left join product_term t on t.product_id = l.product_id
        where l.term_months is not null
          and not exists (select from subscription_part p where case when from_quotes then p.quote_line_id else p.purchase_order_line_id end = l.line_id)),
    made as (
        insert into subscription (number, seller_id, end_customer_id, buyer_id, product_id, currency, starts_on, term_starts_on, ends_on, term_months, renews, notice_days, owner_id, created_at, updated_at)
        select f.number, seller, customer, buyer, f.product_id, in_currency, f.term_start, f.term_start, f.term_end, f.term_months, coalesce(f.renews, 'ends'), coalesce(f.notice_days, 0), whose, at, at from fresh f
        returning subscription_id, number),
    part as (
        insert into subscription_part (subscription_id, seller_id, buyer_id, kind, quantity, starts_on, ends_on, unit_price, amount, quote_line_id, purchase_order_line_id, source, made_at)
        select m.subscription_id, seller, buyer, 'begin', f.quantity, f.term_start, f.term_end, f.unit_price, f.amount, case when from_quotes then f.line_id end, case when not from_quotes then f.line_id end, source_number, at
        from fresh f join made m using (number))
    insert into subscription_event (subscription_id, seller_id, buyer_id, kind, effective_on, quantity, source, person_id, happened_at)
    select m.subscription_id, seller, buyer, 'begun', f.term_start, f.quantity, source_number, app_person_id(), at from fresh f join made m using (number);
end $$;
comment on function take_up_subscriptions(boolean, bigint, bigint, bigint, text, text, bigint, jsonb, timestamptz) is 'Makes subscriptions of lines with a term: new ones, more of those that run, and their next terms. Only the triggers on quotes and orders ask it.';
alter function take_up_subscriptions(boolean, bigint, bigint, bigint, text, text, bigint, jsonb, timestamptz) owner to {schema}_definer;
revoke execute on function take_up_subscriptions(boolean, bigint, bigint, bigint, text, text, bigint, jsonb, timestamptz) from public, {schema}_app;

create function subscriptions_of_accepted_quotes() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    sold jsonb;
begin
    select jsonb_agg(jsonb_build_object('line_id', l.quote_line_id, 'product_id', l.product_id, 'quantity', l.quantity, 'term_start', l.term_start, 'term_end', l.term_end, 'term_months', l.term_months,
                                        'subscription', l.subscription, 'unit_price', l.unit_price, 'amount', l.amount) order by l.line_number)
    into sold
    from quote_revision r join quote_line l using (quote_revision_id)
    where r.quote_id = new.quote_id and r.revision = new.current_revision and l.term_start is not null and l.choice = 'included'
      and not exists (select from subscription_part p where p.quote_line_id = l.quote_line_id);
    if sold is not null then
        perform take_up_subscriptions(true, new.partner_id, new.end_customer_id, null, new.currency, new.number, new.created_by, sold, new.updated_at);
    end if;
    return null;
end $$;
alter function subscriptions_of_accepted_quotes() owner to {schema}_definer;
create trigger subscriptions_begin_with_acceptance after update of status on quote for each row when (new.status = 'accepted' and old.status <> 'accepted') execute function subscriptions_of_accepted_quotes();

create function subscriptions_of_confirmed_orders() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    sold jsonb;
begin
    select jsonb_agg(jsonb_build_object('line_id', l.purchase_order_line_id, 'product_id', l.product_id, 'quantity', l.quantity - l.cancelled, 'term_start', l.term_start, 'term_end', l.term_end, 'term_months', l.term_months,
                                        'subscription', l.subscription, 'unit_price', l.unit_price, 'amount', round(l.unit_price * (l.quantity - l.cancelled), c.minor_units)) order by l.line_number)
    into sold
    from purchase_order_line l join currency c on c.code = new.currency
    where l.purchase_order_id = new.purchase_order_id and l.term_start is not null and l.quantity > l.cancelled
      and not exists (select from subscription_part p where p.purchase_order_line_id = l.purchase_order_line_id);
    if sold is not null then
        perform take_up_subscriptions(false, new.seller_id, null, new.buyer_id, new.currency, new.number, new.ordered_by, sold, new.confirmed_at);
    end if;
    return null;
end $$;
alter function subscriptions_of_confirmed_orders() owner to {schema}_definer;
create trigger subscriptions_begin_with_confirmation after update of status on purchase_order for each row when (new.status = 'confirmed' and old.status <> 'confirmed') execute function subscriptions_of_confirmed_orders();

-- Where a customer's subscription renews by itself and nobody cancelled it, it goes on for another term, at the price of the day; the product alone does that, once for a term.
create function subscription_goes_on(subscription bigint, old_end date, pieces integer, until date, months integer, price numeric, total numeric, at timestamptz) returns boolean
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    s subscription%rowtype;
begin
    if not app_is_system() then
        return false;
    end if;
    select x.* into s from subscription x where x.subscription_id = subscription for update;
    if s.ends_on <> old_end or s.cancelled_at is not null or s.renews <> 'auto' or s.end_customer_id is null then
        return false;
    end if;
    insert into subscription_part (subscription_id, seller_id, kind, quantity, starts_on, ends_on, unit_price, amount, made_at) values (s.subscription_id, s.seller_id, 'renewal', pieces, old_end + 1, until, price, total, at);
    insert into subscription_event (subscription_id, seller_id, kind, effective_on, quantity, happened_at) values (s.subscription_id, s.seller_id, 'went_on', old_end + 1, pieces, at);
    update subscription x set term_starts_on = old_end + 1, ends_on = until, term_months = months, next_quantity = null, updated_at = at, version = x.version + 1 where x.subscription_id = s.subscription_id;
    return true;
end $$;
comment on function subscription_goes_on(bigint, date, integer, date, integer, numeric, numeric, timestamptz) is 'Puts the next term behind one that ended on that day; false where it has been renewed or cancelled meanwhile.';
alter function subscription_goes_on(bigint, date, integer, date, integer, numeric, numeric, timestamptz) owner to {schema}_definer;
