-- End customers (终端客户): the companies that deals are about, each owned by the partner that entered it. Customers of different
-- partners that are the same company stand in one cluster; no partner ever learns which.
create table customer_cluster (
    customer_cluster_id bigint generated always as identity primary key,
    created_at          timestamptz not null
);
comment on table customer_cluster is 'One real company, whoever entered it and however it was spelled; what a claim protects.';

create table end_customer (
    end_customer_id     bigint  generated always as identity primary key,
    number              text    not null unique,
    partner_id          bigint  not null references partner,
    customer_cluster_id bigint  not null references customer_cluster,
    name                text    not null,
    other_names         text[]  not null default '{}',
    country_code        text    not null,
    state               text,
    city                text,
    postal_code         text,
    address             text,
    credit_code         text,
    vat_number          text,
    duns                text,
    domain              text,
    phone               text,
    direct_account      boolean not null default false,
    created_by          bigint  references person,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             integer not null default 1,
    constraint a_customer_has_a_name check (name = btrim(name) and char_length(name) between 1 and 200),
    constraint a_customer_has_few_other_names check (cardinality(other_names) <= 10),
    constraint a_customer_is_in_a_country check (country_code ~ '^[A-Z]{2}$'),
    constraint a_credit_code_has_eighteen_characters check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    constraint a_vat_number_begins_with_its_country check (vat_number ~ '^[A-Z]{2}[A-Z0-9]{2,13}$'),
    constraint a_duns_has_nine_digits check (duns ~ '^[0-9]{9}$'),
    constraint a_phone_is_international check (phone ~ '^\+[1-9][0-9]{5,14}$'),
    -- A claim refers to both, so that it follows its customer into another cluster (see deal_claim).
    constraint a_customer_stands_in_one_cluster unique (end_customer_id, customer_cluster_id)
);
comment on table end_customer is 'A company as one partner knows it; direct_account marks those the brand itself serves.';
create index end_customer_by_partner on end_customer (partner_id, name, end_customer_id);
create index end_customer_by_cluster on end_customer (customer_cluster_id);
create index end_customer_by_order on end_customer (name, end_customer_id);
create index end_customer_by_change on end_customer (updated_at, number);
create index end_customer_by_name on end_customer using gin (name gin_trgm_ops);

-- What a customer is found by. One row a key, so that a new kind of key (pinyin, rare character pairs) is new rows, not a new index.
create table customer_key (
    kind            text   not null,
    key             text   not null,
    end_customer_id bigint not null references end_customer on delete cascade,
    partner_id      bigint not null references partner,
    primary key (kind, key, end_customer_id),
    constraint a_key_fits_an_index_page check (char_length(key) between 1 and 200)
);
comment on table customer_key is 'The normalised names and identifiers of a customer, written with it; only portal/Matching knows how they are made.';
create index customer_key_by_customer on customer_key (end_customer_id);

create table customer_cluster_move (
    customer_cluster_move_id bigint generated always as identity primary key,
    end_customer_id bigint not null references end_customer,
    from_cluster_id bigint not null references customer_cluster,
    to_cluster_id   bigint not null references customer_cluster,
    reason          text   not null,
    person_id       bigint references person,
    moved_at        timestamptz not null,
    constraint a_move_goes_somewhere_else check (from_cluster_id <> to_cluster_id),
    constraint a_move_has_a_reason check (char_length(btrim(reason)) between 1 and 2000)
);
comment on table customer_cluster_move is 'A customer was found to be the same company as those of another cluster: who said so, when, why; person null where the matcher was certain.';
create index customer_cluster_move_by_customer on customer_cluster_move (end_customer_id);

