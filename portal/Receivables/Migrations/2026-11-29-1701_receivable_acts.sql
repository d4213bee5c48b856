-- How the books are written. These functions are the only way in; each asks first whether the caller may, takes the rows it changes in
-- the order of their keys, and then does all lines at once.

-- What a part of an order line costs: what all that has gone so far costs, less what went before. So the parts of a line always sum to the
-- line's own amount, however it was divided, and no part is ever negative.
create function part_amount(unit_price numeric, minor_units integer, quantity_before integer, quantity integer) returns numeric language sql immutable parallel safe as
$$ select round((quantity_before + quantity) * unit_price, minor_units) - round(quantity_before * unit_price, minor_units) $$;
comment on function part_amount(numeric, integer, integer, integer) is 'The amount of a part of a line, rounded half away from zero so that the parts sum to the whole.';

-- The share of an amount that belongs to a part of a quantity, by the same reasoning.
create function part_of_amount(amount numeric, minor_units integer, whole integer, quantity_before integer, quantity integer) returns numeric language sql immutable parallel safe as
$$ select round(amount * (quantity_before + quantity) / whole, minor_units) - round(amount * quantity_before / whole, minor_units) $$;
comment on function part_of_amount(numeric, integer, integer, integer, integer) is 'The share of an invoiced amount that a part of its quantity has.';

create function due_day(issued_on date, days_net integer, end_of_month boolean) returns date language sql immutable parallel safe as
$$ select case when end_of_month then (date_trunc('month', (issued_on + days_net)::timestamp) + interval '1 month - 1 day')::date else issued_on + days_net end $$;
comment on function due_day(date, integer, boolean) is 'The day an invoice is due: so many days after its own, or the end of the month in which that day lies.';

-- The closest rule wins: of the two countries, then from the seller''s country abroad, then any; within them of the class, of all classes, of the standard class.
create function tax_for(seller_country text, buyer_country text, tax_class text, on_day date) returns setof tax_rule language sql stable as $$
    select r.*
    from tax_rule r
    where (r.seller_country = tax_for.seller_country or r.seller_country is null)
      and (r.buyer_country = tax_for.buyer_country or (r.buyer_country is null and (r.seller_country is null or tax_for.seller_country <> tax_for.buyer_country)))
      and (r.tax_class is null or r.tax_class in (tax_for.tax_class, 'standard'))
      and r.valid @> tax_for.on_day
    order by r.seller_country is null, r.buyer_country is null, r.tax_class is distinct from tax_for.tax_class, r.tax_class is not null
    limit 1
$$;
comment on function tax_for(text, text, text, date) is 'The tax rule of a sale between two countries on a day.';

-- Posts any number of journals of one seller: the entries name their journal by its place in the first five lists, from 1.
create function ledger_post(
    seller bigint, learned_at timestamptz, buyers bigint[], currencies text[], kinds text[], documents text[], legal_numbers text[], days date[],
    entry_journals integer[], entry_accounts text[], entry_amounts numeric[])
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    insert into ledger_account (seller_id, buyer_id, currency, kind)
    select distinct seller, j.buyer, j.currency, e.account
    from unnest(entry_journals, entry_accounts) as e (journal, account)
    join unnest(buyers, currencies) with ordinality as j (buyer, currency, place) on j.place = e.journal
    order by 2, 3, 4
    on conflict do nothing;

    perform from ledger_account a
    where (a.seller_id, a.buyer_id, a.currency) in (select seller, j.buyer, j.currency from unnest(buyers, currencies) as j (buyer, currency))
    order by a.ledger_account_id
    for no key update;

    with named as (
        select * from unnest(buyers, currencies, kinds, documents, legal_numbers, days) with ordinality as j (buyer, currency, kind, document, legal_number, day, place)),
    journal as (
        insert into ledger_journal (seller_id, buyer_id, currency, kind, document_number, legal_number, happened_on, recorded_at, person_id)
        select seller, n.buyer, n.currency, n.kind, n.document, n.legal_number, n.day, learned_at, app_person_id() from named n order by n.place
        returning ledger_journal_id, document_number, kind),
    line as (
        select j.ledger_journal_id, a.ledger_account_id, e.amount, n.place,
               a.balance + sum(e.amount) over (partition by a.ledger_account_id order by n.place) as balance_after
        from unnest(entry_journals, entry_accounts, entry_amounts) as e (journal, account, amount)
        join named n on n.place = e.journal
        join journal j on j.document_number = n.document and j.kind = n.kind
        join ledger_account a on a.seller_id = seller and a.buyer_id = n.buyer and a.currency = n.currency and a.kind = e.account),
    entry as (
        insert into ledger_entry (ledger_journal_id, ledger_account_id, amount, balance_after)
        select l.ledger_journal_id, l.ledger_account_id, l.amount, l.balance_after from line l order by l.place, l.ledger_account_id)
    update ledger_account a
    set balance = a.balance + moved.amount
    from (select l.ledger_account_id, sum(l.amount) as amount from line l group by l.ledger_account_id) as moved
    where a.ledger_account_id = moved.ledger_account_id;
