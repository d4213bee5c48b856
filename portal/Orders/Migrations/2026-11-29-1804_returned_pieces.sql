-- What goes back to the seller (退货): counted on the line of the shipment that brought it, so that no piece goes back twice, whatever asks for it.
alter table shipment_line add column returned integer not null default 0;
comment on column shipment_line.returned is 'How many of the pieces that arrived are asked back, on their way back or back (退货).';
alter table shipment_line add constraint no_piece_is_returned_twice check (returned between 0 and received);
create policy shipment_lines_are_counted_by_the_definer on shipment_line to {schema}_definer using (true) with check (true);
create policy shipments_are_known_to_the_definer on shipment for select to {schema}_definer using (true);

create function count_returned(line bigint, change integer) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = line and (app_is_system() or app_partner_id() in (s.buyer_id, s.seller_id))) then
        raise exception 'Pieces are returned between the two sides of their shipment.' using errcode = 'insufficient_privilege';
    end if;
    update shipment_line l set returned = l.returned + change where l.shipment_line_id = line;
end $$;
comment on function count_returned(bigint, integer) is 'Counts pieces of a shipment line that go back, or go back no longer.';
alter function count_returned(bigint, integer) owner to {schema}_definer;
