-- What was lost on the way can be sent again (补发): a line of its own that costs nothing, for the lost pieces were invoiced when they were sent. So ordered = shipped + open +
-- cancelled holds for every line, and all that happens to lines - reserving, waiting, ordering upwards, shipping - happens to these too.
alter table purchase_order_line add column replaces_line_id bigint references purchase_order_line;
comment on column purchase_order_line.replaces_line_id is 'The line whose lost pieces are sent again with this one, for nothing (补发).';
alter table purchase_order_line add constraint what_is_sent_again_costs_nothing check (replaces_line_id is null or (unit_price = 0 and amount = 0));
create index purchase_order_line_sent_again on purchase_order_line (replaces_line_id) where replaces_line_id is not null;

create function no_more_is_sent_again_than_was_lost() returns trigger language plpgsql as $$
begin
    perform from purchase_order_line l where l.purchase_order_line_id = new.replaces_line_id for no key update;
    if (select l.purchase_order_id <> new.purchase_order_id or l.product_id <> new.product_id or l.replaces_line_id is not null from purchase_order_line l where l.purchase_order_line_id = new.replaces_line_id)
       or (select sum(l.quantity) from purchase_order_line l where l.replaces_line_id = new.replaces_line_id)
          > (select sum(l.lost) from purchase_order_line l where new.replaces_line_id in (l.purchase_order_line_id, l.replaces_line_id)) then
        raise exception 'No more pieces are sent again than were lost.' using errcode = 'check_violation', constraint = 'no_more_is_sent_again_than_was_lost';
    end if;
    return null;
end $$;
create trigger no_more_is_sent_again_than_was_lost after insert on purchase_order_line for each row when (new.replaces_line_id is not null) execute function no_more_is_sent_again_than_was_lost();
