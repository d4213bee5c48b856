-- Registering and screening call these. A function in SQL that runs as its owner is planned anew at every call, which took as long as carrying it out; one in PL/pgSQL keeps its plan. The statements are as they were.
create or replace function claim_standing(clusters bigint[], lines bigint[], territory bigint, except_deal bigint, at timestamptz, recently interval)
returns table (customer_cluster_id bigint, conflict text, free_from date) language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select asked.customer_cluster_id,
           case when bool_or(claim.live and claim.mine) then 'own_colleague'
                when bool_or(claim.live) then 'live_claim'
                when bool_or(claim.lately and not claim.mine) then 'recently_expired'
                else 'none' end,
           -- a protection that ends at midnight leaves that day free
           (max(upper(claim.protection)) filter (where claim.live) at time zone (select b.time_zone from partner b where b.partner_type = 'brand'))::date
    from unnest(clusters) as asked (customer_cluster_id)
    left join lateral (
        select c.protection, c.protection @> at as live, upper(c.protection) <= at as lately, c.partner_id = app_partner_id() as mine
        from deal_claim c
        where c.customer_cluster_id = asked.customer_cluster_id and c.product_line_id = any (lines) and c.territory_id = territory
          and c.deal_id is distinct from except_deal and c.protection && tstzrange(at - recently, at, '[]')
    ) claim on true
    group by asked.customer_cluster_id;
end $$;

create or replace function protection_policy_for(level text, lines bigint[], amount numeric, day date) returns bigint language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return (
    select y.protection_policy_id
    from (
        select distinct on (p.partner_level, p.product_line_id, p.amount_from, p.amount_until)
               p.protection_policy_id, p.partner_level, p.product_line_id, p.amount_from, p.amount_until, p.lapses, p.effective_from
        from protection_policy p
        where p.status = 'published' and p.effective_from <= day
          and (p.partner_level is null or p.partner_level = level)
          and (p.product_line_id is null or p.product_line_id = any (lines))
          and (p.amount_from is null or protection_policy_for.amount >= p.amount_from)
          and (p.amount_until is null or protection_policy_for.amount < p.amount_until)
        order by p.partner_level, p.product_line_id, p.amount_from, p.amount_until, p.effective_from desc
    ) y
    where not y.lapses
    order by (y.product_line_id is not null)::integer + (y.partner_level is not null)::integer + (y.amount_from is not null or y.amount_until is not null)::integer desc,
             y.effective_from desc, y.product_line_id nulls last, y.amount_from desc nulls last, y.protection_policy_id desc
    limit 1
    );
end $$;

create or replace function deal_audience(about bigint, of_brand boolean) returns table (person_id bigint, email text, language text, is_actor boolean) language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id()
    from deal d
    join person p on p.disabled_at is null and p.kind = 'person'
    join partner b on b.partner_id = p.partner_id
    where d.deal_id = about and (d.partner_id = app_partner_id() or app_is_brand())
      and case when of_brand then exists (select from person_role r where r.person_id = p.person_id and r.role = 'deal_desk')
               when exists (select from person c where c.person_id = d.created_by and c.disabled_at is null and c.kind = 'person') then p.person_id = d.created_by
               else p.partner_id = d.partner_id and exists (select from person_role r where r.person_id = p.person_id and r.role in ('sales', 'partner_admin')) end
    order by p.person_id
    limit 50;
end $$;

create or replace function approval_policy_for(level text, lines bigint[], territory bigint, amount numeric, screened text, day date)
returns bigint language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return (
    select y.approval_policy_id
    from (
        select distinct on (p.partner_level, p.product_line_id, p.territory_id, p.amount_from, p.amount_until, p.band) p.*
        from approval_policy p
        where p.status = 'published' and p.effective_from <= day
          and (p.partner_level is null or p.partner_level = level)
          and (p.product_line_id is null or p.product_line_id = any (lines))
          and (p.territory_id is null or p.territory_id = territory)
          -- what cannot be told in the brand's currency is treated like the largest deal
          and (p.amount_from is null or coalesce(amount, 'infinity') >= p.amount_from)
          and (p.amount_until is null or coalesce(amount, 'infinity') < p.amount_until)
          and (p.band is null or p.band = screened)
        order by p.partner_level, p.product_line_id, p.territory_id, p.amount_from, p.amount_until, p.band, p.effective_from desc
    ) y
    where not y.lapses
    order by (y.partner_level is not null)::integer + (y.product_line_id is not null)::integer + (y.territory_id is not null)::integer + (y.band is not null)::integer
             + (y.amount_from is not null or y.amount_until is not null)::integer desc,
             y.auto_approve, y.effective_from desc, y.amount_from desc nulls last, y.approval_policy_id desc
    limit 1
    );
end $$;

create or replace function screened_band(about bigint) returns text language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return (
    select coalesce((
        select b.band
        from (select s.deal_screening_id, s.band from deal_screening s where s.deal_id = about order by s.deal_screening_id desc limit 1) last
        cross join lateral (select last.band union all select k.band from deal_screening_candidate k where k.deal_screening_id = last.deal_screening_id) b
        order by array_position(array['certain', 'likely', 'related', 'possible', 'none'], b.band)
        limit 1), 'none')
    );
end $$;

create or replace function queue_member(queue text, of_partner bigint, person bigint) returns boolean language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return (
    select exists (select from person_role r join person p using (person_id) where r.person_id = queue_member.person and r.role = queue_member.queue and p.disabled_at is null)
       and (queue_member.queue <> 'channel_manager'
            or exists (select from partner_channel_manager m where m.partner_id = of_partner and m.person_id = queue_member.person)
            or not exists (select from partner_channel_manager m where m.partner_id = of_partner))
    );
end $$;

create or replace function queue_audience(queue text, of_partner bigint, day date) returns table (person_id bigint, email text, language text, is_actor boolean) language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id()
    from person p join partner b on b.partner_id = p.partner_id
    where b.partner_type = 'brand' and p.disabled_at is null and p.kind = 'person' and (app_is_brand() or of_partner = app_partner_id())
      and (queue_member(queue_audience.queue, of_partner, p.person_id)
           or exists (select from approval_deputy d where d.deputy_id = p.person_id and d.queue = queue_audience.queue and d.ended_at is null and day between d.from_day and d.until_day
                      and queue_member(queue_audience.queue, of_partner, d.person_id)))
    order by p.person_id
    limit 50;
end $$;
