-- Asked for with every order. A function in SQL that runs as its owner is planned anew at every call; one in PL/pgSQL keeps its plan.
create or replace function stock_place_of(partner_id bigint) returns bigint language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return (select min(p.stock_place_id) from stock_place p where p.partner_id = stock_place_of.partner_id and p.kind = 'own');
end $$;
