-- A company is looked for by twenty keys, of which some are hundreds of others' as well. By a number made of kind and key, half as many pages of the index are read, and nothing is compared letter by letter.
alter table customer_key add column hash bigint generated always as (hashtextextended(kind || ' ' || key, 0)) stored;
comment on column customer_key.hash is 'Kind and key as one number; what it is found by.';
alter table customer_key drop constraint customer_key_pkey;
alter table customer_key add primary key (hash, end_customer_id);
-- For the search by words (customers_like), which wants names that begin so.
create index customer_key_by_name on customer_key (key) where kind in ('whole', 'core');

-- Of those who share a key: who shares one that is to be looked at always, and of the others those who share most. A key says as much as it is rare: one that a single company has more than any that a hundred
-- have (13.8 is the logarithm of a million), and one that as many have as are looked at (caps) says nothing. The first twenty are candidates in any case, some more as long as they share a third of what the best does.
create function customer_candidates(ordinals integer[], kinds text[], keys text[], weights real[], always boolean[], caps integer[])
returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[])
language plpgsql stable security definer set search_path = {schema}, public, pg_temp set plan_cache_mode = force_generic_plan set enable_memoize = off as $$
#variable_conflict use_column
declare
    me bigint := app_partner_id();
begin
    return query
    with hit as (
        select found.ordinal, holder.end_customer_id, sum(found.weight) as score, bool_or(found.always) as strong, array_agg(found.kind) filter (where found.identifies) as shared
        from (
            select asked.ordinal, asked.kind, asked.kind in ('credit_code', 'vat_number', 'duns', 'domain', 'phone') as identifies, asked.always, holders.ids,
                   case when holders.many < asked.cap then asked.weight * (13.8 - ln(holders.many)) else 0 end as weight
            from unnest(ordinals, kinds, keys, weights, always, caps) as asked (ordinal, kind, key, weight, always, cap)
            cross join lateral (
                select array_agg(holder.end_customer_id) as ids, count(*) as many
                from (select k.end_customer_id from customer_key k where k.hash = hashtextextended(asked.kind || ' ' || asked.key, 0) limit asked.cap) holder
            ) holders
            where holders.many > 0 and (holders.many < asked.cap or asked.always)
            offset 0
        ) found
        cross join lateral unnest(found.ids) as holder (end_customer_id)
        group by found.ordinal, holder.end_customer_id
    ), ranked as (
        select hit.*, row_number() over (partition by hit.ordinal order by hit.strong, hit.score desc, hit.end_customer_id) as place, max(hit.score) over (partition by hit.ordinal) as most
        from hit
    )
    select hit.ordinal, c.end_customer_id, c.customer_cluster_id, c.partner_id = me, c.direct_account,
           case when c.partner_id = me then c.number end,
           case when c.other_names = '{}' and c.former_names = '{}' then array[c.name] else c.name || c.other_names || c.former_names end, c.country_code, c.city, c.address, hit.shared,
           case when num_nonnulls(c.credit_code, c.vat_number, c.duns, c.domain, c.phone) > 0 then
               array_remove(array[case when c.credit_code is not null then 'credit_code' end, case when c.vat_number is not null then 'vat_number' end,
                                  case when c.duns is not null then 'duns' end, case when c.domain is not null then 'domain' end,
                                  case when c.phone is not null then 'phone' end], null) end
    from ranked hit join end_customer c using (end_customer_id)
    where hit.strong or hit.place <= 20 or (hit.place <= 50 and hit.score >= 0.3 * hit.most);
end $$;
comment on function customer_candidates(integer[], text[], text[], real[], boolean[], integer[]) is 'Customers of all partners that may be the asked ones, without their owners; for the matcher, never for a screen.';
alter function customer_candidates(integer[], text[], text[], real[], boolean[], integer[]) owner to {schema}_definer;

-- Who still runs the release before asks without weights, until all have been renewed.
create or replace function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer)
returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[])
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select c.ordinal, c.end_customer_id, c.customer_cluster_id, c.mine, c.direct_account, c.number, c.names, c.country_code, c.city, c.address, coalesce(c.shared, '{}'), coalesce(c.held, '{}')
    from customer_candidates(ordinals, kinds, keys, array_fill(1::real, array[cardinality(keys)]),
                             array(select kind in ('core', 'whole', 'words', 'sound', 'credit_code', 'vat_number', 'duns', 'domain', 'phone') from unnest(kinds) with ordinality as k (kind, at) order by at), array_fill(cap, array[cardinality(keys)])) c
$$;
