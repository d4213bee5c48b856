-- Approval by policy (审批政策): which queues decide on a registration, one step after the other. A queue is a role of the brand, never a person; the channel managers'
-- queue is that of the partner's own. Versions as with protection policies: drafted, published from a day on, superseded, never edited.
create table approval_policy (
    approval_policy_id bigint generated always as identity primary key,
    number          text    not null unique,
    status          text    not null default 'draft',
    effective_from  date    not null,
    partner_level   text,
    product_line_id bigint  references product_line,
    territory_id    bigint  references territory,
    amount_from     numeric(18, 2),
    amount_until    numeric(18, 2),
    band            text,
    lapses          boolean not null default false,
    auto_approve    boolean not null default false,
    queues          text[]    not null default '{}',
    approvers       integer[] not null default '{}',
    hours           integer[] not null default '{}',
    working         boolean[] not null default '{}',
    escalate_to     text[]    not null default '{}',
    note            text,
    created_by      bigint references person,
    created_at      timestamptz,
    published_by    bigint references person,
    published_at    timestamptz,
    version         integer not null default 1,
    constraint approval_status_is_known check (status in ('draft', 'published')),
    constraint approval_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint approval_band_is_known check (band in ('none', 'possible', 'likely', 'related', 'certain')),
    constraint approval_amounts_span_something check (amount_from >= 0 and amount_until > coalesce(amount_from, 0)),
    -- A machine approves only where nothing that resembles the customer is known.
    constraint only_the_unknown_is_approved_by_policy check (not auto_approve or band = 'none'),
    constraint approval_has_its_steps check (
        cardinality(queues) = cardinality(approvers) and cardinality(queues) = cardinality(hours) and cardinality(queues) = cardinality(working) and cardinality(queues) = cardinality(escalate_to)
        and cardinality(queues) <= 6 and (lapses or auto_approve or cardinality(queues) > 0)
        and queues <@ array['deal_desk', 'channel_manager', 'finance', 'brand_admin'] and escalate_to <@ array['deal_desk', 'channel_manager', 'finance', 'brand_admin']
        and 1 <= all (approvers) and 5 >= all (approvers) and 1 <= all (hours) and 2000 >= all (hours)),
    constraint the_approval_of_all_never_lapses check (not lapses or partner_level is not null or product_line_id is not null or territory_id is not null or amount_from is not null
        or amount_until is not null or band is not null),
    constraint an_approval_note_is_bounded check (char_length(note) <= 2000)
);
comment on table approval_policy is 'A version of the rule who decides on registrations of a case: queues in their order, how many of each, in how many hours, and to whom it goes when they do not.';
create unique index one_approval_policy_for_a_case_and_day on approval_policy (effective_from, partner_level, product_line_id, territory_id, amount_from, amount_until, band) nulls not distinct where status = 'published';
insert into approval_policy (number, status, effective_from, queues, approvers, hours, working, escalate_to)
values ('AP-0000-0000-0001', 'published', '2000-01-01', '{deal_desk}', '{1}', '{16}', '{true}', '{brand_admin}');
create trigger a_published_policy_stays before insert or update or delete on approval_policy for each row execute function published_policy_stays();
alter table approval_policy enable row level security;
alter table approval_policy force row level security;
create policy approval_policies_are_read_by_whoever_is_signed_in on approval_policy for select using ((select app_is_brand()) or (status = 'published' and (select app_partner_id()) is not null));
create policy approval_policies_are_kept_by_the_brand on approval_policy using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke truncate on approval_policy from {schema}_app;

create function approval_policy_for(level text, lines bigint[], territory bigint, amount numeric, screened text, day date) returns bigint language sql stable as $$
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
$$;
comment on function approval_policy_for(text, bigint[], bigint, numeric, text, date) is 'The version of an approval policy that holds for a registration on that day.';

-- Hours of work are those of Monday to Friday, 9 to 17 in the brand's zone: eight a day.
create function due_after(began timestamptz, hours integer, is_working boolean) returns timestamptz language plpgsql stable as $$
declare
    zone text := (select b.time_zone from partner b where b.partner_type = 'brand');
    at timestamp := began at time zone zone;
    still interval := hours * interval '1 hour';
    ends timestamp;
