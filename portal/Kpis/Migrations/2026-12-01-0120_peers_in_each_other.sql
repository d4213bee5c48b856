-- Of five peers each quartile was one company's figure, to three digits: whoever knew the five could tell whose. What is told is now the mean of the quartile and the points an eighth before and behind it,
-- so that at least three companies are in each, to two digits.
create or replace function kpi_peers(of_partner bigint, metrics text[], starts_on date, ends_on date)
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
               percentile_cont(array[0.125, 0.25, 0.375, 0.375, 0.5, 0.625, 0.625, 0.75, 0.875]) within group (order by coalesce(r.value, 0)::double precision) as quartiles,
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
        from (select q.place, case when q.value = 0 then 0 else round(q.value, 1 - floor(log(abs(q.value)))::integer) end as value
              from (select (1 + (point.place - 1) / 3) as place, (sum(point.value) / 3)::numeric as value from unnest(among.quartiles) with ordinality as point (value, place) group by 1) q) quartile) rounded
    where among.peers >= 5
$$;
comment on function kpi_peers(bigint, text[], date, date) is 'A partner against at least five like it, of whom only quartiles are told, each a mean over three or more of them, to two digits.';
