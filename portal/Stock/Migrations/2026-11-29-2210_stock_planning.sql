-- How a partner plans its stock (库存计划): how long goods travel to it, from how many weeks it reads its demand, how sure it wants to be, and how often it orders.
create table stock_planning (
    partner_id      bigint        primary key references partner on delete cascade,
    inbound_days    integer       not null default 3,
    demand_weeks    integer       not null default 12,
    service_percent numeric(4, 1) not null default 95,
    review_days     integer       not null default 7,
    changed_by      bigint        references person,
    changed_at      timestamptz   not null,
    version         integer       not null default 1,
    constraint goods_travel_up_to_half_a_year check (inbound_days between 0 and 180),
    constraint demand_is_read_from_4_to_52_weeks check (demand_weeks between 4 and 52),
    constraint the_service_level_is_one_of_the_table check (service_percent in (80, 85, 90, 95, 97.5, 99)),
    constraint orders_go_out_at_least_once_a_quarter check (review_days between 1 and 92)
);
comment on table stock_planning is 'How a partner plans its stock: days on the road, weeks of demand, service level, days between orders; 3, 12, 95 and 7 where nothing is said.';
alter table stock_planning enable row level security;
alter table stock_planning force row level security;
create policy planning_is_read_by_its_partner on stock_planning for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy planning_is_begun_by_its_administrator on stock_planning for insert with check (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))) or (select app_is_system()));
create policy planning_is_changed_by_its_administrator on stock_planning for update using (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))) or (select app_is_system()));
revoke update, delete, truncate on stock_planning from {schema}_app;
grant update (inbound_days, demand_weeks, service_percent, review_days, changed_by, changed_at, version) on stock_planning to {schema}_app;
