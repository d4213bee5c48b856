-- Sellable ranges (可售范围): what a seller sells to whom. Where no rule speaks, everything is sold.
create table sellable_rule (
    sellable_rule_id bigint generated always as identity primary key,
    number           text        not null unique,
    seller_id        bigint      not null references partner,
    effect           text        not null,
    covers           text        not null,
    product_line_id  bigint      references product_line,
    category         text,
    buyer_id         bigint      references partner,
    partner_level    text,
    partner_type     text,
    territory_id     bigint      references territory,
    whole_channel    boolean     not null default false,
    valid            daterange   not null,
    note             text,
    added_by         bigint      references person,
    added_at         timestamptz not null,
    version          integer     not null default 1,
    constraint a_range_allows_or_excludes check (effect in ('allow', 'exclude')),
    constraint what_a_range_covers_is_known check (covers in ('all', 'line', 'category', 'products')),
    constraint a_range_names_what_it_covers check (case covers
        when 'line' then product_line_id is not null and category is null
        when 'category' then category is not null
        else product_line_id is null and category is null end),
    constraint a_range_for_one_partner_asks_nothing_else check (buyer_id is null or num_nonnulls(partner_level, partner_type, territory_id) = 0),
    constraint the_level_of_a_range_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint the_type_of_a_range_is_known check (partner_type in ('distributor', 'reseller', 'store', 'agent', 'coworking_operator')),
    constraint the_category_of_a_range_is_short check (char_length(category) between 1 and 200),
    constraint the_note_of_a_range_is_short check (char_length(note) between 1 and 500)
);
comment on table sellable_rule is 'One rule of a seller: which products it sells to whom, or does not, from when until when (可售规则). The closest rule wins; see portal/Assortment/README.md.';
create index sellable_rule_by_seller on sellable_rule (seller_id);
create index sellable_rule_by_buyer on sellable_rule (buyer_id) where buyer_id is not null;

create table sellable_rule_product (
    sellable_rule_id bigint not null references sellable_rule on delete cascade,
    product_id       bigint not null references product,
    primary key (sellable_rule_id, product_id)
);
comment on table sellable_rule_product is 'A product that a rule of a sellable range names.';
create index sellable_rule_product_by_product on sellable_rule_product (product_id);

-- Terms are not rewritten: a rule ends, and another takes its place, so that what was orderable on a day of the past can be told.
revoke update, delete, truncate on sellable_rule, sellable_rule_product from {schema}_app;
grant update (valid, version) on sellable_rule to {schema}_app;

create function app_keeps_ranges_of(seller bigint) returns boolean language sql stable parallel safe as $$
    select app_is_system() or (seller = app_partner_id() and (app_has_role('brand_admin') or app_has_role('channel_manager') or app_has_role('partner_admin')))
$$;
comment on function app_keeps_ranges_of(bigint) is 'True for those who say what this seller sells to whom: the brand''s administrators and channel managers, a partner''s administrators.';

