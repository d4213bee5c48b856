-- Orders (订货): what a buyer orders from its upstream seller; for the seller the same record is its sales order.
create table purchase_order (
    purchase_order_id bigint generated always as identity primary key,
    number          text           not null unique,
    buyer_id        bigint         not null references partner,
    seller_id       bigint         not null references partner,
    po_number       text,
    external_number text,
    origin          text           not null default 'portal',
    ordered_on      date           not null,
    currency        text           not null,
    line_count      integer        not null default 0,
    total_amount    numeric(18, 4) not null default 0,
    status          text           not null default 'draft',
    from_place_id   bigint         references stock_place,
    to_place_id     bigint         not null references stock_place,
    note            text,
    created_at      timestamptz    not null,
    submitted_at    timestamptz,
    confirmed_at    timestamptz,
    version         integer        not null default 1,
    constraint purchase_order_status_is_known check (status in (
        'draft', 'submitted', 'pending_approval', 'confirmed', 'partially_shipped', 'shipped', 'received', 'closed', 'cancelled', 'rejected')),
    constraint purchase_order_origin_is_known check (origin in ('portal', 'history')),
    constraint nobody_orders_from_itself check (buyer_id <> seller_id),
    constraint a_po_number_is_used_once unique (buyer_id, po_number),
    constraint an_external_number_is_used_once unique (buyer_id, external_number),
    constraint a_po_number_is_short check (char_length(po_number) between 1 and 64),
    constraint an_order_note_is_short check (char_length(note) between 1 and 2000),
    constraint order_currency_has_three_letters check (currency ~ '^[A-Z]{3}$'),
    constraint an_order_has_at_most_2000_lines check (line_count between 0 and 2000),
    constraint an_order_total_is_not_negative check (total_amount >= 0),
    constraint what_was_submitted_has_lines check (submitted_at is null or line_count > 0),
    constraint a_draft_was_not_submitted check (status <> 'draft' or submitted_at is null),
    constraint whoever_confirms_names_the_place check (confirmed_at is null or from_place_id is not null),
    constraint an_order_is_known_with_its_parties unique (purchase_order_id, buyer_id, seller_id)
);
comment on table purchase_order is 'One order of a buyer with its upstream seller (采购订单 / 销售订单). Drafts are seen by the buyer alone.';
create index purchase_order_by_buyer on purchase_order (buyer_id, ordered_on desc, purchase_order_id desc);
create index purchase_order_by_seller on purchase_order (seller_id, ordered_on desc, purchase_order_id desc) where submitted_at is not null;
create index purchase_order_by_day on purchase_order (ordered_on desc, purchase_order_id desc);
-- What waits for somebody is a small part of all orders, and the first thing everyone asks for.
create index purchase_order_at_work on purchase_order (seller_id, status) where status in ('submitted', 'confirmed', 'partially_shipped');
create index purchase_order_under_way on purchase_order (buyer_id, status) where status in ('draft', 'partially_shipped', 'shipped');
-- Search finds numbers by how they begin.
create index purchase_order_number_begins on purchase_order (number text_pattern_ops);
create index purchase_order_po_number_begins on purchase_order (upper(po_number) text_pattern_ops) where po_number is not null;
create index purchase_order_external_number_begins on purchase_order (upper(external_number) text_pattern_ops) where external_number is not null;

create table purchase_order_line (
    purchase_order_line_id bigint generated always as identity primary key,
    purchase_order_id bigint         not null,
    buyer_id          bigint         not null,
    seller_id         bigint         not null,
    line_number       integer        not null,
    product_id        bigint         not null references product,
    quantity          integer        not null,
    shipped           integer        not null default 0,
    received          integer        not null default 0,
    lost              integer        not null default 0,
    cancelled         integer        not null default 0,
    unit_price        numeric(18, 4) not null,
    amount            numeric(18, 4) not null,
    price_steps       jsonb          not null default '[]',
    constraint a_line_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_line_number_is_used_once unique (purchase_order_id, line_number),
    constraint a_line_orders_between_one_and_a_million check (quantity between 1 and 1000000),
    constraint a_line_ships_no_more_than_ordered check (shipped >= 0 and cancelled >= 0 and shipped + cancelled <= quantity),
    constraint a_line_receives_no_more_than_shipped check (received >= 0 and lost >= 0 and received + lost <= shipped),
    constraint a_price_is_not_negative check (unit_price >= 0 and amount >= 0)
) with (fillfactor = 90);
comment on table purchase_order_line is 'One product of an order: ordered = shipped + open + cancelled, shipped = received + in transit + lost.';
create index purchase_order_line_by_product on purchase_order_line (product_id);

