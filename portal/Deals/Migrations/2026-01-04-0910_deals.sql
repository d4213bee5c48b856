-- Deal registration (商机报备): a partner claims a customer for product lines in a territory; the brand decides and protects.
create table protection_policy (
    protection_policy_id bigint  generated always as identity primary key,
    effective_from       date    not null,
    partner_level        text,
    product_line_id      bigint  references product_line,
    protection_days      integer not null,
    extension_days       integer not null,
    reminder_days        integer not null,
    recently_expired_days integer not null,
    screenings_per_day   integer not null,
    constraint policy_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint policy_numbers_are_sensible check (
        protection_days between 1 and 1095 and extension_days between 1 and 1095 and reminder_days between 0 and 365
        and recently_expired_days between 0 and 1095 and screenings_per_day between 1 and 1000000),
    constraint one_policy_for_a_case_and_day unique nulls not distinct (effective_from, partner_level, product_line_id)
);
comment on table protection_policy is 'How long a claim is protected and how often a partner may ask; the most specific row whose day has come holds.';
insert into protection_policy (effective_from, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day)
values ('2000-01-01', 90, 30, 14, 30, 200);

create table deal (
    deal_id         bigint  generated always as identity primary key,
    number          text    not null unique,
    partner_id      bigint  not null references partner,
    end_customer_id bigint  not null references end_customer,
    territory_id    bigint  not null references territory,
    status          text    not null default 'draft',
    amount          numeric(18, 2) not null,
    currency        text    not null,
    expected_close  date    not null,
    period_from     date,
    period_until    date,
    contact_name    text,
    contact_email   text,
    contact_phone   text,
    need            text,
    protected_from  timestamptz,
    protected_until timestamptz,
    reminded_at     timestamptz,
    submitted_at    timestamptz,
    decided_at      timestamptz,
    closed_at       timestamptz,
    created_by      bigint  references person,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    version         integer not null default 1,
    constraint deal_status_is_known check (status in ('draft', 'submitted', 'under_review', 'information_requested', 'approved', 'rejected',
        'duplicate', 'withdrawn', 'expired', 'converted', 'won', 'lost')),
    constraint a_deal_is_worth_something check (amount > 0 and amount < 1000000000000),
    constraint a_deal_has_a_currency check (currency ~ '^[A-Z]{3}$'),
    constraint a_deal_period_goes_forward check (period_until >= period_from),
    constraint a_protected_deal_has_an_end check (status not in ('approved', 'converted') or (protected_from is not null and protected_until > protected_from)),
    constraint a_deal_left_draft_when_submitted check (status in ('draft', 'withdrawn') or submitted_at is not null)
);
comment on table deal is 'One partner''s registration of one customer; its lines stand in deal_product_line, its protection in deal_claim.';
-- The list's own order, nulls and all: an index in another order would be sorted again.
create index deal_by_partner on deal (partner_id, updated_at desc nulls last, deal_id desc);
create index deal_by_time on deal (updated_at desc nulls last, deal_id desc);
create index deal_by_change on deal (updated_at, number);
create index deal_by_customer on deal (end_customer_id);
-- The review queue, oldest first, and the protections that end next: both small among many deals.
create index deal_waiting on deal (submitted_at, deal_id) where status in ('submitted', 'under_review');
create index deal_protected on deal (protected_until, deal_id) where status in ('approved', 'converted');

create table deal_product_line (
    deal_id         bigint not null references deal on delete cascade,
    product_line_id bigint not null references product_line,
    partner_id      bigint not null references partner,
    primary key (deal_id, product_line_id)
);
comment on table deal_product_line is 'A product line (产品线) that a deal claims.';
create index deal_product_line_by_line on deal_product_line (product_line_id, deal_id);

