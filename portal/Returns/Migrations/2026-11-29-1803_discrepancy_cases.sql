-- Discrepancies that are settled (差异处理): the buyer says what it wants for what was short, damaged, wrong or too much; the seller accepts or disputes within days; what both agree to is
-- carried out in the same transaction. The life of a case is declared in CaseLifecycle; the rules that hold whatever the code does stand here.
create table return_policy (
    partner_id  bigint      primary key references partner on delete cascade,
    answer_days integer     not null default 5,
    changed_at  timestamptz not null,
    version     integer     not null default 1,
    constraint an_answer_takes_one_to_sixty_days check (answer_days between 1 and 60)
);
comment on table return_policy is 'How a seller deals with what comes back (退换货规则): within how many days it answers. Five days where nothing is said.';
alter table return_policy enable row level security;
alter table return_policy force row level security;
-- Buyers read the rules of their seller: they decide by them what they may ask for.
create policy return_policies_are_read_by_both_sides on return_policy for select using (
    partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system())
    or partner_id = (select p.upstream_id from partner p where p.partner_id = (select app_partner_id())));
create policy return_policies_are_made_by_their_seller on return_policy for insert with check (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
create policy return_policies_are_changed_by_their_seller on return_policy for update using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('partner_admin')) or (select app_has_role('brand_admin')))) or (select app_is_system()));
revoke update, delete, truncate on return_policy from {schema}_app;
grant update (answer_days, changed_at, version) on return_policy to {schema}_app;

create table discrepancy_case (
    discrepancy_case_id    bigint generated always as identity primary key,
    number                 text        not null unique,
    receipt_discrepancy_id bigint      not null references receipt_discrepancy,
    shipment_line_id       bigint      not null references shipment_line,
    purchase_order_id      bigint      not null,
    buyer_id               bigint      not null,
    seller_id              bigint      not null,
    kind                   text        not null,
    quantity               integer     not null,
    wanted                 text        not null,
    offered                text,
    status                 text        not null default 'open',
    settled_as             text,
    reason                 text        not null,
    answer_by              date        not null,
    opened_at              timestamptz not null,
    closed_at              timestamptz,
    reminded_at            timestamptz,
    version                integer     not null default 1,
    constraint a_case_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint case_status_is_known check (status in ('open', 'disputed', 'settled', 'withdrawn')),
    constraint case_kind_is_known check (kind in ('short', 'damaged', 'wrong', 'over')),
    constraint a_case_is_about_something check (quantity > 0),
    constraint the_wanted_path_fits_what_differed check (case kind when 'over' then wanted in ('take_over', 'send_back') else wanted in ('send_again', 'credit', 'write_off') end),
    constraint the_offered_path_fits_what_differed check (offered is null or case kind when 'over' then offered in ('take_over', 'send_back') else offered in ('send_again', 'credit', 'write_off') end),
    constraint what_is_settled_says_how check ((status = 'settled') = (settled_as is not null)),
    constraint a_case_is_settled_as_one_side_asked_and_the_other_agreed check (settled_as is null or settled_as in (wanted, offered)),
    constraint an_end_of_a_case_has_its_moment check ((status in ('settled', 'withdrawn')) = (closed_at is not null)),
    constraint the_reason_of_a_case_is_short check (char_length(reason) between 1 and 1000)
);
comment on table discrepancy_case is 'What a buyer wants for one discrepancy of a goods receipt, what the seller says to it, and how it was settled (差异处理单).';
-- What was withdrawn can be asked for again; what is open or settled cannot.
create unique index a_discrepancy_is_settled_once on discrepancy_case (receipt_discrepancy_id) where status <> 'withdrawn';
create index discrepancy_case_by_order on discrepancy_case (purchase_order_id);
create index discrepancy_case_by_buyer on discrepancy_case (buyer_id, discrepancy_case_id desc);
create index discrepancy_case_by_seller on discrepancy_case (seller_id, discrepancy_case_id desc);
create index discrepancy_case_running on discrepancy_case (answer_by) where status in ('open', 'disputed');

