-- Called for every amount in another currency. A function in SQL that runs as its owner is planned anew at every call, which took as long as carrying it out; one in PL/pgSQL keeps its plan. The statements are as they were.
create or replace function rate_to_brand(currency text, day date) returns numeric language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return (
    select case when rate_to_brand.currency = (select b.currency from partner b where b.partner_type = 'brand') then 1
                else (select r.rate from exchange_rate r
                      where r.currency = rate_to_brand.currency and r.valid_from <= rate_to_brand.day
                      order by r.valid_from desc limit 1) end
    );
end $$;