end $$;
alter function ledger_post(bigint, timestamptz, bigint[], text[], text[], text[], text[], date[], integer[], text[], numeric[]) owner to {schema}_definer;
revoke execute on function ledger_post(bigint, timestamptz, bigint[], text[], text[], text[], text[], date[], integer[], text[], numeric[]) from {schema}_app;

create function next_legal_number(seller bigint, series text, year integer) returns integer language sql security definer set search_path = portal, public, pg_temp as $$
    insert into legal_number_series (seller_id, kind, fiscal_year, last_number) values (seller, series, year, 1)
    on conflict (seller_id, kind, fiscal_year) do update set last_number = legal_number_series.last_number + 1
    returning last_number
$$;
alter function next_legal_number(bigint, text, integer) owner to {schema}_definer;
revoke execute on function next_legal_number(bigint, text, integer) from {schema}_app;

-- Matches debits with credits of one account each: takes both ends in key order, keeps what is open of them and remembers why.
create function receivables_settle(debits bigint[], credits bigint[], amounts numeric[], ways text[], learned_at timestamptz)
returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform from open_item i where i.open_item_id = any (debits) or i.open_item_id = any (credits) order by i.open_item_id for no key update;

    if exists (
        select from unnest(debits, credits) as s (debit, credit)
        left join open_item d on d.open_item_id = s.debit and d.side = 'debit'
        left join open_item c on c.open_item_id = s.credit and c.side = 'credit' and c.seller_id = d.seller_id and c.buyer_id = d.buyer_id and c.currency = d.currency
        where c.open_item_id is null or not app_keeps_books_of(d.seller_id)) then
        raise exception 'Documents are matched by their seller, within one account.' using errcode = 'insufficient_privilege';
    end if;

    with matched as (
        insert into settlement (seller_id, buyer_id, debit_item_id, credit_item_id, amount, how, happened_on, recorded_at, person_id)
        select d.seller_id, d.buyer_id, s.debit, s.credit, s.amount, s.way, greatest(d.happened_on, c.happened_on), learned_at, app_person_id()
        from unnest(debits, credits, amounts, ways) with ordinality as s (debit, credit, amount, way, place)
        join open_item d on d.open_item_id = s.debit
        join open_item c on c.open_item_id = s.credit
        order by s.place
        returning debit_item_id, credit_item_id, amount)
    update open_item i
    set open_amount = i.open_amount - used.amount
    from (select item, sum(amount) as amount
          from (select debit_item_id as item, amount from matched union all select credit_item_id, amount from matched) as ends
          group by item) as used
    where i.open_item_id = used.item;
end $$;
comment on function receivables_settle(bigint[], bigint[], numeric[], text[], timestamptz) is 'Matches payments and credit notes with what they pay for; the constraint no_more_is_matched_than_is_open has the last word.';
alter function receivables_settle(bigint[], bigint[], numeric[], text[], timestamptz) owner to {schema}_definer;

