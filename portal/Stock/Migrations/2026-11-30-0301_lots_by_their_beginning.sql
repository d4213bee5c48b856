-- Looking for lots while somebody types: under row-level security the database may not use the index for a pattern, so this function looks for them by it, and at each for whether one knows it.
create function stock_lots_beginning(beginning text, at_most integer) returns setof bigint language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select l.stock_lot_id
    from stock_lot l
    -- a range, for a pattern that is only known when it runs does not become one
    where l.kind <> 'unnamed' and l.code ~>=~ beginning and l.code ~<~ (beginning || chr(1114111))
      and (app_is_brand() or app_is_system() or exists (select from stock_lot_known k where k.partner_id = app_partner_id() and k.stock_lot_id = l.stock_lot_id))
    order by l.code using ~<~
    limit at_most
$$;
comment on function stock_lots_beginning(text, integer) is 'The lots and serial numbers known to whoever asks whose codes begin so, the first of them.';
alter function stock_lots_beginning(text, integer) owner to {schema}_definer;
