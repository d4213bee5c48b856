-- Returns (退货) and stock rotation (调换): the buyer asks, the seller approves whole or by line, the goods go back, are inspected by line, and what was paid for them is credited. The life of
-- a return is declared in ReturnLifecycle.
alter table return_policy
    add column accepts_returns      boolean       not null default true,
    add column return_days          integer       not null default 30,
    add column rotation_percent     numeric(5, 2) not null default 0,
    add column rotation_months      integer       not null default 3,
    add column rotation_days        integer       not null default 90,
    add column rotation_lines       text[],
    add column rotation_needs_order boolean       not null default true,
    add constraint goods_come_back_within_two_years check (return_days between 1 and 730 and rotation_days between 1 and 730),
    add constraint a_rotation_is_a_share_of_what_was_bought check (rotation_percent between 0 and 100),
    add constraint purchases_of_up_to_two_years_count check (rotation_months between 1 and 24);
comment on table return_policy is 'How a seller deals with what comes back (退换货规则): within how many days it answers, until when goods may come back, and how much slow stock a buyer may rotate: a percentage of what it bought in the last months, of which product lines, against an order or for credit. Where nothing is said: an answer in 5 days, returns within 30, no rotation.';
grant update (accepts_returns, return_days, rotation_percent, rotation_months, rotation_days, rotation_lines, rotation_needs_order) on return_policy to {schema}_app;

create table return_order (
    return_order_id  bigint generated always as identity primary key,
    number           text           not null unique,
    buyer_id         bigint         not null references partner,
    seller_id        bigint         not null references partner,
    kind             text           not null,
    cause            text           not null,
    reason           text           not null,
    is_unopened      boolean        not null default false,
    against_order_id bigint         references purchase_order,
    currency         text           not null references currency,
    amount           numeric(18, 4) not null,
    status           text           not null default 'requested',
    carrier          text,
    tracking_number  text,
    credit_notes     text,
    answer_by        date           not null,
    requested_at     timestamptz    not null,
    ended_at         timestamptz,
    version          integer        not null default 1,
    constraint return_status_is_known check (status in ('requested', 'approved', 'refused', 'withdrawn', 'sent', 'settled')),
    constraint return_kind_is_known check (kind in ('return', 'rotation')),
    constraint return_cause_is_known check (cause in ('faulty', 'wrong', 'not_needed', 'slow')),
    constraint only_unopened_goods_are_rotated check (kind <> 'rotation' or (is_unopened and cause = 'slow')),
    constraint only_a_rotation_is_set_against_an_order check (kind = 'rotation' or against_order_id is null),
    constraint the_reason_of_a_return_is_short check (char_length(reason) between 1 and 1000),
    constraint return_texts_are_short check (char_length(carrier) between 1 and 100 and char_length(tracking_number) between 1 and 100),
    constraint a_return_is_worth_something_or_nothing check (amount >= 0),
    constraint an_end_of_a_return_has_its_moment check ((status in ('refused', 'withdrawn', 'settled')) = (ended_at is not null)),
    constraint a_return_is_known_with_its_parties unique (return_order_id, buyer_id, seller_id)
);
comment on table return_order is 'Goods that a buyer sends back to its seller (退货单), or slow goods that it rotates (调换单).';
create unique index an_order_stands_against_one_rotation on return_order (against_order_id) where against_order_id is not null and status not in ('refused', 'withdrawn');
create index return_order_by_buyer on return_order (buyer_id, return_order_id desc);
create index return_order_by_seller on return_order (seller_id, return_order_id desc);

create table return_order_line (
    return_order_line_id bigint generated always as identity primary key,
    return_order_id  bigint         not null,
    buyer_id         bigint         not null,
    seller_id        bigint         not null,
    line_number      integer        not null,
    shipment_line_id bigint         not null references shipment_line,
    product_id       bigint         not null references product,
    unit_price       numeric(18, 4) not null,
    quantity         integer        not null,
    approved         integer,
    refused_because  text,
    sent             integer,
    sound            integer,
    damaged          integer,
    credited         integer,
    held             integer        not null,
    constraint a_return_line_belongs_to_its_return foreign key (return_order_id, buyer_id, seller_id) references return_order (return_order_id, buyer_id, seller_id),
    constraint a_return_line_number_is_used_once unique (return_order_id, line_number),
    constraint a_return_names_a_shipment_line_once unique (return_order_id, shipment_line_id),
    constraint a_return_line_asks_for_something check (quantity > 0),
    constraint no_more_is_approved_than_asked check (approved between 0 and quantity),
    constraint what_is_not_approved_has_a_reason check (approved is null or approved = quantity or char_length(refused_because) between 1 and 1000),
    constraint no_more_is_sent_back_than_approved check (sent between 0 and approved),
    constraint no_more_comes_back_than_was_sent check (sound >= 0 and damaged >= 0 and sound + damaged <= sent),
    constraint no_more_is_credited_than_came_back check (credited between 0 and sound + damaged),
    constraint a_return_line_holds_its_pieces check (held between 0 and quantity)
);
comment on table return_order_line is 'How many pieces of a shipment line go back, what the seller approved, what was sent, what was found when it came, and what is credited. held counts against the shipment line.';
create index return_order_line_by_shipment_line on return_order_line (shipment_line_id);

