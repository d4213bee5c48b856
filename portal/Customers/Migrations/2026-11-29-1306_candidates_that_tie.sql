-- Who shares as much as the best of the rest is as good a candidate as the best: of a short name of two characters a hundred companies have the same trade name, and only comparing tells them apart.
-- What is counted is looked up to three hundred times a key; which kinds were shared matters of identifiers only.
create or replace function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer)
returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[])
language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    with hit as (
        select asked.ordinal, found.end_customer_id, count(*) as keys, bool_or(asked.decides) as strong, array_agg(asked.kind) filter (where asked.identifies) as shared
        from (
            select a.ordinal, a.kind, a.key, a.kind in ('credit_code', 'vat_number', 'duns', 'domain', 'phone') as identifies,
                   a.kind in ('core', 'whole', 'words', 'sound', 'credit_code', 'vat_number', 'duns', 'domain', 'phone') as decides
            from unnest(ordinals, kinds, keys) as a (ordinal, kind, key)
            offset 0
        ) asked
        cross join lateral (
            select k.end_customer_id from customer_key k
            where k.kind = asked.kind and k.key = asked.key
            limit cap
        ) found
        group by asked.ordinal, found.end_customer_id
    ), ranked as (
        select hit.*, row_number() over best as place, first_value(hit.keys) over best as most
        from hit
        window best as (partition by hit.ordinal, hit.strong order by hit.keys desc, hit.end_customer_id)
    )
    select hit.ordinal, c.end_customer_id, c.customer_cluster_id, c.partner_id = app_partner_id(), c.direct_account,
           case when c.partner_id = app_partner_id() then c.number end,
           c.name || c.other_names || c.former_names, c.country_code, c.city, c.address, coalesce(hit.shared, '{}'),
           array_remove(array[case when c.credit_code is not null then 'credit_code' end, case when c.vat_number is not null then 'vat_number' end,
                              case when c.duns is not null then 'duns' end, case when c.domain is not null then 'domain' end,
                              case when c.phone is not null then 'phone' end], null)
    from ranked hit join end_customer c using (end_customer_id)
    where hit.strong or hit.place <= 50 or (hit.keys = hit.most and hit.place <= 250);
end $$;
