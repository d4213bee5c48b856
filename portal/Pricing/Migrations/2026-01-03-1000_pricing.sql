-- Pricing (价格): exchange rates, price books, volume breaks and promotions. Everything is effective-dated and what has held once is not
-- rewritten, so that a price of an earlier day can be computed again.
create table exchange_rate (
    exchange_rate_id bigint generated always as identity primary key,
    currency   text            not null references currency,
    valid_from date            not null,
    rate       numeric(20, 10) not null,
    entered_at timestamptz     not null,
    constraint a_rate_holds_from_one_day unique (currency, valid_from),
    constraint a_rate_is_positive check (rate > 0)
);
comment on table exchange_rate is 'What one unit of a currency is worth in the brand''s currency from a day on, until the next rate.';

create table price_book (
    price_book_id bigint generated always as identity primary key,
    seller_id     bigint    not null references partner,
    code          text      not null,
    name          text      not null,
    name_zh       text,
    kind          text      not null,
    currency      text      not null references currency,
    audience      text      not null default 'partners',
    partner_level text,
    tier          integer,
    buyer_id      bigint    references partner,
    valid         daterange not null,
    priority      integer   not null default 0,
    created_at    timestamptz not null,
    version       integer   not null default 1,
    constraint a_price_book_code_is_the_sellers_own unique (seller_id, code),
    constraint a_price_book_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9._-]{0,31}$'),
    constraint a_price_book_has_a_name check (name = btrim(name) and char_length(name) between 1 and 200),
    constraint price_book_kind_is_known check (kind in ('list', 'net')),
    constraint price_book_audience_is_known check (audience in ('partners', 'end_customers', 'everyone')),
    constraint price_book_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint a_tier_counts_from_the_brand check (tier between 1 and 99),
    constraint a_list_is_for_everyone check (kind = 'net' or (audience = 'everyone' and partner_level is null and tier is null and buyer_id is null)),
    constraint a_book_for_one_buyer_names_nothing_else check (buyer_id is null or (audience = 'partners' and partner_level is null and tier is null)),
    constraint only_partners_have_levels_and_tiers check (audience = 'partners' or (partner_level is null and tier is null)),
    constraint a_seller_has_one_list_at_a_time exclude using gist (seller_id with =, currency with =, valid with &&) where (kind = 'list')
);
comment on table price_book is 'A seller''s prices in one currency: its list (kind list), or the net prices (kind net) of a level, a tier, one buyer or everybody.';
create index price_book_by_buyer on price_book (buyer_id) where buyer_id is not null;

create table price_book_entry (
    price_book_entry_id bigint generated always as identity primary key,
    price_book_id bigint         not null references price_book,
    product_id    bigint         not null references product,
    unit_price    numeric(18, 4) not null,
    valid         daterange      not null,
    created_at    timestamptz    not null,
    constraint a_price_is_not_negative check (unit_price >= 0),
    -- an entry replaced before its first day keeps an empty range: it never held, and it is not deleted
    constraint a_product_has_one_price_at_a_time exclude using gist (price_book_id with =, product_id with =, valid with &&)
);
comment on table price_book_entry is 'What one product costs in one book during a time; a new price ends the old entry and adds another.';
create index price_book_entry_by_product on price_book_entry (product_id, price_book_id);

create table price_rule (
    price_rule_id   bigint generated always as identity primary key,
    seller_id       bigint         not null references partner,
    code            text           not null,
    name            text           not null,
    name_zh         text,
    kind            text           not null,
    reason          text,
    discount_rate   numeric(7, 6)  not null,
    min_quantity    numeric(18, 3) not null default 0,
    max_quantity    numeric(18, 3),
    audience        text           not null,
    covers          text           not null,
    product_line_id bigint         references product_line,
    whole_channel   boolean        not null default false,
    valid           daterange      not null,
    created_at      timestamptz    not null,
    version         integer        not null default 1,
    constraint a_price_rule_code_is_the_sellers_own unique (seller_id, code),
    constraint a_price_rule_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9._-]{0,31}$'),
    constraint a_price_rule_has_a_name check (name = btrim(name) and char_length(name) between 1 and 200),
    constraint price_rule_kind_is_known check (kind in ('volume', 'promotion')),
    constraint a_discount_is_a_share check (discount_rate between 0 and 1),
    constraint quantities_begin_before_they_end check (min_quantity >= 0 and (max_quantity is null or max_quantity >= min_quantity)),
    constraint price_rule_audience_is_known check (audience in ('partners', 'end_customers', 'everyone')),
    constraint price_rule_cover_is_known check (covers in ('all', 'line', 'products')),
    constraint a_line_is_named_where_it_is_meant check ((covers = 'line') = (product_line_id is not null))
);
comment on table price_rule is 'A percentage off: a volume break or a promotion of one seller; of the brand''s, those for the whole channel hold whoever sells.';
create index price_rule_by_seller on price_rule (seller_id, kind);