create table discrepancy_case_step (
    discrepancy_case_step_id bigint generated always as identity primary key,
    discrepancy_case_id bigint      not null references discrepancy_case,
    act                 text        not null,
    status              text        not null,
    path                text,
    reason              text,
    document_number     text,
    partner_id          bigint      references partner,
    person_id           bigint      references person,
    happened_at         timestamptz not null,
    constraint a_negative_act_on_a_case_has_a_reason check (act not in ('dispute', 'renew', 'withdraw') or reason is not null),
    constraint the_reason_of_a_case_step_is_short check (char_length(reason) between 1 and 1000)
);
comment on table discrepancy_case_step is 'Who took a case from one state to the next, when and why; both sides read it.';
create index discrepancy_case_step_by_case on discrepancy_case_step (discrepancy_case_id, discrepancy_case_step_id);

-- A case claims what its receipt found, no more; and it moves as the side at work may move it, whatever the code does.
create function a_case_follows_its_receipt() returns trigger language plpgsql as $$
begin
    if not exists (
        select from receipt_discrepancy d
        join goods_receipt r on r.goods_receipt_id = d.goods_receipt_id
        where d.receipt_discrepancy_id = new.receipt_discrepancy_id and d.shipment_line_id = new.shipment_line_id and d.kind = new.kind and new.quantity <= d.quantity
          and r.purchase_order_id = new.purchase_order_id) then
        raise exception 'A case claims what its receipt found, and no more of it.' using errcode = 'check_violation', constraint = 'a_case_claims_no_more_than_differed';
    end if;
    return new;
end $$;
create trigger a_case_follows_its_receipt before insert on discrepancy_case for each row execute function a_case_follows_its_receipt();

create function a_case_moves_by_its_sides() returns trigger language plpgsql as $$
declare
    side text := case when app_partner_id() = old.seller_id then 'seller' when app_partner_id() = old.buyer_id then 'buyer' end;
begin
    if old.status in ('settled', 'withdrawn') then
        raise exception 'What is over stays.' using errcode = 'check_violation', constraint = 'a_case_that_is_over_stays';
    end if;
    if old.status <> new.status and (side, old.status, new.status) not in (
        ('seller', 'open', 'disputed'), ('seller', 'open', 'settled'), ('buyer', 'disputed', 'settled'), ('buyer', 'disputed', 'open'), ('buyer', 'open', 'withdrawn'), ('buyer', 'disputed', 'withdrawn'))
       or (new.status = 'settled' and new.settled_as is distinct from case side when 'seller' then old.wanted else old.offered end) then
        raise exception 'A case is settled by the side that did not ask.' using errcode = 'insufficient_privilege', constraint = 'a_case_is_settled_by_the_other_side';
    end if;
    return new;
end $$;
create trigger a_case_moves_by_its_sides before update of status, settled_as on discrepancy_case for each row execute function a_case_moves_by_its_sides();

-- An order about which both sides still speak is not put away.
create function an_order_with_a_running_case_stays_open() returns trigger language plpgsql as $$
begin
    if exists (select from discrepancy_case c where c.purchase_order_id = new.purchase_order_id and c.status in ('open', 'disputed')) then
        raise exception 'A discrepancy of the order is not settled yet.' using errcode = 'check_violation', constraint = 'an_order_with_a_running_case_stays_open';
    end if;
    return new;
end $$;
create trigger an_order_with_a_running_case_stays_open before update of status on purchase_order for each row when (new.status = 'closed' and old.status <> 'closed') execute function an_order_with_a_running_case_stays_open();