-- Takes back everything that was matched between two documents; answers how much.
create function receivables_unsettle(debit bigint, credit bigint, reason text, learned_at timestamptz)
returns numeric language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    taken_back numeric;
begin
    perform from open_item i where i.open_item_id in (debit, credit) order by i.open_item_id for no key update;
    if not exists (select from open_item i where i.open_item_id = debit and app_keeps_books_of(i.seller_id)) then
        raise exception 'Matches are taken back by the seller.' using errcode = 'insufficient_privilege';
    end if;

    with wrong as (
        select s.* from settlement s
        where s.debit_item_id = debit and s.credit_item_id = credit and s.reverses_id is null
          and not exists (select from settlement back where back.reverses_id = s.settlement_id)),
    back as (
        insert into settlement (seller_id, buyer_id, debit_item_id, credit_item_id, amount, how, happened_on, recorded_at, reverses_id, reason, person_id)
        select w.seller_id, w.buyer_id, w.debit_item_id, w.credit_item_id, -w.amount, 'reversal', w.happened_on, learned_at, w.settlement_id, receivables_unsettle.reason, app_person_id()
        from wrong w
        returning amount)
    select coalesce(-sum(b.amount), 0) into taken_back from back b;
    update open_item i set open_amount = i.open_amount + taken_back where i.open_item_id in (debit, credit);
    return taken_back;
end $$;
comment on function receivables_unsettle(bigint, bigint, text, timestamptz) is 'Takes back what was matched between two documents, by opposite rows; both are open again by so much.';
alter function receivables_unsettle(bigint, bigint, text, timestamptz) owner to {schema}_definer;

-- The invoice of a shipment, in the shipment's transaction.
create function invoice_shipment(shipment_number text, invoice_number text, learned_at timestamptz)
returns table (number text, legal_number text, gross_amount numeric) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
declare
    sent  record;
    today date := brand_day(learned_at);
    made  record;
    taken integer;
begin
    select s.shipment_id, s.purchase_order_id, s.seller_id, s.buyer_id, o.currency, c.minor_units, seller.country_code as seller_country, buyer.country_code as buyer_country,
           jsonb_build_object('seller', jsonb_build_object('number', seller.number, 'name', seller.name, 'name_latin', seller.name_latin, 'country', seller.country_code, 'address', concat_ws(', ', seller.address, seller.postal_code, seller.city, seller.state)),
                              'buyer', jsonb_build_object('number', buyer.number, 'name', buyer.name, 'name_latin', buyer.name_latin, 'country', buyer.country_code, 'address', concat_ws(', ', buyer.address, buyer.postal_code, buyer.city, buyer.state))) as parties,
           coalesce(term.days_net, 30) as days_net, coalesce(term.end_of_month, false) as end_of_month
    into sent
    from shipment s
    join purchase_order o on o.purchase_order_id = s.purchase_order_id
    join currency c on c.code = o.currency
    join partner seller on seller.partner_id = s.seller_id
    join partner buyer on buyer.partner_id = s.buyer_id
    left join lateral (
        select t.days_net, t.end_of_month from payment_term t
        where t.seller_id = s.seller_id and (t.buyer_id = s.buyer_id or t.buyer_id is null) and t.valid_from <= today
        order by t.buyer_id is null, t.valid_from desc, t.payment_term_id desc limit 1) as term on true
    where s.number = shipment_number;
    if sent.shipment_id is null or not (app_is_system() or sent.seller_id = app_partner_id()) then
        raise exception 'Shipments are invoiced by the seller.' using errcode = 'insufficient_privilege';
    end if;

    taken := next_legal_number(sent.seller_id, 'invoice', extract(year from today)::integer);
    with line as (
        select row_number() over (order by ol.line_number) as line_number, sl.shipment_line_id, ol.purchase_order_line_id, p.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit,
               sl.quantity, ol.unit_price, coalesce(k.tax_class, 'standard') as tax_class,
               part_amount(ol.unit_price, sent.minor_units, coalesce((select sum(before.quantity) from invoice_line before where before.purchase_order_line_id = ol.purchase_order_line_id), 0)::integer, sl.quantity) as net
        from shipment_line sl
        join purchase_order_line ol on ol.purchase_order_line_id = sl.purchase_order_line_id
        join product p on p.product_id = ol.product_id
        left join product_tax_class k on k.product_id = p.product_id
        where sl.shipment_id = sent.shipment_id),
    taxed as (
        select l.*, r.tax_rule_id, r.rate, r.treatment, r.reason, r.reason_zh, round(l.net * r.rate, sent.minor_units) as tax
        from line l
        left join lateral tax_for(sent.seller_country, sent.buyer_country, l.tax_class, today) r on true),
    total as (
        select sum(net) as net, sum(tax) as tax from taxed),
    written as (
        insert into invoice (number, legal_number, fiscal_year, sequence, seller_id, buyer_id, purchase_order_id, shipment_id, currency, issued_on, due_on, days_net, end_of_month,
                             net_amount, tax_amount, gross_amount, parties, person_id, recorded_at)
        select invoice_number, format('%s-%s', extract(year from today), lpad(taken::text, 6, '0')), extract(year from today)::integer, taken, sent.seller_id, sent.buyer_id, sent.purchase_order_id, sent.shipment_id,
               sent.currency, today, due_day(today, sent.days_net, sent.end_of_month), sent.days_net, sent.end_of_month, t.net, t.tax, t.net + t.tax, sent.parties, app_person_id(), learned_at
        from total t
        returning *),
    lines as (
        insert into invoice_line (invoice_id, seller_id, buyer_id, line_number, shipment_line_id, purchase_order_line_id, product_id, sku, name, name_zh, unit, quantity, unit_price, net_amount,
                                  tax_rule_id, tax_class, tax_rate, treatment, tax_reason, tax_reason_zh, tax_amount)
        select w.invoice_id, w.seller_id, w.buyer_id, l.line_number, l.shipment_line_id, l.purchase_order_line_id, l.product_id, l.sku, l.name, l.name_zh, l.unit, l.quantity, l.unit_price, l.net,
               l.tax_rule_id, l.tax_class, l.rate, l.treatment, l.reason, l.reason_zh, l.tax
        from written w cross join taxed l
        order by l.line_number),
    opened as (
        insert into open_item (seller_id, buyer_id, currency, side, kind, number, legal_number, invoice_id, happened_on, due_on, recorded_at, amount, open_amount)
        select w.seller_id, w.buyer_id, w.currency, 'debit', 'invoice', w.number, w.legal_number, w.invoice_id, w.issued_on, w.due_on, w.recorded_at, w.gross_amount, w.gross_amount
        from written w)
    select w.* into made from written w;

    perform ledger_post(made.seller_id, learned_at, array[made.buyer_id], array[made.currency], array['invoice'], array[made.number], array[made.legal_number], array[made.issued_on],
                        array[1, 1, 1], array['receivable', 'revenue', 'tax'], array[made.gross_amount, -made.net_amount, -made.tax_amount]);
    return query select made.number, made.legal_number, made.gross_amount;
