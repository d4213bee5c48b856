-- What a name is, names of the past, and which companies belong to one group.
alter table end_customer add column other_name_kinds text[] not null default '{}';
alter table end_customer add column former_names text[] not null default '{}';
comment on column end_customer.other_name_kinds is 'What each of other_names is, in their order; empty where nobody has said.';
comment on column end_customer.former_names is 'Every name the customer had before: kept for ever, shown, and matched on like the others.';
alter table end_customer add constraint each_other_name_has_its_kind check (cardinality(other_name_kinds) in (0, cardinality(other_names)));
alter table end_customer add constraint name_kinds_are_known check (other_name_kinds <@ array['legal', 'trade', 'short', 'former', 'english', 'other_script', 'other']);
alter table end_customer add constraint a_customer_has_had_few_names check (cardinality(former_names) <= 50);
grant update (other_name_kinds, former_names) on end_customer to {schema}_app;

create function customer_keeps_its_names() returns trigger language plpgsql as $$
begin
    if not new.former_names @> old.former_names or (new.name <> old.name and not new.former_names @> array[old.name]) then
        raise exception 'Customer % keeps the names it had.', old.number using errcode = 'check_violation', constraint = 'a_customer_keeps_its_names';
    end if;
    return new;
end $$;
create trigger a_customer_keeps_its_names before update of name, former_names on end_customer for each row execute function customer_keeps_its_names();

create or replace function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer)
returns table (ordinal integer, end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text,
               names text[], country_code text, city text, address text, shared text[], held text[])
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with hit as (
        select asked.ordinal, found.end_customer_id, array_agg(distinct asked.kind) as shared
        from unnest(ordinals, kinds, keys) as asked (ordinal, kind, key)
        cross join lateral (
            select k.end_customer_id from customer_key k
            where k.kind = asked.kind and k.key = asked.key
            limit cap
        ) found
        group by asked.ordinal, found.end_customer_id
    )
    select hit.ordinal, c.end_customer_id, c.customer_cluster_id, c.partner_id = app_partner_id(), c.direct_account,
           case when c.partner_id = app_partner_id() then c.number end,
           c.name || c.other_names || c.former_names, c.country_code, c.city, c.address, hit.shared,
           array_remove(array[case when c.credit_code is not null then 'credit_code' end, case when c.vat_number is not null then 'vat_number' end,
                              case when c.duns is not null then 'duns' end, case when c.domain is not null then 'domain' end,
                              case when c.phone is not null then 'phone' end], null)
    from hit join end_customer c using (end_customer_id)
$$;

create or replace function customers_like(words text, stem text, cap integer) returns setof bigint
language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
begin
    if app_is_brand() then
        return query
        select found.end_customer_id from (
            (select c.end_customer_id from end_customer c where c.number = upper(words))
            union
            (select k.end_customer_id from customer_key k where stem <> '' and k.kind in ('whole', 'core') and k.key >= stem and k.key < stem || chr(1114111) limit cap)
            union
            -- shorter words have no trigram and would read the whole index
            (select c.end_customer_id from end_customer c where char_length(words) >= 3 and c.name ilike '%' || words || '%' limit cap)
        ) found limit cap;
    else
        return query
        select c.end_customer_id from end_customer c
        where c.partner_id = app_partner_id()
          and (c.number = upper(words) or c.name ilike '%' || words || '%' or array_to_string(c.other_names || c.former_names, ' ') ilike '%' || words || '%')
        limit cap;
    end if;
end $$;

-- Parent and subsidiaries. A link is between two customers and holds for the companies they are, whatever is merged or split later.
create table customer_parent (
    customer_parent_id bigint generated always as identity primary key,
    number     text   not null unique,
    child_id   bigint not null references end_customer,
    parent_id  bigint not null references end_customer,
    reason     text   not null,
    linked_by  bigint references person,
    linked_at  timestamptz not null,
    ended_by   bigint references person,
    ended_at   timestamptz,
    end_reason text,
    constraint a_company_is_not_its_own_parent check (child_id <> parent_id),
    constraint a_link_has_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint an_ended_link_says_why check ((ended_at is null) = (end_reason is null) and (end_reason is null or char_length(btrim(end_reason)) between 1 and 2000))
);
comment on table customer_parent is 'A company belongs to another one, its parent: who said so, when, why; and who took it back.';
create unique index a_company_has_one_parent on customer_parent (child_id) where ended_at is null;
create index customer_parent_by_parent on customer_parent (parent_id) where ended_at is null;

-- Going up from any company one never comes back to it, neither by a new link nor by a merge.
create function groups_have_no_circle() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (select from customer_parent where ended_at is null) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('customer groups', 0));
    if exists (
        with recursive link as (
            select c.customer_cluster_id as child, p.customer_cluster_id as parent
            from customer_parent l join end_customer c on c.end_customer_id = l.child_id join end_customer p on p.end_customer_id = l.parent_id
            where l.ended_at is null and c.customer_cluster_id <> p.customer_cluster_id
        ), up as (
            select child, parent from link
            union
            select up.child, link.parent from up join link on link.child = up.parent
        )
        select from up where child = parent
    ) then
        raise exception 'A company would be its own parent.' using errcode = 'check_violation', constraint = 'a_group_has_no_circle';
    end if;
    return null;
end $$;
alter function groups_have_no_circle() owner to {schema}_definer;
create trigger groups_have_no_circle after insert or update on customer_parent for each statement execute function groups_have_no_circle();
create trigger groups_have_no_circle after update of customer_cluster_id on end_customer for each statement execute function groups_have_no_circle();

-- Companies of the same group, for the screening: what a claim on a sister company needs to know, without whose customers they are.
create function related_customers(clusters bigint[])
returns table (end_customer_id bigint, customer_cluster_id bigint, mine boolean, direct_account boolean, number text, names text[], country_code text, city text, address text)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
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
    limit 50
$$;
comment on function related_customers(bigint[]) is 'One customer of each other company of the same group; for the screening, never for a partner''s screen.';
alter function related_customers(bigint[]) owner to {schema}_definer;

alter table customer_parent enable row level security;
alter table customer_parent force row level security;
create policy groups_are_read_by_the_brand on customer_parent for select using ((select app_is_brand()));
create policy groups_are_known_to_the_definer on customer_parent for select to {schema}_definer using (true);
create policy groups_are_the_deal_desks on customer_parent for insert with check ((select app_has_role('deal_desk')));
create policy groups_are_ended_by_the_deal_desk on customer_parent for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
revoke update, delete on customer_parent from {schema}_app;
grant update (ended_by, ended_at, end_reason) on customer_parent to {schema}_app;