begin
    if not is_working or zone is null then
        return began + hours * interval '1 hour';
    end if;
    loop
        if extract(isodow from at) > 5 or at::time >= time '17:00' then
            at := at::date + 1 + time '09:00';
            continue;
        end if;
        at := greatest(at, at::date + time '09:00');
        ends := at::date + time '17:00';
        exit when ends - at >= still;
        still := still - (ends - at);
        at := at::date + 1 + time '09:00';
    end loop;
    return (at + still) at time zone zone;
end $$;
comment on function due_after(timestamptz, integer, boolean) is 'So many hours later, by the clock or in working hours of the brand.';
alter function due_after(timestamptz, integer, boolean) security definer set search_path = {schema}, public, pg_temp;
alter function due_after(timestamptz, integer, boolean) owner to {schema}_definer;

create table deal_approval_step (
    deal_id      bigint  not null references deal on delete cascade,
    round        integer not null,
    step         integer not null,
    partner_id   bigint  not null references partner,
    approval_policy_id bigint not null references approval_policy,
    queue        text    not null,
    approvers    integer not null,
    hours        integer not null,
    working      boolean not null,
    escalate_to  text    not null,
    opened_at    timestamptz,
    due_at       timestamptz,
    escalate_at  timestamptz,
    reminded_at  timestamptz,
    escalated_at timestamptz,
    closed_at    timestamptz,
    outcome      text,
    primary key (deal_id, round, step),
    constraint step_queue_is_known check (queue in ('deal_desk', 'channel_manager', 'finance', 'brand_admin', 'policy')),
    constraint an_open_step_has_its_clock check ((opened_at is null) = (due_at is null)),
    constraint a_closed_step_has_its_outcome check ((closed_at is null) = (outcome is null)),
    constraint step_outcome_is_known check (outcome in ('approved', 'ended'))
);
comment on table deal_approval_step is 'A step of a deal''s approval as its policy had it when the deal was submitted; each submission is a round of its own.';
-- What waits in the queues, and for the clock.
create index deal_approval_step_open on deal_approval_step (queue, due_at) where opened_at is not null and closed_at is null;

create table deal_step_decision (
    deal_step_decision_id bigint generated always as identity primary key,
    deal_id       bigint  not null,
    round         integer not null,
    step          integer not null,
    partner_id    bigint  not null references partner,
    person_id     bigint  not null references person,
    for_person_id bigint  references person,
    decision      text    not null,
    note          text,
    days          integer,
    decided_at    timestamptz not null,
    foreign key (deal_id, round, step) references deal_approval_step on delete cascade,
    constraint step_decision_is_known check (decision in ('approve', 'reject', 'ask')),
    constraint a_step_note_is_bounded check (char_length(note) <= 2000),
    -- Four eyes: whoever decided one step of a round decides no other.
    constraint nobody_decides_two_steps unique (deal_id, round, person_id)
);
comment on table deal_step_decision is 'What somebody of a queue decided on a step, when, why and, as a deputy, for whom.';

create table approval_deputy (
    approval_deputy_id bigint generated always as identity primary key,
    number      text   not null unique,
    queue       text   not null,
    person_id   bigint not null references person,
    deputy_id   bigint not null references person,
    from_day    date   not null,
    until_day   date   not null,
    named_at    timestamptz not null,
    ended_at    timestamptz,
    constraint deputy_queue_is_known check (queue in ('deal_desk', 'channel_manager', 'finance', 'brand_admin')),
    constraint nobody_is_their_own_deputy check (deputy_id <> person_id),
    constraint a_deputy_has_its_days check (until_day >= from_day and until_day <= from_day + 366)
);
comment on table approval_deputy is 'Somebody of a queue is away and names who decides for them, from day to day.';
create index approval_deputy_by_deputy on approval_deputy (deputy_id, until_day) where ended_at is null;

create function queue_member(queue text, of_partner bigint, person bigint) returns boolean language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select exists (select from person_role r join person p using (person_id) where r.person_id = queue_member.person and r.role = queue_member.queue and p.disabled_at is null)
       and (queue_member.queue <> 'channel_manager'
            or exists (select from partner_channel_manager m where m.partner_id = of_partner and m.person_id = queue_member.person)
            or not exists (select from partner_channel_manager m where m.partner_id = of_partner))