end $$;
comment on function invoice_shipment(text, text, timestamptz) is 'Writes the one invoice of a shipment: lines, tax, due day, legal number, open item and journal.';
alter function invoice_shipment(text, text, timestamptz) owner to {schema}_definer;

-- The lines of an order for which no tax rule holds today; such goods cannot be invoiced, so they are not sent.
create function untaxed_countries(order_id bigint, on_day date) returns table (seller_country text, buyer_country text) language sql stable security definer set search_path = portal, public, pg_temp as $$
    select distinct s.country_code, b.country_code
    from purchase_order o
    join partner s on s.partner_id = o.seller_id
    join partner b on b.partner_id = o.buyer_id
    join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
    left join product_tax_class k on k.product_id = l.product_id
    where o.purchase_order_id = order_id
      and not exists (select from tax_for(s.country_code, b.country_code, coalesce(k.tax_class, 'standard'), on_day))
$$;
alter function untaxed_countries(bigint, date) owner to {schema}_definer;

-- A credit note. Answers 'done', or why not: 'too_much' with the line and what is left of it, 'nothing' where all has been taken back.
create function credit_note_issue(invoice_key bigint, note_number text, note_kind text, line_numbers integer[], quantities integer[], credited numeric, note_reason text, learned_at timestamptz)
returns table (outcome text, line_number integer, remaining numeric, legal_number text, gross_amount numeric, settled numeric) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
declare
    bill  record;
    bound record;
    note  record;
    today date := brand_day(learned_at);
    taken integer;
    debit record;
    owed  numeric;
