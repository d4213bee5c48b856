-- Disputes (申诉): a claimant that was refused, or two claims that met when their companies were found to be one. The brand decides.
create table working_day_exception (
    day   date    primary key,
    works boolean not null,
    name  text    not null,
    constraint an_exception_has_a_name check (char_length(btrim(name)) between 1 and 100),
    -- what is as any week has it is no exception
    constraint an_exception_is_one check (works = (extract(isodow from day) >= 6))
);
comment on table working_day_exception is 'The brand''s holidays, and the weekend days that are worked in their place (调休).';

create table dispute (
    dispute_id              bigint  generated always as identity primary key,
    number                  text    not null unique,
    kind                    text    not null,
    status                  text    not null default 'open',
    customer_cluster_act_id bigint  references customer_cluster_act,
    asked_side              text,
    opened_by               bigint  references person,
    opened_at               timestamptz not null,
    due_at                  timestamptz not null,
    escalated_at            timestamptz,
    decided_by              bigint  references person,
    decision                text,
    ended_at                timestamptz,
    updated_at              timestamptz not null,
    version                 integer not null default 1,
    constraint dispute_kind_is_known check (kind in ('claim', 'meeting')),
    constraint dispute_status_is_known check (status in ('open', 'awaiting_evidence', 'upheld', 'overturned', 'withdrawn', 'void')),
    constraint a_meeting_comes_of_a_merge check ((kind = 'meeting') = (customer_cluster_act_id is not null)),
    constraint whoever_is_asked_is_known check ((status = 'awaiting_evidence') = (asked_side is not null) and asked_side in ('claimant', 'holder')),
    constraint an_ended_dispute_has_its_time check ((status in ('upheld', 'overturned', 'withdrawn', 'void')) = (ended_at is not null)),
    constraint a_decision_has_a_reason check ((status in ('upheld', 'overturned', 'withdrawn', 'void')) = (decision is not null) and (decision is null or char_length(btrim(decision)) between 1 and 2000))
);
comment on table dispute is 'A dispute over who holds a customer. It says nothing about either side: who they are stands in dispute_side, which each reads only its own of.';
create index dispute_running on dispute (due_at, dispute_id) where ended_at is null;
create index dispute_by_change on dispute (updated_at, number);
create index dispute_by_opening on dispute (opened_at desc, dispute_id desc);
create index dispute_by_cluster_act on dispute (customer_cluster_act_id) where customer_cluster_act_id is not null;

create table dispute_side (
    dispute_id       bigint  not null references dispute,
    deal_id          bigint  not null references deal,
    side             text    not null,
    partner_id       bigint  not null references partner,
    end_customer_id  bigint  not null references end_customer,
    territory_id     bigint  not null references territory,
    product_line_ids bigint[] not null,
    filed            boolean not null default false,
    closed           boolean not null default false,
    awarded_deal_id  bigint  references deal,
    primary key (dispute_id, deal_id),
    constraint dispute_side_is_known check (side in ('claimant', 'holder')),
    constraint a_side_claims_something check (cardinality(product_line_ids) > 0),
    constraint only_the_claimant_files check (not filed or side = 'claimant'),
    constraint only_the_claimant_is_awarded check (awarded_deal_id is null or side = 'claimant')
);
comment on table dispute_side is 'One side of a dispute with the claim it is about, as it was when the dispute began. A direct account of the brand has no holder.';
comment on column dispute_side.closed is 'The dispute was withdrawn or has become void: the deal may be disputed again. After a decision it may not.';
create index dispute_side_by_deal on dispute_side (deal_id);
create index dispute_side_by_partner on dispute_side (partner_id, dispute_id);
create unique index one_claimant_in_a_dispute on dispute_side (dispute_id) where side = 'claimant';
create unique index a_deal_is_disputed_once on dispute_side (deal_id) where filed and not closed;

create table dispute_statement (
    dispute_statement_id bigint generated always as identity primary key,
    dispute_id bigint  not null references dispute,
    side       text    not null,
    partner_id bigint  references partner,
    body       text    not null,
    by_brand   boolean not null,
    person_id  bigint  references person,
    written_at timestamptz not null,
    constraint statement_side_is_known check (side in ('claimant', 'holder', 'brand')),
    constraint the_brands_own_words_stay_there check ((side = 'brand') = (partner_id is null) and (side <> 'brand' or by_brand)),
    constraint a_statement_says_something check (char_length(btrim(body)) between 1 and 4000)
);
comment on table dispute_statement is 'What a side says, what the brand asks it, or what the brand notes for itself. partner_id is the side that reads it besides the brand.';
create index dispute_statement_by_dispute on dispute_statement (dispute_id, dispute_statement_id);

