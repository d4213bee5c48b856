-- What is sent again for nothing stands for pieces that were paid: it is not called off, and nothing that is paid once more comes instead of it.
create function what_is_sent_again_is_not_called_off() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from purchase_order_line l where l.purchase_order_line_id = new.purchase_order_line_id and l.replaces_line_id is not null) then
        raise exception 'What is sent again is not called off.' using errcode = 'check_violation', constraint = 'what_is_sent_again_is_not_called_off';
    end if;
    return null;
end $$;
create trigger what_is_sent_again_is_not_called_off after insert on order_change_line for each row when (new.call_off > 0) execute function what_is_sent_again_is_not_called_off();
