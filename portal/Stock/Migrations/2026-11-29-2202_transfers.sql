-- Transfers (调拨单): goods that a partner moves from one of its places to another.
create table stock_transfer (
    stock_transfer_id bigint generated always as identity primary key,
    number        text        not null unique,
    partner_id    bigint      not null references partner,
    from_place_id bigint      not null references stock_place,
    to_place_id   bigint      not null references stock_place,
    status        text        not null,
    note          text,
    sent_by       bigint      references person,
    sent_at       timestamptz not null,
    received_by   bigint      references person,
    received_at   timestamptz,
    version       integer     not null default 1,
    constraint a_transfer_goes_elsewhere check (from_place_id <> to_place_id),
    constraint a_transfer_is_on_its_way_or_received check (status in ('in_transit', 'received')),
    constraint a_received_transfer_has_its_moment check ((status = 'received') = (received_at is not null)),
    constraint the_note_of_a_transfer_is_short check (char_length(note) between 1 and 500)
);
comment on table stock_transfer is 'Goods that a partner moves between its own places (调拨单): received at once, or on the way until somebody there says what came.';
create index stock_transfer_by_partner on stock_transfer (partner_id, stock_transfer_id desc);
create index stock_transfer_on_its_way on stock_transfer (to_place_id) where status = 'in_transit';

create table stock_transfer_line (
    stock_transfer_id bigint  not null references stock_transfer,
    line_number       integer not null,
    product_id        bigint  not null references product,
    quantity          integer not null,
    received          integer not null default 0,
    lost              integer not null default 0,
    primary key (stock_transfer_id, line_number),
    constraint a_transfer_names_a_product_once unique (stock_transfer_id, product_id),
    constraint a_transfer_carries_something check (quantity > 0),
    constraint a_transfer_brings_no_more_than_it_carries check (received >= 0 and lost >= 0 and received + lost <= quantity)
);
comment on table stock_transfer_line is 'One product of a transfer: sent = received + lost + still on the way.';

alter table stock_transfer enable row level security;
alter table stock_transfer force row level security;
create policy transfers_are_their_partners on stock_transfer for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy transfers_are_sent_by_their_partner on stock_transfer for insert with check (
    (partner_id = (select app_partner_id()) or (select app_is_system()))
    and (select count(*) from stock_place p where p.stock_place_id in (stock_transfer.from_place_id, stock_transfer.to_place_id) and p.kind = 'own' and p.partner_id = stock_transfer.partner_id) = 2);
create policy transfers_are_received_by_their_partner on stock_transfer for update
    using (status = 'in_transit' and (partner_id = (select app_partner_id()) or (select app_is_system())))
    with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on stock_transfer from {schema}_app;
grant update (status, received_by, received_at, version) on stock_transfer to {schema}_app;

alter table stock_transfer_line enable row level security;
alter table stock_transfer_line force row level security;
create policy transfer_lines_are_seen_with_their_transfer on stock_transfer_line for select using (exists (select from stock_transfer t where t.stock_transfer_id = stock_transfer_line.stock_transfer_id));
create policy transfer_lines_are_sent_with_their_transfer on stock_transfer_line for insert with check (exists (select from stock_transfer t where t.stock_transfer_id = stock_transfer_line.stock_transfer_id));
create policy transfer_lines_are_counted_while_on_their_way on stock_transfer_line for update
    using (exists (select from stock_transfer t where t.stock_transfer_id = stock_transfer_line.stock_transfer_id and t.status = 'in_transit'));
revoke update, delete, truncate on stock_transfer_line from {schema}_app;
grant update (received, lost) on stock_transfer_line to {schema}_app;
