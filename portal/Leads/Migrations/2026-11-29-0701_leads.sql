-- Leads (线索): companies that showed interest with the brand, which hands them out: to a named partner, who answers within some days, or into a pool, where the first takes it.
create table lead_setting (
    only_one    boolean primary key default true,
    answer_days integer not null default 14,
    warn_days   integer not null default 3,
    version     integer not null default 1,
    constraint there_is_one_lead_setting check (only_one),
    constraint lead_days_are_sensible check (answer_days between 1 and 90 and warn_days between 0 and 30 and warn_days < answer_days)
);
comment on table lead_setting is 'How many days a partner has to answer a lead, and how many before the end it is warned.';
insert into lead_setting default values;

create table lead (
    lead_id       bigint  generated always as identity primary key,
    number        text    not null unique,
    status        text    not null default 'new',
    company       text    not null,
    country_code  text    not null,
    state         text,
    city          text,
    address       text,
    credit_code   text,
    vat_number    text,
    domain        text,
    phone         text,
    contact_name  text,
    contact_email text,
    contact_phone text,
    need          text,
    teaser        text,
    territory_id  bigint  not null references territory,
    amount        numeric(18, 2),
    currency      text,
    source        text,
    pool_level    text,
    partner_id    bigint  references partner,
    offered_at    timestamptz,
    answer_by     timestamptz,
    warned_at     timestamptz,
    deal_id       bigint  references deal,
    created_by    bigint  references person,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    version       integer not null default 1,
    constraint lead_status_is_known check (status in ('new', 'offered', 'pool', 'accepted', 'discarded')),
    constraint a_lead_names_a_company check (char_length(btrim(company)) between 1 and 200),
    constraint a_lead_is_in_a_country check (country_code ~ '^[A-Z]{2}$'),
    constraint a_lead_amount_has_a_currency check ((amount is null) = (currency is null) and (amount is null or amount > 0)),
    constraint lead_texts_are_bounded check (char_length(need) <= 4000 and char_length(teaser) <= 500 and char_length(source) <= 100),
    constraint pool_level_is_known check (pool_level in ('registered', 'silver', 'gold', 'platinum')),
    -- Who holds it: an offered or accepted lead has a partner, an offered one its clock, an accepted one its deal, once the act is through.
    constraint a_held_lead_has_its_partner check ((status in ('offered', 'accepted')) = (partner_id is not null)),
    constraint an_offered_lead_has_its_clock check ((status = 'offered') = (answer_by is not null)),
    constraint a_lead_becomes_one_deal unique (deal_id)
);
comment on table lead is 'A company that showed interest. With the brand, offered to a partner, in the pool, or accepted and registered as a deal.';
create index lead_by_status on lead (status, updated_at desc, lead_id desc);
create index lead_by_partner on lead (partner_id, updated_at desc, lead_id desc) where partner_id is not null;
create index lead_to_answer on lead (answer_by, lead_id) where status = 'offered';

create table lead_product_line (
    lead_id         bigint not null references lead on delete cascade,
    product_line_id bigint not null references product_line,
    primary key (lead_id, product_line_id)
);
comment on table lead_product_line is 'A product line that a lead is about.';

create table lead_act (
    lead_act_id bigint generated always as identity primary key,
    lead_id     bigint not null references lead,
    partner_id  bigint references partner,
    act         text   not null,
    from_status text   not null,
    to_status   text   not null,
    reason      text,
    by_brand    boolean not null,
    person_id   bigint references person,
    happened_at timestamptz not null,
    constraint a_negative_lead_act_has_a_reason check (act not in ('decline', 'pull_back', 'discard') or char_length(btrim(reason)) between 1 and 2000)
);
comment on table lead_act is 'What became of a lead: which act, by whom, with which partner, why. A partner reads the acts that concern it.';
create index lead_act_by_lead on lead_act (lead_id, lead_act_id);

alter table lead_setting enable row level security;
alter table lead_setting force row level security;
create policy lead_settings_are_read_by_whoever_is_signed_in on lead_setting for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy lead_settings_are_known_to_the_definer on lead_setting for select to {schema}_definer using (true);
create policy lead_settings_are_kept_by_the_brand on lead_setting for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke insert, delete, truncate on lead_setting from {schema}_app;