create table purchase_order_step (
    purchase_order_step_id bigint generated always as identity primary key,
    purchase_order_id bigint      not null,
    buyer_id          bigint      not null,
    seller_id         bigint      not null,
    act               text        not null,
    status            text        not null,
    partner_id        bigint      references partner,
    person_id         bigint      references person,
    document_number   text,
    reason            text,
    happened_at       timestamptz not null,
    constraint a_step_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_step_reason_is_short check (char_length(reason) between 1 and 1000),
    constraint a_negative_act_has_a_reason check (act not in ('reject', 'cancel') or status = 'draft' or reason is not null)
);
comment on table purchase_order_step is 'Who took an order from one state to the next, when and why; what the page shows as its history.';
create index purchase_order_step_by_order on purchase_order_step (purchase_order_id, purchase_order_step_id);

create table shipment (
    shipment_id       bigint generated always as identity primary key,
    number            text        not null unique,
    purchase_order_id bigint      not null,
    buyer_id          bigint      not null,
    seller_id         bigint      not null,
    shipped_at        timestamptz not null,
    carrier           text,
    tracking_number   text,
    from_place_id     bigint      not null references stock_place,
    to_place_id       bigint      not null references stock_place,
    constraint a_shipment_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_carrier_is_short check (char_length(carrier) between 1 and 100),
    constraint a_tracking_number_is_short check (char_length(tracking_number) between 1 and 100)
);
comment on table shipment is 'Goods of one order that left the seller together (发货).';
create index shipment_by_order on shipment (purchase_order_id);

create table shipment_line (
    shipment_line_id       bigint generated always as identity primary key,
    shipment_id            bigint  not null references shipment,
    purchase_order_line_id bigint  not null references purchase_order_line,
    quantity               integer not null,
    received               integer not null default 0,
    lost                   integer not null default 0,
    constraint a_shipment_names_a_line_once unique (shipment_id, purchase_order_line_id),
    constraint a_shipment_carries_something check (quantity > 0),
    constraint a_shipment_brings_no_more_than_it_carries check (received >= 0 and lost >= 0 and received + lost <= quantity)
);
comment on table shipment_line is 'How much of an order line a shipment carries, and what became of it; the rest is in transit.';
create index shipment_line_by_order_line on shipment_line (purchase_order_line_id);

create table goods_receipt (
    goods_receipt_id  bigint generated always as identity primary key,
    number            text        not null unique,
    shipment_id       bigint      not null references shipment,
    purchase_order_id bigint      not null,
    buyer_id          bigint      not null,
    seller_id         bigint      not null,
    received_at       timestamptz not null,
    note              text,
    constraint a_receipt_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_receipt_note_is_short check (char_length(note) between 1 and 1000)
);
comment on table goods_receipt is 'What the buyer found when a shipment, or a part of it, arrived (收货).';
create index goods_receipt_by_order on goods_receipt (purchase_order_id);
create index goods_receipt_by_shipment on goods_receipt (shipment_id);

create table goods_receipt_line (
    goods_receipt_id bigint  not null references goods_receipt,
    shipment_line_id bigint  not null references shipment_line,
    received         integer not null,
    primary key (goods_receipt_id, shipment_line_id),
    constraint a_receipt_is_not_negative check (received >= 0)
);
comment on table goods_receipt_line is 'How much of a shipment line came in good order with this receipt.';
create index goods_receipt_line_by_shipment_line on goods_receipt_line (shipment_line_id);

create table receipt_discrepancy (
    receipt_discrepancy_id bigint generated always as identity primary key,
    goods_receipt_id       bigint  not null references goods_receipt,
    shipment_line_id       bigint  not null references shipment_line,
    kind                   text    not null,
    quantity               integer not null,
    note                   text,
    constraint receipt_discrepancy_kind_is_known check (kind in ('short', 'damaged', 'wrong', 'over')),
    constraint a_discrepancy_is_named_once unique (goods_receipt_id, shipment_line_id, kind),
    constraint a_discrepancy_has_a_quantity check (quantity > 0),
    constraint a_discrepancy_note_is_short check (char_length(note) between 1 and 1000)
);
comment on table receipt_discrepancy is 'What differed (差异): short, damaged and wrong count as lost on the way; over is noted and enters no stock until it is settled.';
create index receipt_discrepancy_by_shipment_line on receipt_discrepancy (shipment_line_id);

-- Row-level security: buyer and seller see the order, the brand sees all; a draft is the buyer's alone.
alter table purchase_order enable row level security;
alter table purchase_order force row level security;
create policy orders_are_seen_by_buyer_and_seller on purchase_order for select using (
    buyer_id = (select app_partner_id()) or (select app_is_system())
    or (submitted_at is not null and (seller_id = (select app_partner_id()) or (select app_is_brand()))));
