-- A place with a count under way is not closed: what was counted could no longer be posted. Whoever closes it has taken its row FOR UPDATE; a count that begins meanwhile waits for that, and finds it closed.
create function a_closed_place_is_not_counted() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from stock_count c where c.stock_place_id = new.stock_place_id and c.status in ('open', 'review')) then
        raise exception 'Place % is being counted.', new.code using errcode = 'check_violation', constraint = 'a_closed_place_is_not_counted';
    end if;
    return new;
end $$;
create trigger a_closed_place_is_not_counted before update of closed_at on stock_place for each row when (old.closed_at is null and new.closed_at is not null) execute function a_closed_place_is_not_counted();

-- After the foreign key: that one holds the place's row, and a closing that was under way is over.
create function a_counted_place_is_open() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if exists (select from stock_place p where p.stock_place_id = new.stock_place_id and p.closed_at is not null) then
        raise exception 'A closed place is not counted.' using errcode = 'check_violation', constraint = 'a_counted_place_is_open';
    end if;
    return null;
end $$;
alter function a_counted_place_is_open() owner to {schema}_definer;
create trigger a_counted_place_is_open after insert on stock_count for each row execute function a_counted_place_is_open();