-- The end of the last of so many working days after the one on which it began.
create function dispute_due(opened timestamptz, days integer) returns timestamptz language sql stable as $$
    select brand_midnight(max(worked.day) + 1)
    from (
        select d.day::date as day
        from generate_series(brand_day(opened) + 1, brand_day(opened) + 400, interval '1 day') as d (day)
        left join working_day_exception x on x.day = d.day::date
        where coalesce(x.works, extract(isodow from d.day) < 6)
        order by d.day
        limit days
    ) worked
$$;
comment on function dispute_due(timestamptz, integer) is 'Monday to Friday but for the brand''s exceptions, in the brand''s zone.';

-- How many working days are left after today; negative when it is overdue.
create function dispute_days_left(due timestamptz, at timestamptz) returns integer language sql stable as $$
    select case when due <= at then -1 else count(*)::integer end
    from generate_series(brand_day(at) + 1, brand_day(due) - 1, interval '1 day') as d (day)
    left join working_day_exception x on x.day = d.day::date
    where coalesce(x.works, extract(isodow from d.day) < 6)
$$;
comment on function dispute_days_left(timestamptz, timestamptz) is 'Working days after today until a dispute must be decided: 0 on the last, -1 when it is overdue.';

-- A claimant files. It cannot see whose claim stands in its way: this writes the holders' sides without showing them.
create function file_dispute(claim text, dispute_number text, at timestamptz, days integer) returns bigint
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    disputed record;
    opened bigint;
begin
    select d.deal_id, d.partner_id, d.end_customer_id, c.customer_cluster_id, d.territory_id, d.status,
           array(select l.product_line_id from deal_product_line l where l.deal_id = d.deal_id order by l.product_line_id) as lines
    into disputed
    from deal d join end_customer c using (end_customer_id)
    where d.number = claim and (d.partner_id = app_partner_id() or app_is_system());
    if not found or not (app_has_role('sales') or app_has_role('partner_admin')) or disputed.status not in ('draft', 'rejected', 'duplicate') then
        raise exception 'Nobody may dispute %.', claim using errcode = 'insufficient_privilege';
    end if;
    insert into dispute (number, kind, opened_by, opened_at, due_at, updated_at)
    values (dispute_number, 'claim', app_person_id(), at, dispute_due(at, days), at)
    returning dispute_id into opened;
    insert into dispute_side (dispute_id, deal_id, side, partner_id, end_customer_id, territory_id, product_line_ids, filed)
    values (opened, disputed.deal_id, 'claimant', disputed.partner_id, disputed.end_customer_id, disputed.territory_id, disputed.lines, true);
    insert into dispute_side (dispute_id, deal_id, side, partner_id, end_customer_id, territory_id, product_line_ids)
    select opened, k.deal_id, 'holder', k.partner_id, k.end_customer_id, k.territory_id, array_agg(k.product_line_id order by k.product_line_id)
    from deal_claim k
    where k.customer_cluster_id = disputed.customer_cluster_id and k.territory_id = disputed.territory_id and k.product_line_id = any (disputed.lines)
      and k.protection @> at and k.partner_id <> disputed.partner_id
    group by k.deal_id, k.partner_id, k.end_customer_id, k.territory_id;
    return opened;
end $$;
comment on function file_dispute(text, text, timestamptz, integer) is 'Opens a dispute about the caller''s own deal with whoever holds a claim in its way.';
alter function file_dispute(text, text, timestamptz, integer) owner to {schema}_definer;

-- Whom to tell: the people of one side's deal (whoever registered it, else its sales people), the deal desk, or the administrators of the brand.
create function dispute_audience(about bigint, of text)
returns table (person_id bigint, email text, language text, is_actor boolean, deal text, customer text)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select distinct on (p.person_id, s.number) p.person_id, p.email, coalesce(p.language, b.language), p.person_id is not distinct from app_person_id(), s.number, s.customer
    from (
        select d.number, c.name as customer, d.partner_id, d.created_by, e.side
        from dispute_side e join deal d using (deal_id) join end_customer c on c.end_customer_id = e.end_customer_id
        where e.dispute_id = about
    ) s
    join person p on p.disabled_at is null and p.kind = 'person'
    join partner b on b.partner_id = p.partner_id
    where (app_is_brand() or exists (select from dispute_side m where m.dispute_id = about and m.partner_id = app_partner_id()))
      and case when of in ('deal_desk', 'brand_admin') then s.side = 'claimant' and exists (select from person_role r where r.person_id = p.person_id and r.role = of)
               when s.side <> of then false
               when exists (select from person c where c.person_id = s.created_by and c.disabled_at is null and c.kind = 'person') then p.person_id = s.created_by
               else p.partner_id = s.partner_id and exists (select from person_role r where r.person_id = p.person_id and r.role in ('sales', 'partner_admin')) end
    order by p.person_id, s.number
    limit 100
