-- Called with every act that counts. A function in SQL that runs as its owner is planned anew at every call, which took as long as carrying it out; one in PL/pgSQL keeps its plan. The statements are as they were.
create or replace function kpi_add(partners bigint[], metrics text[], product_lines bigint[], days date[], shares numeric[])
returns void language plpgsql security definer set search_path = portal, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select partner_id, metric, product_line_id, day, sum(share)
    from unnest(partners, metrics, product_lines, days, shares) as fact (partner_id, metric, product_line_id, day, share)
    group by partner_id, metric, product_line_id, day
    having sum(share) <> 0;
end $$;
