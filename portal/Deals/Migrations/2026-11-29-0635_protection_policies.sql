-- Protection policies (保护政策) that the brand keeps: drafted, published from a day on, superseded by the next version, never edited.
-- A case is a level, a product line and a span of amounts, each or none; the most specific case with a version whose day has come holds.
alter table protection_policy drop constraint one_policy_for_a_case_and_day;
alter table protection_policy
    add number             text not null default regexp_replace(upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)), '^(....)(....)(....)$', 'PP-\1-\2-\3'),
    add status             text not null default 'published',
    add lapses             boolean not null default false,
    add amount_from        numeric(18, 2),
    add amount_until       numeric(18, 2),
    add extensions_at_most integer,
    add stale_days         integer,
    add stale_warning_days integer not null default 14,
    add backdating_hours   integer not null default 72,
    add capacity           integer,
    add capacity_months    integer not null default 12,
    add capacity_decided   integer not null default 5,
    add capacity_rates     numeric(5, 4)[] not null default '{}',
    add capacity_factors   numeric(5, 2)[] not null default '{}',
    add capacity_floor     integer,
    add capacity_ceiling   integer,
    add note               text,
    add created_by         bigint references person,
    add created_at         timestamptz,
    add published_by       bigint references person,
    add published_at       timestamptz,
    add version            integer not null default 1,
    add constraint a_policy_has_one_number unique (number),
    add constraint policy_status_is_known check (status in ('draft', 'published')),
    add constraint policy_amounts_span_something check (amount_from >= 0 and amount_until > coalesce(amount_from, 0)),
    add constraint extensions_are_counted check (extensions_at_most between 0 and 100),
    add constraint a_stale_claim_is_warned_of check (stale_days between 1 and 1095 and stale_warning_days between 1 and 365),
    add constraint backdating_is_watched_for_a_time check (backdating_hours between 0 and 8760),
    add constraint capacity_is_sensible check (capacity between 1 and 1000000 and capacity_months between 1 and 60 and capacity_decided between 1 and 1000
        and capacity_floor between 1 and 1000000 and capacity_ceiling >= coalesce(capacity_floor, 1)),
    add constraint each_win_rate_has_its_factor check (cardinality(capacity_rates) = cardinality(capacity_factors) and cardinality(capacity_rates) <= 10
        and 0 <= all (capacity_rates) and 1 >= all (capacity_rates) and 0 < all (capacity_factors) and 10 >= all (capacity_factors)),
    -- A partner has one capacity, whatever it claims: only policies for whole levels say it.
    add constraint capacity_is_by_level check (capacity is null or (product_line_id is null and amount_from is null and amount_until is null)),
    add constraint the_policy_for_all_never_lapses check (not lapses or partner_level is not null or product_line_id is not null or amount_from is not null or amount_until is not null),
    add constraint a_policy_note_is_bounded check (char_length(note) <= 2000);
comment on table protection_policy is 'A version of the rules for a case: how long a claim is protected, when it is stale, how many a partner may hold. Published ones stay as they are.';
comment on column protection_policy.lapses is 'From its day on nothing special holds for the case.';
comment on column protection_policy.capacity_rates is 'Win rates in rising order; from each on the capacity is multiplied by the factor at the same place.';
create unique index one_policy_for_a_case_and_day on protection_policy (effective_from, partner_level, product_line_id, amount_from, amount_until) nulls not distinct where status = 'published';

create function published_policy_stays() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.status = 'published' then
        raise exception 'A published policy stays as it is; publish another version.' using errcode = 'check_violation', constraint = 'a_published_policy_stays';
    end if;
    if tg_op <> 'DELETE' and new.status = 'published' and new.published_at is not null and new.effective_from < brand_day(new.published_at) then
        raise exception 'A policy holds from its publication on at the earliest.' using errcode = 'check_violation', constraint = 'a_policy_is_not_backdated';
    end if;
    return coalesce(new, old);
end $$;
create trigger a_published_policy_stays before insert or update or delete on protection_policy for each row execute function published_policy_stays();

drop policy policies_are_read_by_whoever_is_signed_in on protection_policy;
create policy policies_are_read_by_whoever_is_signed_in on protection_policy for select
    using ((select app_is_brand()) or (status = 'published' and (select app_partner_id()) is not null));
