-- Receivables (应收): what buyers owe their sellers. Invoices from shipments, credit notes, payments, what was matched with what, and the
-- double-entry ledger under all of it. Nothing here is changed afterwards: a mistake is corrected by an opposite document.

-- Tax: which rate holds between two countries for a class of goods, from when until when.
create table tax_rule (
    tax_rule_id    bigint generated always as identity primary key,
    seller_country text,
    buyer_country  text,
    tax_class      text,
    rate           numeric(6, 4) not null,
    treatment      text          not null,
    reason         text          not null,
    reason_zh      text          not null,
    valid          daterange     not null,
    person_id      bigint        references person,
    set_at         timestamptz   not null,
    constraint tax_countries_have_two_letters check (seller_country ~ '^[A-Z]{2}$' and buyer_country ~ '^[A-Z]{2}$'),
    constraint tax_class_is_known check (tax_class in ('standard', 'reduced', 'zero')),
    constraint tax_treatment_is_known check (treatment in ('taxed', 'reverse_charge', 'export', 'exempt', 'outside')),
    constraint a_tax_rate_is_a_share check (rate between 0 and 1),
    constraint only_what_is_taxed_has_a_rate check (treatment = 'taxed' or rate = 0),
    constraint a_tax_rule_says_why check (char_length(reason) between 1 and 300 and char_length(reason_zh) between 1 and 300),
    constraint one_tax_rule_holds_at_a_time exclude using gist (
        coalesce(seller_country, '*') with =, coalesce(buyer_country, '*') with =, coalesce(tax_class, '*') with =, valid with &&)
);
comment on table tax_rule is 'The rate between a seller''s and a buyer''s country for a class of goods; an empty country or class stands for all others, the closest rule wins.';

create table product_tax_class (
    product_id bigint primary key references product on delete cascade,
    tax_class  text        not null,
    set_at     timestamptz not null,
    constraint product_tax_class_is_known check (tax_class in ('standard', 'reduced', 'zero'))
);
comment on table product_tax_class is 'The tax class of a product; standard where none is named.';

