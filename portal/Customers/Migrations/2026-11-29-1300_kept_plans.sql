-- Screening calls these for every name that is typed. A function in SQL that runs as its owner is planned anew at every call, which took as long as carrying it out; one in PL/pgSQL keeps its plan. The statements are as they were.
create or replace function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer) returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[]) language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    with hit as (
        select asked.ordinal, found.end_customer_id, array_agg(distinct asked.kind) as shared, count(*) as keys,
               bool_or(asked.kind in ('core', 'whole', 'words', 'sound', 'credit_code', 'vat_number', 'duns', 'domain', 'phone')) as strong
        from unnest(ordinals, kinds, keys) as asked (ordinal, kind, key)
        cross join lateral (
            select k.end_customer_id from customer_key k
            where k.kind = asked.kind and k.key = asked.key
            limit cap
        ) found
        group by asked.ordinal, found.end_customer_id
    ), ranked as (
        select hit.*, row_number() over (partition by hit.ordinal order by hit.strong desc, hit.keys desc, hit.end_customer_id) as place from hit
    )
    select hit.ordinal, c.end_customer_id, c.customer_cluster_id, c.partner_id = app_partner_id(), c.direct_account,
           case when c.partner_id = app_partner_id() then c.number end,
           c.name || c.other_names || c.former_names, c.country_code, c.city, c.address, hit.shared,
           array_remove(array[case when c.credit_code is not null then 'credit_code' end, case when c.vat_number is not null then 'vat_number' end,
                              case when c.duns is not null then 'duns' end, case when c.domain is not null then 'domain' end,
                              case when c.phone is not null then 'phone' end], null)
    from ranked hit join end_customer c using (end_customer_id)
    where hit.strong or hit.place <= 60;
end $$;

create or replace function related_customers(clusters bigint[]) returns table (end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text, names text[], country_code text, city text, address text) language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    with recursive link as (
        select c.customer_cluster_id as child, p.customer_cluster_id as parent
        from customer_parent l join end_customer c on c.end_customer_id = l.child_id join end_customer p on p.end_customer_id = l.parent_id
        where l.ended_at is null
    ), kin as (
        select distinct cluster from unnest(clusters) as asked (cluster)
        union
        select case when link.child = kin.cluster then link.parent else link.child end from kin join link on kin.cluster in (link.child, link.parent)
    )
    select c.end_customer_id, c.customer_cluster_id, c.partner_id = app_partner_id(), c.direct_account, case when c.partner_id = app_partner_id() then c.number end,
           c.name || c.other_names || c.former_names, c.country_code, c.city, c.address
    from kin
    cross join lateral (select e.* from end_customer e where e.customer_cluster_id = kin.cluster order by e.direct_account desc, e.end_customer_id limit 1) c
    where kin.cluster <> all (clusters)
    order by c.end_customer_id
    limit 50;
end $$;