$$;
comment on function dispute_audience(bigint, text) is 'The people who are told of a dispute, each with the deal and the customer as their own side knows them.';
alter function dispute_audience(bigint, text) owner to {schema}_definer;

-- Second wall behind DisputeLifecycle.
create function dispute_is_guarded() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null then
        raise exception 'Dispute % is over and stays as it is.', old.number using errcode = 'check_violation', constraint = 'a_dispute_that_is_over_stays';
    end if;
    if new.status <> old.status and new.status in ('upheld', 'overturned', 'void', 'awaiting_evidence') and not app_has_role('deal_desk') then
        raise exception 'Only the deal desk decides on dispute %.', old.number using errcode = 'insufficient_privilege', constraint = 'the_deal_desk_decides';
    end if;
    if new.status = 'withdrawn' and not exists (select from dispute_side s where s.dispute_id = new.dispute_id and s.filed and (s.partner_id = app_partner_id() or app_is_system())) then
        raise exception 'Only who filed dispute % withdraws it.', old.number using errcode = 'insufficient_privilege', constraint = 'the_claimant_withdraws';
    end if;
    if new.due_at <> old.due_at and not (app_has_role('brand_admin') or app_has_role('deal_desk')) then
        raise exception 'Only the brand keeps the clock of dispute %.', old.number using errcode = 'insufficient_privilege', constraint = 'the_brand_keeps_the_clock';
    end if;
    return new;
end $$;
create trigger a_dispute_is_guarded before update on dispute for each row execute function dispute_is_guarded();

alter table working_day_exception enable row level security;
alter table working_day_exception force row level security;
create policy working_days_are_read_by_whoever_is_signed_in on working_day_exception for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy working_days_are_known_to_the_definer on working_day_exception for select to {schema}_definer using (true);
create policy working_days_are_kept_by_the_brand on working_day_exception using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));

alter table dispute_side enable row level security;
alter table dispute_side force row level security;
create policy sides_are_read_by_their_partner on dispute_side for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy sides_are_known_to_the_definer on dispute_side to {schema}_definer using (true) with check (true);
create policy sides_are_written_by_the_deal_desk on dispute_side using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
create policy sides_are_closed_by_the_claimant on dispute_side for update using (partner_id = (select app_partner_id()) and filed) with check (partner_id = (select app_partner_id()));
revoke update, delete on dispute_side from {schema}_app;
grant update (closed, awarded_deal_id) on dispute_side to {schema}_app;

alter table dispute enable row level security;
alter table dispute force row level security;
create policy disputes_are_read_by_both_sides on dispute for select
    using ((select app_is_brand()) or dispute_id in (select s.dispute_id from dispute_side s where s.partner_id = (select app_partner_id())));
create policy disputes_are_known_to_the_definer on dispute to {schema}_definer using (true) with check (true);
create policy disputes_are_opened_by_the_deal_desk on dispute for insert with check ((select app_has_role('deal_desk')));
create policy disputes_are_kept_by_the_brand on dispute for update
    using ((select app_has_role('deal_desk')) or (select app_has_role('brand_admin'))) with check ((select app_is_brand()));
-- The claimant withdraws and both sides answer; what else changes, the guard refuses.
create policy disputes_are_answered_by_their_sides on dispute for update
    using (dispute_id in (select s.dispute_id from dispute_side s where s.partner_id = (select app_partner_id())))
    with check (status in ('open', 'withdrawn', 'awaiting_evidence'));
revoke update, delete on dispute from {schema}_app;
grant update (status, asked_side, due_at, escalated_at, decided_by, decision, ended_at, updated_at, version) on dispute to {schema}_app;

alter table dispute_statement enable row level security;
alter table dispute_statement force row level security;
create policy statements_are_read_by_their_side on dispute_statement for select using ((select app_is_brand()) or partner_id = (select app_partner_id()));
create policy statements_are_written_by_their_side on dispute_statement for insert with check (
    (by_brand and (select app_is_brand()))
    or (not by_brand and partner_id = (select app_partner_id())
        and exists (select from dispute_side s where s.dispute_id = dispute_statement.dispute_id and s.side = dispute_statement.side and s.partner_id = (select app_partner_id())))
    or (select app_is_system()));
revoke update, delete on dispute_statement from {schema}_app;
