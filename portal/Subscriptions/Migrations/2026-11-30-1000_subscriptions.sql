-- Subscriptions (订阅): what is sold for a time. How a product is sold by the term, what runs for whom, in which parts it was bought, and what became of it.
create table product_term (
    product_id    bigint      primary key references product,
    months        integer[]   not null,
    other_lengths boolean     not null default false,
    renews        text        not null default 'offer',
    notice_days   integer     not null default 30,
    co_terminates boolean     not null default true,
    changed_at    timestamptz not null,
    constraint terms_are_offered_by_their_length check (cardinality(months) between 1 and 12 and 1 <= all (months) and 120 >= all (months)),
    constraint how_a_term_renews_is_known check (renews in ('auto', 'offer', 'ends')),
    constraint notice_days_are_bounded check (notice_days between 0 and 365)
);
comment on table product_term is 'A product sold by the term: its prices are for a month or a year, as its unit says. months are the lengths offered, the usual one first; renews says what happens at the end: it goes on (auto), is offered anew (offer) or ends.';

create table subscription (
    subscription_id bigint      generated always as identity primary key,
    number          text        not null unique,
    seller_id       bigint      not null references partner,
    end_customer_id bigint      references end_customer,
    buyer_id        bigint      references partner,
    product_id      bigint      not null references product,
    currency        text        not null references currency,
    starts_on       date        not null,
    term_starts_on  date        not null,
    ends_on         date        not null,
    term_months     integer     not null,
    renews          text        not null,
    notice_days     integer     not null,
    next_quantity   integer,
    cancelled_at    timestamptz,
    owner_id        bigint      references person,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    version         integer     not null default 1,
    constraint a_subscription_is_of_a_customer_or_a_partner check (num_nonnulls(end_customer_id, buyer_id) = 1),
    constraint a_term_follows_its_start check (starts_on <= term_starts_on and term_starts_on <= ends_on),
    constraint the_months_of_a_subscription_are_bounded check (term_months between 1 and 120),
    constraint how_a_subscription_renews_is_known check (renews in ('auto', 'offer', 'ends')),
    constraint the_next_quantity_is_some check (next_quantity between 1 and 1000000),
    constraint a_subscription_is_known_with_its_seller unique (number, seller_id),
    constraint a_subscription_is_known_with_its_buyer unique (number, buyer_id)
);
comment on table subscription is 'Something a customer, or a partner, has for a time. starts_on is its very first day; term_starts_on and ends_on are the last term that was bought; next_quantity is how many the next term begins with where that is less than runs.';
create index subscription_by_seller on subscription (seller_id, ends_on, subscription_id);
create index subscription_by_customer on subscription (end_customer_id) where end_customer_id is not null;
create index subscription_by_buyer on subscription (buyer_id) where buyer_id is not null;
create index subscription_by_product on subscription (product_id);
create index subscription_by_owner on subscription (owner_id) where owner_id is not null;

create table subscription_part (
    subscription_part_id   bigint         generated always as identity primary key,
    subscription_id        bigint         not null references subscription,
    seller_id              bigint         not null references partner,
    buyer_id               bigint         references partner,
    kind                   text           not null,
    quantity               integer        not null,
    starts_on              date           not null,
    ends_on                date           not null,
    unit_price             numeric(18, 4) not null,
    amount                 numeric(18, 4) not null,
    quote_line_id          bigint         references quote_line,
    purchase_order_line_id bigint         references purchase_order_line,
    source                 text,
    made_at                timestamptz    not null,
    constraint the_kind_of_a_part_is_known check (kind in ('begin', 'addition', 'renewal')),
    constraint a_part_is_of_some_pieces check (quantity between 1 and 1000000),
    constraint a_part_lasts check (starts_on <= ends_on),
    constraint a_part_comes_from_one_line check (num_nonnulls(quote_line_id, purchase_order_line_id) <= 1),
    constraint a_quote_line_is_taken_up_once unique (quote_line_id),
    constraint an_order_line_is_taken_up_once unique (purchase_order_line_id),
    -- What was added runs beside its term; terms follow each other.
    constraint terms_of_a_subscription_do_not_overlap exclude using gist (subscription_id with =, daterange(starts_on, ends_on, '[]') with &&) where (kind <> 'addition')
);
comment on table subscription_part is 'What was bought of a subscription at once: its first term, more pieces until the end of a term, or the next term; at the price of one piece over all of that time. source is the number of the quote or order; none where it went on by itself.';
create index subscription_part_by_subscription on subscription_part (subscription_id, starts_on);
create index subscription_part_by_seller on subscription_part (seller_id);
create index subscription_part_by_buyer on subscription_part (buyer_id) where buyer_id is not null;

