-- Workspace plans (工位套餐): what a product of the catalog gives a month, so that a plan can be proposed for so many people.
create table workspace_plan (
    product_id   bigint      primary key references product,
    kind         text        not null,
    seats        integer,
    hours        integer,
    least_months integer     not null default 1,
    changed_at   timestamptz not null,
    constraint the_kind_of_a_workspace_plan_is_known check (kind in ('hot_desk', 'desk', 'office', 'hour', 'package')),
    constraint a_plan_gives_seats_or_hours check (
        case kind when 'office' then seats between 1 and 1000 and hours is null when 'package' then hours between 1 and 1000 and seats is null else seats is null and hours is null end),
    constraint the_least_months_of_a_plan_are_bounded check (least_months between 1 and 120)
);
comment on table workspace_plan is 'What a product gives a month: a hot desk, a desk of one''s own, an office with so many seats, a meeting hour, or a package of so many meeting hours; and for how many months at least it is sold.';
alter table workspace_plan enable row level security;
alter table workspace_plan force row level security;
create policy workspace_plans_are_read_by_whoever_is_signed_in on workspace_plan for select using ((select app_partner_id()) is not null or (select app_is_brand()) or (select app_is_system()));
create policy workspace_plans_are_kept_by_the_brand on workspace_plan
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
revoke truncate on workspace_plan from {schema}_app;
