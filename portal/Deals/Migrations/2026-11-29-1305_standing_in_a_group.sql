-- What screening asks of a claimant's candidates at once, with a plan that is kept: planning it took longer than carrying it out.
create function claim_standing_in_groups(clusters bigint[], groups_of bigint[], claimant bigint, lines bigint[], territory bigint, except_deal bigint, at timestamptz, recently interval)
returns table (customer_cluster_id bigint, conflict text, free_from date, own_deal text, kin bigint, kin_is_direct boolean)
language plpgsql stable set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    with related as materialized (
        select r.customer_cluster_id, r.end_customer_id, r.direct_account and not r.mine as is_direct from related_customers(groups_of) r
    )
    select s.customer_cluster_id, s.conflict, s.free_from, own.number, related.end_customer_id, coalesce(related.is_direct, false)
    from claim_standing(array(select unnest(clusters) union select r.customer_cluster_id from related r), lines, territory, except_deal, at, recently) s
    left join related using (customer_cluster_id)
    left join lateral (
        select d.number
        from deal d join end_customer c using (end_customer_id)
        where c.customer_cluster_id = s.customer_cluster_id and c.partner_id = claimant and d.deal_id is distinct from except_deal and d.territory_id = territory
          and d.status in ('submitted', 'under_review', 'information_requested', 'approved', 'converted')
          and exists (select from deal_product_line l where l.deal_id = d.deal_id and l.product_line_id = any (lines))
        order by d.deal_id limit 1
    ) own on true;
end $$;
comment on function claim_standing_in_groups(bigint[], bigint[], bigint, bigint[], bigint, bigint, timestamptz, interval) is
    'How claims stand on clusters and on those of the same groups as some of them (kin: a customer of such a one), without their holders; and the claimant''s own deal there, as the caller may see it.';
