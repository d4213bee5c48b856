-- The pipeline (销售漏斗): how far the claimant is with its open deals. A deal's stage is the claimant's own view and stands beside the registration's state.
create table pipeline_stage (
    pipeline_stage_id bigint        generated always as identity primary key,
    code              text          not null unique,
    name              text          not null,
    name_zh           text          not null,
    position          integer       not null,
    probability       numeric(5, 4) not null,
    forecast          text          not null,
    stuck_days        integer       not null,
    retired_at        timestamptz,
    version           integer       not null default 1,
    constraint a_stage_code_is_short check (code ~ '^[a-z][a-z0-9_]{1,30}$'),
    constraint a_stage_has_its_names check (char_length(btrim(name)) between 1 and 60 and char_length(btrim(name_zh)) between 1 and 60),
    constraint a_probability_is_a_share check (probability between 0 and 1),
    constraint a_forecast_category_is_known check (forecast in ('pipeline', 'best_case', 'commit')),
    constraint a_deal_is_stuck_after_some_days check (stuck_days between 1 and 365),
    constraint a_stage_has_its_place check (position between 1 and 1000)
);
comment on table pipeline_stage is 'A stage of open deals, kept by the brand: how likely a deal in it is won, what it counts as in the forecast, after how many days it is stuck.';
insert into pipeline_stage (code, name, name_zh, position, probability, forecast, stuck_days) values
    ('qualified', 'Qualified', '已确认机会', 10, 0.10, 'pipeline', 21),
    ('needs', 'Needs analysis', '需求分析', 20, 0.25, 'pipeline', 21),
    ('proposal', 'Proposal', '方案报价', 30, 0.50, 'best_case', 21),
    ('negotiation', 'Negotiation', '商务谈判', 40, 0.75, 'best_case', 14),
    ('commit', 'Commit', '即将签约', 50, 0.90, 'commit', 14);

create table deal_stage (
    deal_id           bigint  primary key references deal,
    partner_id        bigint  not null references partner,
    pipeline_stage_id bigint  not null references pipeline_stage,
    since             timestamptz not null,
    next_step         text,
    next_step_due     date,
    next_step_at      timestamptz,
    updated_at        timestamptz not null,
    version           integer not null default 1,
    constraint a_next_step_says_something check (char_length(btrim(next_step)) between 1 and 500),
    constraint a_due_day_belongs_to_a_step check (next_step_due is null or next_step is not null),
    constraint a_next_step_was_set_at_some_time check (next_step is null or next_step_at is not null)
);
comment on table deal_stage is 'Where a deal stands in the pipeline; a deal without a row stands in the first stage since it was submitted.';
create index deal_stage_by_stage on deal_stage (pipeline_stage_id);

create table deal_stage_move (
    deal_stage_move_id bigint generated always as identity primary key,
    deal_id       bigint not null references deal,
    partner_id    bigint not null references partner,
    from_stage_id bigint not null references pipeline_stage,
    to_stage_id   bigint not null references pipeline_stage,
    days_there    integer not null,
    person_id     bigint references person,
    moved_at      timestamptz not null,
    constraint a_stage_move_goes_somewhere_else check (from_stage_id <> to_stage_id)
);
comment on table deal_stage_move is 'A deal passed from one stage to another: who moved it, when, and how many days it had been there.';
create index deal_stage_move_by_deal on deal_stage_move (deal_id, deal_stage_move_id);

create table close_reason (
    close_reason_id bigint  generated always as identity primary key,
    outcome         text    not null,
    code            text    not null,
    name            text    not null,
    name_zh         text    not null,
    position        integer not null,
    retired_at      timestamptz,
    version         integer not null default 1,
    constraint a_reason_is_of_an_outcome check (outcome in ('won', 'lost')),
    constraint a_reason_code_is_short check (code ~ '^[a-z][a-z0-9_]{1,30}$'),
    constraint a_reason_has_its_names check (char_length(btrim(name)) between 1 and 60 and char_length(btrim(name_zh)) between 1 and 60),
    constraint one_reason_of_a_code_and_outcome unique (outcome, code)
);
comment on table close_reason is 'Why deals are won and lost, as the brand wants it counted.';
insert into close_reason (outcome, code, name, name_zh, position) values
    ('lost', 'price', 'Price', '价格', 10), ('lost', 'competitor', 'Another supplier', '选择了其他供应商', 20), ('lost', 'no_budget', 'No budget', '预算取消', 30),
    ('lost', 'no_decision', 'No decision was taken', '客户未作决定', 40), ('lost', 'product', 'Product did not fit', '产品不符合需求', 50), ('lost', 'timing', 'Delivery or timing', '交期或时间不合', 60), ('lost', 'other', 'Something else', '其他', 90),
    ('won', 'price', 'Price', '价格', 10), ('won', 'product', 'Product', '产品', 20), ('won', 'relationship', 'Trust and relationship', '信任与关系', 30), ('won', 'service', 'Service and delivery', '服务与交付', 40), ('won', 'other', 'Something else', '其他', 90);

