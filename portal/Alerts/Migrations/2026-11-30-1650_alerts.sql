-- Alerts (预警): the brand says when it wants to be told about a partner; a job looks, and what it finds stands as an alert for as long as it holds.
create table alert_rule (
    alert_rule_id   bigint generated always as identity primary key,
    number          text           not null unique,
    name            text           not null,
    kind            text           not null,
    threshold       numeric(10, 2) not null,
    partner_types   text[]         not null default '{}',
    partner_levels  text[]         not null default '{}',
    territories     text[]         not null default '{}',
    tells_brand     boolean        not null default true,
    owner_person_id bigint         references person,
    tells_partner   boolean        not null default false,
    tells_upstream  boolean        not null default false,
    active_from     date           not null,
    active_until    date,
    created_at      timestamptz    not null,
    created_by      text           not null,
    changed_at      timestamptz    not null,
    version         integer        not null default 1,
    constraint an_alert_rule_has_a_name check (name = btrim(name) and char_length(name) between 1 and 120),
    constraint an_alert_rule_name_is_used_once unique (name),
    constraint alert_kind_is_known check (kind in ('run_rate', 'no_order', 'stock_days', 'protection_unused', 'over_limit', 'rhythm')),
    constraint an_alert_threshold_is_sensible check (threshold > 0 and threshold <= 1000),
    constraint alert_rule_types_are_known check (partner_types <@ array['distributor', 'reseller', 'store', 'agent', 'coworking_operator']),
    constraint alert_rule_levels_are_known check (partner_levels <@ array['registered', 'silver', 'gold', 'platinum']),
    constraint an_alert_rule_tells_somebody check (tells_brand or tells_partner or tells_upstream or owner_person_id is not null),
    constraint claims_are_not_told_upstream check (kind <> 'protection_unused' or not tells_upstream),
    constraint an_alert_rule_ends_after_it_begins check (active_until >= active_from)
);
comment on table alert_rule is 'When the brand wants to be told: a kind of condition with its threshold, for which partners, told to whom, from when until when. An emptied list narrows nothing.';
comment on column alert_rule.territories is 'Codes; a territory counts with those under it.';

create table alert (
    alert_id      bigint generated always as identity primary key,
    number        text           not null unique,
    alert_rule_id bigint         not null references alert_rule,
    kind          text           not null,
    partner_id    bigint         not null references partner,
    subject       text           not null default '',
    figure        numeric(12, 2) not null,
    threshold     numeric(10, 2) not null,
    ratio         numeric(10, 2) not null,
    facts         jsonb          not null,
    tells_partner boolean        not null,
    upstream_id   bigint         references partner,
    raised_at     timestamptz    not null,
    seen_at       timestamptz    not null,
    ended_at      timestamptz,
    constraint an_alert_is_seen_since_it_was_raised check (seen_at >= raised_at and ended_at >= raised_at)
);
comment on table alert is 'A rule''s condition holds for a partner (and, of it, for one KPI, product line, claim or account) since a moment; ended by the product when it holds no longer.';
comment on column alert.ratio is 'How far past the threshold: 1 at it, 2 at twice of it. The worst stand first.';
comment on column alert.upstream_id is 'The company above that is told: of an account the seller, else whom the partner buys from; null where the rule does not tell it.';
create unique index one_alert_while_it_holds on alert (alert_rule_id, partner_id, subject) where ended_at is null;
create index alert_by_partner on alert (partner_id, alert_id desc);
create index alert_by_upstream on alert (upstream_id) where upstream_id is not null;

-- Each company that is told deals with an alert by itself: what a partner puts off still stands before the brand.
create table alert_handling (
    alert_id      bigint      not null references alert,
    partner_id    bigint      not null references partner,
    state         text        not null,
    person_id     bigint      references person,
    snoozed_until date,
    reason        text,
    changed_at    timestamptz not null,
    version       integer     not null default 1,
    primary key (alert_id, partner_id),
    constraint alert_state_is_known check (state in ('open', 'taken', 'snoozed', 'closed')),
    constraint what_is_snoozed_comes_back check ((state = 'snoozed') = (snoozed_until is not null)),
    constraint whoever_puts_an_alert_aside_says_why check (state not in ('snoozed', 'closed') or char_length(btrim(reason)) between 1 and 500)
);
comment on table alert_handling is 'What a company made of an alert: taken by somebody, put off until a day, closed; where there is no row it is open.';

create table alert_step (
    alert_step_id bigint generated always as identity primary key,
    alert_id      bigint      not null references alert,
    partner_id    bigint      references partner,
    act           text        not null,
    person_id     bigint      references person,
    snoozed_until date,
    reason        text,
    figure        numeric(12, 2),
    happened_at   timestamptz not null,
    constraint alert_act_is_known check (act in ('raised', 'taken', 'snoozed', 'closed', 'open', 'ended')),
    constraint what_the_product_does_is_everybodys check ((partner_id is null) = (act in ('raised', 'ended')))
);
comment on table alert_step is 'What happened to an alert, never changed: raised and ended by the product, dealt with by the people of one company.';
create index alert_step_by_alert on alert_step (alert_id, alert_step_id);

