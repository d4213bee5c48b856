-- Levels (等级) follow from scores: rules say which average over a rolling window reaches a level and which keeps it, a review proposes, a person decides, and a decision takes effect on a day.
create table level_rules (
    level_rules_id   bigint generated always as identity primary key,
    number           text          not null unique,
    period           text          not null,
    window_periods   integer       not null,
    least_periods    integer       not null,
    silver_reach     numeric(5, 2) not null,
    silver_keep      numeric(5, 2) not null,
    gold_reach       numeric(5, 2) not null,
    gold_keep        numeric(5, 2) not null,
    platinum_reach   numeric(5, 2) not null,
    platinum_keep    numeric(5, 2) not null,
    valid            daterange     not null,
    created_at       timestamptz   not null,
    created_by       text          not null,
    constraint rules_period_is_known check (period in ('month', 'quarter', 'half', 'year')),
    constraint a_window_is_at_most_two_years check (window_periods between 1 and case period when 'month' then 24 when 'quarter' then 8 when 'half' then 4 else 2 end),
    constraint so_many_must_be_scored check (least_periods between 1 and window_periods),
    constraint a_level_asks_more_than_the_one_below check (0 < silver_reach and silver_reach < gold_reach and gold_reach < platinum_reach and platinum_reach <= 200
        and 0 <= silver_keep and silver_keep <= gold_keep and gold_keep <= platinum_keep),
    constraint a_level_is_kept_by_no_more_than_it_took check (silver_keep <= silver_reach and gold_keep <= gold_reach and platinum_keep <= platinum_reach),
    constraint one_set_of_level_rules_holds_at_a_time exclude using gist (valid with &&)
);
comment on table level_rules is 'Which average score over a rolling window reaches a level, and which keeps it; each set holds for a time, an emptied one never held.';

create table level_review (
    level_review_id bigint generated always as identity primary key,
    number          text        not null unique,
    level_rules_id  bigint      not null references level_rules,
    period          text        not null,
    starts_on       date        not null,
    scored          integer     not null,
    run_at          timestamptz not null,
    run_by          text        not null,
    constraint one_review_of_a_period unique (period, starts_on)
);
comment on table level_review is 'A look at all partners'' levels (等级评审) with the periods that end with one; run again it brings its open proposals up to date.';

create table level_proposal (
    level_proposal_id bigint generated always as identity primary key,
    number          text          not null unique,
    level_review_id bigint        not null references level_review,
    partner_id      bigint        not null references partner,
    period          text          not null,
    starts_on       date          not null,
    from_level      text          not null,
    to_level        text          not null,
    score           numeric(6, 2) not null,
    limit_score     numeric(5, 2) not null,
    scores          numeric(6, 2)[] not null,
    status          text          not null default 'open',
    proposed_at     timestamptz   not null,
    effective_on    date,
    reason          text,
    decided_at      timestamptz,
    decided_by      text,
    applied_at      timestamptz,
    version         integer       not null default 1,
    constraint level_proposal_status_is_known check (status in ('open', 'confirmed', 'rejected', 'replaced', 'lapsed')),
    constraint a_proposal_leads_to_another_level check (from_level <> to_level),
    constraint proposed_levels_are_known check (from_level in ('registered', 'silver', 'gold', 'platinum') and to_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint a_decision_says_who_and_when check ((status in ('confirmed', 'rejected', 'lapsed')) = (decided_at is not null) and (decided_at is null) = (decided_by is null)),
    constraint a_rejection_says_why check (status <> 'rejected' or char_length(btrim(reason)) > 0),
    constraint why_is_short check (char_length(reason) <= 500),
    constraint what_is_confirmed_has_its_day check ((status in ('confirmed', 'lapsed')) = (effective_on is not null)),
    constraint only_what_is_confirmed_takes_effect check (applied_at is null or status = 'confirmed')
);
comment on table level_proposal is 'A promotion or demotion that a review proposes for one partner, with the scores it rests on and what a person decided.';
comment on column level_proposal.scores is 'The points of the window''s periods that were scored, the first to the last.';
create unique index one_proposal_of_a_review_for_a_partner on level_proposal (level_review_id, partner_id) where status <> 'replaced';
create unique index one_open_proposal_for_a_level on level_proposal (partner_id) where status = 'open';
create index level_proposal_by_partner on level_proposal (partner_id, proposed_at desc);
create index level_proposal_due on level_proposal (effective_on) where status = 'confirmed' and applied_at is null;

create function level_proposal_goes_on() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if (new.number, new.level_review_id, new.partner_id, new.period, new.starts_on, new.from_level, new.to_level, new.score, new.limit_score, new.scores, new.proposed_at)
       is distinct from (old.number, old.level_review_id, old.partner_id, old.period, old.starts_on, old.from_level, old.to_level, old.score, old.limit_score, old.scores, old.proposed_at) then
        raise exception 'What was proposed stays as it was.' using errcode = 'check_violation', constraint = 'a_level_proposal_is_not_rewritten';
    end if;
    if not (old.status = 'open' and new.status in ('confirmed', 'rejected', 'replaced')
            or old.status = 'confirmed' and old.applied_at is null and new.status in ('confirmed', 'lapsed')
               and (new.effective_on, new.decided_at, new.decided_by) is not distinct from (old.effective_on, old.decided_at, old.decided_by)) then
        raise exception 'A proposal that is % does not become %.', old.status, new.status using errcode = 'check_violation', constraint = 'a_level_is_decided_once';
    end if;
    -- Nobody decides in another's name.
    if old.status = 'open' and new.decided_by is not null and not app_is_system() and new.decided_by is distinct from app_actor() then
        raise exception 'A decision names whoever makes it.' using errcode = 'check_violation', constraint = 'a_level_is_decided_by_whoever_is_at_work';
    end if;
    return new;
end $$;
create trigger a_level_is_decided_once before update on level_proposal for each row execute function level_proposal_goes_on();

alter table level_rules enable row level security;
alter table level_rules force row level security;
create policy level_rules_are_read_by_whoever_is_signed_in on level_rules for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy level_rules_are_kept_by_the_brand on level_rules using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke update, delete, truncate on level_rules from {schema}_app;
grant update (valid) on level_rules to {schema}_app;

alter table level_review enable row level security;
alter table level_review force row level security;
create policy reviews_are_the_brands on level_review for select using ((select app_is_brand()));
create policy reviews_are_run_by_the_brand on level_review
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
revoke delete, truncate on level_review from {schema}_app;

-- A partner learns of its own level what was decided for it, and nothing of what was considered.
alter table level_proposal enable row level security;
alter table level_proposal force row level security;
create policy level_proposals_are_the_brands on level_proposal for select using ((select app_is_brand()) or (partner_id = (select app_partner_id()) and status = 'confirmed'));
create policy level_proposals_are_made_by_the_brand on level_proposal for insert
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
create policy level_proposals_are_decided_by_the_brand on level_proposal for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
revoke delete, truncate on level_proposal from {schema}_app;
