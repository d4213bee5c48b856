-- Which lots and serial numbers go back with a line of a return (退货): those that were delivered on its shipment line, each piece once.
create table return_order_line_lot (
    return_order_line_id bigint  not null references return_order_line,
    stock_lot_id         bigint  not null references stock_lot,
    quantity             integer not null,
    sound                integer,
    primary key (return_order_line_id, stock_lot_id),
    constraint a_returned_lot_carries_something check (quantity > 0),
    constraint no_more_of_a_lot_comes_back_than_was_sent check (sound between 0 and quantity)
);
comment on table return_order_line_lot is 'How many pieces of which lot were sent back with a line, and how many of them the seller found sound.';
create index return_order_line_lot_by_lot on return_order_line_lot (stock_lot_id);

create function a_return_counts_its_lots() returns trigger language plpgsql as $$
begin
    perform count_returned_lot((select l.shipment_line_id from return_order_line l where l.return_order_line_id = new.return_order_line_id), new.stock_lot_id, new.quantity);
    return null;
end $$;
create trigger a_return_counts_its_lots after insert on return_order_line_lot for each row execute function a_return_counts_its_lots();

alter table return_order_line_lot enable row level security;
alter table return_order_line_lot force row level security;
create policy returned_lots_are_seen_with_their_line on return_order_line_lot for select using (exists (select from return_order_line l where l.return_order_line_id = return_order_line_lot.return_order_line_id));
create policy returned_lots_are_named_by_the_buyer on return_order_line_lot for insert with check (
    exists (select from return_order_line l where l.return_order_line_id = return_order_line_lot.return_order_line_id and l.buyer_id = (select app_partner_id())));
create policy returned_lots_are_inspected_by_the_seller on return_order_line_lot for update using (
    exists (select from return_order_line l where l.return_order_line_id = return_order_line_lot.return_order_line_id and l.seller_id = (select app_partner_id())));
revoke update, delete, truncate on return_order_line_lot from {schema}_app;
grant update (sound) on return_order_line_lot to {schema}_app;