begin
    select i.*, c.minor_units into bill from invoice i join currency c on c.code = i.currency where i.invoice_id = invoice_key;
    if bill.invoice_id is null or not app_keeps_books_of(bill.seller_id) then
        raise exception 'Credit notes are written by the seller.' using errcode = 'insufficient_privilege';
    end if;

    -- whoever writes another one for this invoice waits here
    select i.open_item_id, i.open_amount into debit from open_item i where i.invoice_id = invoice_key for no key update;

    create temporary table if not exists credit_note_draft (
        invoice_line_id bigint, line_number integer, quantity integer, net numeric, tax numeric, left_quantity integer, left_net numeric, left_tax numeric) on commit drop;
    delete from credit_note_draft;
    insert into credit_note_draft (invoice_line_id, line_number, quantity, net, tax, left_quantity, left_net, left_tax)
    select l.invoice_line_id, l.line_number, 0, 0, 0, l.quantity - coalesce(sum(n.quantity), 0), l.net_amount - coalesce(sum(n.net_amount), 0), l.tax_amount - coalesce(sum(n.tax_amount), 0)
    from invoice_line l
    left join credit_note_line n on n.invoice_line_id = l.invoice_line_id
    where l.invoice_id = invoice_key
    group by l.invoice_line_id;

    owed := (select sum(d.left_net + d.left_tax) from credit_note_draft d);
    if owed <= 0 then
        return query select 'nothing', null::integer, 0::numeric, null::text, null::numeric, null::numeric;
        return;
    end if;

    if note_kind = 'whole' then
        update credit_note_draft d set quantity = d.left_quantity, net = d.left_net, tax = d.left_tax;
    elsif note_kind = 'lines' then
        select w.line, coalesce(d.left_quantity, 0) as left_quantity into bound
        from unnest(line_numbers, quantities) as w (line, quantity) left join credit_note_draft d on d.line_number = w.line
        where d.line_number is null or w.quantity > d.left_quantity or w.quantity < 0
        order by w.line limit 1;
        if found then
            return query select 'too_much', bound.line, bound.left_quantity::numeric, null::text, null::numeric, null::numeric;
            return;
        end if;
        -- the last pieces take what is left, also where money has gone back before
        update credit_note_draft d
        set quantity = w.quantity,
            net = case when w.quantity = d.left_quantity then d.left_net else least(d.left_net, part_of_amount(l.net_amount, bill.minor_units, l.quantity, l.quantity - d.left_quantity, w.quantity)) end,
            tax = case when w.quantity = d.left_quantity then d.left_tax else least(d.left_tax, part_of_amount(l.tax_amount, bill.minor_units, l.quantity, l.quantity - d.left_quantity, w.quantity)) end
        from unnest(line_numbers, quantities) as w (line, quantity), invoice_line l
        where w.line = d.line_number and l.invoice_line_id = d.invoice_line_id and w.quantity > 0;
    else
        if credited > owed then
            return query select 'too_much', null::integer, owed, null::text, null::numeric, null::numeric;
            return;
        end if;
        -- spread over the lines by what is left of each; within a line over net and tax alike
        with share as (
            select d.invoice_line_id, d.left_net, d.left_net + d.left_tax as left_gross,
                   round(credited * sum(d.left_net + d.left_tax) over (order by d.line_number) / owed, bill.minor_units)
                   - round(credited * (sum(d.left_net + d.left_tax) over (order by d.line_number) - d.left_net - d.left_tax) / owed, bill.minor_units) as gross
            from credit_note_draft d)
        update credit_note_draft d
        set net = round(s.gross * s.left_net / s.left_gross, bill.minor_units), tax = s.gross - round(s.gross * s.left_net / s.left_gross, bill.minor_units)
        from share s
        where s.invoice_line_id = d.invoice_line_id and s.gross > 0;
    end if;

    if not exists (select from credit_note_draft d where d.net + d.tax > 0) then
        return query select 'nothing', null::integer, owed, null::text, null::numeric, null::numeric;
        return;
    end if;

    taken := next_legal_number(bill.seller_id, 'credit_note', extract(year from today)::integer);
    with written as (
        insert into credit_note (number, legal_number, fiscal_year, sequence, seller_id, buyer_id, invoice_id, currency, kind, reason, issued_on, net_amount, tax_amount, gross_amount, person_id, recorded_at)
        select note_number, format('%s-C%s', extract(year from today), lpad(taken::text, 5, '0')), extract(year from today)::integer, taken, bill.seller_id, bill.buyer_id, bill.invoice_id, bill.currency, note_kind, note_reason,
               greatest(today, bill.issued_on), sum(d.net), sum(d.tax), sum(d.net + d.tax), app_person_id(), learned_at
        from credit_note_draft d
        returning *),
    lines as (
        insert into credit_note_line (credit_note_id, invoice_line_id, seller_id, buyer_id, quantity, net_amount, tax_amount)
        select w.credit_note_id, d.invoice_line_id, w.seller_id, w.buyer_id, d.quantity, d.net, d.tax from written w cross join credit_note_draft d where d.quantity > 0 or d.net + d.tax > 0),
    opened as (
        insert into open_item (seller_id, buyer_id, currency, side, kind, number, legal_number, credit_note_id, happened_on, due_on, recorded_at, amount, open_amount)
        select w.seller_id, w.buyer_id, w.currency, 'credit', 'credit_note', w.number, w.legal_number, w.credit_note_id, w.issued_on, w.issued_on, w.recorded_at, w.gross_amount, w.gross_amount from written w
        returning open_item_id)
    select w.*, o.open_item_id into note from written w cross join opened o;

    perform ledger_post(note.seller_id, learned_at, array[note.buyer_id], array[note.currency], array['credit_note'], array[note.number], array[note.legal_number], array[note.issued_on],
                        array[1, 1, 1], array['receivable', 'revenue', 'tax'], array[-note.gross_amount, note.net_amount, note.tax_amount]);
    -- it pays for its own invoice first; what that no longer needs stays as credit on account
    if debit.open_amount > 0 then
        perform receivables_settle(array[debit.open_item_id], array[note.open_item_id], array[least(debit.open_amount, note.gross_amount)], array['credit_note'], learned_at);
    end if;
    return query select 'done', null::integer, owed - note.gross_amount, note.legal_number, note.gross_amount, least(debit.open_amount, note.gross_amount);