revoke update, delete, truncate on protection_policy from {schema}_app;
grant delete, update (effective_from, partner_level, product_line_id, amount_from, amount_until, lapses, protection_days, extension_days, extensions_at_most, reminder_days,
    recently_expired_days, screenings_per_day, stale_days, stale_warning_days, backdating_hours, capacity, capacity_months, capacity_decided, capacity_rates, capacity_factors,
    capacity_floor, capacity_ceiling, note, status, published_by, published_at, version) on protection_policy to {schema}_app;

-- The version that holds: of each case that fits the newest whose day has come; of the cases that have not lapsed the most specific. amount is in the brand's currency;
-- one that is not known fits only where no amount is asked for.
create function protection_policy_for(level text, lines bigint[], amount numeric, day date) returns bigint language sql stable as $$
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
$$;
comment on function protection_policy_for(text, bigint[], numeric, date) is 'The version of a protection policy that holds for a claim on that day.';

-- A deal keeps which version protected it, and when it will be looked at for being stale.
alter table deal
    add protection_policy_id bigint references protection_policy,
    add stale_look_at        timestamptz,
    add stale_warned_at      timestamptz;
comment on column deal.stale_look_at is 'When the claim falls stale, or is released, unless something keeps it alive until then; the job looks and sets the next moment.';
grant update (protection_policy_id, stale_look_at, stale_warned_at) on deal to {schema}_app;
create index deal_by_policy on deal (protection_policy_id) where protection_policy_id is not null;
create index deal_to_look_at on deal (stale_look_at, deal_id) where status in ('approved', 'converted') and stale_look_at is not null;

-- Capacity (容量): how many open claims a partner may have. Open is what waits for a decision and what is protected now.
create index deal_open_by_partner on deal (partner_id) where status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted');
create index deal_closed_by_partner on deal (partner_id, closed_at) where status in ('won', 'lost', 'expired');

