-- Reservations that run out (预留到期): a seller says for how many days goods stay reserved for an order that does not go on. What ran out waits until the seller reserves it again.
alter table selling_policy
    add column reservation_days integer,
    add column releases         text not null default 'stopped',
    add constraint a_reservation_is_kept_for_1_to_365_days check (reservation_days between 1 and 365),
    add constraint whose_reservations_run_out_is_known check (releases in ('stopped', 'all'));
comment on column selling_policy.reservation_days is 'How many days goods stay reserved for an order that is not shipped; null where they stay until they are.';
comment on column selling_policy.releases is 'stopped: only what waits for the seller''s finance runs out, counted from when it was stopped; all: everything, counted from the reservation or the promised day, whichever is later.';
grant update (reservation_days, releases) on selling_policy to {schema}_app;

alter table purchase_order_line add column lapsed_at timestamptz;
comment on column purchase_order_line.lapsed_at is 'When its reservation ran out; no goods are given to it by themselves until the seller reserves again.';
alter table purchase_order_line add constraint what_ran_out_is_not_reserved check (lapsed_at is null or reserved = 0);
grant update (lapsed_at) on purchase_order_line to {schema}_app;

create table order_reservation (
    purchase_order_id bigint primary key,
    buyer_id          bigint not null,
    seller_id         bigint not null,
    keep_until        date,
    kept_because      text,
    kept_by           bigint references person,
    kept_at           timestamptz,
    warned_for        date,
    warned_on         date,
    constraint a_reservation_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint the_reason_of_a_reservation_is_short check (char_length(kept_because) between 1 and 500),
    constraint who_keeps_a_reservation_is_known check ((keep_until is null) = (kept_at is null)),
    constraint a_warning_has_its_day check ((warned_for is null) = (warned_on is null))
);
comment on table order_reservation is 'How long an order''s goods stay reserved beyond what the seller''s rule says (keep_until, a decision of a person), and of which end people were warned.';
alter table order_reservation enable row level security;
alter table order_reservation force row level security;
create policy reservations_are_seen_by_their_seller on order_reservation for select using (seller_id = (select app_partner_id()) or (select app_is_system()));
create policy reservations_are_kept_by_their_seller on order_reservation for insert with check (seller_id = (select app_partner_id()) or (select app_is_system()));
create policy reservations_are_prolonged_by_their_seller on order_reservation for update using (seller_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on order_reservation from {schema}_app;
grant update (keep_until, kept_because, kept_by, kept_at, warned_for, warned_on) on order_reservation to {schema}_app;
