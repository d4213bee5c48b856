-- A partner may propose another target, with a reason; the brand accepts it, counters or declines. What is agreed becomes the target: of the proposal by the brand's own hand, of a counter by the partner's.
create table kpi_target_proposal (
    kpi_target_proposal_id bigint generated always as identity primary key,
    number            text           not null unique,
    kpi_definition_id bigint         not null references kpi_definition,
    partner_id        bigint         not null references partner,
    period            text           not null,
    starts_on         date           not null,
    held              numeric(20, 4),
    proposed          numeric(20, 4) not null,
    reason            text           not null,
    status            text           not null default 'open',
    counter           numeric(20, 4),
    answer            text,
    proposed_at       timestamptz    not null,
    proposed_by       text           not null,
    answered_at       timestamptz,
    answered_by       text,
    closed_at         timestamptz,
    closed_by         text,
    version           integer        not null default 1,
    constraint proposal_status_is_known check (status in ('open', 'countered', 'accepted', 'declined', 'withdrawn')),
    constraint proposal_period_is_known check (period in ('month', 'quarter', 'half', 'year', 'rolling3', 'rolling6', 'rolling12')),
    constraint a_proposal_is_a_target check (proposed > 0 and proposed <= 1000000000000 and (counter is null or (counter > 0 and counter <= 1000000000000))),
    constraint a_proposal_says_why check (char_length(btrim(reason)) between 1 and 500 and (answer is null or char_length(answer) <= 500)),
    constraint a_counter_is_a_value check (status <> 'countered' or counter is not null),
    constraint a_refusal_says_why check (status <> 'declined' or char_length(btrim(answer)) > 0),
    constraint what_is_closed_says_when check ((status in ('accepted', 'declined', 'withdrawn')) = (closed_at is not null) and (closed_at is null) = (closed_by is null))
);
comment on table kpi_target_proposal is 'A partner''s wish for another target in one period (目标协商), with what the brand answered.';
create unique index one_open_proposal_for_a_target on kpi_target_proposal (kpi_definition_id, partner_id, period, starts_on) where status in ('open', 'countered');
create index kpi_target_proposal_by_partner on kpi_target_proposal (partner_id, proposed_at desc);

-- Who may write at all is said by the policies; who may write what, at which point, only sees both rows.
create function proposal_goes_on() returns trigger language plpgsql set search_path = portal, public, pg_temp as $$
begin
    if (new.kpi_definition_id, new.partner_id, new.period, new.starts_on, new.proposed, new.reason, new.proposed_at, new.proposed_by)
       is distinct from (old.kpi_definition_id, old.partner_id, old.period, old.starts_on, old.proposed, old.reason, old.proposed_at, old.proposed_by) then
        raise exception 'What was proposed stays as it was said.' using errcode = 'check_violation', constraint = 'a_proposal_is_not_rewritten';
    end if;
    if old.status not in ('open', 'countered')
       or (app_is_brand() and (old.status <> 'open' or new.status not in ('countered', 'accepted', 'declined')))
       or (not app_is_brand() and (new.counter is distinct from old.counter or new.answer is distinct from old.answer
           or (old.status, new.status) not in (('open', 'withdrawn'), ('countered', 'withdrawn'), ('countered', 'accepted')))) then
        raise exception 'A proposal that is % does not become % by this side.', old.status, new.status using errcode = 'check_violation', constraint = 'a_proposal_is_answered_in_turn';
    end if;
    return new;
end $$;
create trigger a_proposal_is_answered_in_turn before update on kpi_target_proposal for each row execute function proposal_goes_on();

alter table kpi_target_proposal enable row level security;
alter table kpi_target_proposal force row level security;
create policy proposals_are_between_two on kpi_target_proposal for select using ((select app_is_brand()) or partner_id = (select app_partner_id()));
create policy proposals_are_made_by_the_partner on kpi_target_proposal for insert
    with check ((select app_is_system()) or (partner_id = (select app_partner_id()) and status = 'open' and ((select app_has_role('partner_admin')) or (select app_has_role('sales')))));
create policy proposals_are_answered on kpi_target_proposal for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')) or (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('sales')))))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')) or partner_id = (select app_partner_id()));
revoke delete, truncate on kpi_target_proposal from {schema}_app;

-- A partner that accepts a counter sets exactly this target for itself, and no other.
create policy targets_are_agreed on kpi_target for insert with check (partner_id = (select app_partner_id()) and exists (
    select from kpi_target_proposal p
    where p.partner_id = kpi_target.partner_id and p.kpi_definition_id = kpi_target.kpi_definition_id and p.period = kpi_target.period and p.starts_on = kpi_target.starts_on
      and p.status = 'accepted' and p.counter = kpi_target.value and p.closed_at = kpi_target.set_at));
create policy targets_make_way_for_what_is_agreed on kpi_target for update
    using (partner_id = (select app_partner_id()) and superseded_at is null and exists (
        select from kpi_target_proposal p
        where p.partner_id = kpi_target.partner_id and p.kpi_definition_id = kpi_target.kpi_definition_id and p.period = kpi_target.period and p.starts_on = kpi_target.starts_on
          and p.status = 'accepted' and p.counter is not null and p.closed_at >= kpi_target.set_at))
    with check (partner_id = (select app_partner_id()) and superseded_at is not null);