create table claim_allowance (
    claim_allowance_id bigint generated always as identity primary key,
    number       text    not null unique,
    partner_id   bigint  not null references partner,
    asked        integer not null,
    reason       text    not null,
    requested_by bigint  references person,
    requested_at timestamptz not null,
    granted      integer,
    until        date,
    answer       text,
    decided_by   bigint  references person,
    decided_at   timestamptz,
    constraint more_claims_are_asked_for check (asked between 1 and 100000),
    constraint an_allowance_has_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint an_allowance_is_decided_at_once check ((granted is null) = (decided_at is null)),
    constraint an_allowance_is_bounded check (granted between 0 and 100000 and (coalesce(granted, 0) > 0) = (until is not null)),
    constraint a_refused_allowance_has_a_reason check (granted is distinct from 0 or char_length(btrim(answer)) between 1 and 2000)
);
comment on table claim_allowance is 'A partner asks for more open claims than its capacity; the brand grants some until a day, or none with a reason.';
create unique index one_open_allowance_request on claim_allowance (partner_id) where granted is null;
create index claim_allowance_by_partner on claim_allowance (partner_id, until);
alter table claim_allowance enable row level security;
alter table claim_allowance force row level security;
create policy allowances_are_read_by_both_sides on claim_allowance for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy allowances_are_asked_for_by_the_partner on claim_allowance for insert
    with check ((granted is null and partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
create policy allowances_are_decided_by_the_brand on claim_allowance for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
revoke update, delete, truncate on claim_allowance from {schema}_app;
grant update (granted, until, answer, decided_by, decided_at) on claim_allowance to {schema}_app;

create function claim_capacity(of_partner bigint, at timestamptz)
returns table (base integer, months integer, decided_least integer, won integer, decided integer, factor numeric, lowest integer, highest integer, extra integer, capacity integer, open integer)
language sql stable as $$
    select y.capacity, y.capacity_months, y.capacity_decided, history.won, history.decided, counts.factor, y.capacity_floor, y.capacity_ceiling, allowed.extra,
           case when y.capacity is null then null
                else least(greatest(floor(y.capacity * counts.factor), coalesce(y.capacity_floor, 1)), coalesce(y.capacity_ceiling, 1000000))::integer + allowed.extra end,
           (select count(*)::integer from deal d
            where d.partner_id = of_partner and (d.status in ('submitted', 'under_review', 'information_requested') or (d.status in ('approved', 'converted') and d.protected_until > at)))
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
comment on function claim_capacity(bigint, timestamptz) is 'How many open claims a partner has, how many it may have, and all that the number comes from; null capacity where the policy sets none.';

-- The last judge of capacity: a partner's claims come in one after the other where its policy sets a number, so that two at the same moment cannot both take the last place.
create function partner_has_room_for_its_claims() returns trigger language plpgsql as $$
declare
    room record;
begin
    if not exists (select from protection_policy y join partner p on p.partner_id = new.partner_id
                   where y.protection_policy_id = protection_policy_for(p.partner_level, '{}', null, brand_day(new.updated_at)) and y.capacity is not null) then
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('claims of partner ' || new.partner_id, 0));
    select c.capacity, c.open into room from claim_capacity(new.partner_id, new.updated_at) c;
    if room.open >= room.capacity then
        raise exception 'The partner has % of % open claims.', room.open, room.capacity using errcode = 'check_violation', constraint = 'a_partner_has_room_for_its_claims';
    end if;
    return new;
end $$;
create trigger a_partner_has_room_for_its_claims before update of status on deal for each row
    when (new.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted')
          and old.status not in ('submitted', 'under_review', 'information_requested', 'approved', 'converted'))
    execute function partner_has_room_for_its_claims();

-- Amendments (变更): amount, lines or territory of a protected deal, changed on request.
create table deal_amendment (
    deal_amendment_id bigint generated always as identity primary key,
    deal_id      bigint  not null references deal on delete cascade,
    partner_id   bigint  not null references partner,
    amount       numeric(18, 2) not null,
    line_ids     bigint[] not null,
    territory_id bigint  not null references territory,
    reason       text    not null,
    requested_by bigint  references person,
    requested_at timestamptz not null,
    granted      boolean,
    answer       text,
    decided_by   bigint  references person,
    decided_at   timestamptz,
    constraint an_amended_amount_is_worth_something check (amount > 0 and amount < 1000000000000),
    constraint an_amended_claim_has_lines check (cardinality(line_ids) between 1 and 100),
    constraint an_amendment_has_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint an_amendment_is_decided_at_once check ((granted is null) = (decided_at is null)),
    constraint a_refused_amendment_has_a_reason check (granted is not false or char_length(btrim(answer)) > 0)
);
comment on table deal_amendment is 'A partner asks that a protected deal''s amount, product lines or territory be other ones; the brand grants or refuses.';
create unique index one_open_amendment_request on deal_amendment (deal_id) where granted is null;
create index deal_amendment_by_deal on deal_amendment (deal_id);

-- Won too soon (抢报赢单): a deal that is won within the policy's hours of its registration was perhaps registered afterwards; the desk looks first.
create table deal_outcome_review (
    deal_outcome_review_id bigint generated always as identity primary key,
    deal_id      bigint  not null references deal on delete cascade,
    partner_id   bigint  not null references partner,
    hours        numeric(8, 2) not null,
    reported_by  bigint  references person,
    reported_at  timestamptz not null,
    confirmed    boolean,
    answer       text,
    decided_by   bigint  references person,
    decided_at   timestamptz,
    constraint an_outcome_is_decided_at_once check ((confirmed is null) = (decided_at is null)),
    constraint an_outcome_that_is_not_confirmed_has_a_reason check (confirmed is not false or char_length(btrim(answer)) > 0)
);
comment on table deal_outcome_review is 'A win reported within hours of the registration, waiting for the deal desk; the deal stays as it is meanwhile.';
create unique index one_open_outcome_review on deal_outcome_review (deal_id) where confirmed is null;
create index deal_outcome_review_by_deal on deal_outcome_review (deal_id);

alter table deal_amendment enable row level security;
alter table deal_amendment force row level security;
create policy amendments_are_read_by_both_sides on deal_amendment for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy amendments_are_asked_for_by_the_partner on deal_amendment for insert with check ((granted is null and partner_id = (select app_partner_id())) or (select app_is_system()));
create policy amendments_are_decided_by_the_deal_desk on deal_amendment for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
revoke update, delete, truncate on deal_amendment from {schema}_app;
grant update (granted, answer, decided_by, decided_at) on deal_amendment to {schema}_app;

alter table deal_outcome_review enable row level security;
alter table deal_outcome_review force row level security;
create policy outcomes_are_read_by_both_sides on deal_outcome_review for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy outcomes_are_reported_by_the_partner on deal_outcome_review for insert with check ((confirmed is null and partner_id = (select app_partner_id())) or (select app_is_system()));
create policy outcomes_are_decided_by_the_deal_desk on deal_outcome_review for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
revoke update, delete, truncate on deal_outcome_review from {schema}_app;
grant update (confirmed, answer, decided_by, decided_at) on deal_outcome_review to {schema}_app;