create table deal_claim (
    deal_claim_id       bigint generated always as identity primary key,
    deal_id             bigint    not null references deal,
    partner_id          bigint    not null references partner,
    end_customer_id     bigint    not null,
    customer_cluster_id bigint    not null,
    product_line_id     bigint    not null references product_line,
    territory_id        bigint    not null references territory,
    protection          tstzrange not null,
    constraint a_claim_follows_its_customer foreign key (end_customer_id, customer_cluster_id)
        references end_customer (end_customer_id, customer_cluster_id) on update cascade,
    constraint a_protection_has_two_ends check (not isempty(protection) and not lower_inf(protection) and not upper_inf(protection) and upper(protection) < 'infinity'),
    -- The invariant of deal registration. Whatever the code does, and even when two clusters become one, the second claim is refused here.
    constraint one_live_claim exclude using gist (customer_cluster_id with =, product_line_id with =, territory_id with =, protection with &&)
);
comment on table deal_claim is 'An approved claim, one row for each product line and territory it covers; protection is cut off when the deal ends early.';
create index deal_claim_by_deal on deal_claim (deal_id);
create index deal_claim_by_customer on deal_claim (end_customer_id, customer_cluster_id);

create table deal_act (
    deal_act_id bigint generated always as identity primary key,
    deal_id     bigint not null references deal on delete cascade,
    partner_id  bigint not null references partner,
    act         text   not null,
    from_status text,
    to_status   text   not null,
    reason      text,
    by_brand    boolean not null,
    person_id   bigint references person,
    happened_at timestamptz not null,
    constraint a_negative_act_has_a_reason check (act not in ('reject', 'mark_duplicate', 'request_information', 'withdraw', 'lose') or char_length(btrim(reason)) > 0),
    constraint a_reason_is_not_a_book check (char_length(reason) <= 2000)
);
comment on table deal_act is 'What was done to a deal: by which side and person, when, and why. Both sides read it.';
create index deal_act_by_deal on deal_act (deal_id, deal_act_id);

create table deal_comment (
    deal_comment_id bigint generated always as identity primary key,
    deal_id     bigint not null references deal on delete cascade,
    partner_id  bigint not null references partner,
    stream      text   not null,
    body        text   not null,
    by_brand    boolean not null,
    person_id   bigint references person,
    written_at  timestamptz not null,
    constraint comment_stream_is_known check (stream in ('shared', 'brand')),
    constraint a_comment_says_something check (char_length(btrim(body)) between 1 and 4000)
);
comment on table deal_comment is 'A remark on a deal: in the stream that both sides see, or in the one that only the brand sees.';
create index deal_comment_by_deal on deal_comment (deal_id, deal_comment_id);

create table deal_extension (
    deal_extension_id bigint generated always as identity primary key,
    deal_id      bigint  not null references deal on delete cascade,
    partner_id   bigint  not null references partner,
    days         integer not null,
    reason       text    not null,
    requested_by bigint  references person,
    requested_at timestamptz not null,
    granted      boolean,
    answer       text,
    decided_by   bigint  references person,
    decided_at   timestamptz,
    constraint an_extension_is_bounded check (days between 1 and 365),
    constraint an_extension_has_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint an_extension_is_decided_at_once check ((granted is null) = (decided_at is null)),
    constraint a_refused_extension_has_a_reason check (granted is not false or char_length(btrim(answer)) > 0)
);
comment on table deal_extension is 'A partner asks for a longer protection, the brand grants or refuses.';
create unique index one_open_extension_request on deal_extension (deal_id) where granted is null;
create index deal_extension_by_deal on deal_extension (deal_id);

create table deal_screening (
    deal_screening_id bigint generated always as identity primary key,
    deal_id        bigint  not null references deal on delete cascade,
    partner_id     bigint  not null references partner,
    screened_at    timestamptz not null,
    matcher        text    not null,
    conflict       text    not null,
    band           text    not null,
    matched_fields text[]  not null,
    free_from      date,
    own_deal       text,
    blocked        boolean not null,
    constraint screening_conflict_is_known check (conflict in ('none', 'live_claim', 'direct_account', 'own_colleague', 'recently_expired')),
    constraint screening_band_is_known check (band in ('certain', 'likely', 'possible', 'none', 'related'))
);
comment on table deal_screening is 'The verdict a claimant was given on submitting: anonymous, the same columns for a hit and a miss.';
create index deal_screening_by_deal on deal_screening (deal_id, deal_screening_id desc);
-- How many screenings a partner has had today: the limit that keeps anybody from fishing for the customer list.
create index deal_screening_by_partner on deal_screening (partner_id, screened_at);

