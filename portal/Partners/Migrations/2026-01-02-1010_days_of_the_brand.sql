-- Orders, deals, quotes and figures go by the brand's calendar, and a partner at any depth cannot see the brand's row to ask for its zone.
-- Asked for with every order and on most pages: a function in SQL that runs as its owner is planned anew at every call; one in PL/pgSQL keeps its plan.
create function brand_day(at timestamptz) returns date language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return (select (brand_day.at at time zone b.time_zone)::date from partner b where b.partner_type = 'brand');
end $$;
comment on function brand_day(timestamptz) is 'The day it is for the brand at that moment.';
alter function brand_day(timestamptz) owner to portal_definer;

create function brand_midnight(day date) returns timestamptz language plpgsql stable security definer set search_path = portal, public, pg_temp as $$
begin
    return (select brand_midnight.day::timestamp at time zone b.time_zone from partner b where b.partner_type = 'brand');
end $$;
comment on function brand_midnight(date) is 'The moment at which that day begins for the brand.';
alter function brand_midnight(date) owner to portal_definer;