create table subscription_event (
    subscription_event_id bigint      generated always as identity primary key,
    subscription_id       bigint      not null references subscription,
    seller_id             bigint      not null references partner,
    buyer_id              bigint      references partner,
    kind                  text        not null,
    effective_on          date        not null,
    quantity              integer,
    source                text,
    reason                text,
    person_id             bigint      references person,
    happened_at           timestamptz not null,
    constraint what_became_of_a_subscription_is_known check (kind in ('begun', 'added', 'reduced', 'offered', 'renewed', 'went_on', 'cancelled', 'kept', 'ended')),
    constraint a_cancelled_subscription_has_a_reason check (kind <> 'cancelled' or char_length(btrim(reason)) between 1 and 1000)
);
comment on table subscription_event is 'What became of a subscription, when and by whom; nothing is taken out.';
create index subscription_event_by_subscription on subscription_event (subscription_id, subscription_event_id);
create index subscription_event_by_seller on subscription_event (seller_id);
create index subscription_event_by_buyer on subscription_event (buyer_id) where buyer_id is not null;
create index subscription_event_by_person on subscription_event (person_id) where person_id is not null;
create unique index the_end_of_a_term_is_told_once on subscription_event (subscription_id, effective_on) where kind = 'ended';

create table subscription_renewal (
    subscription_id   bigint      not null references subscription,
    ends_on           date        not null,
    seller_id         bigint      not null references partner,
    buyer_id          bigint      references partner,
    quote_id          bigint      references quote,
    purchase_order_id bigint      references purchase_order,
    problem           text,
    made_at           timestamptz not null,
    constraint a_term_is_offered_anew_once primary key (subscription_id, ends_on),
    constraint a_renewal_is_offered_one_way check (num_nonnulls(quote_id, purchase_order_id, problem) = 1)
);
comment on table subscription_renewal is 'The offer of the next term: a draft quote for a customer, a draft order for a partner that buys; or why there is none. Once for each term.';
create index subscription_renewal_by_quote on subscription_renewal (quote_id) where quote_id is not null;
create index subscription_renewal_by_order on subscription_renewal (purchase_order_id) where purchase_order_id is not null;
create index subscription_renewal_by_seller on subscription_renewal (seller_id);

alter table product_term enable row level security;
alter table product_term force row level security;
create policy product_terms_are_read_by_whoever_is_signed_in on product_term for select using ((select app_partner_id()) is not null or (select app_is_brand()) or (select app_is_system()));
create policy product_terms_are_kept_by_the_brand on product_term
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy product_terms_are_known_to_the_definer on product_term for select to {schema}_definer using (true);
revoke truncate on product_term from {schema}_app;

alter table subscription enable row level security;
alter table subscription force row level security;
create policy subscriptions_are_seen_by_both_sides on subscription for select
    using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy subscriptions_are_kept_by_their_seller on subscription for update
    using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system()))
    with check (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy subscriptions_are_taken_up_by_the_definer on subscription to {schema}_definer using (true) with check (true);
-- What was bought comes of quotes and orders alone.
revoke insert, update, delete, truncate on subscription from {schema}_app;
grant update (next_quantity, cancelled_at, updated_at, version) on subscription to {schema}_app;

alter table subscription_part enable row level security;
alter table subscription_part force row level security;
create policy parts_are_seen_with_their_subscription on subscription_part for select
    using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy parts_are_taken_up_by_the_definer on subscription_part to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on subscription_part from {schema}_app;

alter table subscription_event enable row level security;
alter table subscription_event force row level security;
create policy events_are_seen_with_their_subscription on subscription_event for select
    using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy events_are_added_by_both_sides on subscription_event for insert with check (
    exists (select from subscription s where s.subscription_id = subscription_event.subscription_id and s.seller_id = subscription_event.seller_id and s.buyer_id is not distinct from subscription_event.buyer_id)
    and (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system())));
create policy events_are_added_by_the_definer on subscription_event to {schema}_definer using (true) with check (true);
revoke update, delete, truncate on subscription_event from {schema}_app;

alter table subscription_renewal enable row level security;
alter table subscription_renewal force row level security;
create policy renewals_are_seen_with_their_subscription on subscription_renewal for select
    using (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy renewals_are_offered_by_both_sides on subscription_renewal for insert with check (
    exists (select from subscription s where s.subscription_id = subscription_renewal.subscription_id and s.seller_id = subscription_renewal.seller_id and s.buyer_id is not distinct from subscription_renewal.buyer_id)
    and (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system())));
create policy renewals_are_known_to_the_definer on subscription_renewal for select to {schema}_definer using (true);
-- What could not be offered can be tried again; what was offered stays.
create policy renewals_are_tried_again_by_both_sides on subscription_renewal for update
    using (problem is not null and (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system())))
    with check (seller_id = (select app_partner_id()) or buyer_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on subscription_renewal from {schema}_app;
grant update (quote_id, purchase_order_id, problem, made_at) on subscription_renewal to {schema}_app;
