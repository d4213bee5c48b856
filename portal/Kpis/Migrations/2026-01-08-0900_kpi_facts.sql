-- KPI facts: daily roll-ups by partner, product line and metric, and the same by month for a partner's whole branch.
-- A change adds its share as a row of kpi_delta, which no rival waits for; a folding job moves the shares into the roll-ups.
create table kpi_delta (
    kpi_delta_id    bigint generated always as identity primary key,
    partner_id      bigint         not null references partner,
    metric          text           not null,
    product_line_id bigint         references product_line,
    day             date           not null,
    value           numeric(20, 4) not null
);
comment on table kpi_delta is 'Shares of facts that have not been folded into the roll-ups yet; seldom older than a second.';

create table kpi_daily (
    partner_id      bigint         not null references partner,
    metric          text           not null,
    product_line_id bigint         references product_line,
    day             date           not null,
    value           numeric(20, 4) not null,
    constraint one_fact_a_day unique nulls not distinct (partner_id, metric, day, product_line_id)
);
comment on table kpi_daily is 'What a partner itself did on a day, by metric and product line (no line: the metric knows none). Money in the brand''s currency.';

create table kpi_branch_month (
    partner_id      bigint         not null references partner,
    metric          text           not null,
    product_line_id bigint         references product_line,
    month           date           not null,
    value           numeric(20, 4) not null,
    constraint one_fact_a_month unique nulls not distinct (partner_id, metric, month, product_line_id),
    constraint a_month_is_named_by_its_first_day check (extract(day from month) = 1)
);
comment on table kpi_branch_month is 'What a partner and all partners under it did in a month; the brand''s row is the whole channel.';

-- Folding is one statement: what is taken from kpi_delta is what is added, whatever comes in meanwhile.
create function kpi_fold() returns bigint language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    folded bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('kpi_fold', 0));
    with taken as (
        delete from kpi_delta returning partner_id, metric, product_line_id, day, value
    ), daily as (
        insert into kpi_daily as fact (partner_id, metric, product_line_id, day, value)
        select partner_id, metric, product_line_id, day, sum(value) from taken
        group by partner_id, metric, product_line_id, day
        on conflict on constraint one_fact_a_day do update set value = fact.value + excluded.value
    ), monthly as (
        insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value)
        select l.ancestor_id, t.metric, t.product_line_id, date_trunc('month', t.day)::date, sum(t.value)
        from taken t join partner_line l on l.partner_id = t.partner_id
        group by 1, 2, 3, 4
        on conflict on constraint one_fact_a_month do update set value = fact.value + excluded.value
    )
    select count(*) into folded from taken;
    return folded;
end $$;
comment on function kpi_fold() is 'Moves all shares into the roll-ups; answers how many there were. One at a time.';
alter function kpi_fold() owner to portal_definer;

-- The person at work may not see all the partners a change speaks of (an order has two); the shares are added all the same.
create function kpi_add(partners bigint[], metrics text[], product_lines bigint[], days date[], shares numeric[])
returns void language sql security definer set search_path = portal, public, pg_temp as $$
    insert into kpi_delta (partner_id, metric, product_line_id, day, value)
    select partner_id, metric, product_line_id, day, sum(share)
    from unnest(partners, metrics, product_lines, days, shares) as fact (partner_id, metric, product_line_id, day, share)
    group by partner_id, metric, product_line_id, day
    having sum(share) <> 0
$$;
comment on function kpi_add(bigint[], text[], bigint[], date[], numeric[]) is 'Adds shares of facts in the transaction of the change that causes them.';
alter function kpi_add(bigint[], text[], bigint[], date[], numeric[]) owner to portal_definer;

-- When a partner moves, its branch's months leave the old ancestors and join the new ones.
create function kpi_branch_follows() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    insert into kpi_branch_month as fact (partner_id, metric, product_line_id, month, value)
    select moved.ancestor_id, b.metric, b.product_line_id, b.month, sum(moved.sign * b.value)
    from kpi_branch_month b
    join (select l.ancestor_id, -1 as sign from partner_line l where l.partner_id = old.upstream_id
          union all select l.ancestor_id, 1 from partner_line l where l.partner_id = new.upstream_id) moved on true
    where b.partner_id = new.partner_id
    group by 1, 2, 3, 4
    having sum(moved.sign) <> 0
    on conflict on constraint one_fact_a_month do update set value = fact.value + excluded.value;
    return null;
end $$;
alter function kpi_branch_follows() owner to portal_definer;
-- Shares still waiting belong to the old place: they are folded before the tree changes, and nobody folds until this commits.
create function kpi_fold_before_the_move() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    perform kpi_fold();
    return new;
end $$;
alter function kpi_fold_before_the_move() owner to portal_definer;
create trigger kpi_shares_are_folded_first before update of upstream_id on partner for each row
    when (old.upstream_id is distinct from new.upstream_id) execute function kpi_fold_before_the_move();
create trigger kpi_branches_follow_the_tree after update of upstream_id on partner for each row
    when (old.upstream_id is distinct from new.upstream_id) execute function kpi_branch_follows();

alter table kpi_delta enable row level security;
alter table kpi_delta force row level security;
alter table kpi_daily enable row level security;
alter table kpi_daily force row level security;
alter table kpi_branch_month enable row level security;
alter table kpi_branch_month force row level security;
create policy shares_are_kept_by_the_functions on kpi_delta to portal_definer using (true) with check (true);
create policy shares_are_seen_by_the_product on kpi_delta for select using ((select app_is_system()));
create policy days_are_kept_by_the_functions on kpi_daily to portal_definer using (true) with check (true);
create policy days_are_seen_from_above on kpi_daily for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id())));
create policy months_are_kept_by_the_functions on kpi_branch_month to portal_definer using (true) with check (true);
create policy months_are_seen_from_above on kpi_branch_month for select using ((select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id())));
create policy the_tree_is_known_to_the_definer on product_line for select to portal_definer using (true);
