-- A suspension is somebody's decision with a reason; partner.status is what every transaction asks for (see enter).
create table partner_suspension (
    partner_suspension_id bigint generated always as identity primary key,
    partner_id   bigint      not null references partner,
    reason       text        not null,
    suspended_by bigint      references person,
    suspended_at timestamptz not null,
    lifted_by    bigint      references person,
    lifted_at    timestamptz,
    constraint a_suspension_has_a_reason check (char_length(btrim(reason)) between 1 and 1000),
    constraint a_suspension_ends_after_it_began check (lifted_at >= suspended_at)
);
comment on table partner_suspension is 'That a partner was shut out, by whom, why and until when; no person of it can work meanwhile.';
create unique index a_partner_is_suspended_once_at_a_time on partner_suspension (partner_id) where lifted_at is null;
create index partner_suspension_by_partner on partner_suspension (partner_id);

alter table partner_suspension enable row level security;
alter table partner_suspension force row level security;
create policy suspensions_are_seen_by_the_brand on partner_suspension for select using ((select app_is_brand()));
create policy suspensions_are_kept_by_the_brand on partner_suspension
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));

-- Partners are never deleted: orders, claims and the audit speak of them.
revoke delete on partner from {schema}_app;
-- Neither are people. A partner's administrator may change and disable them, but whose sign-in is linked to which company
-- the brand alone decides: otherwise an administrator could claim a stranger's sign-in for the own company.
revoke delete on person from {schema}_app;
drop policy people_are_kept_by_their_admin on person;
create policy people_are_kept_by_their_admin on person for update
    using ((select app_has_role('brand_admin')) or (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin'))))
    with check ((select app_has_role('brand_admin')) or (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin'))));
create policy people_are_linked_by_the_brand on person for insert with check ((select app_has_role('brand_admin')));
-- The tree is unrolled by its trigger and by nobody else.
revoke insert, update, delete on partner_line from {schema}_app;