alter table sellable_rule enable row level security;
alter table sellable_rule force row level security;
-- A buyer learns what it may buy, never the rules that say so: they name other partners.
create policy ranges_are_read_by_the_seller on sellable_rule for select using (seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy ranges_are_added_by_the_seller on sellable_rule for insert with check (app_keeps_ranges_of(seller_id) and (not whole_channel or (select app_is_brand()) or (select app_is_system())));
create policy ranges_are_ended_by_the_seller on sellable_rule for update using (app_keeps_ranges_of(seller_id)) with check (app_keeps_ranges_of(seller_id));
create policy ranges_are_known_to_the_definer on sellable_rule for select to {schema}_definer using (true);

alter table sellable_rule_product enable row level security;
alter table sellable_rule_product force row level security;
create policy products_of_a_range_are_read_with_it on sellable_rule_product for select using (sellable_rule_id in (select r.sellable_rule_id from sellable_rule r));
create policy products_of_a_range_are_added_by_the_seller on sellable_rule_product for insert
    with check (sellable_rule_id in (select r.sellable_rule_id from sellable_rule r where app_keeps_ranges_of(r.seller_id)));
create policy products_of_a_range_are_known_to_the_definer on sellable_rule_product for select to {schema}_definer using (true);

-- Of the rules that speak of a buyer and a product the closest wins: first by whom it names (one partner; else the more of level, type and territory), then by what
-- (product, category, line, all); of two that are equally close the one that excludes. The seller's rules and the brand's for the whole channel are asked apart, and both must agree.
create function sellable_verdicts(buyers bigint[], seller bigint, on_date date, products bigint[])
returns table (buyer_id bigint, product_id bigint, sellable boolean, sellable_rule_id bigint)
language plpgsql stable security definer rows 500 set search_path = {schema}, public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
    if not (app_is_system() or app_is_brand() or sellable_verdicts.seller = app_partner_id()
            or (sellable_verdicts.buyers = array[app_partner_id()] and exists (select from partner b where b.partner_id = app_partner_id() and b.upstream_id = sellable_verdicts.seller))) then
        return;
    end if;
    -- Most sellers sell everything to everybody; nobody pays for a rule that is not there.
    if not exists (select from sellable_rule r where (r.seller_id = sellable_verdicts.seller or r.whole_channel) and r.valid @> sellable_verdicts.on_date) then
        return;
    end if;
    return query
    with rule as materialized (
        select r.sellable_rule_id, r.seller_id, r.effect, r.covers, r.product_line_id, r.category, b.partner_id as buyer_id,
               case when r.buyer_id is not null then 4 else num_nonnulls(r.partner_level, r.partner_type, r.territory_id) end as closeness
        from sellable_rule r
        join partner b on b.partner_id = any (sellable_verdicts.buyers)
         and (r.buyer_id is null or r.buyer_id = b.partner_id)
         and (r.partner_level is null or r.partner_level = b.partner_level)
         and (r.partner_type is null or r.partner_type = b.partner_type)
         and (r.territory_id is null or r.territory_id = b.territory_id)
        where (r.seller_id = sellable_verdicts.seller or r.whole_channel) and r.valid @> sellable_verdicts.on_date),
    asked as materialized (
        select p.product_id, p.product_line_id, p.category from product p where p.product_id = any (sellable_verdicts.products)
        union all
        select p.product_id, p.product_line_id, p.category from product p where sellable_verdicts.products is null),
    matched as (
        select r.*, a.product_id, 0 as width from rule r cross join asked a where r.covers = 'all'
        union all
        select r.*, a.product_id, 1 from rule r join asked a on a.product_line_id = r.product_line_id where r.covers = 'line'
        union all
        select r.*, a.product_id, 2 from rule r join asked a on a.category = r.category and a.product_line_id = coalesce(r.product_line_id, a.product_line_id) where r.covers = 'category'
        union all
        select r.*, a.product_id, 3 from rule r join sellable_rule_product x on x.sellable_rule_id = r.sellable_rule_id join asked a on a.product_id = x.product_id where r.covers = 'products'),
    closest as (
        select distinct on (m.buyer_id, m.product_id, m.seller_id) m.buyer_id, m.product_id, m.effect, m.sellable_rule_id
        from matched m
        order by m.buyer_id, m.product_id, m.seller_id, m.closeness desc, m.width desc, m.effect desc, m.sellable_rule_id)
    select c.buyer_id, c.product_id, bool_and(c.effect = 'allow'), (array_agg(c.sellable_rule_id order by c.effect desc, c.sellable_rule_id))[1]
    from closest c
    group by c.buyer_id, c.product_id;
end $$;
comment on function sellable_verdicts(bigint[], bigint, date, bigint[]) is 'What a seller sells to which of some buyers on a day, with the rule that decides; a pair without a row is sold, for no rule speaks of it. Null products: all.';
alter function sellable_verdicts(bigint[], bigint, date, bigint[]) owner to {schema}_definer;
