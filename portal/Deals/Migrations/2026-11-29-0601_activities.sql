-- Activities (跟进记录): what the claimant does for a deal. Append-only: what was wrong is corrected by a row that replaces it.
create table deal_activity (
    deal_activity_id bigint generated always as identity primary key,
    number        text    not null unique,
    deal_id       bigint  not null references deal on delete cascade,
    partner_id    bigint  not null references partner,
    replaces_id   bigint  references deal_activity on delete cascade,
    is_retraction boolean not null default false,
    kind          text    not null,
    happened_at   timestamptz not null,
    with_whom     text,
    note          text    not null,
    next_step     text,
    next_step_due date,
    person_id     bigint  references person,
    recorded_at   timestamptz not null,
    constraint activity_kind_is_known check (kind in ('call', 'meeting', 'visit', 'mail')),
    constraint an_activity_has_happened check (happened_at <= recorded_at + interval '5 minutes'),
    constraint an_activity_says_something check (char_length(btrim(note)) between 1 and 4000),
    constraint activity_words_are_bounded check (char_length(with_whom) between 1 and 200 and char_length(next_step) between 1 and 500),
    constraint a_due_day_has_its_step check (next_step_due is null or next_step is not null),
    constraint a_retraction_takes_something_back check (not is_retraction or replaces_id is not null),
    -- Two people who correct the same entry: one of them was faster.
    constraint an_activity_is_replaced_once unique (replaces_id)
);
comment on table deal_activity is 'A call, meeting, visit or mail of the claimant about a deal; a row that another replaces is history, a retraction says why.';
create index deal_activity_by_deal on deal_activity (deal_id, happened_at desc);
-- The next steps that are due, for pipelines and start pages.
create index deal_activity_due on deal_activity (partner_id, next_step_due) where next_step_due is not null;

create function activity_replaces_its_own() returns trigger language plpgsql as $$
begin
    if new.replaces_id is not null and not exists (
        select from deal_activity a where a.deal_activity_id = new.replaces_id and a.deal_id = new.deal_id and not a.is_retraction) then
        raise exception 'An activity is corrected within its deal, and not once it was taken back.' using errcode = 'check_violation', constraint = 'an_activity_replaces_its_own';
    end if;
    return new;
end $$;
create trigger an_activity_replaces_its_own before insert on deal_activity for each row execute function activity_replaces_its_own();

alter table deal_activity enable row level security;
alter table deal_activity force row level security;
create policy activities_are_read_by_both_sides on deal_activity for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy activities_are_recorded_by_the_claimant on deal_activity for insert with check (
    (partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
revoke update, delete, truncate on deal_activity from {schema}_app;

create view deal_activity_current with (security_invoker = true) as
select a.deal_activity_id, a.number, a.deal_id, a.partner_id, a.kind, a.happened_at, a.with_whom, a.note, a.next_step, a.next_step_due, a.person_id, a.recorded_at,
       a.replaces_id is not null as is_corrected
from deal_activity a
where not a.is_retraction and not exists (select from deal_activity later where later.replaces_id = a.deal_activity_id);
comment on view deal_activity_current is 'The activities that count: neither replaced by a correction nor taken back.';

-- What keeps a claim alive: a meeting, a visit, a quote, an order. Calls and mails are work, but anybody can write one.
create function last_deal_activity(deals bigint[]) returns table (deal_id bigint, kind text, happened_at timestamptz)
language sql stable as $$
    select distinct on (alive.deal_id) alive.deal_id, alive.kind, alive.happened_at
    from (
        select a.deal_id, a.kind, a.happened_at from deal_activity_current a where a.deal_id = any (deals) and a.kind in ('meeting', 'visit')
        union all
        select q.deal_id, q.kind, q.happened_at from quote_event_of_deal q where q.deal_id = any (deals)
    ) alive
    order by alive.deal_id, alive.happened_at desc, alive.kind
$$;
comment on function last_deal_activity(bigint[]) is 'The last meeting, visit, quote or order of each deal that has one: what keeps a claim alive.';