end $$;
comment on function credit_note_issue(bigint, text, text, integer[], integer[], numeric, text, timestamptz) is 'Takes back an invoice, whole, by lines or by an amount, never more than is left of it.';
alter function credit_note_issue(bigint, text, text, integer[], integer[], numeric, text, timestamptz) owner to {schema}_definer;

-- Payments, any number; those that were entered before are answered with the number they have.
create function payments_enter(
    seller bigint, numbers text[], buyers bigint[], currencies text[], amounts numeric[], days date[], payers text[], refs text[], bank_refs text[], entered_from text, learned_at timestamptz)
returns table (number text, entered_as text) language plpgsql security definer set search_path = portal, public, pg_temp as $$
#variable_conflict use_column
declare
    fresh text[];
begin
    if not app_keeps_books_of(seller) then
        raise exception 'Payments are entered by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;

    with wanted as (
        select * from unnest(numbers, buyers, currencies, amounts, days, payers, refs, bank_refs) with ordinality as p (number, buyer, currency, amount, day, payer, reference, bank_reference, place)),
    written as (
        insert into payment (number, seller_id, buyer_id, currency, amount, paid_on, payer, reference, bank_reference, source, person_id, recorded_at)
        select w.number, seller, w.buyer, w.currency, w.amount, w.day, w.payer, w.reference, w.bank_reference, entered_from, app_person_id(), learned_at
        from wanted w
        order by w.place
        on conflict (seller_id, buyer_id, currency, paid_on, amount, coalesce(reference, ''), coalesce(bank_reference, '')) do nothing
        returning *),
    opened as (
        insert into open_item (seller_id, buyer_id, currency, side, kind, number, legal_number, payment_id, happened_on, due_on, recorded_at, amount, open_amount)
        select w.seller_id, w.buyer_id, w.currency, 'credit', 'payment', w.number, null, w.payment_id, w.paid_on, w.paid_on, w.recorded_at, w.amount, w.amount from written w)
    select array_agg(w.number) into fresh from written w;

    if fresh is not null then
        perform ledger_post(seller, learned_at, array_agg(p.buyer_id order by p.payment_id), array_agg(p.currency order by p.payment_id), array_agg('payment'::text order by p.payment_id),
                            array_agg(p.number order by p.payment_id), array_agg(p.reference order by p.payment_id), array_agg(p.paid_on order by p.payment_id),
                            (select array_agg(j.journal order by j.journal, e.place) from generate_series(1, cardinality(fresh)) as j (journal) cross join (values (1), (2)) as e (place)),
                            (select array_agg(e.account order by j.journal, e.place) from generate_series(1, cardinality(fresh)) as j (journal) cross join (values (1, 'cash'), (2, 'receivable')) as e (place, account)),
                            (select array_agg(e.amount order by x.payment_id, e.place) from payment x cross join lateral (values (1, x.amount), (2, -x.amount)) as e (place, amount) where x.number = any (fresh)))
        from payment p where p.number = any (fresh);
    end if;

    return query
        select w.number, p.number
        from unnest(numbers, buyers, currencies, amounts, days, refs, bank_refs) with ordinality as w (number, buyer, currency, amount, day, reference, bank_reference, place)
        join payment p on p.seller_id = seller and p.buyer_id = w.buyer and p.currency = w.currency and p.paid_on = w.day and p.amount = w.amount
                      and coalesce(p.reference, '') = coalesce(w.reference, '') and coalesce(p.bank_reference, '') = coalesce(w.bank_reference, '')
        order by w.place;
