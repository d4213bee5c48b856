-- Probing (试探): a partner that screens customer after customer without pursuing them may be fishing for the customer list. The brand is told.
create table probing_rule (
    probing_rule_id boolean primary key default true,
    quota_percent   integer not null,
    quota_minutes   integer not null,
    hits            integer not null,
    hits_days       integer not null,
    names           integer not null,
    names_days      integer not null,
    night_asks      integer not null,
    night_from      integer not null,
    night_until     integer not null,
    changed_by      bigint references person,
    changed_at      timestamptz,
    version         integer not null default 1,
    constraint there_is_one_probing_rule check (probing_rule_id),
    constraint probing_numbers_are_sensible check (
        quota_percent between 1 and 100 and quota_minutes between 1 and 1440 and hits between 1 and 10000 and hits_days between 1 and 365
        and names between 2 and 1000 and names_days between 1 and 365 and night_asks between 1 and 10000
        and night_from between 0 and 23 and night_until between 0 and 23 and night_from <> night_until)
);
comment on table probing_rule is 'From which numbers on the brand is told that a partner may be fishing for the customer list.';
insert into probing_rule (quota_percent, quota_minutes, hits, hits_days, names, names_days, night_asks, night_from, night_until) values (50, 60, 10, 7, 5, 7, 10, 22, 6);

create table probing_alert (
    probing_alert_id bigint  generated always as identity primary key,
    number      text    not null unique,
    partner_id  bigint  not null references partner,
    day         date    not null,
    patterns    text[]  not null,
    asks        integer not null,
    figures     integer[] not null,
    raised_at   timestamptz not null,
    assessment  text,
    assessed_by bigint  references person,
    assessed_at timestamptz,
    version     integer not null default 1,
    constraint one_alert_a_partner_and_day unique (partner_id, day),
    constraint probing_patterns_are_known check (cardinality(patterns) > 0 and patterns <@ array['quota', 'hits', 'names', 'night']),
    constraint each_pattern_has_its_figure check (cardinality(figures) = cardinality(patterns)),
    constraint an_assessment_says_something check ((assessed_at is null) = (assessment is null) and (assessment is null or char_length(btrim(assessment)) between 1 and 2000))
);
comment on table probing_alert is 'A partner''s screenings of one day looked like fishing: by which patterns, and what the brand made of it.';
create index probing_alert_by_time on probing_alert (raised_at desc, probing_alert_id desc);
create index probing_alert_open on probing_alert (raised_at) where assessed_at is null;

-- Which partners show which patterns at that moment. Set-based over the screenings of the last days; no submission waits for it.
create function probing_patterns(at timestamptz)
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
        join deal d on d.deal_id = s.deal_id and d.status in ('draft', 'withdrawn')
        join deal_screening_candidate k on k.deal_screening_id = s.deal_screening_id and k.band in ('certain', 'likely', 'related') and k.conflict not in ('none', 'own_colleague')
        join end_customer c on c.end_customer_id = k.end_customer_id
        group by a.partner_id, r.hits
        having count(distinct c.customer_cluster_id) >= r.hits
    ), named as (
        select s.partner_id, s.deal_id, count(distinct s.asked_name)::integer as figure, r.names
        from asking a cross join rule r
        join deal_screening s on s.partner_id = a.partner_id and s.screened_at > at - make_interval(days => r.names_days) and s.screened_at <= at and s.asked_name is not null
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
comment on function probing_patterns(timestamptz) is 'Partners whose screenings of the brand''s day reach one of the numbers of probing_rule, and by how much.';

alter table probing_rule enable row level security;
alter table probing_rule force row level security;
create policy the_rule_is_read_by_the_brand on probing_rule for select using ((select app_is_brand()));
create policy the_rule_is_kept_by_the_administrators on probing_rule for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke insert, delete on probing_rule from {schema}_app;

alter table probing_alert enable row level security;
alter table probing_alert force row level security;
create policy alerts_are_read_by_the_brand on probing_alert for select using ((select app_is_brand()));
create policy alerts_are_raised_by_the_product on probing_alert for insert with check ((select app_is_system()));
create policy alerts_are_assessed_by_the_brand on probing_alert for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk'))) with check ((select app_is_brand()));
revoke update, delete on probing_alert from {schema}_app;
grant update (patterns, asks, figures, assessment, assessed_by, assessed_at, version) on probing_alert to {schema}_app;