create table deal_closing (
    deal_id         bigint primary key references deal,
    partner_id      bigint not null references partner,
    outcome         text   not null,
    close_reason_id bigint not null references close_reason,
    note            text,
    competitor      text,
    from_stage_id   bigint not null references pipeline_stage,
    person_id       bigint references person,
    closed_at       timestamptz not null,
    constraint a_closing_is_won_or_lost check (outcome in ('won', 'lost')),
    constraint a_closing_note_is_bounded check (char_length(note) between 1 and 1900),
    constraint a_competitor_has_a_name check (char_length(competitor) between 1 and 200)
);
comment on table deal_closing is 'Why a deal was won or lost, and the stage it was in.';
create index deal_closing_by_reason on deal_closing (close_reason_id, closed_at);

-- A closing says what the deal says, for a reason of that outcome. A win that the deal desk looks at first has its reason already.
create function closing_fits_its_deal() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (select from deal d where d.deal_id = new.deal_id and d.partner_id = new.partner_id and (d.status = new.outcome or (new.outcome = 'won' and d.status in ('approved', 'converted'))))
       or not exists (select from close_reason r where r.close_reason_id = new.close_reason_id and r.outcome = new.outcome) then
        raise exception 'The deal did not end like that.' using errcode = 'check_violation', constraint = 'a_closing_fits_its_deal';
    end if;
    return new;
end $$;
alter function closing_fits_its_deal() owner to {schema}_definer;
create trigger a_closing_fits_its_deal before insert or update on deal_closing for each row execute function closing_fits_its_deal();

alter table pipeline_stage enable row level security;
alter table pipeline_stage force row level security;
create policy stages_are_read_by_whoever_is_signed_in on pipeline_stage for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy stages_are_added_by_the_brand on pipeline_stage for insert with check ((select app_has_role('brand_admin')));
create policy stages_are_kept_by_the_brand on pipeline_stage for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke delete, truncate on pipeline_stage from {schema}_app;
revoke update on pipeline_stage from {schema}_app;
grant update (name, name_zh, position, probability, forecast, stuck_days, retired_at, version) on pipeline_stage to {schema}_app;

alter table deal_stage enable row level security;
alter table deal_stage force row level security;
create policy stages_of_deals_are_read_by_both_sides on deal_stage for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy stages_of_deals_are_set_by_the_claimant on deal_stage for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
create policy stages_of_deals_are_changed_by_the_claimant on deal_stage for update
    using ((partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
revoke update, delete, truncate on deal_stage from {schema}_app;
grant update (pipeline_stage_id, since, next_step, next_step_due, next_step_at, updated_at, version) on deal_stage to {schema}_app;

alter table deal_stage_move enable row level security;
alter table deal_stage_move force row level security;
create policy moves_are_read_by_both_sides on deal_stage_move for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy moves_are_noted_by_the_claimant on deal_stage_move for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
revoke update, delete, truncate on deal_stage_move from {schema}_app;

alter table close_reason enable row level security;
alter table close_reason force row level security;
create policy reasons_are_read_by_whoever_is_signed_in on close_reason for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy reasons_are_known_to_the_definer on close_reason for select to {schema}_definer using (true);
create policy reasons_are_added_by_the_brand on close_reason for insert with check ((select app_has_role('brand_admin')));
create policy reasons_are_kept_by_the_brand on close_reason for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke update, delete, truncate on close_reason from {schema}_app;
grant update (name, name_zh, position, retired_at, version) on close_reason to {schema}_app;

alter table deal_closing enable row level security;
alter table deal_closing force row level security;
create policy closings_are_read_by_both_sides on deal_closing for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy closings_are_written_by_the_claimant on deal_closing for insert
    with check ((partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))) or (select app_is_system()));
create policy closings_are_said_anew_by_the_claimant on deal_closing for update
    using (partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin'))))
    with check (partner_id = (select app_partner_id()));
revoke update, delete, truncate on deal_closing from {schema}_app;
grant update (outcome, close_reason_id, note, competitor, from_stage_id, person_id, closed_at) on deal_closing to {schema}_app;

-- The open deals with their stage: the one they were moved to, else the first.
create view pipeline_deal with (security_invoker = true) as
select d.deal_id, d.number, d.partner_id, d.end_customer_id, d.territory_id, d.status, d.amount, d.currency, d.expected_close, d.protected_until, d.updated_at as deal_updated_at,
       st.pipeline_stage_id, st.code as stage, st.name as stage_name, st.name_zh as stage_name_zh, st.position, st.probability, st.forecast, st.stuck_days,
       coalesce(s.since, d.submitted_at) as stage_since, coalesce(s.version, 0) as stage_version, s.next_step, s.next_step_due, s.next_step_at
from deal d
left join deal_stage s using (deal_id)
join pipeline_stage st on st.pipeline_stage_id = coalesce(s.pipeline_stage_id, (select f.pipeline_stage_id from pipeline_stage f where f.retired_at is null order by f.position, f.pipeline_stage_id limit 1))
where d.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted');
comment on view pipeline_deal is 'Open deals with their stage in the pipeline.';
create index deal_in_pipeline on deal (expected_close, deal_id) where status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted');

create function brand_currency() returns text language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
begin
    return (select b.currency from partner b where b.partner_type = 'brand');
end $$;
comment on function brand_currency() is 'The currency into which the brand converts; a partner need not see the brand''s row for it.';
alter function brand_currency() owner to {schema}_definer;
