-- Purchase limits (采购限额): how much somebody may order alone, per order and per month; beyond that the order waits for whoever is found by walking
-- up from the person, inside the buyer's company (待审批). The seller learns of an order when it has been approved.
create table purchase_limit (
    person_id   bigint         primary key references person on delete cascade,
    partner_id  bigint         not null references partner on delete cascade,
    per_order   numeric(18, 4),
    per_month   numeric(18, 4),
    approver_id bigint         references person on delete set null,
    changed_at  timestamptz    not null,
    version     integer        not null default 1,
    constraint a_purchase_limit_is_not_negative check (per_order >= 0 and per_month >= 0),
    constraint nobody_approves_for_themselves check (approver_id <> person_id)
);
comment on table purchase_limit is 'How much a person may order alone, in the currency of the company, and who approves beyond it; no row, no limit.';
create index purchase_limit_by_partner on purchase_limit (partner_id);
alter table purchase_limit enable row level security;
alter table purchase_limit force row level security;
create policy limits_are_read_by_colleagues on purchase_limit for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy limits_are_set_by_the_administrator on purchase_limit for insert with check (
    (select app_is_system())
    or (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin'))
        and exists (select from person p where p.person_id = purchase_limit.person_id and p.partner_id = purchase_limit.partner_id)
        and (approver_id is null or exists (select from person p where p.person_id = purchase_limit.approver_id and p.partner_id = purchase_limit.partner_id))));
create policy limits_are_changed_by_the_administrator on purchase_limit for update
    using (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin')))
    with check (partner_id = (select app_partner_id())
        and (approver_id is null or exists (select from person p where p.person_id = purchase_limit.approver_id and p.partner_id = purchase_limit.partner_id)));
create policy limits_are_lifted_by_the_administrator on purchase_limit for delete
    using (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin')));
revoke update, truncate on purchase_limit from portal_app;
grant update (per_order, per_month, approver_id, changed_at, version) on purchase_limit to portal_app;

alter table purchase_order add column ordered_by bigint references person;
comment on column purchase_order.ordered_by is 'Who handed the order in; what a month''s limit counts by. Null for what the product or history ordered.';
grant update (ordered_by) on purchase_order to portal_app;
alter table purchase_order add constraint what_waits_for_approval_was_not_submitted check (status <> 'pending_approval' or submitted_at is null);
create index purchase_order_by_person on purchase_order (ordered_by, ordered_on) where ordered_by is not null;
create index purchase_order_for_approval on purchase_order (buyer_id) where status = 'pending_approval';

create table order_approval (
    order_approval_id bigint generated always as identity primary key,
    purchase_order_id bigint         not null,
    buyer_id          bigint         not null,
    seller_id         bigint         not null,
    asked_by          bigint         not null references person,
    approver_id       bigint         references person,
    because           text           not null,
    limit_amount      numeric(18, 4) not null,
    amount            numeric(18, 4) not null,
    asked_at          timestamptz    not null,
    outcome           text,
    decided_by        bigint         references person,
    decided_at        timestamptz,
    reason            text,
    constraint an_approval_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_limit_is_of_an_order_or_a_month check (because in ('per_order', 'per_month')),
    constraint an_approval_ends_approved_sent_back_or_recalled check (outcome in ('approved', 'sent_back', 'recalled')),
    constraint an_end_has_its_moment check ((outcome is null) = (decided_at is null) and (outcome is null) = (decided_by is null)),
    constraint nobody_approves_the_own_order check (outcome is distinct from 'approved' or decided_by <> asked_by),
    constraint who_sends_back_says_why check (outcome is distinct from 'sent_back' or reason is not null),
    constraint the_reason_of_an_approval_is_short check (char_length(reason) between 1 and 1000)
);
comment on table order_approval is 'An order that went beyond a limit of who wrote it: whom it waits for, and how that ended (订单审批).';
create unique index an_order_waits_for_one_approval on order_approval (purchase_order_id) where outcome is null;
create index order_approval_by_order on order_approval (purchase_order_id, order_approval_id);
alter table order_approval enable row level security;
alter table order_approval force row level security;
-- The buyer's own affair: neither the seller nor the brand reads it.
create policy approvals_are_seen_by_the_buyer on order_approval for select using (buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy approvals_are_asked_for_by_the_buyer on order_approval for insert with check (buyer_id = (select app_partner_id()) and outcome is null);
create policy approvals_are_given_by_the_buyer on order_approval for update using (buyer_id = (select app_partner_id()) and outcome is null) with check (buyer_id = (select app_partner_id()));
revoke update, delete, truncate on order_approval from portal_app;
grant update (outcome, decided_by, decided_at, reason) on order_approval to portal_app;

-- What happens to an order before the seller has it stays inside the buyer's company: drafts, who asked whom, and why something was sent back.
drop policy steps_are_seen_with_their_order on purchase_order_step;
create policy steps_are_seen_with_their_order on purchase_order_step for select using (
    buyer_id = (select app_partner_id()) or (select app_is_system())
    or (status not in ('draft', 'pending_approval')
        and exists (select from purchase_order o where o.purchase_order_id = purchase_order_step.purchase_order_id)));