-- Which customers, of whatever partner, share a key with those that are asked about; ordinal tells the asked ones apart. Answers what
-- the matcher must compare and not whose customer it is. Frequent keys are cut off at the cap: they find candidates, they never decide.
create function customer_candidates(ordinals integer[], kinds text[], keys text[], cap integer)
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
           c.name || c.other_names, c.country_code, c.city, c.address, hit.shared,
           array_remove(array[case when c.credit_code is not null then 'credit_code' end, case when c.vat_number is not null then 'vat_number' end,
                              case when c.duns is not null then 'duns' end, case when c.domain is not null then 'domain' end,
                              case when c.phone is not null then 'phone' end], null)
    from hit join end_customer c using (end_customer_id)
$$;
comment on function customer_candidates(integer[], text[], text[], integer) is 'Customers of all partners that may be the asked ones, without their owners; for the matcher, never for a screen.';
alter function customer_candidates(integer[], text[], text[], integer) owner to {schema}_definer;

-- Searching by words. ILIKE is not leakproof, so beneath row-level security it could not use an index; this asks the same question of
-- the same rows (the partner's own, all for the brand) without the policies. The stem is the words as the matcher writes them.
create function customers_like(words text, stem text, cap integer) returns setof bigint
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
          and (c.number = upper(words) or c.name ilike '%' || words || '%' or array_to_string(c.other_names, ' ') ilike '%' || words || '%')
        limit cap;
    end if;
end $$;
comment on function customers_like(text, text, integer) is 'Customers whose name or number has these words, as far as the caller may see them; % and _ in words are escaped by the caller.';
alter function customers_like(text, text, integer) owner to {schema}_definer;

create function open_customer_clusters(how_many integer, opened_at timestamptz) returns setof bigint
language sql security definer set search_path = {schema}, public, pg_temp as $$
    insert into customer_cluster (created_at) select opened_at from generate_series(1, how_many) returning customer_cluster_id
$$;
comment on function open_customer_clusters(integer, timestamptz) is 'New clusters for customers that match none; a partner may open one and cannot list any.';
alter function open_customer_clusters(integer, timestamptz) owner to {schema}_definer;

alter table customer_cluster enable row level security;
alter table customer_cluster force row level security;
create policy clusters_are_the_brands on customer_cluster using ((select app_is_brand())) with check ((select app_is_brand()));
create policy clusters_are_opened_by_the_definer on customer_cluster to {schema}_definer using (true) with check (true);

alter table end_customer enable row level security;
alter table end_customer force row level security;
create policy customers_are_their_partners on end_customer using (partner_id = (select app_partner_id()))
    with check (partner_id = (select app_partner_id()) and (not direct_account or (select app_is_brand())));
create policy customers_are_read_by_the_brand on end_customer for select using ((select app_is_brand()));
create policy customers_are_settled_by_the_deal_desk on end_customer using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
create policy customers_are_matched_by_the_definer on end_customer for select to {schema}_definer using (true);
-- A customer stays with its partner.
revoke update on end_customer from {schema}_app;
grant update (customer_cluster_id, name, other_names, country_code, state, city, postal_code, address, credit_code, vat_number, duns, domain, phone,
              direct_account, updated_at, version) on end_customer to {schema}_app;

alter table customer_key enable row level security;
alter table customer_key force row level security;
create policy keys_are_kept_with_the_customer on customer_key using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
create policy keys_are_read_by_the_brand on customer_key for select using ((select app_is_brand()));
create policy keys_are_written_by_the_product on customer_key using ((select app_is_system())) with check ((select app_is_system()));
create policy keys_are_matched_by_the_definer on customer_key for select to {schema}_definer using (true);

alter table customer_cluster_move enable row level security;
alter table customer_cluster_move force row level security;
create policy moves_are_read_by_the_brand on customer_cluster_move for select using ((select app_is_brand()));
-- The matcher moves a partner's own customer while that partner is at work; it may write the move and not read it again.
create policy moves_are_written_with_the_customer on customer_cluster_move for insert
    with check ((select app_has_role('deal_desk')) or end_customer_id in (select c.end_customer_id from end_customer c where c.partner_id = (select app_partner_id())));
