-- Asked for with every order and on most pages. A function in SQL that runs as its owner is planned anew at every call; one in PL/pgSQL keeps its plan.
create or replace function order_day(at timestamptz) returns date language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return (select (order_day.at at time zone b.time_zone)::date from partner b where b.partner_type = 'brand');
end $$;
