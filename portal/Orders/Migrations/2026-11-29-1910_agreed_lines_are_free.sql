-- What both sides agree to after an order was handed in, such as something else instead of a line, is theirs to agree to. Lines are checked where an order is handed in, which always brings its first line; one that is
-- added later is not.
create or replace function lines_keep_the_terms_of_sale() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    perform refuse_lines_against_the_terms(array(
        select f.purchase_order_id
        from fresh f
        join purchase_order o on o.purchase_order_id = f.purchase_order_id
        where f.line_number = 1 and o.status in ('submitted', 'pending_approval') and o.origin = 'portal'));
    return null;
end $$;