create table payment_term (
    payment_term_id bigint generated always as identity primary key,
    seller_id    bigint      not null references partner,
    buyer_id     bigint      references partner,
    days_net     integer     not null,
    end_of_month boolean     not null,
    valid_from   date        not null,
    reason       text        not null,
    person_id    bigint      references person,
    set_at       timestamptz not null,
    constraint payment_is_due_within_a_year check (days_net between 0 and 365),
    constraint nobody_owes_itself check (seller_id <> buyer_id),
    constraint a_payment_term_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table payment_term is 'When a buyer''s invoices are due (账期), or all buyers'' of the seller where none is named; the latest row of the day holds.';
create index payment_term_by_pair on payment_term (seller_id, buyer_id, valid_from desc);

-- The ledger. An account is of one seller, one buyer and one currency, revenue and tax too: two shipments to two buyers never wait for each other.
create table ledger_account (
    ledger_account_id bigint generated always as identity primary key,
    seller_id bigint         not null references partner,
    buyer_id  bigint         not null references partner,
    currency  text           not null references currency,
    kind      text           not null,
    balance   numeric(18, 4) not null default 0,
    constraint ledger_account_kind_is_known check (kind in ('receivable', 'revenue', 'tax', 'cash')),
    constraint an_account_exists_once unique (seller_id, buyer_id, currency, kind)
) with (fillfactor = 80);
comment on table ledger_account is 'One account of the double-entry ledger; its balance is kept by the statement that writes the entries. Debit is positive.';
create index ledger_account_by_buyer on ledger_account (buyer_id);

create table ledger_journal (
    ledger_journal_id bigint generated always as identity primary key,
    seller_id       bigint      not null references partner,
    buyer_id        bigint      not null references partner,
    currency        text        not null references currency,
    kind            text        not null,
    document_number text        not null,
    legal_number    text,
    happened_on     date        not null,
    recorded_at     timestamptz not null,
    person_id       bigint      references person,
    constraint ledger_journal_kind_is_known check (kind in ('invoice', 'credit_note', 'payment', 'payment_reversal')),
    constraint a_document_is_posted_once unique (document_number, kind)
);
comment on table ledger_journal is 'What happened, as the ledger has it: entries that sum to nothing. happened_on is the day it counts for, recorded_at when we learned of it.';
create index ledger_journal_of_pair on ledger_journal (seller_id, buyer_id, happened_on, ledger_journal_id);
create index ledger_journal_of_buyer on ledger_journal (buyer_id);

create table ledger_entry (
    ledger_entry_id   bigint generated always as identity primary key,
    ledger_journal_id bigint         not null references ledger_journal,
    ledger_account_id bigint         not null references ledger_account,
    amount            numeric(18, 4) not null,
    balance_after     numeric(18, 4) not null,
    constraint a_journal_names_an_account_once unique (ledger_journal_id, ledger_account_id)
);
comment on table ledger_entry is 'What a journal puts on an account, debit positive, credit negative, and what the account came to.';
create index ledger_entry_of_account on ledger_entry (ledger_account_id, ledger_entry_id);

create table legal_number_series (
    seller_id   bigint  not null references partner,
    kind        text    not null,
    fiscal_year integer not null,
    last_number integer not null,
    primary key (seller_id, kind, fiscal_year),
    constraint legal_number_series_kind_is_known check (kind in ('invoice', 'credit_note'))
);
comment on table legal_number_series is 'The last legal number of a seller and year; taken in the transaction of the document, so that none is ever missing.';

create table invoice (
    invoice_id        bigint generated always as identity primary key,
    number            text           not null unique,
    legal_number      text           not null,
    fiscal_year       integer        not null,
    sequence          integer        not null,
    seller_id         bigint         not null references partner,
    buyer_id          bigint         not null references partner,
    purchase_order_id bigint         not null references purchase_order,
    shipment_id       bigint         not null references shipment,
    currency          text           not null references currency,
    issued_on         date           not null,
    due_on            date           not null,
    days_net          integer        not null,
    end_of_month      boolean        not null,
    net_amount        numeric(18, 4) not null,
    tax_amount        numeric(18, 4) not null,
    gross_amount      numeric(18, 4) not null,
    parties           jsonb          not null,
    person_id         bigint         references person,
    recorded_at       timestamptz    not null,
    constraint a_shipment_is_invoiced_once unique (shipment_id),
    constraint an_invoice_has_its_own_legal_number unique (seller_id, fiscal_year, sequence),
    constraint an_invoice_is_net_and_tax check (gross_amount = net_amount + tax_amount and net_amount >= 0 and tax_amount >= 0),
    constraint an_invoice_is_not_due_before_its_day check (due_on >= issued_on)
);
comment on table invoice is 'The seller''s invoice (发票) of one shipment, made in the shipment''s transaction and never changed.';
create unique index a_legal_number_is_used_once_by_a_seller on invoice (seller_id, legal_number);
create index invoice_by_order on invoice (purchase_order_id);
create index invoice_by_seller on invoice (seller_id, issued_on desc, invoice_id desc);
create index invoice_by_buyer on invoice (buyer_id, issued_on desc, invoice_id desc);

create table invoice_line (
    invoice_line_id        bigint generated always as identity primary key,
    invoice_id             bigint         not null references invoice,
    seller_id              bigint         not null references partner,
    buyer_id               bigint         not null references partner,
    line_number            integer        not null,
    shipment_line_id       bigint         not null references shipment_line,
    purchase_order_line_id bigint         not null references purchase_order_line,
    product_id             bigint         not null references product,
    sku                    text           not null,
    name                   text           not null,
    name_zh                text           not null,
    unit                   text           not null,
    quantity               integer        not null,
    unit_price             numeric(18, 4) not null,
    net_amount             numeric(18, 4) not null,
    tax_rule_id            bigint         not null references tax_rule,
    tax_class              text           not null,
    tax_rate               numeric(6, 4)  not null,
    treatment              text           not null,
    tax_reason             text           not null,
    tax_reason_zh          text           not null,
    tax_amount             numeric(18, 4) not null,
    constraint an_invoice_line_number_is_used_once unique (invoice_id, line_number),
    constraint a_shipment_line_is_invoiced_once unique (shipment_line_id),
    constraint an_invoice_line_has_a_quantity check (quantity > 0),
    constraint invoiced_amounts_are_not_negative check (net_amount >= 0 and tax_amount >= 0)
);
comment on table invoice_line is 'What a shipment line costs, with the words, the price and the tax rule of its day.';
create index invoice_line_of_order_line on invoice_line (purchase_order_line_id);

create table credit_note (
    credit_note_id bigint generated always as identity primary key,
    number         text           not null unique,
    legal_number   text           not null,
    fiscal_year    integer        not null,
    sequence       integer        not null,
    seller_id      bigint         not null references partner,
    buyer_id       bigint         not null references partner,
    invoice_id     bigint         not null references invoice,
    currency       text           not null references currency,
    kind           text           not null,
    reason         text           not null,
    issued_on      date           not null,
    net_amount     numeric(18, 4) not null,
    tax_amount     numeric(18, 4) not null,
    gross_amount   numeric(18, 4) not null,
    person_id      bigint         references person,
    recorded_at    timestamptz    not null,
    constraint credit_note_kind_is_known check (kind in ('whole', 'lines', 'amount')),
    constraint a_credit_note_has_its_own_legal_number unique (seller_id, fiscal_year, sequence),
    constraint a_credit_note_has_a_reason check (char_length(reason) between 1 and 1000),
    constraint a_credit_note_is_net_and_tax check (gross_amount = net_amount + tax_amount and gross_amount > 0 and net_amount >= 0 and tax_amount >= 0)
);
comment on table credit_note is 'What a seller takes back of an invoice (红字冲销): all of it, lines by quantity, or an amount; always with a reason.';
create index credit_note_by_invoice on credit_note (invoice_id);
create index credit_note_by_buyer on credit_note (buyer_id, issued_on desc);

create table credit_note_line (
    credit_note_id  bigint         not null references credit_note,
    invoice_line_id bigint         not null references invoice_line,
    seller_id       bigint         not null references partner,
    buyer_id        bigint         not null references partner,
    quantity        integer        not null,
    net_amount      numeric(18, 4) not null,
    tax_amount      numeric(18, 4) not null,
    primary key (credit_note_id, invoice_line_id),
    constraint a_credited_quantity_is_not_negative check (quantity >= 0 and net_amount >= 0 and tax_amount >= 0)
);
comment on table credit_note_line is 'How much of an invoice line a credit note takes back; quantity 0 where only money goes back.';
create index credit_note_line_of_invoice_line on credit_note_line (invoice_line_id);

create table payment (
    payment_id     bigint generated always as identity primary key,
    number         text           not null unique,
    seller_id      bigint         not null references partner,
    buyer_id       bigint         not null references partner,
    currency       text           not null references currency,
    amount         numeric(18, 4) not null,
    paid_on        date           not null,
    payer          text,
    reference      text,
    bank_reference text,
    source         text           not null,
    person_id      bigint         references person,
    recorded_at    timestamptz    not null,
    constraint a_payment_is_of_something check (amount > 0),
    constraint a_payment_comes_from_the_screen_a_program_or_a_file check (source in ('typed', 'api', 'file')),
    constraint payment_texts_are_short check (char_length(payer) between 1 and 200 and char_length(reference) between 1 and 300 and char_length(bank_reference) between 1 and 100)
);
comment on table payment is 'Money a buyer paid to a seller (回款). A wrong one is reversed, never changed.';
-- The same transfer twice, whoever enters it and from whatever file.
create unique index a_payment_is_entered_once on payment (seller_id, buyer_id, currency, paid_on, amount, coalesce(reference, ''), coalesce(bank_reference, ''));
create index payment_by_seller on payment (seller_id, paid_on desc, payment_id desc);
create index payment_by_buyer on payment (buyer_id, paid_on desc, payment_id desc);

create table payment_reversal (
    payment_reversal_id bigint generated always as identity primary key,
    number      text        not null unique,
    payment_id  bigint      not null references payment,
    seller_id   bigint      not null references partner,
    buyer_id    bigint      not null references partner,
    happened_on date        not null,
    reason      text        not null,
    person_id   bigint      references person,
    recorded_at timestamptz not null,
    constraint a_payment_is_reversed_once unique (payment_id),
    constraint a_reversal_has_a_reason check (char_length(reason) between 1 and 1000)
);
comment on table payment_reversal is 'A payment taken back: it bounced, or was entered by mistake.';

create table open_item (
    open_item_id        bigint generated always as identity primary key,
    seller_id           bigint         not null references partner,
    buyer_id            bigint         not null references partner,
    currency            text           not null references currency,
    side                text           not null,
    kind                text           not null,
    number              text           not null unique,
    legal_number        text,
    invoice_id          bigint         references invoice,
    credit_note_id      bigint         references credit_note,
    payment_id          bigint         references payment,
    payment_reversal_id bigint         references payment_reversal,
    happened_on         date           not null,
    due_on              date           not null,
    recorded_at         timestamptz    not null,
    amount              numeric(18, 4) not null,
    open_amount         numeric(18, 4) not null,
    constraint an_open_item_is_of_one_document check (num_nonnulls(invoice_id, credit_note_id, payment_id, payment_reversal_id) = 1),
    constraint invoices_and_reversals_are_owed check ((side = 'debit') = (kind in ('invoice', 'payment_reversal')) and side in ('debit', 'credit')),
    constraint open_item_kind_is_known check (kind in ('invoice', 'credit_note', 'payment', 'payment_reversal')),
    constraint no_more_is_matched_than_is_open check (open_amount between 0 and amount)
) with (fillfactor = 80);
comment on table open_item is 'What is still open of each document; kept by the statement that matches (settlement), as a balance is by its entries.';
create index open_item_of_pair on open_item (seller_id, buyer_id, currency, due_on) where open_amount > 0;
create index open_item_of_pair_at_a_day on open_item (seller_id, buyer_id, happened_on);
create index open_item_of_buyer on open_item (buyer_id);
create unique index open_item_of_invoice on open_item (invoice_id) where invoice_id is not null;
create unique index open_item_of_credit_note on open_item (credit_note_id) where credit_note_id is not null;
create unique index open_item_of_payment on open_item (payment_id) where payment_id is not null;

create table settlement (
    settlement_id  bigint generated always as identity primary key,
    seller_id      bigint         not null references partner,
    buyer_id       bigint         not null references partner,
    debit_item_id  bigint         not null references open_item,
    credit_item_id bigint         not null references open_item,
    amount         numeric(18, 4) not null,
    how            text           not null,
    happened_on    date           not null,
    recorded_at    timestamptz    not null,
    reverses_id    bigint         references settlement,
    reason         text,
    person_id      bigint         references person,
    constraint settlement_way_is_known check (how in ('reference', 'amount', 'oldest', 'hand', 'credit_note', 'reversal')),
    constraint only_what_takes_back_is_negative check ((reverses_id is null) = (amount > 0) and amount <> 0),
    constraint a_settlement_is_taken_back_once unique (reverses_id),
    constraint whoever_unmatches_says_why check (reverses_id is null or char_length(reason) between 1 and 1000)
);
comment on table settlement is 'How much of a credit (payment, credit note) went to which debit (invoice); a wrong match is taken back by an opposite row.';
create index settlement_of_pair on settlement (seller_id, buyer_id);
create index settlement_of_buyer on settlement (buyer_id);
create index settlement_of_debit on settlement (debit_item_id);
create index settlement_of_credit on settlement (credit_item_id);

-- Shipments from before the portal kept the books have no invoice here.
create table books_begin (
    is_only          boolean primary key default true check (is_only),
    last_shipment_id bigint not null
);
comment on table books_begin is 'The last shipment that was sent before the portal invoiced: those up to it were invoiced elsewhere.';
insert into books_begin (last_shipment_id) select coalesce(max(shipment_id), 0) from shipment;

-- Credit (信用): how much a seller lends a buyer, and what stops an order.
create table credit_limit (
    credit_limit_id bigint generated always as identity primary key,
    seller_id   bigint         not null references partner,
    buyer_id    bigint         not null references partner,
    currency    text           not null references currency,
    amount      numeric(18, 4) not null,
    valid       daterange      not null,
    reason      text           not null,
    person_id   bigint         references person,
    set_at      timestamptz    not null,
    constraint a_credit_limit_is_not_negative check (amount >= 0),
    constraint a_credit_limit_holds_for_some_day check (not isempty(valid) and lower(valid) is not null),
    constraint a_credit_limit_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table credit_limit is 'A decision on a buyer''s limit; the latest one whose days fit holds. Without any there is no limit.';
create index credit_limit_of_pair on credit_limit (seller_id, buyer_id, currency, credit_limit_id desc);
create index credit_limit_of_buyer on credit_limit (buyer_id);

create table credit_account (
    seller_id bigint not null references partner,
    buyer_id  bigint not null references partner,
    currency  text   not null references currency,
    primary key (seller_id, buyer_id, currency)
);
comment on table credit_account is 'The row that orders of one buyer with a limit stand in line for, so that two cannot both fit into what is left.';

create table credit_hold (
    credit_hold_id bigint generated always as identity primary key,
    seller_id  bigint      not null references partner,
    buyer_id   bigint      not null references partner,
    reason     text        not null,
    person_id  bigint      references person,
    placed_at  timestamptz not null,
    constraint a_credit_hold_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table credit_hold is 'A seller stops a buyer by hand (冻结).';
create index credit_hold_of_pair on credit_hold (seller_id, buyer_id);
create index credit_hold_of_buyer on credit_hold (buyer_id);

create table credit_hold_end (
    credit_hold_id bigint primary key references credit_hold,
    seller_id  bigint      not null references partner,
    buyer_id   bigint      not null references partner,
    reason     text        not null,
    person_id  bigint      references person,
    ended_at   timestamptz not null,
    constraint the_end_of_a_hold_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table credit_hold_end is 'Who let the buyer go on, when and why.';

create table credit_policy (
    credit_policy_id bigint generated always as identity primary key,
    seller_id        bigint      not null references partner,
    checked_at       text[]      not null,
    counts_submitted boolean     not null,
    when_exceeded    text        not null,
    overdue_days     integer,
    reason           text        not null,
    person_id        bigint      references person,
    set_at           timestamptz not null,
    constraint credit_is_checked_at_known_points check (checked_at <@ array['submit', 'confirm', 'ship']),
    constraint too_much_is_refused_or_held check (when_exceeded in ('refuse', 'hold')),
    constraint overdue_days_are_days check (overdue_days between 0 and 365),
    constraint a_credit_policy_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table credit_policy is 'Where a seller checks credit, what counts, and what happens beyond it; the latest row holds. Without one: at the submission, with what is submitted, refused.';
create index credit_policy_of_seller on credit_policy (seller_id, credit_policy_id desc);

create table order_credit_hold (
    order_credit_hold_id bigint generated always as identity primary key,
    purchase_order_id bigint         not null references purchase_order,
    seller_id     bigint         not null references partner,
    buyer_id      bigint         not null references partner,
    point         text           not null,
    why           text           not null,
    limit_amount  numeric(18, 4),
    exposure      numeric(18, 4),
    order_amount  numeric(18, 4) not null,
    placed_at     timestamptz    not null,
    constraint an_order_is_held_at_a_known_point check (point in ('submit', 'confirm', 'ship')),
    constraint an_order_is_held_for_a_known_reason check (why in ('limit', 'overdue', 'hold'))
);
comment on table order_credit_hold is 'An order that waits for the seller''s finance, and the figures of that moment.';
create index order_credit_hold_of_order on order_credit_hold (purchase_order_id);
create index order_credit_hold_of_seller on order_credit_hold (seller_id);

create table order_credit_release (
    order_credit_hold_id bigint primary key references order_credit_hold,
    seller_id   bigint         not null references partner,
    buyer_id    bigint         not null references partner,
    up_to       numeric(18, 4) not null,
    reason      text           not null,
    person_id   bigint         references person,
    released_at timestamptz    not null,
    constraint a_credit_release_has_a_reason check (char_length(reason) between 1 and 500)
);
comment on table order_credit_release is 'Who let a held order pass, why, and up to what it may come to.';

-- Reminders (催款).
create table reminder_policy (
    reminder_policy_id bigint generated always as identity primary key,
    seller_id  bigint      not null references partner,
    level_days integer[]   not null,
    person_id  bigint      references person,
    set_at     timestamptz not null,
    constraint there_are_up_to_five_reminders check (cardinality(level_days) <= 5),
    constraint a_reminder_follows_an_overdue_day check (1 <= all (level_days) and 365 >= all (level_days))
);
comment on table reminder_policy is 'After how many overdue days a seller reminds, level by level; the latest row holds, and nobody reminds without one.';
create index reminder_policy_of_seller on reminder_policy (seller_id, reminder_policy_id desc);

create table reminder (
    reminder_id bigint generated always as identity primary key,
    number      text        not null unique,
    seller_id   bigint      not null references partner,
    buyer_id    bigint      not null references partner,
    level       integer     not null,
    sent_at     timestamptz not null
);
comment on table reminder is 'One mail to a buyer about what is overdue at one level.';
create index reminder_of_pair on reminder (seller_id, buyer_id, reminder_id desc);

create table reminder_item (
    reminder_id  bigint         not null references reminder,
    open_item_id bigint         not null references open_item,
    seller_id    bigint         not null references partner,
    buyer_id     bigint         not null references partner,
    level        integer        not null,
    open_amount  numeric(18, 4) not null,
    primary key (reminder_id, open_item_id),
    constraint an_invoice_is_reminded_of_once_at_a_level unique (open_item_id, level)
);
comment on table reminder_item is 'An invoice a reminder named, and what was open of it then.';

-- Orders that use up credit are looked for with every order of a buyer that has a limit.
create index purchase_order_counting_for_credit on purchase_order (buyer_id, seller_id) where status in ('submitted', 'confirmed', 'partially_shipped');

create function books_are_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The books are append-only; correct a document with an opposite one.' using errcode = 'insufficient_privilege';
end $$;

create function app_keeps_books_of(seller bigint) returns boolean language sql stable parallel safe as $$
    select app_is_system() or (seller = app_partner_id() and (app_has_role('finance') or app_has_role('brand_admin') or app_has_role('partner_admin')))
$$;
comment on function app_keeps_books_of(bigint) is 'True for those who keep this seller''s books: the brand''s finance and administrators, a partner''s administrators.';

-- Buyer and seller see what is between them, the brand sees all; nobody writes but through the functions of the books.
do $$
declare
    one text;
begin
    foreach one in array array['ledger_account', 'ledger_journal', 'invoice', 'invoice_line', 'credit_note', 'credit_note_line', 'payment', 'payment_reversal', 'open_item', 'settlement',
                               'payment_term', 'credit_limit', 'credit_account', 'credit_hold', 'credit_hold_end', 'order_credit_hold', 'order_credit_release', 'reminder', 'reminder_item'] loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        execute format('create policy %I on %I for select using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()))', one || '_is_seen_by_both_sides', one);
        execute format('create policy %I on %I to {schema}_definer using (true) with check (true)', one || '_is_kept_by_the_books', one);
        execute format('revoke insert, update, delete, truncate on %I from {schema}_app', one);
    end loop;
    -- What a seller keeps for itself: no buyer reads how it is judged, only what comes of it.
    foreach one in array array['credit_policy', 'reminder_policy', 'legal_number_series'] loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        execute format('create policy %I on %I for select using (seller_id = (select app_partner_id()) or (select app_is_brand()))', one || '_is_seen_by_the_seller', one);
        execute format('create policy %I on %I to {schema}_definer using (true) with check (true)', one || '_is_kept_by_the_books', one);
        execute format('revoke insert, update, delete, truncate on %I from {schema}_app', one);
    end loop;
    foreach one in array array['ledger_journal', 'ledger_entry', 'invoice', 'invoice_line', 'credit_note', 'credit_note_line', 'payment', 'payment_reversal', 'settlement',
                               'payment_term', 'credit_limit', 'credit_hold', 'credit_hold_end', 'credit_policy', 'order_credit_hold', 'order_credit_release', 'reminder', 'reminder_item'] loop
        execute format('create trigger %I before update or delete or truncate on %I for each statement execute function books_are_append_only()', one || '_stays', one);
    end loop;
end $$;

alter table ledger_entry enable row level security;
alter table ledger_entry force row level security;
create policy entries_are_seen_with_their_account on ledger_entry for select
    using (exists (select from ledger_account a where a.ledger_account_id = ledger_entry.ledger_account_id));
create policy entries_are_kept_by_the_books on ledger_entry to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on ledger_entry from {schema}_app;

alter table books_begin enable row level security;
alter table books_begin force row level security;
create policy the_beginning_is_known on books_begin for select using (true);
revoke insert, update, delete, truncate on books_begin from {schema}_app;

alter table tax_rule enable row level security;
alter table tax_rule force row level security;
create policy tax_rules_are_read_by_whoever_is_signed_in on tax_rule for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy tax_rules_are_kept_by_the_books on tax_rule to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on tax_rule from {schema}_app;

alter table product_tax_class enable row level security;
alter table product_tax_class force row level security;
create policy tax_classes_are_read_by_whoever_is_signed_in on product_tax_class for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy tax_classes_are_kept_by_the_books on product_tax_class to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on product_tax_class from {schema}_app;

-- Each journal sums to nothing, whoever writes it: looked at when the transaction ends.
create function a_journal_balances() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    if (select coalesce(sum(e.amount), 0) <> 0 or count(*) < 2 from ledger_entry e where e.ledger_journal_id = new.ledger_journal_id) then
        raise exception 'Journal % does not balance.', new.ledger_journal_id using errcode = 'check_violation', constraint = 'a_journal_balances';
    end if;
    return null;
end $$;
alter function a_journal_balances() owner to {schema}_definer;
create constraint trigger a_journal_balances after insert on ledger_journal deferrable initially deferred for each row execute function a_journal_balances();
create constraint trigger an_entry_leaves_its_journal_balanced after insert on ledger_entry deferrable initially deferred for each row execute function a_journal_balances();
