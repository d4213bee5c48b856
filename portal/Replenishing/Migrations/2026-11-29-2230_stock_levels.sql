-- Stock levels (安全库存): how much of a product a place shall hold, and when and up to what it is ordered again.
create table stock_level (
    stock_place_id bigint      not null references stock_place,
    product_id     bigint      not null references product,
    partner_id     bigint      not null references partner,
    safety         integer     not null,
    reorder_point  integer     not null,
    target         integer     not null,
    source         text        not null,
    changed_by     bigint      references person,
    changed_at     timestamptz not null,
    primary key (stock_place_id, product_id),
    constraint levels_rise_from_safety_to_target check (0 <= safety and safety <= reorder_point and reorder_point <= target and target between 1 and 1000000),
    constraint the_source_of_a_level_is_known check (source in ('typed', 'file', 'proposed', 'api'))
);
comment on table stock_level is 'Safety stock (安全库存), reorder point (再订货点) and what is ordered up to (目标库存), of a product in a place; and whether somebody wrote it or it was proposed from demand.';
create index stock_level_by_partner on stock_level (partner_id, product_id);
alter table stock_level enable row level security;
alter table stock_level force row level security;
create policy levels_are_their_partners on stock_level for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy levels_are_set_by_their_partner on stock_level for insert with check (
    (partner_id = (select app_partner_id()) or (select app_is_system()))
    and exists (select from stock_place p where p.stock_place_id = stock_level.stock_place_id and p.kind = 'own' and p.partner_id = stock_level.partner_id));
create policy levels_are_changed_by_their_partner on stock_level for update using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy levels_are_dropped_by_their_partner on stock_level for delete using (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, truncate on stock_level from {schema}_app;
grant update (safety, reorder_point, target, source, changed_by, changed_at) on stock_level to {schema}_app;