create function app_hands_out_leads() returns boolean language sql stable parallel safe as
$$ select app_has_role('channel_manager') or app_has_role('deal_desk') or app_has_role('brand_admin') $$;
comment on function app_hands_out_leads() is 'True for those of the brand who enter leads and hand them out.';
create function app_answers_leads() returns boolean language sql stable parallel safe as
$$ select app_partner_id() is not null and not app_is_brand() and (app_has_role('sales') or app_has_role('partner_admin')) $$;
comment on function app_answers_leads() is 'True for those of a partner who accept, take and decline leads.';

alter table lead enable row level security;
alter table lead force row level security;
create policy leads_are_seen_by_the_brand_and_their_holder on lead for select using ((select app_is_brand()) or partner_id = (select app_partner_id()));
create policy leads_are_entered_by_the_brand on lead for insert with check ((select app_hands_out_leads()) and status = 'new');
create policy leads_are_handed_out_by_the_brand on lead for update using ((select app_hands_out_leads())) with check ((select app_hands_out_leads()));
-- A partner changes a lead by the functions below only, which say what it may.
create policy leads_are_passed_by_the_definer on lead to {schema}_definer using (true) with check (true);
revoke delete, truncate on lead from {schema}_app;

alter table lead_product_line enable row level security;
alter table lead_product_line force row level security;
create policy lead_lines_are_seen_with_their_lead on lead_product_line for select using (exists (select from lead l where l.lead_id = lead_product_line.lead_id));
create policy lead_lines_are_known_to_the_definer on lead_product_line for select to {schema}_definer using (true);
create policy lead_lines_are_kept_by_the_brand on lead_product_line using ((select app_hands_out_leads())) with check ((select app_hands_out_leads()));

alter table lead_act enable row level security;
alter table lead_act force row level security;
create policy lead_acts_are_read_by_whom_they_concern on lead_act for select using ((select app_is_brand()) or partner_id = (select app_partner_id()));
create policy lead_acts_are_written_by_whoever_acts on lead_act for insert
    with check ((by_brand and (select app_hands_out_leads())) or (not by_brand and partner_id = (select app_partner_id()) and (select app_answers_leads())));
revoke update, delete, truncate on lead_act from {schema}_app;

-- The ranks, lowest first.
create function level_rank(level text) returns integer language sql immutable parallel safe as
$$ select coalesce(array_position(array['registered', 'silver', 'gold', 'platinum'], level), 0) $$;
comment on function level_rank(text) is 'A partner level as a number, for "at least gold".';

-- What a partner of the territory and level learns of the leads it may take: enough to decide, nothing that says who it is.
create function lead_pool()
returns table (number text, territory text, territory_name text, territory_name_zh text, country_code text, city text, line_codes text[], line_names text[], line_names_zh text[],
               amount_from numeric, amount_until numeric, currency text, teaser text, since timestamptz)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select l.number, t.code, t.name, t.name_zh, l.country_code, l.city, lines.codes, lines.names, lines.names_zh,
           -- the order of magnitude: 2 to 5 of a power of ten and so on
           band.low, band.high, l.currency, l.teaser, l.updated_at
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
    where l.status = 'pool' and app_answers_leads()
    order by l.updated_at, l.lead_id
    limit 200
$$;
comment on function lead_pool() is 'The leads that the partner at work may take, without the company behind them.';
alter function lead_pool() owner to {schema}_definer;

-- Holds a lead that the partner at work may take or accept now, until the transaction ends: of rivals the first goes on, the others then find it gone.
create function hold_lead(of_number text, at timestamptz) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform from lead l
    join partner p on p.partner_id = app_partner_id()
    where l.number = of_number and app_answers_leads()
      and ((l.status = 'offered' and l.partner_id = app_partner_id() and l.answer_by > at)
           or (l.status = 'pool' and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(l.pool_level, 'registered'))))
    for update of l;
    return found;
end $$;
comment on function hold_lead(text, timestamptz) is 'Locks a lead that may be taken or accepted; false where there is none.';
alter function hold_lead(text, timestamptz) owner to {schema}_definer;

