-- What was done before these facts were kept is counted now, by the way of the command that recomputes.
do $$
declare
    piece record;
begin
    perform set_config('app.is_system', 'yes', true);
    for piece in select * from kpi_recompute_months() loop
        perform kpi_recompute_part(piece.part, piece.from_month, piece.until_month);
    end loop;
    perform kpi_recompute_levels();
    perform set_config('app.is_system', '', true);
end $$;
