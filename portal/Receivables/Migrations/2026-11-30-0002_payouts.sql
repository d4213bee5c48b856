-- Credit on account paid back (退款): what a buyer is in credit with and no invoice is left for, the seller sends back to it. A wrong entry is undone by an opposite one.
create table payout (
    payout_id      bigint generated always as identity primary key,
    number         text           not null unique,
    seller_id      bigint         not null references partner,
    buyer_id       bigint         not null references partner,
    currency       text           not null references currency,
    amount         numeric(18, 4) not null,
    paid_on        date           not null,
    bank_reference text,
    reason         text           not null,
    person_id      bigint         references person,
    recorded_at    timestamptz    not null,
    constraint a_payout_is_of_something check (amount > 0),
    constraint a_payout_says_why check (char_length(reason) between 1 and 1000),
    constraint the_bank_reference_of_a_payout_is_short check (char_length(bank_reference) between 1 and 100)
);
comment on table payout is 'Money a seller paid back to a buyer out of its credit on account (退款).';
create unique index a_payout_is_entered_once on payout (seller_id, buyer_id, currency, paid_on, amount, bank_reference) where bank_reference is not null;
create index payout_by_seller on payout (seller_id, payout_id desc);
create index payout_by_buyer on payout (buyer_id, payout_id desc);

create table payout_reversal (
    payout_reversal_id bigint generated always as identity primary key,
    number      text        not null unique,
    payout_id   bigint      not null references payout,
    seller_id   bigint      not null references partner,
    buyer_id    bigint      not null references partner,
    happened_on date        not null,
    reason      text        not null,
    person_id   bigint      references person,
    recorded_at timestamptz not null,
    constraint a_payout_is_undone_once unique (payout_id),
    constraint an_undone_payout_says_why check (char_length(reason) between 1 and 1000)
);
comment on table payout_reversal is 'A payout undone: the transfer came back, or was entered by mistake; the credit is on account again.';

do $$
declare
    one text;
begin
    foreach one in array array['payout', 'payout_reversal'] loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        execute format('create policy %I on %I for select using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()))', one || '_is_seen_by_both_sides', one);
        execute format('create policy %I on %I to {schema}_definer using (true) with check (true)', one || '_is_kept_by_the_books', one);
        execute format('revoke insert, update, delete, truncate on %I from {schema}_app', one);
        execute format('create trigger %I before update or delete or truncate on %I for each statement execute function books_are_append_only()', one || '_stays', one);
    end loop;
end $$;

alter table open_item add column payout_id bigint references payout, add column payout_reversal_id bigint references payout_reversal;
alter table open_item
    drop constraint an_open_item_is_of_one_document, drop constraint invoices_and_reversals_are_owed, drop constraint open_item_kind_is_known,
    add constraint an_open_item_is_of_one_document check (num_nonnulls(invoice_id, credit_note_id, payment_id, payment_reversal_id, payout_id, payout_reversal_id) = 1),
    add constraint invoices_and_reversals_are_owed check ((side = 'debit') = (kind in ('invoice', 'payment_reversal', 'payout')) and side in ('debit', 'credit')),
    add constraint open_item_kind_is_known check (kind in ('invoice', 'credit_note', 'payment', 'payment_reversal', 'payout', 'payout_reversal'));
create unique index open_item_of_payout on open_item (payout_id) where payout_id is not null;
alter table ledger_journal drop constraint ledger_journal_kind_is_known,
    add constraint ledger_journal_kind_is_known check (kind in ('invoice', 'credit_note', 'payment', 'payment_reversal', 'payout', 'payout_reversal'));
alter table settlement drop constraint settlement_way_is_known,
    add constraint settlement_way_is_known check (how in ('reference', 'amount', 'oldest', 'hand', 'credit_note', 'reversal', 'payout'));

-- What of a buyer's credit no invoice is left for: its open credits less what it still owes. Never less than nothing.
create function credit_left(seller bigint, buyer bigint, in_currency text) returns numeric language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select greatest(0, coalesce(sum(case i.side when 'credit' then i.open_amount else -i.open_amount end), 0))
    from open_item i
    where i.seller_id = seller and i.buyer_id = buyer and i.currency = in_currency and i.open_amount > 0
      and (app_is_system() or app_is_brand() or app_partner_id() in (seller, buyer))
$$;
comment on function credit_left(bigint, bigint, text) is 'A buyer''s credit on account that is left when all it owes is paid.';
alter function credit_left(bigint, bigint, text) owner to {schema}_definer;

-- Pays back. Answers 'done'; or 'too_much' with what there is; or 'twice' where that transfer was entered before.
create function payout_enter(seller bigint, buyer bigint, in_currency text, paid numeric, on_day date, bank text, why text, payout_number text, learned_at timestamptz)
returns table (outcome text, remaining numeric, entered_as text) language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    there   numeric;
    before  text;
    owed    bigint;
    credits bigint[];
    parts   numeric[];