-- What the held lead says, for the registration that it becomes.
create function held_lead(of_number text, at timestamptz) returns setof lead language sql security definer set search_path = {schema}, public, pg_temp as $$
    select l.* from lead l
    join partner p on p.partner_id = app_partner_id()
    where l.number = of_number and app_answers_leads()
      and ((l.status = 'offered' and l.partner_id = app_partner_id() and l.answer_by > at)
           or (l.status = 'pool' and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(l.pool_level, 'registered'))))
$$;
comment on function held_lead(text, timestamptz) is 'A lead that the partner at work may take or accept; asked once it is held.';
alter function held_lead(text, timestamptz) owner to {schema}_definer;

create function accept_lead(of_number text, by_deal text, at timestamptz) returns integer language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    held record;
begin
    if not hold_lead(of_number, at) then
        return null;
    end if;
    select l.lead_id, l.status, d.deal_id into held from lead l, deal d where l.number = of_number and d.number = by_deal and d.partner_id = app_partner_id();
    if held.deal_id is null then
        raise exception 'A lead becomes a deal of the partner that accepts it.' using errcode = 'check_violation', constraint = 'a_lead_becomes_a_deal_of_its_partner';
    end if;
    update lead set status = 'accepted', partner_id = app_partner_id(), answer_by = null, deal_id = held.deal_id, updated_at = at, version = version + 1 where lead_id = held.lead_id;
    insert into lead_act (lead_id, partner_id, act, from_status, to_status, by_brand, person_id, happened_at)
    values (held.lead_id, app_partner_id(), case held.status when 'pool' then 'take' else 'accept' end, held.status, 'accepted', false, app_person_id(), at);
    return (select version from lead where lead_id = held.lead_id);
end $$;
comment on function accept_lead(text, text, timestamptz) is 'The partner at work accepts or takes a lead, which has become that deal; null where somebody was faster.';
alter function accept_lead(text, text, timestamptz) owner to {schema}_definer;
create policy lead_acts_are_noted_by_the_definer on lead_act for insert to {schema}_definer with check (true);

create function decline_lead(of_number text, why text, at timestamptz) returns integer language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    declined bigint;
begin
    update lead set status = 'new', partner_id = null, answer_by = null, offered_at = null, warned_at = null, updated_at = at, version = version + 1
    where number = of_number and status = 'offered' and partner_id = app_partner_id() and app_answers_leads()
    returning lead_id into declined;
    if declined is null then
        return null;
    end if;
    insert into lead_act (lead_id, partner_id, act, from_status, to_status, reason, by_brand, person_id, happened_at)
    values (declined, app_partner_id(), 'decline', 'offered', 'new', why, false, app_person_id(), at);
    return 1;
end $$;
comment on function decline_lead(text, text, timestamptz) is 'The partner at work gives an offered lead back, with a reason; null where it has none.';
alter function decline_lead(text, text, timestamptz) owner to {schema}_definer;

-- Whom to write to about a lead: a partner's sales people, or those of the brand who hand leads out. A partner at work may have the brand told without seeing who that is.
create function lead_audience(of_partner bigint)
returns table (person_id bigint, email text, language text, is_actor boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id()
    from person p
    join partner b on b.partner_id = p.partner_id
    where p.disabled_at is null and p.kind = 'person' and p.email is not null
      and case when of_partner is null then b.partner_type = 'brand' and exists (select from person_role r where r.person_id = p.person_id and r.role in ('channel_manager'))
               else p.partner_id = of_partner and (app_is_brand() or of_partner = app_partner_id())
                    and exists (select from person_role r where r.person_id = p.person_id and r.role in ('sales', 'partner_admin')) end
    order by p.person_id
    limit 50
$$;
comment on function lead_audience(bigint) is 'The people who get mail about a lead: of a partner, or of the brand where none is named.';
alter function lead_audience(bigint) owner to {schema}_definer;

create function lead_lines(of_number text, at timestamptz) returns setof lead_product_line language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select lp.* from lead_product_line lp join held_lead(of_number, at) l using (lead_id)
$$;
comment on function lead_lines(text, timestamptz) is 'The product lines of a lead that the partner at work may take or accept.';
alter function lead_lines(text, timestamptz) owner to {schema}_definer;
