-- Special prices (特价): who works on an approved deal asks the brand for better prices of its products; the deal desk grants some, other ones, or none. Each request is a
-- revision that stays; what was granted holds from a day on until another takes its place, the deal ends, or its last day has come.
create table special_price_request (
    special_price_request_id bigint generated always as identity primary key,
    number       text        not null unique,
    deal_id      bigint      not null references deal,
    partner_id   bigint      not null references partner,
    seller_id    bigint      not null references partner,
    revision     integer     not null,
    currency     text        not null references currency,
    reason       text        not null,
    wanted_until date        not null,
    asked_by     bigint      references person,
    asked_at     timestamptz not null,
    granted      boolean,
    valid_until  date,
    answer       text,
    decided_by   bigint      references person,
    decided_at   timestamptz,
    constraint requests_of_a_deal_are_numbered unique (deal_id, revision),
    constraint a_special_price_is_asked_for_with_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint a_special_price_request_is_decided_once check ((granted is null) = (decided_at is null)),
    constraint a_refused_special_price_has_a_reason check (granted is distinct from false or char_length(btrim(coalesce(answer, ''))) > 0),
    constraint a_granted_special_price_has_a_last_day check (granted is distinct from true or valid_until is not null)
);
comment on table special_price_request is 'What a partner asked of the brand for the products of one of its deals, and what was decided; the next request of the deal is its next revision.';
comment on column special_price_request.seller_id is 'From whom the partner buys: the brand, or the company above it, which has its own word about its prices.';
create unique index one_open_special_price_request on special_price_request (deal_id) where granted is null;
create index special_price_request_by_partner on special_price_request (partner_id, special_price_request_id);
create index special_price_request_by_seller on special_price_request (seller_id);
create index special_price_request_by_asker on special_price_request (asked_by);
create index special_price_request_by_decider on special_price_request (decided_by);

create table special_price_line (
    special_price_request_id bigint  not null references special_price_request,
    line_number            integer   not null,
    partner_id             bigint    not null references partner,
    product_id             bigint    not null references product,
    quantity               integer   not null,
    usual_price            numeric(18, 4),
    wanted_price           numeric(18, 4),
    wanted_rate            numeric(7, 6),
    wanted_customer_price  numeric(18, 4),
    granted_quantity       integer,
    granted_price          numeric(18, 4),
    granted_customer_price numeric(18, 4),
    primary key (special_price_request_id, line_number),
    constraint a_product_is_asked_for_once unique (special_price_request_id, product_id),
    constraint some_pieces_are_asked_for check (quantity between 1 and 1000000 and granted_quantity between 1 and 1000000),
    constraint a_special_price_is_positive check (wanted_price > 0 and wanted_customer_price > 0 and granted_price > 0 and granted_customer_price > 0),
    constraint a_wanted_rate_is_a_share check (wanted_rate > 0 and wanted_rate < 1),
    constraint something_is_wanted check (wanted_price is not null or wanted_customer_price is not null)
);
comment on table special_price_line is 'A product of a request: how many at what price, what it cost when it was asked, and what was granted.';
comment on column special_price_line.wanted_price is 'What the partner wants to buy a piece at; where it asked for a share off, what that came to.';
comment on column special_price_line.wanted_customer_price is 'What it wants to offer a piece to the customer at.';
create index special_price_line_by_product on special_price_line (product_id);
create index special_price_line_by_partner on special_price_line (partner_id);

create table special_price (
    special_price_id bigint    generated always as identity primary key,
    special_price_request_id bigint not null references special_price_request,
    number           text      not null,
    revision         integer   not null,
    deal_id          bigint    not null references deal,
    deal_number      text      not null,
    partner_id       bigint    not null references partner,
    product_id       bigint    not null references product,
    trade            text      not null,
    buyer_id         bigint    references partner,
    seller_id        bigint    not null references partner,
    currency         text      not null references currency,
    unit_price       numeric(18, 4) not null,
    quantity         integer   not null,
    taken            integer   not null default 0,
    valid_until      date      not null,
    valid            daterange,
    agrees           boolean,
    said             text,
    said_by          bigint    references person,
    said_at          timestamptz,
    granted_at       timestamptz not null,
    constraint a_special_price_is_of_a_known_trade check (trade in ('purchase', 'offer', 'support')),
    constraint an_offer_has_no_buying_partner check ((trade = 'offer') = (buyer_id is null)),
    constraint a_granted_price_is_positive check (unit_price > 0 and quantity > 0),
    constraint a_special_price_is_not_taken_beyond_its_quantity check (taken between 0 and quantity),
    -- one that gave way before its first day keeps an empty range; one the seller has no word about yet has none
    constraint a_deal_has_one_special_price_at_a_time exclude using gist (deal_id with =, product_id with =, seller_id with =, coalesce(buyer_id, 0) with =, currency with =, valid with &&)
);
comment on table special_price is 'What a piece of a product costs for a deal: when its partner buys it (purchase), when it offers it to the customer (offer), when its seller buys it from the brand (support).';
comment on column special_price.valid is 'The days on which it holds; null until a seller that is not the brand has agreed to sell at it.';
comment on column special_price.taken is 'How many pieces orders have taken; kept by take_special_prices and give_back_special_prices.';
create index special_price_by_deal on special_price (deal_number);
create index special_price_by_request on special_price (special_price_request_id);
create index special_price_by_seller on special_price (seller_id);
create index special_price_by_buyer on special_price (buyer_id);
create index special_price_by_partner on special_price (partner_id);
create index special_price_by_product on special_price (product_id);
create index special_price_by_sayer on special_price (said_by);