alter table discrepancy_case enable row level security;
alter table discrepancy_case force row level security;
create policy cases_are_seen_by_both_sides on discrepancy_case for select using (
    buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy cases_are_opened_by_the_buyer on discrepancy_case for insert with check (buyer_id = (select app_partner_id()));
create policy cases_are_moved_by_both_sides on discrepancy_case for update using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on discrepancy_case from {schema}_app;
grant update (wanted, offered, status, settled_as, answer_by, closed_at, reminded_at, version) on discrepancy_case to {schema}_app;

alter table discrepancy_case_step enable row level security;
alter table discrepancy_case_step force row level security;
create policy case_steps_are_seen_with_their_case on discrepancy_case_step for select using (
    exists (select from discrepancy_case c where c.discrepancy_case_id = discrepancy_case_step.discrepancy_case_id));
create policy case_steps_are_taken_by_both_sides on discrepancy_case_step for insert with check (
    exists (select from discrepancy_case c where c.discrepancy_case_id = discrepancy_case_step.discrepancy_case_id and (select app_partner_id()) in (c.buyer_id, c.seller_id)));
revoke update, delete, truncate on discrepancy_case_step from {schema}_app;

-- Files of a delivery: the proof of delivery (签收单) of a shipment, the photos of a case. Both sides see them.
create table delivery_file (
    delivery_file_id    bigint generated always as identity primary key,
    number              text        not null unique,
    shipment_id         bigint      references shipment,
    discrepancy_case_id bigint      references discrepancy_case,
    buyer_id            bigint      not null references partner,
    seller_id           bigint      not null references partner,
    partner_id          bigint      not null references partner,
    name                text        not null,
    kind                text        not null,
    bytes               integer     not null,
    sha256              bytea       not null,
    uploaded_by         bigint      references person,
    uploaded_at         timestamptz not null,
    constraint a_delivery_file_belongs_to_one_record check (num_nonnulls(shipment_id, discrepancy_case_id) = 1),
    constraint a_delivery_file_is_added_by_one_of_both check (partner_id in (buyer_id, seller_id)),
    constraint delivery_file_kind_is_known check (kind in ('pdf', 'png', 'jpeg')),
    constraint a_delivery_file_has_a_name check (char_length(name) between 1 and 150 and name !~ '[/\\[:cntrl:]]'),
    constraint a_delivery_file_has_a_size check (bytes > 0),
    constraint a_delivery_file_has_its_hash check (octet_length(sha256) = 32)
);
comment on table delivery_file is 'A file of a delivery that buyer and seller both see: the carrier''s paper of a shipment (签收单), a photo of what differed.';
create index delivery_file_by_shipment on delivery_file (shipment_id) where shipment_id is not null;
create index delivery_file_by_case on delivery_file (discrepancy_case_id) where discrepancy_case_id is not null;

create table delivery_file_part (
    delivery_file_id bigint  not null references delivery_file on delete cascade,
    part             integer not null,
    content          bytea   not null,
    primary key (delivery_file_id, part),
    constraint a_part_of_a_delivery_file_is_bounded check (octet_length(content) between 1 and 1048576)
);
comment on table delivery_file_part is 'The content of a delivery file in parts of a megabyte, so that it is read in constant memory.';
alter table delivery_file_part alter column content set storage external; -- files are packed already

alter table delivery_file enable row level security;
alter table delivery_file force row level security;
create policy delivery_files_are_seen_by_both_sides on delivery_file for select using (
    buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()));
create policy delivery_files_are_added_by_both_sides on delivery_file for insert with check (
    partner_id = (select app_partner_id())
    and (exists (select from shipment s where s.shipment_id = delivery_file.shipment_id and s.buyer_id = delivery_file.buyer_id and s.seller_id = delivery_file.seller_id)
         or exists (select from discrepancy_case c where c.discrepancy_case_id = delivery_file.discrepancy_case_id and c.buyer_id = delivery_file.buyer_id and c.seller_id = delivery_file.seller_id
                    and c.status in ('open', 'disputed'))));
-- Evidence of what is over stays.
create policy delivery_files_are_removed_by_whoever_added_them on delivery_file for delete using (
    uploaded_by = (select app_person_id())
    and not exists (select from discrepancy_case c where c.discrepancy_case_id = delivery_file.discrepancy_case_id and c.status in ('settled', 'withdrawn')));
revoke update, truncate on delivery_file from {schema}_app;

alter table delivery_file_part enable row level security;
alter table delivery_file_part force row level security;
create policy delivery_parts_go_with_their_file on delivery_file_part for select using (exists (select from delivery_file f where f.delivery_file_id = delivery_file_part.delivery_file_id));
create policy delivery_parts_come_with_their_file on delivery_file_part for insert with check (
    exists (select from delivery_file f where f.delivery_file_id = delivery_file_part.delivery_file_id and f.partner_id = (select app_partner_id())));
create policy delivery_parts_leave_with_their_file on delivery_file_part for delete using (
    exists (select from delivery_file f where f.delivery_file_id = delivery_file_part.delivery_file_id and f.uploaded_by = (select app_person_id())));
revoke update, truncate on delivery_file_part from {schema}_app;