end $$;
comment on function payments_enter(bigint, text[], bigint[], text[], numeric[], date[], text[], text[], text[], text, timestamptz) is 'Enters payments with their journals; what was entered before is told by its number and not entered again.';
alter function payments_enter(bigint, text[], bigint[], text[], numeric[], date[], text[], text[], text[], text, timestamptz) owner to {schema}_definer;

-- A payment bounced, or was a mistake: its matches are taken back, and an opposite journal makes up for it.
create function payment_reverse(payment_key bigint, reversal_number text, why text, learned_at timestamptz)
returns boolean language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    paid   record;
    credit bigint;
    owed   bigint;
    today  date := brand_day(learned_at);
begin
    select * into paid from payment p where p.payment_id = payment_key;
    if paid.payment_id is null or not app_keeps_books_of(paid.seller_id) then
        raise exception 'Payments are reversed by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;

    credit := (select i.open_item_id from open_item i where i.payment_id = payment_key);
    -- everything it was matched with, in key order, before anything of it changes
    perform from open_item i
    where i.open_item_id = credit or i.open_item_id in (select s.debit_item_id from settlement s where s.credit_item_id = credit)
    order by i.open_item_id for no key update;
    if exists (select from payment_reversal r where r.payment_id = payment_key) then
        return false;
    end if;

    perform receivables_unsettle(s.debit_item_id, credit, why, learned_at)
    from (select distinct debit_item_id from settlement where credit_item_id = credit) as s;
    with reversed as (
        insert into payment_reversal (number, payment_id, seller_id, buyer_id, happened_on, reason, person_id, recorded_at)
        values (reversal_number, payment_key, paid.seller_id, paid.buyer_id, greatest(today, paid.paid_on), why, app_person_id(), learned_at)
        returning *)
    insert into open_item (seller_id, buyer_id, currency, side, kind, number, payment_reversal_id, happened_on, due_on, recorded_at, amount, open_amount)
    select r.seller_id, r.buyer_id, paid.currency, 'debit', 'payment_reversal', r.number, r.payment_reversal_id, r.happened_on, r.happened_on, r.recorded_at, paid.amount, paid.amount from reversed r
    returning open_item_id into owed;
    perform ledger_post(paid.seller_id, learned_at, array[paid.buyer_id], array[paid.currency], array['payment_reversal'], array[reversal_number], array[paid.number], array[greatest(today, paid.paid_on)],
                        array[1, 1], array['receivable', 'cash'], array[paid.amount, -paid.amount]);
    perform receivables_settle(array[owed], array[credit], array[paid.amount], array['hand'], learned_at);
    return true;
end $$;
comment on function payment_reverse(bigint, text, text, timestamptz) is 'Reverses a payment; false where that was done before.';
alter function payment_reverse(bigint, text, text, timestamptz) owner to {schema}_definer;

-- Everything open on the accounts of some credits, held until the transaction ends: what was read as open is still so when it is matched.
create function receivables_hold(credits bigint[]) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform from open_item i
    where i.open_amount > 0 and (i.seller_id, i.buyer_id, i.currency) in (
        select c.seller_id, c.buyer_id, c.currency from open_item c where c.open_item_id = any (credits) and app_keeps_books_of(c.seller_id))
    order by i.open_item_id
    for no key update;
end $$;
comment on function receivables_hold(bigint[]) is 'Keeps others from matching on the accounts of some credits until the transaction ends.';
alter function receivables_hold(bigint[]) owner to {schema}_definer;
