-- Tracking begins once, and only of a product that is not tracked yet: of two who begin it at the same moment the second finds it done, and its pieces are not held as unnamed again.
create function tracking_begins_once() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if new.from_lot_id is null and exists (select from product p where p.product_id = new.product_id and p.is_tracked) then
        raise exception 'The product is tracked already.' using errcode = 'check_violation', constraint = 'tracking_begins_once';
    end if;
    return new;
end $$;
alter function tracking_begins_once() owner to {schema}_definer;
create trigger tracking_begins_once before insert on stock_lot_naming for each row when (new.from_lot_id is null) execute function tracking_begins_once();

-- Where the days of a lot are not known, whoever entered the lot or answers for the product says them; they are not for each dealer that holds a piece of it to set for all others.
create function days_of_a_lot_are_told_by_who_knows() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not (app_is_brand() or app_is_system() or app_partner_id() is not distinct from old.entered_by) then
        new.made_on := old.made_on;
        new.best_before := old.best_before;
    end if;
    return new;
end $$;
alter function days_of_a_lot_are_told_by_who_knows() owner to {schema}_definer;
create trigger days_of_a_lot_are_told_by_who_knows before update of made_on, best_before on stock_lot for each row execute function days_of_a_lot_are_told_by_who_knows();
