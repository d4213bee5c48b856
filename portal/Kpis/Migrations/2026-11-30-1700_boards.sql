-- How a person has arranged its dashboard, and what the brand lets an audience see until somebody arranges otherwise.
create table kpi_board (
    kpi_board_id bigint generated always as identity primary key,
    person_id    bigint      references person on delete cascade,
    audience     text,
    panels       text[]      not null,
    wide         text[]      not null default '{}',
    tiles        text[]      not null,
    arranged_at  timestamptz not null,
    arranged_by  text        not null,
    constraint a_board_is_a_persons_or_an_audiences check (num_nonnulls(person_id, audience) = 1),
    constraint one_board_a_person unique (person_id),
    constraint one_board_an_audience unique (audience),
    constraint a_boards_audience_is_known check (audience in ('brand', 'channel_manager', 'distributor', 'reseller', 'store', 'agent', 'coworking_operator')),
    constraint a_board_has_panels check (cardinality(panels) between 1 and 30 and wide <@ panels),
    constraint a_board_has_a_handful_of_tiles check (cardinality(tiles) between 1 and 12)
);
comment on table kpi_board is 'Arrangements of the dashboard: panels in order, those that take the whole width, and the metrics of the tiles.';
alter table kpi_board enable row level security;
alter table kpi_board force row level security;
create policy boards_are_read_by_their_person_and_their_audience on kpi_board for select
    using (person_id = (select app_person_id()) or (audience is not null and (select app_partner_id()) is not null));
create policy boards_are_arranged_by_their_person on kpi_board
    using (person_id = (select app_person_id())) with check (person_id = (select app_person_id()));
create policy boards_of_audiences_are_arranged_by_the_brand on kpi_board
    using (audience is not null and (select app_has_role('brand_admin'))) with check (audience is not null and (select app_has_role('brand_admin')));

-- What those like a partner reach, without telling who: the quartiles of the partners of its type and level, or of its type where these are fewer than five, rounded to three digits; nothing where even those are fewer.
-- Asked for a partner that the caller does not see it answers nothing. The place is the quarter of all in which the partner itself is, 1 the best.
create function kpi_peers(of_partner bigint, metrics text[], starts_on date, ends_on date)
returns table (metric text, peers integer, same_level boolean, own numeric, low numeric, middle numeric, high numeric, place integer)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with one as (
        select p.partner_id, p.partner_type, p.partner_level
        from partner p
        where p.partner_id = of_partner and p.partner_type <> 'brand'
          and (app_is_brand() or exists (select from partner_line l where l.ancestor_id = app_partner_id() and l.partner_id = of_partner))
    ), like_it as (
        select p.partner_id, p.partner_level = one.partner_level as is_same
        from partner p join one on p.partner_type = one.partner_type and p.partner_id <> one.partner_id
        where p.status = 'active'
    ), peer as (
        select l.partner_id, chosen.same_level
        from like_it l cross join (select count(*) filter (where is_same) >= 5 as same_level from like_it) chosen
        where l.is_same or not chosen.same_level
    ), asked as (
        select m.metric from unnest(kpi_peers.metrics) as m (metric)
    ), reached as (
        select f.partner_id, f.metric, sum(f.own) as value
        from kpi_branch_month f
        where f.metric = any (kpi_peers.metrics) and f.month >= starts_on and f.month < ends_on and f.own <> 0
          and f.partner_id in (select partner_id from peer union all select partner_id from one)
        group by f.partner_id, f.metric
    ), among as (
        select a.metric, count(*)::integer as peers, bool_and(p.same_level) as same_level,
               percentile_cont(array[0.25, 0.5, 0.75]) within group (order by coalesce(r.value, 0)::double precision) as quartiles,
               count(*) filter (where coalesce(r.value, 0) > coalesce(mine.value, 0)) as better, coalesce(max(mine.value), 0) as own
        from asked a
        cross join peer p
        left join reached r on r.partner_id = p.partner_id and r.metric = a.metric
        left join reached mine on mine.partner_id = of_partner and mine.metric = a.metric
        group by a.metric
    )
    select among.metric, among.peers, among.same_level, among.own, rounded.low, rounded.middle, rounded.high, least(4, 1 + (among.better * 4 / (among.peers + 1))::integer)
    from among
    cross join lateral (
        select max(case when quartile.place = 1 then quartile.value end) as low, max(case when quartile.place = 2 then quartile.value end) as middle, max(case when quartile.place = 3 then quartile.value end) as high
        from (select q.place, case when q.value = 0 then 0 else round(q.value::numeric, 2 - floor(log(abs(q.value::numeric)))::integer) end as value
              from unnest(among.quartiles) with ordinality as q (value, place)) quartile) rounded
    where among.peers >= 5
$$;
comment on function kpi_peers(bigint, text[], date, date) is 'A partner against at least five like it, of whom only rounded quartiles are told.';
alter function kpi_peers(bigint, text[], date, date) owner to {schema}_definer;

-- The rows behind a figure name the line and the product.
create or replace view kpi_order_line_worth with (security_invoker = true) as
select o.purchase_order_id, o.buyer_id, o.seller_id, s.partner_type = 'brand' as is_sell_in, p.product_line_id, o.ordered_on as day,
       l.quantity - l.cancelled as pieces,
       case when l.cancelled = 0 then round(l.amount * brand.rate, 4) else round(l.amount * (l.quantity - l.cancelled) / l.quantity * brand.rate, 4) end as money,
       case when l.price_steps <> '[]' and l.price_steps -> 0 ->> 'kind' = 'list' then round((l.price_steps -> 0 ->> 'price')::numeric * (l.quantity - l.cancelled) * brand.rate, 4) end as list,
       l.purchase_order_line_id, l.product_id
from purchase_order o
cross join lateral (select case when o.currency = (select b.currency from partner b where b.partner_type = 'brand') then 1 else rate_to_brand(o.currency, o.ordered_on) end as rate offset 0) as brand -- offset 0: asked once an order, not once a line
join partner s on s.partner_id = o.seller_id
join purchase_order_line l on l.purchase_order_id = o.purchase_order_id and l.replaces_line_id is null
join product p on p.product_id = l.product_id
where o.status in ('confirmed', 'partially_shipped', 'shipped', 'received', 'closed');
