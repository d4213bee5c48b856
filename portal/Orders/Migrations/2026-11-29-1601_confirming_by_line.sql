-- Confirming by line (逐行确认): what the seller has is reserved, what it lacks waits for goods (缺货待补), what it cannot deliver is called off
-- with a reason, and each line has a promised day.
alter table purchase_order_line
    add column reserved integer not null default 0,
    add column promised_on date;
comment on column purchase_order_line.reserved is 'How much of what is open has been set aside at the seller''s place; the rest of it waits for goods.';
comment on column purchase_order_line.promised_on is 'The day on which the seller means to send what is open (预计发货日).';

-- Until now a confirmation reserved everything.
select enter_as_system('what confirmed orders have reserved');
update purchase_order_line l
set reserved = l.quantity - l.shipped - l.cancelled
from purchase_order o
where o.purchase_order_id = l.purchase_order_id and o.status in ('confirmed', 'partially_shipped') and l.shipped + l.cancelled < l.quantity;

alter table purchase_order_line add constraint a_line_reserves_no_more_than_is_open check (reserved between 0 and quantity - shipped - cancelled);
grant update (reserved, promised_on) on purchase_order_line to portal_app;
-- Goods that come are looked for by those who wait for them; a small part of all lines.
create index purchase_order_line_waiting on purchase_order_line (seller_id, product_id) where shipped + cancelled + reserved < quantity;

create table order_line_answer (
    purchase_order_step_id bigint  not null references purchase_order_step,
    purchase_order_line_id bigint  not null references purchase_order_line,
    promised               integer not null,
    reserved               integer not null,
    refused                integer not null,
    promised_on            date,
    reason                 text,
    primary key (purchase_order_step_id, purchase_order_line_id),
    constraint an_answer_is_not_negative check (promised >= 0 and refused >= 0 and reserved between 0 and promised),
    constraint what_is_not_delivered_has_a_reason check (refused = 0 or reason is not null),
    constraint the_reason_of_an_answer_is_short check (char_length(reason) between 1 and 1000)
);
comment on table order_line_answer is 'What a seller said to a line when it confirmed the order: promised, of it reserved at once, refused and why (行确认).';
create index order_line_answer_by_line on order_line_answer (purchase_order_line_id);
alter table order_line_answer enable row level security;
alter table order_line_answer force row level security;
create policy answers_are_seen_with_their_line on order_line_answer for select using (
    (select app_is_system()) or exists (select from purchase_order_line l where l.purchase_order_line_id = order_line_answer.purchase_order_line_id));
create policy answers_are_given_by_the_seller on order_line_answer for insert with check (
    (select app_is_system())
    or exists (select from purchase_order_line l where l.purchase_order_line_id = order_line_answer.purchase_order_line_id and l.seller_id = (select app_partner_id())));
revoke update, delete, truncate on order_line_answer from portal_app;

-- How a seller deals with what its buyers wait for.
create table selling_policy (
    partner_id bigint      primary key references partner on delete cascade,
    allocates  text        not null default 'first_come',
    passes_up  text        not null default 'by_hand',
    changed_at timestamptz not null,
    version    integer     not null default 1,
    constraint allocation_is_known check (allocates in ('first_come', 'by_level', 'by_promised_day')),
    constraint passing_up_is_known check (passes_up in ('by_hand', 'automatic'))
);
comment on table selling_policy is 'In which order a seller gives goods that have come to the lines that wait for them (分货规则), and whether what it lacks is ordered from its upstream by itself (缺货上级订货); first come and by hand where nothing is said.';
alter table selling_policy enable row level security;
alter table selling_policy force row level security;
create policy selling_policies_are_read_by_their_seller on selling_policy for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy selling_policies_are_made_by_their_seller on selling_policy for insert with check (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))) or (select app_is_system()));
create policy selling_policies_are_changed_by_their_seller on selling_policy for update using (
    partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin'))) or (select app_is_system()));
revoke update, delete, truncate on selling_policy from portal_app;
grant update (allocates, passes_up, changed_at, version) on selling_policy to portal_app;

-- What a seller orders from its own upstream for the lines of its buyers (背靠背订单). Known to the partner in the middle and to the brand alone:
-- neither end learns of the other.
create table order_supply (
    purchase_order_id bigint  not null references purchase_order,
    for_line_id       bigint  not null references purchase_order_line,
    partner_id        bigint  not null references partner,
    quantity          integer not null,
    primary key (purchase_order_id, for_line_id),
    constraint a_supply_has_a_quantity check (quantity > 0)
);
comment on table order_supply is 'How much of a line that waits for goods was ordered upwards with which order (背靠背订单).';
create index order_supply_by_line on order_supply (for_line_id);
alter table order_supply enable row level security;
alter table order_supply force row level security;
create policy supplies_are_seen_from_the_middle on order_supply for select using (
    partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy supplies_are_arranged_from_the_middle on order_supply for insert with check (
    (partner_id = (select app_partner_id()) or (select app_is_system()))
    and exists (select from purchase_order o where o.purchase_order_id = order_supply.purchase_order_id and o.buyer_id = order_supply.partner_id)
    and exists (select from purchase_order_line l where l.purchase_order_line_id = order_supply.for_line_id and l.seller_id = order_supply.partner_id));
revoke update, delete, truncate on order_supply from portal_app;
