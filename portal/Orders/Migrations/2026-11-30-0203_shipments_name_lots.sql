-- Which lots and serial numbers a line of a shipment carries (批次与序列号), and what became of each. The ledger says it first; the paper takes it from there, and a direct shipment from
-- the upstream's, so that each pair of companies has it on its own paper.
create table shipment_line_lot (
    shipment_line_id bigint  not null references shipment_line,
    stock_lot_id     bigint  not null references stock_lot,
    quantity         integer not null,
    received         integer not null default 0,
    lost             integer not null default 0,
    returned         integer not null default 0,
    primary key (shipment_line_id, stock_lot_id),
    constraint a_shipped_lot_carries_something check (quantity > 0),
    constraint a_shipment_brings_no_more_of_a_lot_than_it_carries check (received >= 0 and lost >= 0 and received + lost <= quantity),
    constraint no_piece_of_a_lot_is_returned_twice check (returned between 0 and received)
);
comment on table shipment_line_lot is 'How many pieces of which lot a shipment line carries, received, lost and sent back; together they are the line of a tracked product.';
create index shipment_line_lot_by_lot on shipment_line_lot (stock_lot_id);

create table goods_receipt_lot (
    goods_receipt_id bigint  not null references goods_receipt,
    shipment_line_id bigint  not null,
    stock_lot_id     bigint  not null,
    outcome          text    not null,
    quantity         integer not null,
    primary key (goods_receipt_id, shipment_line_id, stock_lot_id, outcome),
    constraint a_receipt_names_lots_that_were_sent foreign key (shipment_line_id, stock_lot_id) references shipment_line_lot (shipment_line_id, stock_lot_id),
    constraint what_became_of_a_lot_is_known check (outcome in ('received', 'short', 'damaged', 'wrong')),
    constraint a_received_lot_has_a_quantity check (quantity > 0)
);
comment on table goods_receipt_lot is 'What became of the lots of a shipment line by a goods receipt: received, or short, damaged or wrong.';
create index goods_receipt_lot_by_line on goods_receipt_lot (shipment_line_id, stock_lot_id);

alter table shipment_line_lot enable row level security;
alter table shipment_line_lot force row level security;
create policy shipped_lots_are_seen_with_their_line on shipment_line_lot for select using (exists (select from shipment_line l where l.shipment_line_id = shipment_line_lot.shipment_line_id));
create policy shipped_lots_are_kept_by_the_definer on shipment_line_lot to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on shipment_line_lot from {schema}_app;

alter table goods_receipt_lot enable row level security;
alter table goods_receipt_lot force row level security;
create policy received_lots_are_seen_with_their_line on goods_receipt_lot for select using (exists (select from shipment_line l where l.shipment_line_id = goods_receipt_lot.shipment_line_id));
create policy received_lots_are_named_by_the_buyer on goods_receipt_lot for insert with check (
    (select app_is_system()) or exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = goods_receipt_lot.shipment_line_id and s.buyer_id = (select app_partner_id())));
revoke update, delete, truncate on goods_receipt_lot from {schema}_app;

create policy drop_shipments_are_known_to_the_definer on drop_shipment_line for select to {schema}_definer using (true);

-- Lines of a shipment are written in the order of its moves.
create function shipment_takes_its_lots(shipment_number text) returns bigint language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    paper record;
    named bigint;
begin
    select s.shipment_id, s.number, s.buyer_id, s.seller_id, s.is_direct, o.number as order_number into paper
    from shipment s join purchase_order o on o.purchase_order_id = s.purchase_order_id
    where s.number = shipment_number and (s.seller_id = app_partner_id() or app_is_system());
    if not found then
        raise exception 'Lots are named by whoever sends them.' using errcode = 'insufficient_privilege';
    end if;
    if paper.is_direct then
        insert into shipment_line_lot (shipment_line_id, stock_lot_id, quantity)
        with line as (
            select d.shipment_line_id as above_id, sl.shipment_line_id, sl.quantity,
                   sum(sl.quantity) over (partition by d.shipment_line_id order by sl.shipment_line_id) - sl.quantity as before
            from shipment_line sl join drop_shipment_line d on d.below_shipment_line_id = sl.shipment_line_id
            where sl.shipment_id = paper.shipment_id),
        lot as (
            select x.shipment_line_id as above_id, x.stock_lot_id, x.quantity, sum(x.quantity) over (partition by x.shipment_line_id order by x.stock_lot_id) - x.quantity as before
            from shipment_line_lot x where x.shipment_line_id in (select above_id from line))
        select line.shipment_line_id, lot.stock_lot_id, least(line.before + line.quantity, lot.before + lot.quantity) - greatest(line.before, lot.before)
        from line join lot on lot.above_id = line.above_id and lot.before < line.before + line.quantity and line.before < lot.before + lot.quantity;
    else
        insert into shipment_line_lot (shipment_line_id, stock_lot_id, quantity)
        select line.shipment_line_id, ml.stock_lot_id, ml.quantity
        from (select m.stock_move_id, row_number() over (order by m.stock_move_id) as place
              from stock_move m where m.order_number = paper.order_number and m.document_number = paper.number and m.kind = 'shipment') move
        join (select sl.shipment_line_id, row_number() over (order by sl.shipment_line_id) as place from shipment_line sl where sl.shipment_id = paper.shipment_id) line on line.place = move.place
        join stock_move_lot ml on ml.stock_move_id = move.stock_move_id;
    end if;
    get diagnostics named = row_count;
    perform stock_lots_become_known(
        array(select distinct x.stock_lot_id from shipment_line_lot x join shipment_line sl on sl.shipment_line_id = x.shipment_line_id where sl.shipment_id = paper.shipment_id), array[paper.buyer_id, paper.seller_id]);
    return named;
end $$;
comment on function shipment_takes_its_lots(text) is 'Writes on a shipment which lots its lines carry, as the ledger or the upstream''s shipment has them; answers how many rows that is.';
alter function shipment_takes_its_lots(text) owner to {schema}_definer;

create function a_receipt_counts_its_lots() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    update shipment_line_lot x
    set received = x.received + came.received, lost = x.lost + came.lost
    from (select shipment_line_id, stock_lot_id, coalesce(sum(quantity) filter (where outcome = 'received'), 0) as received, coalesce(sum(quantity) filter (where outcome <> 'received'), 0) as lost
          from came group by shipment_line_id, stock_lot_id) came
    where x.shipment_line_id = came.shipment_line_id and x.stock_lot_id = came.stock_lot_id;
    return null;
end $$;
alter function a_receipt_counts_its_lots() owner to {schema}_definer;
create trigger a_receipt_counts_its_lots after insert on goods_receipt_lot referencing new table as came for each statement execute function a_receipt_counts_its_lots();

create function count_returned_lot(line bigint, lot bigint, change integer) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = line and (app_is_system() or app_partner_id() in (s.buyer_id, s.seller_id))) then
        raise exception 'Pieces are returned between the two sides of their shipment.' using errcode = 'insufficient_privilege';
    end if;
    update shipment_line_lot x set returned = x.returned + change where x.shipment_line_id = line and x.stock_lot_id = lot;
    -- What was delivered before its product was tracked has no lots on its paper.
    if not found and exists (select from shipment_line_lot x where x.shipment_line_id = line) then
        raise exception 'That lot was not delivered on this line.' using errcode = 'check_violation', constraint = 'a_returned_lot_was_delivered';
    end if;
end $$;
comment on function count_returned_lot(bigint, bigint, integer) is 'Counts pieces of a lot of a shipment line that go back.';
alter function count_returned_lot(bigint, bigint, integer) owner to {schema}_definer;
