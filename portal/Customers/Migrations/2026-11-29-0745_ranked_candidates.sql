-- Of those who share a key, whoever shares most is compared: a name has a dozen keys, and of some of them (how a name begins) a hundred companies have the same.
create or replace function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer)
returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[])
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
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
    where hit.strong or hit.place <= 60
$$;