begin
    if not app_keeps_books_of(seller) then
        raise exception 'Credit is paid back by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;

    -- All that is open between the two is held: who pays back, matches or reverses meanwhile waits, and reads what is left.
    perform from open_item i where i.seller_id = seller and i.buyer_id = buyer and i.currency = in_currency and i.open_amount > 0 order by i.open_item_id for no key update;
    select p.number into before from payout p
    where p.seller_id = seller and p.buyer_id = buyer and p.currency = in_currency and p.paid_on = on_day and p.amount = paid and p.bank_reference = bank;
    if before is not null then
        return query select 'twice', null::numeric, before;
        return;
    end if;

    there := credit_left(seller, buyer, in_currency);
    if paid > there then
        return query select 'too_much', there, null::text;
        return;
    end if;

    with written as (
        insert into payout (number, seller_id, buyer_id, currency, amount, paid_on, bank_reference, reason, person_id, recorded_at)
        values (payout_number, seller, buyer, in_currency, paid, on_day, bank, why, app_person_id(), learned_at)
        returning payout_id)
    insert into open_item (seller_id, buyer_id, currency, side, kind, number, payout_id, happened_on, due_on, recorded_at, amount, open_amount)
    select seller, buyer, in_currency, 'debit', 'payout', payout_number, w.payout_id, on_day, on_day, learned_at, paid, paid from written w
    returning open_item_id into owed;
    perform ledger_post(seller, learned_at, array[buyer], array[in_currency], array['payout'], array[payout_number], array[null::text], array[on_day],
                        array[1, 1], array['receivable', 'cash'], array[paid, -paid]);

    -- The oldest credit goes first.
    select array_agg(c.open_item_id order by c.happened_on, c.open_item_id), array_agg(least(c.open_amount, paid - c.before) order by c.happened_on, c.open_item_id)
    into credits, parts
    from (select i.open_item_id, i.happened_on, i.open_amount,
                 coalesce(sum(i.open_amount) over (order by i.happened_on, i.open_item_id rows between unbounded preceding and 1 preceding), 0) as before
          from open_item i
          where i.seller_id = seller and i.buyer_id = buyer and i.currency = in_currency and i.side = 'credit' and i.open_amount > 0) as c
    where c.before < paid;
    perform receivables_settle(array_fill(owed, array[cardinality(credits)]), credits, parts, array_fill('payout'::text, array[cardinality(credits)]), learned_at);
    return query select 'done', there - paid, payout_number;
end $$;
comment on function payout_enter(bigint, bigint, text, numeric, date, text, text, text, timestamptz) is 'Records that a seller paid credit on account back, never more than is left of it.';
alter function payout_enter(bigint, bigint, text, numeric, date, text, text, text, timestamptz) owner to {schema}_definer;

create function payout_undo(payout_key bigint, reversal_number text, why text, learned_at timestamptz) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    paid   record;
    debit  bigint;
    credit bigint;
    today  date := brand_day(learned_at);
begin
    select * into paid from payout p where p.payout_id = payout_key;
    if paid.payout_id is null or not app_keeps_books_of(paid.seller_id) then
        raise exception 'Payouts are undone by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;

    debit := (select i.open_item_id from open_item i where i.payout_id = payout_key);
    perform from open_item i
    where i.open_item_id = debit or i.open_item_id in (select s.credit_item_id from settlement s where s.debit_item_id = debit)
    order by i.open_item_id for no key update;
    if exists (select from payout_reversal r where r.payout_id = payout_key) then
        return false;
    end if;

    perform receivables_unsettle(debit, s.credit_item_id, why, learned_at) from (select distinct credit_item_id from settlement where debit_item_id = debit) as s;
    with undone as (
        insert into payout_reversal (number, payout_id, seller_id, buyer_id, happened_on, reason, person_id, recorded_at)
        values (reversal_number, payout_key, paid.seller_id, paid.buyer_id, greatest(today, paid.paid_on), why, app_person_id(), learned_at)
        returning *)
    insert into open_item (seller_id, buyer_id, currency, side, kind, number, payout_reversal_id, happened_on, due_on, recorded_at, amount, open_amount)
    select u.seller_id, u.buyer_id, paid.currency, 'credit', 'payout_reversal', u.number, u.payout_reversal_id, u.happened_on, u.happened_on, u.recorded_at, paid.amount, paid.amount from undone u
    returning open_item_id into credit;
    perform ledger_post(paid.seller_id, learned_at, array[paid.buyer_id], array[paid.currency], array['payout_reversal'], array[reversal_number], array[paid.number], array[greatest(today, paid.paid_on)],
                        array[1, 1], array['receivable', 'cash'], array[-paid.amount, paid.amount]);
    perform receivables_settle(array[debit], array[credit], array[paid.amount], array['hand'], learned_at);
    return true;
end $$;
comment on function payout_undo(bigint, text, text, timestamptz) is 'Undoes a payout by an opposite entry; false where that was done before.';
alter function payout_undo(bigint, text, text, timestamptz) owner to {schema}_definer;
