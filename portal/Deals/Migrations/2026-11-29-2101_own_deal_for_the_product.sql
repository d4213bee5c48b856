-- The product itself sees them too, as it did before.
create or replace function claim_standing_in_groups(clusters bigint[], groups_of bigint[], claimant bigint, lines bigint[], territory bigint, except_deal bigint, at timestamptz, recently interval)
returns table (customer_cluster_id bigint, conflict text, free_from date, own_deal text, kin bigint, kin_is_direct boolean)
language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    told_to bigint := case when claimant = app_partner_id() or app_is_brand() or app_is_system() then claimant end;
begin
    return query
    with related as materialized (
        select r.customer_cluster_id, r.end_customer_id, r.direct_account and not r.mine as is_direct from related_customers(groups_of) r
    )
    select s.customer_cluster_id, s.conflict, s.free_from,
           (select d.number
            from end_customer c join deal d using (end_customer_id)
            where c.customer_cluster_id = s.customer_cluster_id and c.partner_id = told_to and d.deal_id is distinct from except_deal and d.territory_id = territory
              and d.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted')
              and exists (select from deal_product_line l where l.deal_id = d.deal_id and l.product_line_id = any (lines) and l.lost_at is null)
            order by d.deal_id limit 1),
           related.end_customer_id, coalesce(related.is_direct, false)
    from claim_standing(case when exists (select from related) then array(select unnest(clusters) union select r.customer_cluster_id from related r) else clusters end, lines, territory, except_deal, at, recently) s
    left join related using (customer_cluster_id);
end $$;
alter function claim_standing_in_groups(bigint[], bigint[], bigint, bigint[], bigint, bigint, timestamptz, interval) owner to {schema}_definer;
