-- The companies of a group, found from one of them link by link: what it costs follows from the size of the group, not from the number of links there are.
create function companies_of_group(of_cluster bigint) returns setof bigint language sql stable as $$
    with recursive kin as (
        select of_cluster as cluster
        union
        select next.cluster
        from kin
        cross join lateral (
            select p.customer_cluster_id as cluster
            from end_customer c join customer_parent l on l.child_id = c.end_customer_id and l.ended_at is null join end_customer p on p.end_customer_id = l.parent_id
            where c.customer_cluster_id = kin.cluster
            union all
            select c.customer_cluster_id
            from end_customer p join customer_parent l on l.parent_id = p.end_customer_id and l.ended_at is null join end_customer c on c.end_customer_id = l.child_id
            where p.customer_cluster_id = kin.cluster
        ) next
    )
    select cluster from kin limit 500
$$;
comment on function companies_of_group(bigint) is 'The clusters of a company''s group, its own included, as far as the reader sees the links: the brand all, a partner none but the first.';