create table price_rule_product (
    price_rule_id bigint not null references price_rule on delete cascade,
    product_id    bigint not null references product,
    primary key (product_id, price_rule_id)
);
comment on table price_rule_product is 'The products of a price rule that covers named products.';
create index price_rule_product_by_rule on price_rule_product (price_rule_id);

-- Terms are not rewritten: a price changes by ending the old entry and adding a new one. What may still change is named here.
revoke update, delete on price_book, price_book_entry, price_rule, price_rule_product from {schema}_app;
grant update (name, name_zh, valid, priority, version) on price_book to {schema}_app;
grant update (valid) on price_book_entry to {schema}_app;
grant update (name, name_zh, valid, version) on price_rule to {schema}_app;

alter table exchange_rate enable row level security;
alter table exchange_rate force row level security;
create policy rates_are_read_by_whoever_is_signed_in on exchange_rate for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy rates_are_kept_by_finance on exchange_rate
    using ((select app_has_role('finance')) or (select app_has_role('brand_admin')))
    with check ((select app_has_role('finance')) or (select app_has_role('brand_admin')));

-- A seller sees and keeps its own prices, the brand sees all. A buyer learns a price only by asking price_lines for it.
create function app_keeps_prices_of(seller bigint) returns boolean language sql stable parallel safe as $$
    select app_is_system() or (seller = app_partner_id() and (app_has_role('brand_admin') or app_has_role('deal_desk') or app_has_role('partner_admin')))
$$;
comment on function app_keeps_prices_of(bigint) is 'True for those who keep this seller''s price books: the brand''s administrators and deal desk, a partner''s administrators.';