$$;
comment on function queue_member(text, bigint, bigint) is 'True for somebody of the queue; of the channel managers it is the partner''s own, or any where it has none.';
alter function queue_member(text, bigint, bigint) owner to {schema}_definer;
create policy channel_managers_are_known_to_the_definer on partner_channel_manager for select to {schema}_definer using (true);

-- The seat of whoever is at work in a queue: their own (for_person null) or, as a deputy, another's. The product's clock says which day it is.
create function seat_in_queue(queue text, of_partner bigint, day date) returns table (for_person_id bigint) language sql stable as $$
    select null::bigint where queue_member(queue, of_partner, app_person_id())
    union all
    select d.person_id from approval_deputy d
    where d.deputy_id = app_person_id() and d.queue = seat_in_queue.queue and d.ended_at is null and (day is null or day between d.from_day and d.until_day)
      and queue_member(seat_in_queue.queue, of_partner, d.person_id)
    order by 1 nulls first
    limit 1
$$;
comment on function seat_in_queue(text, bigint, date) is 'Whether whoever is at work sits in the queue, and as whose deputy; without a day at any time.';

create function queue_audience(queue text, of_partner bigint, day date) returns table (person_id bigint, email text, language text, is_actor boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id()
    from person p join partner b on b.partner_id = p.partner_id
    where b.partner_type = 'brand' and p.disabled_at is null and p.kind = 'person' and (app_is_brand() or of_partner = app_partner_id())
      and (queue_member(queue_audience.queue, of_partner, p.person_id)
           or exists (select from approval_deputy d where d.deputy_id = p.person_id and d.queue = queue_audience.queue and d.ended_at is null and day between d.from_day and d.until_day
                      and queue_member(queue_audience.queue, of_partner, d.person_id)))
    order by p.person_id
    limit 50
$$;
comment on function queue_audience(text, bigint, date) is 'The people of a queue and their deputies, for mails and notifications.';
alter function queue_audience(text, bigint, date) owner to {schema}_definer;

alter table deal_approval_step enable row level security;
alter table deal_approval_step force row level security;
create policy steps_are_read_by_both_sides on deal_approval_step for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy steps_are_laid_out_on_submitting on deal_approval_step for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy steps_are_carried_on_by_the_brand on deal_approval_step for update using ((select app_is_brand())) with check ((select app_is_brand()));
create policy steps_are_ended_by_the_definer on deal_approval_step for all to {schema}_definer using (true) with check (true);
revoke update, delete, truncate on deal_approval_step from {schema}_app;
grant update (queue, opened_at, due_at, escalate_at, reminded_at, escalated_at, closed_at, outcome) on deal_approval_step to {schema}_app;
grant select, update on deal_approval_step to {schema}_definer;

alter table deal_step_decision enable row level security;
alter table deal_step_decision force row level security;
create policy decisions_are_read_by_both_sides on deal_step_decision for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy decisions_are_made_in_ones_own_name on deal_step_decision for insert with check ((select app_is_brand()) and person_id = (select app_person_id()));
revoke update, delete, truncate on deal_step_decision from {schema}_app;

alter table approval_deputy enable row level security;
alter table approval_deputy force row level security;
create policy deputies_are_read_by_the_brand on approval_deputy for select using ((select app_is_brand()));
create policy deputies_are_known_to_the_definer on approval_deputy for select to {schema}_definer using (true);
create policy deputies_are_named_by_whoever_is_away on approval_deputy for insert with check (person_id = (select app_person_id()) or (select app_has_role('brand_admin')));
create policy deputies_are_ended_by_whoever_named_them on approval_deputy for update using (person_id = (select app_person_id()) or (select app_has_role('brand_admin')));
revoke update, delete, truncate on approval_deputy from {schema}_app;
grant update (ended_at) on approval_deputy to {schema}_app;
grant select on approval_deputy to {schema}_definer;

-- How sure the matcher was at the last screening, with what only the reviewer sees: a policy is chosen by it, nobody is told.
create function screened_band(about bigint) returns text language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select coalesce((
        select b.band
        from (select s.deal_screening_id, s.band from deal_screening s where s.deal_id = about order by s.deal_screening_id desc limit 1) last
        cross join lateral (select last.band union all select k.band from deal_screening_candidate k where k.deal_screening_id = last.deal_screening_id) b
        order by array_position(array['certain', 'likely', 'related', 'possible', 'none'], b.band)
        limit 1), 'none')
$$;
comment on function screened_band(bigint) is 'The surest band of a deal''s last screening, hidden candidates included; for choosing the approval policy.';
alter function screened_band(bigint) owner to {schema}_definer;
create policy verdicts_are_known_to_the_definer on deal_screening for select to {schema}_definer using (true);
create policy candidates_are_known_to_the_definer on deal_screening_candidate for select to {schema}_definer using (true);

-- A decision counts on the step that is open, by somebody who sits in its queue (or in the one it was escalated to), and never on a deal one entered oneself.
create function step_is_decided_by_its_queue() returns trigger language plpgsql as $$
declare
    decided record;
begin
    select s.queue, s.escalate_to, s.escalated_at, s.partner_id, d.created_by into decided
    from deal_approval_step s join deal d using (deal_id)
    where s.deal_id = new.deal_id and s.round = new.round and s.step = new.step and s.opened_at is not null and s.closed_at is null;
    if decided is null then
        raise exception 'The step is not open.' using errcode = 'check_violation', constraint = 'only_the_open_step_is_decided';
    end if;
    if decided.created_by = new.person_id then
        raise exception 'Nobody decides on a deal they entered.' using errcode = 'check_violation', constraint = 'nobody_decides_their_own_deal';
    end if;
    if not (queue_member(decided.queue, decided.partner_id, coalesce(new.for_person_id, new.person_id))
            or (decided.escalated_at is not null and queue_member(decided.escalate_to, decided.partner_id, coalesce(new.for_person_id, new.person_id)))
            or (new.decision <> 'approve' and app_has_role('deal_desk')))
       or (new.for_person_id is not null and not exists (select from approval_deputy d where d.deputy_id = new.person_id and d.person_id = new.for_person_id and d.ended_at is null)) then
        raise exception 'The step is decided by its queue.' using errcode = 'insufficient_privilege', constraint = 'a_step_is_decided_by_its_queue';
    end if;
    return new;
end $$;
create trigger a_step_is_decided_by_its_queue before insert on deal_step_decision for each row execute function step_is_decided_by_its_queue();

-- The last judge: no deal is approved past its steps; and a step that is closed as approved has its decisions.
create function deal_is_approved_by_its_steps() returns trigger language plpgsql as $$
begin
    if exists (select from deal_approval_step s
               where s.deal_id = new.deal_id and s.round = (select max(r.round) from deal_approval_step r where r.deal_id = new.deal_id)
                 and (s.outcome is distinct from 'approved'
                      or (s.queue <> 'policy' and s.approvers > (select count(*) from deal_step_decision x where x.deal_id = s.deal_id and x.round = s.round and x.step = s.step and x.decision = 'approve')))) then
        raise exception 'Steps of the approval of deal % are not decided.', new.number using errcode = 'check_violation', constraint = 'a_deal_is_approved_by_its_steps';
    end if;
    return new;
end $$;
create trigger steps_come_before_the_approval before update of status on deal for each row when (new.status = 'approved' and old.status in ('submitted', 'under_review'))
    execute function deal_is_approved_by_its_steps();

-- Whatever takes a deal out of the review ends its steps.
create function steps_end_with_the_review() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update deal_approval_step set closed_at = new.updated_at, outcome = 'ended', opened_at = coalesce(opened_at, new.updated_at), due_at = coalesce(due_at, new.updated_at)
    where deal_id = new.deal_id and closed_at is null;
    return null;
end $$;
alter function steps_end_with_the_review() owner to {schema}_definer;
create trigger steps_end_with_the_review after update of status on deal for each row
    when (old.status in ('submitted', 'under_review') and new.status not in ('submitted', 'under_review', 'approved')) execute function steps_end_with_the_review();
