-- Asked for with every dashboard. A function in SQL that runs as its owner is planned anew at every call; one in PL/pgSQL keeps its plan.
create or replace function kpi_currency() returns text language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return (select b.currency from partner b where b.partner_type = 'brand');
end $$;