alter table alert_rule enable row level security;
alter table alert_rule force row level security;
create policy alert_rules_are_read_by_the_brand on alert_rule for select using ((select app_is_brand()));
create policy alert_rules_are_made_by_the_brand on alert_rule for insert with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
create policy alert_rules_are_changed_by_the_brand on alert_rule for update
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager'))) with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
revoke delete, truncate on alert_rule from {schema}_app;
-- A rule keeps its kind: alerts that stand were found by it.
revoke update on alert_rule from {schema}_app;
grant update (name, threshold, partner_types, partner_levels, territories, tells_brand, owner_person_id, tells_partner, tells_upstream, active_from, active_until, changed_at, version) on alert_rule to {schema}_app;

alter table alert enable row level security;
alter table alert force row level security;
create policy alerts_are_seen_by_whom_they_tell on alert for select
    using ((select app_is_brand()) or (tells_partner and partner_id = (select app_partner_id())) or upstream_id = (select app_partner_id()));
create policy alerts_are_raised_by_the_product on alert for insert with check ((select app_is_system()));
create policy alerts_are_ended_by_the_product on alert for update using ((select app_is_system())) with check ((select app_is_system()));
create policy alerts_are_told_by_the_definer on alert for select to {schema}_definer using (true);
revoke delete, truncate on alert from {schema}_app;

alter table alert_handling enable row level security;
alter table alert_handling force row level security;
create policy handling_is_read_by_its_company on alert_handling for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy alerts_are_handled_by_whom_they_tell on alert_handling for insert
    with check (partner_id = (select app_partner_id()) and not (select app_has_role('viewer')) and exists (select from alert a where a.alert_id = alert_handling.alert_id));
create policy handling_is_changed_by_its_company on alert_handling for update
    using (partner_id = (select app_partner_id()) and not (select app_has_role('viewer'))) with check (partner_id = (select app_partner_id()));
revoke delete, truncate on alert_handling from {schema}_app;
revoke update on alert_handling from {schema}_app;
grant update (state, person_id, snoozed_until, reason, changed_at, version) on alert_handling to {schema}_app;

alter table alert_step enable row level security;
alter table alert_step force row level security;
create policy steps_are_read_by_their_company on alert_step for select
    using ((select app_is_brand()) or ((partner_id is null or partner_id = (select app_partner_id())) and exists (select from alert a where a.alert_id = alert_step.alert_id)));
create policy steps_are_written_by_whoever_acts on alert_step for insert
    with check ((select app_is_system()) or (partner_id = (select app_partner_id()) and exists (select from alert a where a.alert_id = alert_step.alert_id)));
revoke update, delete, truncate on alert_step from {schema}_app;

-- The rhythm in which companies buy: of the last two years' days with an order, the median of the days between two of them and how far the middle half of these lies apart. Fewer than five days with an order have no rhythm.
-- Drafts, what waits inside the buyer's company and what came to nothing are no orders. Row-level security holds as on the orders.
create function buying_rhythm(on_day date) returns table (partner_id bigint, order_days integer, last_on date, median numeric, spread numeric) language sql stable as $$
    with day as (
        select distinct o.buyer_id, o.ordered_on
        from purchase_order o
        where o.ordered_on > on_day - 730 and o.ordered_on <= on_day and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected')
    ), step as (
        select d.buyer_id, d.ordered_on, d.ordered_on - lag(d.ordered_on) over (partition by d.buyer_id order by d.ordered_on) as gap from day d
    ), quarter as (
        select s.buyer_id, count(*)::integer as order_days, max(s.ordered_on) as last_on, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by s.gap) as q
        from step s
        group by s.buyer_id
        having count(s.gap) >= 4
    )
    select q.buyer_id, q.order_days, q.last_on, round(q.q[2]::numeric, 1), round((q.q[3] - q.q[1])::numeric, 1) from quarter q
$$;
comment on function buying_rhythm(date) is 'In which rhythm companies buy, as known on a day: median and spread of the days between two days with an order, and the last of these.';

-- From how many days of silence on a rhythm counts as broken: the median and so many spreads, a spread being no less than a quarter of the median and a day. One place for the alerts and the reports.
create function rhythm_breaks_after(median numeric, spread numeric, times numeric) returns integer language sql immutable parallel safe as $$
    select ceil(median + times * greatest(spread, median / 4, 1))::integer
$$;
comment on function rhythm_breaks_after(numeric, numeric, numeric) is 'After how many days without an order a buying rhythm is broken.';
