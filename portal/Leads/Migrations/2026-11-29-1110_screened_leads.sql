-- A lead is held against the known companies before it is handed out: what no partner could register is offered to nobody.
create table lead_screening (
    lead_id         bigint primary key references lead on delete cascade,
    screened_at     timestamptz not null,
    matcher         text not null,
    despite_reason  text,
    despite_by      bigint references person,
    despite_at      timestamptz,
    constraint who_hands_out_despite_says_why check ((despite_reason is null) = (despite_at is null) and (despite_reason is null or char_length(btrim(despite_reason)) between 1 and 2000))
);
comment on table lead_screening is 'When a lead was last held against the known companies, and why it was handed out although another partner probably holds it. For the brand only.';
create index lead_screening_by_time on lead_screening (screened_at);

create table lead_candidate (
    lead_id         bigint not null references lead on delete cascade,
    end_customer_id bigint not null references end_customer,
    band            text   not null,
    score           numeric(6, 2) not null,
    evidence        jsonb  not null,
    primary key (lead_id, end_customer_id),
    constraint lead_candidate_band_is_known check (band in ('certain', 'likely', 'possible', 'related'))
);
comment on table lead_candidate is 'A customer of some partner that may be the company of a lead, with the evidence in points. For the brand only.';
create index lead_candidate_by_customer on lead_candidate (end_customer_id);

alter table lead_screening enable row level security;
alter table lead_screening force row level security;
create policy lead_screenings_are_read_by_the_brand on lead_screening for select using ((select app_is_brand()));
create policy lead_screenings_are_kept_by_whoever_hands_out on lead_screening using ((select app_hands_out_leads())) with check ((select app_hands_out_leads()));
revoke delete, truncate on lead_screening from {schema}_app;

alter table lead_candidate enable row level security;
alter table lead_candidate force row level security;
create policy lead_candidates_are_read_by_the_brand on lead_candidate for select using ((select app_is_brand()));
create policy lead_candidates_are_kept_by_whoever_hands_out on lead_candidate using ((select app_hands_out_leads())) with check ((select app_hands_out_leads()));
create policy lead_candidates_are_known_to_the_definer on lead_candidate for select to {schema}_definer using (true);
revoke truncate on lead_candidate from {schema}_app;

-- The same as a registration would be told: the company is certainly claimed for a line of the lead in its territory, or the brand serves it itself.
create function lead_is_taken(of_lead bigint, at timestamptz) returns boolean language sql stable as $$
    select exists (
        select from lead l join lead_candidate c using (lead_id) join end_customer e using (end_customer_id)
        where l.lead_id = of_lead and c.band = 'certain'
          and (e.direct_account or exists (
              select from deal_claim k join lead_product_line p on p.lead_id = l.lead_id and p.product_line_id = k.product_line_id
              where k.customer_cluster_id = e.customer_cluster_id and k.territory_id = l.territory_id and k.protection @> at)))
$$;
comment on function lead_is_taken(bigint, timestamptz) is 'True where whoever accepted the lead could only be turned away, as far as it was last screened.';

-- As before, at the product''s own time and without what is taken: the one without a moment stays for instances of the release before.
create function lead_pool(at timestamptz)
returns table (number text, territory text, territory_name text, territory_name_zh text, country_code text, city text, line_codes text[], line_names text[], line_names_zh text[],
               amount_from numeric, amount_until numeric, currency text, teaser text, since timestamptz)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select l.number, t.code, t.name, t.name_zh, l.country_code, l.city, lines.codes, lines.names, lines.names_zh, band.low, band.high, l.currency, l.teaser, l.updated_at
    from lead l
    join territory t using (territory_id)
    join partner p on p.partner_id = app_partner_id() and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(l.pool_level, 'registered'))
    cross join lateral (
        select array_agg(n.code order by n.code) as codes, array_agg(n.name order by n.code) as names, array_agg(n.name_zh order by n.code) as names_zh
        from lead_product_line lp join product_line n using (product_line_id) where lp.lead_id = l.lead_id
    ) lines
    left join lateral (
        select max(step.low) as low, min(step.high) as high
        from (select power(10::numeric, floor(log(l.amount))) as unit) u
        cross join lateral (values (u.unit, 2 * u.unit), (2 * u.unit, 5 * u.unit), (5 * u.unit, 10 * u.unit)) as step (low, high)
        where l.amount >= step.low and l.amount < step.high
    ) band on true
    where l.status = 'pool' and app_answers_leads() and not lead_is_taken(l.lead_id, at)
    order by l.updated_at, l.lead_id
    limit 200
$$;
comment on function lead_pool(timestamptz) is 'The leads that the partner at work may take, without the company behind them; none that is claimed already.';
alter function lead_pool(timestamptz) owner to {schema}_definer;

create or replace function hold_lead(of_number text, at timestamptz) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform from lead l
    join partner p on p.partner_id = app_partner_id()
    where l.number = of_number and app_answers_leads()
      and ((l.status = 'offered' and l.partner_id = app_partner_id() and l.answer_by > at)
           or (l.status = 'pool' and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(l.pool_level, 'registered')) and not lead_is_taken(l.lead_id, at)))
    for update of l;
    return found;
end $$;

create or replace function held_lead(of_number text, at timestamptz) returns setof lead language sql security definer set search_path = {schema}, public, pg_temp as $$
    select l.* from lead l
    join partner p on p.partner_id = app_partner_id()
    where l.number = of_number and app_answers_leads()
      and ((l.status = 'offered' and l.partner_id = app_partner_id() and l.answer_by > at)
           or (l.status = 'pool' and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(l.pool_level, 'registered'))))
$$;
