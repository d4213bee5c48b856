-- A question asked before a claim is made counts like one that was made with a draft; the same company under many names is told from drafts alone, for questions belong to no deal.
create or replace function probing_patterns(at timestamptz)
returns table (partner_id bigint, day date, asks integer, patterns text[], figures integer[])
language sql stable as $$
    with rule as (
        select r.*, (select b.time_zone from partner b where b.partner_type = 'brand') as zone, brand_midnight(brand_day(at)) as since from probing_rule r
    ), asking as (
        select s.partner_id, count(*)::integer as asks
        from deal_screening s cross join rule r
        where s.screened_at >= r.since and s.screened_at <= at
        group by s.partner_id
    ), quota as (
        select a.partner_id, (count(*) * 100 / max(y.screenings_per_day))::integer as figure
        from asking a cross join rule r
        join deal_screening s on s.partner_id = a.partner_id and s.screened_at > at - make_interval(mins => r.quota_minutes) and s.screened_at <= at
        join partner p on p.partner_id = a.partner_id
        join protection_policy y on y.protection_policy_id = protection_policy_for(p.partner_level, '{}', null, brand_day(at))
        group by a.partner_id, r.quota_percent
        having count(*) * 100 >= r.quota_percent * max(y.screenings_per_day)
    ), hits as (
        select a.partner_id, count(distinct c.customer_cluster_id)::integer as figure
        from asking a cross join rule r
        join deal_screening s on s.partner_id = a.partner_id and s.screened_at > at - make_interval(days => r.hits_days) and s.screened_at <= at
        left join deal d on d.deal_id = s.deal_id
        join deal_screening_candidate k on k.deal_screening_id = s.deal_screening_id and k.band in ('certain', 'likely', 'related') and k.conflict not in ('none', 'own_colleague')
        join end_customer c on c.end_customer_id = k.end_customer_id
        -- what was asked beforehand and then registered was pursued
        where d.status in ('draft', 'withdrawn') or (d.deal_id is null and not exists (
            select from deal o join end_customer oc on oc.end_customer_id = o.end_customer_id
            where o.partner_id = s.partner_id and o.status not in ('draft', 'withdrawn') and oc.name = s.asked_name))
        group by a.partner_id, r.hits
        having count(distinct c.customer_cluster_id) >= r.hits
    ), named as (
        select s.partner_id, s.deal_id, count(distinct s.asked_name)::integer as figure, r.names
        from asking a cross join rule r
        join deal_screening s on s.partner_id = a.partner_id and s.screened_at > at - make_interval(days => r.names_days) and s.screened_at <= at and s.asked_name is not null and s.deal_id is not null
        group by s.partner_id, s.deal_id, r.names
    ), names as (
        select partner_id, max(figure) as figure from named group by partner_id having max(figure) >= max(names)
    ), night as (
        select s.partner_id, count(*)::integer as figure
        from deal_screening s cross join rule r
        where s.screened_at >= r.since and s.screened_at <= at
          and case when r.night_from < r.night_until then extract(hour from s.screened_at at time zone r.zone) >= r.night_from and extract(hour from s.screened_at at time zone r.zone) < r.night_until
                   else extract(hour from s.screened_at at time zone r.zone) >= r.night_from or extract(hour from s.screened_at at time zone r.zone) < r.night_until end
        group by s.partner_id, r.night_asks
        having count(*) >= r.night_asks
    ), found as (
        select partner_id, 'quota' as pattern, figure from quota
        union all select partner_id, 'hits', figure from hits
        union all select partner_id, 'names', figure from names
        union all select partner_id, 'night', figure from night
    )
    select a.partner_id, brand_day(at), a.asks, array_agg(f.pattern order by f.pattern), array_agg(f.figure order by f.pattern)
    from asking a join found f using (partner_id)
    group by a.partner_id, a.asks
$$;
