-- Facts that follow from several rows (a promise, its deliveries and what was changed meanwhile; the first win with a customer) cannot be told from the change alone. What the figures hold of such a thing is written
-- down; after any change the thing is looked at anew, the difference is added, on the days it belongs to, and what is held is written down again. Looking twice changes nothing.
create table kpi_counted (
    subject         text           not null,
    key             bigint         not null,
    part            bigint         not null default 0,
    partner_id      bigint         not null references partner,
    metric          text           not null,
    product_line_id bigint         references product_line,
    day             date           not null,
    value           numeric(20, 4) not null
);
comment on table kpi_counted is 'What the KPI facts hold of a deal, a customer, a quote, an order''s promises or a partner''s reports of a product (part: the product).';
create index kpi_counted_by_key on kpi_counted (subject, key, part);
alter table kpi_counted enable row level security;
alter table kpi_counted force row level security;
create policy counted_facts_are_kept_by_the_functions on kpi_counted to {schema}_definer using (true) with check (true);
create policy counted_facts_are_seen_by_the_product on kpi_counted for select using ((select app_is_system()));
revoke insert, update, delete, truncate on kpi_counted from {schema}_app;

-- Each subject has a view of its facts and is looked at by a function of its own, whose plan is kept. Whoever looks holds the key: two changes that touch one thing count one after the other, each seeing the one before.
do $do$
declare
    one record;
begin
    for one in select * from (values ('deal', 'kpi_deal_path_fact'), ('customer', 'kpi_new_customer_fact'), ('quote', 'kpi_quote_value_fact'),
                                     ('promise', 'kpi_promise_fact')) as subject (name, facts) loop
        execute format($create$
            create function %1$I(keys bigint[]) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $body$
            begin
                -- Rebuilding a subject waits for those who look, and they for it. Who brings very many holds all of the subject, for the server has room for so many locks only.
                if cardinality(keys) > 500 then
                    perform pg_advisory_xact_lock(hashtextextended('kpi_counted:%2$s', 0));
                else
                    perform pg_advisory_xact_lock_shared(hashtextextended('kpi_counted:%2$s', 0));
                    perform pg_advisory_xact_lock(hashtextextended('kpi_counted:%2$s:' || thing.key, 0))
                    from (select distinct u.key from unnest(keys) as u (key) order by u.key) thing;
                end if;
                with thing as materialized (
                    select distinct u.key from unnest(keys) as u (key)
                ), held as (
                    delete from kpi_counted c using thing where c.subject = '%2$s' and c.key = thing.key
                    returning c.partner_id, c.metric, c.product_line_id, c.day, c.value
                ), stands as materialized (
                    select f.key, f.part, f.partner_id, f.metric, f.product_line_id, f.day, f.value
                    from thing cross join lateral (select * from %3$I x where x.key = thing.key) f
                    where f.value <> 0
                ), written as (
                    insert into kpi_counted (subject, key, part, partner_id, metric, product_line_id, day, value)
                    select '%2$s', key, part, partner_id, metric, product_line_id, day, value from stands
                )
                insert into kpi_delta (partner_id, metric, product_line_id, day, value)
                select partner_id, metric, product_line_id, day, sum(value)
                from (select partner_id, metric, product_line_id, day, value from stands union all select partner_id, metric, product_line_id, day, -value from held) share
                group by partner_id, metric, product_line_id, day
                having sum(value) <> 0;
            end $body$
            $create$, 'kpi_look_again_at_' || one.name, one.name, one.facts);
        execute format('comment on function %I(bigint[]) is %L', 'kpi_look_again_at_' || one.name, 'Brings the facts up to date that follow from these, in the transaction of the change that touched them.');
        execute format('alter function %I(bigint[]) owner to {schema}_definer', 'kpi_look_again_at_' || one.name);
        -- Triggers and functions of the definer look; nobody else has a reason to.
        execute format('revoke execute on function %I(bigint[]) from public, {schema}_app', 'kpi_look_again_at_' || one.name);
    end loop;
end $do$;