revoke update, delete on special_price_request, special_price_line, special_price from {schema}_app;
grant update (granted, valid_until, answer, decided_by, decided_at) on special_price_request to {schema}_app;
grant update (granted_quantity, granted_price, granted_customer_price) on special_price_line to {schema}_app;
grant update (valid, agrees, said, said_by, said_at) on special_price to {schema}_app;

alter table special_price_request enable row level security;
alter table special_price_request force row level security;
create policy special_prices_are_asked_for_between_two on special_price_request for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy special_prices_are_asked_for_by_the_partner on special_price_request for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy special_prices_are_decided_by_the_deal_desk on special_price_request for update using ((select app_has_role('deal_desk')) or (select app_is_system()));

alter table special_price_line enable row level security;
alter table special_price_line force row level security;
create policy special_price_lines_are_read_between_two on special_price_line for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy special_price_lines_are_asked_for_by_the_partner on special_price_line for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy special_price_lines_are_decided_by_the_deal_desk on special_price_line for update using ((select app_has_role('deal_desk')) or (select app_is_system()));

alter table special_price enable row level security;
alter table special_price force row level security;
create policy special_prices_are_heard_by_both_sides on special_price for select using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy special_prices_are_granted_by_the_deal_desk on special_price for insert with check ((select app_has_role('deal_desk')) or (select app_is_system()));
create policy special_prices_are_agreed_to_by_the_seller on special_price for update
    using (seller_id = (select app_partner_id()) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy special_prices_are_known_to_the_definer on special_price for select to {schema}_definer using (true);
create policy special_prices_are_counted_by_the_definer on special_price for update to {schema}_definer using (true);
grant select, update on special_price to {schema}_definer;

-- The special prices of a deal for one trade on a day, handed over with the other facts of a price. It answers across tenants, so it asks first: the buyer and the seller of the trade, the brand.
create function special_price_facts(of_deal text, buyer bigint, seller bigint, price_currency text, on_date date)
returns table (special_deal text, special_known boolean, special_ids bigint[], special_products bigint[], special_prices numeric[], special_revisions integer[], special_quantities integer[], special_taken integer[])
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select of_deal, count(*) > 0,
           array_agg(s.special_price_id order by s.special_price_id) filter (where h.holds), array_agg(s.product_id order by s.special_price_id) filter (where h.holds), array_agg(s.unit_price order by s.special_price_id) filter (where h.holds),
           array_agg(s.revision order by s.special_price_id) filter (where h.holds), array_agg(s.quantity order by s.special_price_id) filter (where h.holds), array_agg(s.taken order by s.special_price_id) filter (where h.holds)
    from special_price s
    join deal d on d.deal_id = s.deal_id
    join product p on p.product_id = s.product_id
    -- a won deal is bought for; one that is lost, given up or over has no special prices from that day on, nor has a line that somebody else was given
    cross join lateral (
        select coalesce(s.valid @> on_date
            and (d.status in ('approved', 'converted', 'won') or brand_day(d.closed_at) > on_date)
            and (d.status = 'won' or d.protected_until is null or brand_day(d.protected_until) > on_date)
            and exists (select from deal_product_line l where l.deal_id = s.deal_id and l.product_line_id = p.product_line_id and (l.lost_at is null or brand_day(l.lost_at) > on_date)), false) as holds) h
    where s.deal_number = of_deal and s.buyer_id is not distinct from special_price_facts.buyer and s.seller_id = special_price_facts.seller and s.currency = price_currency
      and (app_is_brand() or app_is_system() or app_partner_id() in (special_price_facts.buyer, special_price_facts.seller))
$$;
comment on function special_price_facts(text, bigint, bigint, text, date) is 'What a deal''s special prices are for a buyer, or null for the customer of the deal, on a day. One row always; nothing in it where there are none for this trade.';
alter function special_price_facts(text, bigint, bigint, text, date) owner to {schema}_definer;

-- What an order takes is counted when it goes to the seller, in its transaction; the check beside the quantity has the last word, however many come at once.
create function take_special_prices(buyer bigint, prices bigint[], pieces integer[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not (app_is_system() or take_special_prices.buyer = app_partner_id()) then
        raise exception 'Special prices are taken by who buys.' using errcode = 'insufficient_privilege';
    end if;
    -- in one order, so that nobody waits for somebody who waits for him
    perform from special_price s where s.special_price_id = any (prices) order by s.special_price_id for no key update;
    update special_price s set taken = s.taken + g.pieces
    from unnest(take_special_prices.prices, take_special_prices.pieces) as g (special_price_id, pieces)
    where s.special_price_id = g.special_price_id and s.buyer_id = take_special_prices.buyer;
end $$;
comment on function take_special_prices(bigint, bigint[], integer[]) is 'Counts the pieces that an order takes at special prices; refused by the constraint where more would be taken than were granted.';
alter function take_special_prices(bigint, bigint[], integer[]) owner to {schema}_definer;

create function give_back_special_prices(prices bigint[], pieces integer[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform from special_price s where s.special_price_id = any (prices) order by s.special_price_id for no key update;
    update special_price s set taken = s.taken - g.pieces
    from unnest(give_back_special_prices.prices, give_back_special_prices.pieces) as g (special_price_id, pieces)
    where s.special_price_id = g.special_price_id;
end $$;
comment on function give_back_special_prices(bigint[], integer[]) is 'Gives back what an order took at special prices; called by the trigger of an order that does not come about.';
alter function give_back_special_prices(bigint[], integer[]) owner to {schema}_definer;
revoke all on function give_back_special_prices(bigint[], integer[]) from public;
grant execute on function give_back_special_prices(bigint[], integer[]) to {schema}_definer;