create policy orders_are_written_by_the_buyer on purchase_order for insert
    with check (buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy orders_are_taken_on_by_both_sides on purchase_order for update
    using (buyer_id = (select app_partner_id()) or (select app_is_system()) or (submitted_at is not null and seller_id = (select app_partner_id())))
    with check (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_system()));
revoke delete, truncate on purchase_order from portal_app;
-- The parties and the number of an order never change.
revoke update on purchase_order from portal_app;
grant update (po_number, ordered_on, line_count, total_amount, status, from_place_id, note, submitted_at, confirmed_at, version) on purchase_order to portal_app;

alter table purchase_order_line enable row level security;
alter table purchase_order_line force row level security;
create policy lines_are_seen_with_their_order on purchase_order_line for select using (
    buyer_id = (select app_partner_id()) or (select app_is_system())
    or exists (select from purchase_order o where o.purchase_order_id = purchase_order_line.purchase_order_id));
create policy lines_are_written_by_the_buyer on purchase_order_line for insert
    with check (buyer_id = (select app_partner_id()) or (select app_is_system()));
create policy lines_are_taken_on_by_both_sides on purchase_order_line for update
    using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_system()));
create policy lines_of_a_draft_are_replaced_by_the_buyer on purchase_order_line for delete using (
    buyer_id = (select app_partner_id())
    and exists (select from purchase_order o where o.purchase_order_id = purchase_order_line.purchase_order_id and o.status = 'draft'));
-- What was ordered at which price stays; only what became of it is counted. A draft's lines are replaced as a whole.
revoke update, truncate on purchase_order_line from portal_app;
grant update (shipped, received, lost, cancelled) on purchase_order_line to portal_app;

alter table purchase_order_step enable row level security;
alter table purchase_order_step force row level security;
create policy steps_are_seen_with_their_order on purchase_order_step for select using (
    buyer_id = (select app_partner_id()) or (select app_is_system())
    or exists (select from purchase_order o where o.purchase_order_id = purchase_order_step.purchase_order_id));
create policy steps_are_taken_by_both_sides on purchase_order_step for insert
    with check (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on purchase_order_step from portal_app;

alter table shipment enable row level security;
alter table shipment force row level security;
create policy shipments_are_seen_by_both_sides on shipment for select
    using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy shipments_are_sent_by_the_seller on shipment for insert
    with check (seller_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on shipment from portal_app;

alter table shipment_line enable row level security;
alter table shipment_line force row level security;
create policy shipment_lines_are_seen_with_their_shipment on shipment_line for select using (
    (select app_is_brand()) or exists (select from shipment s where s.shipment_id = shipment_line.shipment_id));
-- The statement that writes a shipment writes its lines, when the shipment is not yet to be seen; the order line already is.
create policy shipment_lines_are_sent_by_the_seller on shipment_line for insert with check (
    (select app_is_system())
    or exists (select from purchase_order_line l where l.purchase_order_line_id = shipment_line.purchase_order_line_id and l.seller_id = (select app_partner_id())));
create policy shipment_lines_are_counted_by_the_buyer on shipment_line for update using (
    (select app_is_system())
    or exists (select from shipment s where s.shipment_id = shipment_line.shipment_id and s.buyer_id = (select app_partner_id())));
revoke update, delete, truncate on shipment_line from portal_app;
grant update (received, lost) on shipment_line to portal_app;

alter table goods_receipt enable row level security;
alter table goods_receipt force row level security;
create policy receipts_are_seen_by_both_sides on goods_receipt for select
    using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy receipts_are_written_by_the_buyer on goods_receipt for insert
    with check (buyer_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on goods_receipt from portal_app;

alter table goods_receipt_line enable row level security;
alter table goods_receipt_line force row level security;
create policy receipt_lines_are_seen_with_their_shipment on goods_receipt_line for select using (
    exists (select from shipment_line l where l.shipment_line_id = goods_receipt_line.shipment_line_id));
create policy receipt_lines_are_written_by_the_buyer on goods_receipt_line for insert with check (
    (select app_is_system()) or exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = goods_receipt_line.shipment_line_id and s.buyer_id = (select app_partner_id())));
revoke update, delete, truncate on goods_receipt_line from portal_app;

alter table receipt_discrepancy enable row level security;
alter table receipt_discrepancy force row level security;
create policy discrepancies_are_seen_with_their_shipment on receipt_discrepancy for select using (
    exists (select from shipment_line l where l.shipment_line_id = receipt_discrepancy.shipment_line_id));
create policy discrepancies_are_written_by_the_buyer on receipt_discrepancy for insert with check (
    (select app_is_system()) or exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = receipt_discrepancy.shipment_line_id and s.buyer_id = (select app_partner_id())));
revoke update, delete, truncate on receipt_discrepancy from portal_app;