alter table price_book enable row level security;
alter table price_book force row level security;
create policy price_books_are_read_by_the_seller on price_book for select using (seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy price_books_are_added_by_the_seller on price_book for insert with check (app_keeps_prices_of(seller_id));
create policy price_books_are_kept_by_the_seller on price_book for update using (app_keeps_prices_of(seller_id)) with check (app_keeps_prices_of(seller_id));
create policy price_books_are_known_to_the_definer on price_book for select to {schema}_definer using (true);

alter table price_book_entry enable row level security;
alter table price_book_entry force row level security;
create policy prices_are_read_with_their_book on price_book_entry for select using (price_book_id in (select b.price_book_id from price_book b));
create policy prices_are_added_by_the_seller on price_book_entry for insert
    with check (price_book_id in (select b.price_book_id from price_book b where app_keeps_prices_of(b.seller_id)));
create policy prices_are_kept_by_the_seller on price_book_entry for update
    using (price_book_id in (select b.price_book_id from price_book b where app_keeps_prices_of(b.seller_id)));
create policy prices_are_known_to_the_definer on price_book_entry for select to {schema}_definer using (true);

alter table price_rule enable row level security;
alter table price_rule force row level security;
create policy price_rules_are_read_by_the_seller on price_rule for select using (seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy price_rules_are_added_by_the_seller on price_rule for insert
    with check (app_keeps_prices_of(seller_id) and (not whole_channel or (select app_is_brand())));
create policy price_rules_are_kept_by_the_seller on price_rule for update using (app_keeps_prices_of(seller_id)) with check (app_keeps_prices_of(seller_id));
create policy price_rules_are_known_to_the_definer on price_rule for select to {schema}_definer using (true);

alter table price_rule_product enable row level security;
alter table price_rule_product force row level security;
create policy rule_products_are_read_with_their_rule on price_rule_product for select using (price_rule_id in (select r.price_rule_id from price_rule r));
create policy rule_products_are_added_by_the_seller on price_rule_product for insert
    with check (price_rule_id in (select r.price_rule_id from price_rule r where app_keeps_prices_of(r.seller_id)));
create policy rule_products_are_known_to_the_definer on price_rule_product for select to {schema}_definer using (true);

create function rate_to_brand(currency text, day date) returns numeric language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select case when rate_to_brand.currency = (select b.currency from partner b where b.partner_type = 'brand') then 1
                else (select r.rate from exchange_rate r
                      where r.currency = rate_to_brand.currency and r.valid_from <= rate_to_brand.day
                      order by r.valid_from desc limit 1) end
$$;
comment on function rate_to_brand(text, date) is 'What one unit of the currency was worth in the brand''s currency on that day; null where finance entered no rate.';
create policy rates_are_known_to_the_definer on exchange_rate for select to {schema}_definer using (true);
alter function rate_to_brand(text, date) owner to {schema}_definer;

-- The price of many lines at once. Answers across tenants (a buyer is told the price out of books it may not read), so it first asks
-- whether the caller may hear it: the buyer and the seller of a direct trade, the seller of an end customer, the brand.
-- Steps: list, book, volume, promotion; see portal/Pricing/README.md.
create function price_lines(buyer bigint, seller bigint, price_currency text, on_date date, skus text[], quantities numeric[])
returns table (
    line integer, sku text, quantity numeric, refusal text,
    product_id bigint, name text, name_zh text, unit text, minor_units integer, unit_price numeric, line_amount numeric,
    list_rule text, list_version integer, list_label text, list_label_zh text, list_price numeric,
    book_rule text, book_version integer, book_label text, book_label_zh text, book_price numeric,
    volume_rule text, volume_version integer, volume_label text, volume_label_zh text, volume_rate numeric, volume_price numeric,
    promotion_rule text, promotion_version integer, promotion_label text, promotion_label_zh text, promotion_rate numeric, promotion_price numeric)
language plpgsql stable security definer set search_path = {schema}, public, pg_temp
-- The rows to look at are fetched by "= any" first and hashed then. The planner cannot know how many lines are asked for and would
-- nest loops that take a second for 1,000 lines.
set enable_nestloop = off set jit = off as $$
#variable_conflict use_column
begin
return query
with trade as materialized (
    select brand.partner_id as brand_id, s.partner_id as seller_id, b.partner_id as buyer_id, b.partner_level, place.distance as tier,
           case when price_lines.buyer is null then 'end_customers' else 'partners' end as audience, c.code as currency, c.minor_units
    from partner s
    join partner brand on brand.partner_type = 'brand'
    join currency c on c.code = price_lines.price_currency
    left join partner b on b.partner_id = price_lines.buyer
    left join partner_line place on place.ancestor_id = brand.partner_id and place.partner_id = b.partner_id
    where s.partner_id = price_lines.seller
      and (price_lines.buyer is null or b.partner_id is not null)
      and (app_is_brand()
           or (price_lines.buyer is null and s.partner_id = app_partner_id())
           or (b.upstream_id = s.partner_id and app_partner_id() in (b.partner_id, s.partner_id)))
),
asked as materialized (
    select l.line::integer as line, l.sku as asked_sku, l.quantity, p.product_id, p.product_line_id, p.sku, p.name, p.name_zh, p.unit, p.status
    from unnest(price_lines.skus, price_lines.quantities) with ordinality as l (sku, quantity, line)
    left join (select * from product where sku = any (price_lines.skus)) p on p.sku = l.sku
),
books as materialized (
    select k.price_book_id, k.kind, k.code, k.version, k.name, coalesce(k.name_zh, k.name) as name_zh, k.seller_id = t.seller_id as own,
           row_number() over (order by k.priority desc, (k.buyer_id is not null) desc,
                              (k.partner_level is not null)::integer + (k.tier is not null)::integer desc, lower(k.valid) desc nulls last, k.price_book_id desc) as choice
    from trade t
    join price_book k on k.seller_id in (t.seller_id, t.brand_id) and k.currency = t.currency and k.valid @> price_lines.on_date
     and k.audience in (t.audience, 'everyone')
     and (k.buyer_id is null or k.buyer_id = t.buyer_id)
     and (k.partner_level is null or k.partner_level = t.partner_level)
     and (k.tier is null or k.tier = t.tier)
    -- of the brand's books only its list, and the net prices it sets for that tier, speak for another seller
    where k.seller_id = t.seller_id or k.kind = 'list' or k.tier is not null
),
entries as materialized (
    select e.product_id, k.kind, k.own, k.choice, k.code, k.version, k.name, k.name_zh, e.unit_price
    from price_book_entry e join books k on k.price_book_id = e.price_book_id
    where e.product_id = any (array(select a.product_id from asked a)) and e.price_book_id = any (array(select k.price_book_id from books k)) and e.valid @> price_lines.on_date
),
listed as (
    select distinct on (e.product_id) e.* from entries e where e.kind = 'list' order by e.product_id, e.own desc
),
booked as (
    select distinct on (e.product_id) e.*
    from entries e
    -- a seller with net books of its own has its own prices; the brand's for the tier are for those without
    where e.kind = 'net' and (e.own or not exists (select from books mine where mine.own and mine.kind = 'net'))
    order by e.product_id, e.choice
),
rules as materialized (
    select r.price_rule_id, r.kind, r.code, r.version, r.name, coalesce(r.name_zh, r.name) as name_zh, r.discount_rate, r.min_quantity, r.max_quantity, r.covers, r.product_line_id
    from trade t
    join price_rule r on (r.seller_id = t.seller_id or (r.seller_id = t.brand_id and r.whole_channel))
     and r.valid @> price_lines.on_date and r.audience in (t.audience, 'everyone') and r.discount_rate > 0
),
applicable as (
    select a.line, r.*
    from (select x.product_id, x.price_rule_id from price_rule_product x where x.product_id = any (array(select a.product_id from asked a))) x
    join rules r on r.price_rule_id = x.price_rule_id and r.covers = 'products'
    join asked a on a.product_id = x.product_id and a.quantity >= r.min_quantity and (r.max_quantity is null or a.quantity <= r.max_quantity)
    union all
    select a.line, r.*
    from rules r
    join asked a on a.product_line_id = r.product_line_id and a.quantity >= r.min_quantity and (r.max_quantity is null or a.quantity <= r.max_quantity)
    where r.covers = 'line'
    union all
    select a.line, r.*
    from rules r
    join asked a on a.product_id is not null and a.quantity >= r.min_quantity and (r.max_quantity is null or a.quantity <= r.max_quantity)
    where r.covers = 'all'
),
-- of several rules of a kind the best for the buyer holds; rules of one kind do not add up
best as (
    select distinct on (x.line, x.kind) x.* from applicable x order by x.line, x.kind, x.discount_rate desc, x.code
),
chosen as (
    select a.*, t.minor_units,
           case when t.seller_id is null then 'not_sold_here'
                when a.product_id is null then 'unknown_sku'
                when a.status = 'discontinued' then 'discontinued'
                when a.quantity is null or a.quantity <= 0 then 'quantity_not_positive'
                when coalesce(k.unit_price, l.unit_price) is null then 'no_price' end as refusal,
           l.code as list_rule, l.version as list_version, l.name as list_label, l.name_zh as list_label_zh, l.unit_price as list_price,
           k.code as book_rule, k.version as book_version, k.name as book_label, k.name_zh as book_label_zh, k.unit_price as book_price,
           v.code as volume_rule, v.version as volume_version, v.name as volume_label, v.name_zh as volume_label_zh, v.discount_rate as volume_rate,
           m.code as promotion_rule, m.version as promotion_version, m.name as promotion_label, m.name_zh as promotion_label_zh, m.discount_rate as promotion_rate,
           coalesce(k.unit_price, l.unit_price) as base_price,
           -- unit prices keep the decimals of the book, at least the currency's
           greatest(t.minor_units, scale(trim_scale(coalesce(k.unit_price, l.unit_price)))) as decimals
    from asked a
    left join trade t on true
    left join listed l on l.product_id = a.product_id
    left join booked k on k.product_id = a.product_id
    left join best v on v.line = a.line and v.kind = 'volume'
    left join best m on m.line = a.line and m.kind = 'promotion'
),
stepped as (
    select c.*, case when c.volume_rate is null then c.base_price else round(c.base_price * (1 - c.volume_rate), c.decimals) end as after_volume
    from chosen c
),
priced as (
    select s.*, round(case when s.promotion_rate is null then s.after_volume else round(s.after_volume * (1 - s.promotion_rate), s.decimals) end, s.decimals) as final_price
    from stepped s
)
select p.line, p.asked_sku, p.quantity, p.refusal,
       p.product_id, p.name, coalesce(p.name_zh, p.name), p.unit, p.minor_units, p.final_price, round(p.quantity * p.final_price, p.minor_units),
       p.list_rule, p.list_version, p.list_label, p.list_label_zh, round(p.list_price, greatest(p.minor_units, scale(trim_scale(p.list_price)))),
       p.book_rule, p.book_version, p.book_label, p.book_label_zh, round(p.book_price, p.decimals),
       p.volume_rule, p.volume_version, p.volume_label, p.volume_label_zh, p.volume_rate, round(p.after_volume, p.decimals),
       p.promotion_rule, p.promotion_version, p.promotion_label, p.promotion_label_zh, p.promotion_rate, p.final_price
from priced p
order by p.line;
end $$;
comment on function price_lines(bigint, bigint, text, date, text[], numeric[]) is 'The prices of many lines in one pass, each with its steps, or the reason why there is none. Null buyer: an end customer of the seller.';
alter function price_lines(bigint, bigint, text, date, text[], numeric[]) owner to {schema}_definer;
