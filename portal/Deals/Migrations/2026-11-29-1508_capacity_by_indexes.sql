-- Capacity is asked at every submission. What is open is counted from the index of what is open: said as an or over both kinds, the condition fitted no single index, and with many live
-- claims all of a partner's deals were read, or all live claims of everybody. What is closed stays as it is, so its count is read from the index alone.
create index deal_closed_by_outcome on deal (partner_id, closed_at) include (status) where status in ('won', 'lost', 'expired');
drop index deal_closed_by_partner;

create or replace function claim_capacity(of_partner bigint, at timestamptz)
returns table (base integer, months integer, decided_least integer, won integer, decided integer, factor numeric, lowest integer, highest integer, extra integer, capacity integer, open integer)
language sql stable as $$
    select y.capacity, y.capacity_months, y.capacity_decided, history.won, history.decided, counts.factor, y.capacity_floor, y.capacity_ceiling, allowed.extra,
           case when y.capacity is null then null
                else least(greatest(floor(y.capacity * counts.factor), coalesce(y.capacity_floor, 1)), coalesce(y.capacity_ceiling, 1000000))::integer + allowed.extra end,
           (select count(*)::integer from deal d
            where d.partner_id = of_partner and d.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted')
              and (d.status in ('submitted', 'under_review', 'information_requested') or d.protected_until > at))
    from partner p
    join protection_policy y on y.protection_policy_id = protection_policy_for(p.partner_level, '{}', null, brand_day(at))
    cross join lateral (
        select count(*) filter (where d.status = 'won')::integer as won, count(*)::integer as decided
        from deal d
        where d.partner_id = of_partner and d.status in ('won', 'lost', 'expired')
          and d.closed_at <= at and d.closed_at >= brand_midnight((brand_day(at) - make_interval(months => y.capacity_months))::date)
    ) history
    cross join lateral (
        select coalesce((
            select y.capacity_factors[step] from generate_subscripts(y.capacity_rates, 1) as step
            where history.decided >= y.capacity_decided and history.won >= y.capacity_rates[step] * history.decided
            order by y.capacity_rates[step] desc limit 1), 1) as factor
    ) counts
    cross join lateral (
        select coalesce(sum(a.granted), 0)::integer as extra from claim_allowance a where a.partner_id = of_partner and a.granted > 0 and a.until >= brand_day(at)
    ) allowed
    where p.partner_id = of_partner
$$;