create table return_order_step (
    return_order_step_id bigint generated always as identity primary key,
    return_order_id bigint      not null references return_order,
    act             text        not null,
    status          text        not null,
    reason          text,
    document_number text,
    partner_id      bigint      references partner,
    person_id       bigint      references person,
    happened_at     timestamptz not null,
    constraint a_negative_act_on_a_return_has_a_reason check (act not in ('refuse', 'withdraw') or reason is not null),
    constraint the_reason_of_a_return_step_is_short check (char_length(reason) between 1 and 1000)
);
comment on table return_order_step is 'Who took a return from one state to the next, when and why; both sides read it.';
create index return_order_step_by_return on return_order_step (return_order_id, return_order_step_id);

-- The pieces of a line are held on the shipment that brought them: the constraint no_piece_is_returned_twice has the last word.
create function a_return_holds_its_pieces() returns trigger language plpgsql as $$
begin
    perform count_returned(new.shipment_line_id, new.held - case tg_op when 'UPDATE' then old.held else 0 end);
    return null;
end $$;
create trigger a_return_holds_its_pieces after insert or update of held on return_order_line for each row execute function a_return_holds_its_pieces();

-- It moves as the side at work may move it, whatever the code does; what is over stays.
create function a_return_moves_by_its_sides() returns trigger language plpgsql as $$
declare
    side text := case when app_partner_id() = old.seller_id then 'seller' when app_partner_id() = old.buyer_id then 'buyer' end;
begin
    if old.status <> new.status and (side, old.status, new.status) not in (
        ('seller', 'requested', 'approved'), ('seller', 'requested', 'refused'), ('buyer', 'requested', 'withdrawn'), ('buyer', 'approved', 'withdrawn'), ('buyer', 'approved', 'sent'), ('seller', 'sent', 'settled'))
       or side is null or old.status in ('refused', 'withdrawn', 'settled') then
        raise exception 'A return is answered and inspected by the seller, and sent by the buyer.' using errcode = 'insufficient_privilege', constraint = 'a_return_moves_by_its_sides';
    end if;
    return new;
end $$;
create trigger a_return_moves_by_its_sides before update of status on return_order for each row execute function a_return_moves_by_its_sides();

alter table return_order enable row level security;
alter table return_order force row level security;
create policy returns_are_seen_by_both_sides on return_order for select using (
    buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy returns_are_asked_for_by_the_buyer on return_order for insert with check (buyer_id = (select app_partner_id()));
create policy returns_are_moved_by_both_sides on return_order for update using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()));
revoke update, delete, truncate on return_order from {schema}_app;
grant update (status, carrier, tracking_number, credit_notes, answer_by, ended_at, version) on return_order to {schema}_app;

alter table return_order_line enable row level security;
alter table return_order_line force row level security;
create policy return_lines_are_seen_by_both_sides on return_order_line for select using (
    buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
-- A line brings back what this buyer got from this seller.
create policy return_lines_are_asked_for_by_the_buyer on return_order_line for insert with check (
    buyer_id = (select app_partner_id())
    and exists (select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
                where l.shipment_line_id = return_order_line.shipment_line_id and s.buyer_id = return_order_line.buyer_id and s.seller_id = return_order_line.seller_id));
create policy return_lines_are_counted_by_both_sides on return_order_line for update using (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()));
revoke update, delete, truncate on return_order_line from {schema}_app;
grant update (approved, refused_because, sent, sound, damaged, credited, held) on return_order_line to {schema}_app;

alter table return_order_step enable row level security;
alter table return_order_step force row level security;
create policy return_steps_are_seen_with_their_return on return_order_step for select using (exists (select from return_order r where r.return_order_id = return_order_step.return_order_id));
create policy return_steps_are_taken_by_both_sides on return_order_step for insert with check (
    exists (select from return_order r where r.return_order_id = return_order_step.return_order_id and (select app_partner_id()) in (r.buyer_id, r.seller_id)));
revoke update, delete, truncate on return_order_step from {schema}_app;