create table deal_screening_candidate (
    deal_screening_id bigint  not null references deal_screening on delete cascade,
    end_customer_id   bigint  not null references end_customer,
    partner_id        bigint  not null references partner,
    band              text    not null,
    conflict          text    not null,
    score             numeric(6, 2) not null,
    evidence          jsonb   not null,
    primary key (deal_screening_id, end_customer_id),
    constraint candidate_band_is_known check (band in ('certain', 'likely', 'possible', 'related'))
);
comment on table deal_screening_candidate is 'A customer that may be the same company, with the evidence in points; for the reviewer only. partner_id is the claimant.';
create index deal_screening_candidate_by_customer on deal_screening_candidate (end_customer_id);

-- How claims stand on some clusters, for the anonymous verdict: a class and the day it ends, nothing about the holder.
create function claim_standing(clusters bigint[], lines bigint[], territory bigint, except_deal bigint, at timestamptz, recently interval)
returns table (customer_cluster_id bigint, conflict text, free_from date)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
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
    group by asked.customer_cluster_id
$$;
comment on function claim_standing(bigint[], bigint[], bigint, bigint, timestamptz, interval) is 'Class of conflict and free moment per cluster, without the holder.';
alter function claim_standing(bigint[], bigint[], bigint, bigint, timestamptz, interval) owner to {schema}_definer;

-- Whom to tell about a deal: the brand's deal desk, or the claimant's own (whoever registered it, else its sales people). A partner at
-- work may have somebody of the brand told without seeing who that is.
create function deal_audience(about bigint, of_brand boolean)
returns table (person_id bigint, email text, language text, is_actor boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id()
    from deal d
    join person p on p.disabled_at is null and p.kind = 'person'
    join partner b on b.partner_id = p.partner_id
    where d.deal_id = about and (d.partner_id = app_partner_id() or app_is_brand())
      and case when of_brand then exists (select from person_role r where r.person_id = p.person_id and r.role = 'deal_desk')
               when exists (select from person c where c.person_id = d.created_by and c.disabled_at is null and c.kind = 'person') then p.person_id = d.created_by
               else p.partner_id = d.partner_id and exists (select from person_role r where r.person_id = p.person_id and r.role in ('sales', 'partner_admin')) end
    order by p.person_id
    limit 50
$$;
comment on function deal_audience(bigint, boolean) is 'The people who are told what happens to a deal, for mails and notifications.';
alter function deal_audience(bigint, boolean) owner to {schema}_definer;

-- Second wall behind DealLifecycle: what is over stays as it is, and only the deal desk (or the product) decides.
create function deal_is_guarded() returns trigger language plpgsql as $$
begin
    if old.status in ('rejected', 'duplicate', 'withdrawn', 'expired', 'won', 'lost') then
        raise exception 'Deal % is over and stays as it is.', old.number using errcode = 'check_violation', constraint = 'a_deal_that_is_over_stays';
    end if;
    if new.status <> old.status and new.status in ('approved', 'rejected', 'duplicate', 'information_requested') and not app_has_role('deal_desk') then
        raise exception 'Only the deal desk decides on deal %.', old.number using errcode = 'insufficient_privilege', constraint = 'the_deal_desk_decides';
    end if;
    return new;
end $$;
create trigger a_deal_is_guarded before update on deal for each row execute function deal_is_guarded();

alter table protection_policy enable row level security;
alter table protection_policy force row level security;
create policy policies_are_read_by_whoever_is_signed_in on protection_policy for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy policies_are_kept_by_the_brand on protection_policy using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));

alter table deal enable row level security;
alter table deal force row level security;
create policy deals_are_their_partners on deal for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy deals_are_known_to_the_definer on deal for select to {schema}_definer using (true);
create policy deals_are_registered_by_their_partner on deal for insert
    with check (status = 'draft' and partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin'))));
create policy deals_are_changed_by_their_partner on deal for update
    using (partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin'))))
    with check (partner_id = (select app_partner_id()));
create policy deals_are_decided_by_the_deal_desk on deal using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
-- A deal stays with the partner that registered it, under the number it got.
revoke update, delete on deal from {schema}_app;
grant update (end_customer_id, territory_id, status, amount, currency, expected_close, period_from, period_until, contact_name, contact_email, contact_phone,
              need, protected_from, protected_until, reminded_at, submitted_at, decided_at, closed_at, updated_at, version) on deal to {schema}_app;

alter table deal_product_line enable row level security;
alter table deal_product_line force row level security;
create policy deal_lines_are_their_partners on deal_product_line using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
create policy deal_lines_are_read_by_the_brand on deal_product_line for select using ((select app_is_brand()));
create policy deal_lines_are_kept_by_the_deal_desk on deal_product_line using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));

alter table deal_claim enable row level security;
alter table deal_claim force row level security;
create policy claims_are_read_by_their_partner on deal_claim for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy claims_are_granted_by_the_deal_desk on deal_claim for insert with check ((select app_has_role('deal_desk')));
create policy claims_are_changed_by_the_deal_desk on deal_claim for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
-- Giving up is the holder's right, lengthening is not: see deal_claim_only_shrinks.
create policy claims_are_given_up_by_their_partner on deal_claim for update using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
create policy claims_are_matched_by_the_definer on deal_claim for select to {schema}_definer using (true);
revoke update, delete on deal_claim from {schema}_app;
grant update (protection) on deal_claim to {schema}_app;

create function deal_claim_only_shrinks() returns trigger language plpgsql as $$
begin
    if not new.protection <@ old.protection and not app_has_role('deal_desk') then
        raise exception 'Only the deal desk lengthens a protection.' using errcode = 'insufficient_privilege', constraint = 'the_deal_desk_decides';
    end if;
    return new;
end $$;
create trigger a_claim_only_shrinks before update of protection on deal_claim for each row execute function deal_claim_only_shrinks();

alter table deal_act enable row level security;
alter table deal_act force row level security;
create policy acts_are_read_by_both_sides on deal_act for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy acts_are_written_by_whoever_acts on deal_act for insert with check (
    (by_brand and (select app_is_brand())) or (not by_brand and partner_id = (select app_partner_id())) or (select app_is_system()));
revoke update, delete on deal_act from {schema}_app;

alter table deal_comment enable row level security;
alter table deal_comment force row level security;
create policy comments_are_read_by_their_side on deal_comment for select using ((select app_is_brand()) or (stream = 'shared' and partner_id = (select app_partner_id())));
create policy comments_are_written_by_their_side on deal_comment for insert with check (
    (by_brand and (select app_is_brand())) or (not by_brand and stream = 'shared' and partner_id = (select app_partner_id())) or (select app_is_system()));
revoke update, delete on deal_comment from {schema}_app;

alter table deal_extension enable row level security;
alter table deal_extension force row level security;
create policy extensions_are_read_by_both_sides on deal_extension for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy extensions_are_asked_for_by_the_partner on deal_extension for insert
    with check ((granted is null and partner_id = (select app_partner_id())) or (select app_is_system()));
create policy extensions_are_decided_by_the_deal_desk on deal_extension for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));

alter table deal_screening enable row level security;
alter table deal_screening force row level security;
create policy verdicts_are_read_by_the_claimant on deal_screening for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy verdicts_are_written_on_submitting on deal_screening for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete on deal_screening from {schema}_app;

alter table deal_screening_candidate enable row level security;
alter table deal_screening_candidate force row level security;
create policy candidates_are_read_by_the_brand on deal_screening_candidate for select using ((select app_is_brand()));
create policy candidates_are_written_on_submitting on deal_screening_candidate for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete on deal_screening_candidate from {schema}_app;
