-- Coupons, gifts and promotions with a limit in offers to end customers. What an offer promises is reserved when it is sent, for as long as it can be accepted.
alter table quote_revision
    add column coupons text[] not null default '{}',
    add constraint coupons_of_a_quote_are_few check (cardinality(coupons) <= 10);
comment on column quote_revision.coupons is 'The codes that were named; by each a promotion holds.';
alter table quote_line
    add column is_gift boolean not null default false,
    add constraint a_gift_is_offered_for_nothing check (not is_gift or (price = 0 and unit_price = 0 and amount = 0));
comment on column quote_line.is_gift is 'A promotion gives it; it comes and goes with the prices of the others.';

create table quote_promotion (
    quote_revision_id bigint         not null references quote_revision,
    quote_id          bigint         not null references quote,
    partner_id        bigint         not null references partner,
    price_rule_id     bigint         not null references price_rule,
    code              text           not null,
    amount            numeric(18, 4) not null,
    state             text           not null default 'priced',
    primary key (quote_revision_id, price_rule_id),
    constraint a_quotes_promotion_is_in_a_known_state check (state in ('priced', 'taken', 'given_back')),
    constraint a_quotes_promotion_takes_off_something_or_nothing check (amount >= 0)
);
comment on table quote_promotion is 'What a revision takes of a promotion with a limit: priced while it is a draft, taken from when it is sent, given back when it can no longer be accepted.';
create index quote_promotion_by_quote on quote_promotion (quote_id) where state = 'taken';
create index quote_promotion_by_rule on quote_promotion (price_rule_id);
create index quote_promotion_by_partner on quote_promotion (partner_id);

alter table quote_promotion enable row level security;
alter table quote_promotion force row level security;
create policy promotions_of_quotes_are_seen_by_the_seller on quote_promotion for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy promotions_of_quotes_are_priced_by_the_seller on quote_promotion for insert with check (state = 'priced' and (partner_id = (select app_partner_id()) or (select app_is_system())));
create policy promotions_of_drafts_are_priced_anew on quote_promotion for delete using (state = 'priced' and (partner_id = (select app_partner_id()) or (select app_is_system())));
create policy promotions_of_quotes_are_counted_by_the_definer on quote_promotion for all to {schema}_definer using (true) with check (true);
revoke update on quote_promotion from {schema}_app;
grant select, update on quote_promotion to {schema}_definer;

create function quote_takes_promotions(revision bigint) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    seller  bigint;
    rules   bigint[];
    amounts numeric[];
begin
    with taken as (
        update quote_promotion p set state = 'taken'
        where p.quote_revision_id = revision and p.state = 'priced' and (app_is_system() or p.partner_id = app_partner_id())
        returning p.partner_id, p.price_rule_id, p.amount)
    select min(taken.partner_id), array_agg(taken.price_rule_id), array_agg(taken.amount) into seller, rules, amounts from taken;
    if rules is not null then
        perform take_promotions(seller, rules, amounts);
    end if;
end $$;
comment on function quote_takes_promotions(bigint) is 'Reserves what a revision that is sent promises of promotions with a limit; refused by the constraints where others were faster.';
alter function quote_takes_promotions(bigint) owner to {schema}_definer;

create function quote_promotions_given_back(quote bigint) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    seller  bigint;
    rules   bigint[];
    amounts numeric[];
begin
    with back as (
        update quote_promotion p set state = 'given_back'
        where p.quote_id = quote and p.state = 'taken'
        returning p.partner_id, p.price_rule_id, p.amount)
    select min(back.partner_id), array_agg(back.price_rule_id), array_agg(back.amount) into seller, rules, amounts from back;
    if rules is not null then
        perform give_back_promotions(seller, rules, amounts);
    end if;
end $$;
comment on function quote_promotions_given_back(bigint) is 'Gives back what the sent revision of a quote has reserved; called where it can no longer be accepted.';
alter function quote_promotions_given_back(bigint) owner to {schema}_definer;
revoke all on function quote_promotions_given_back(bigint) from public;
grant execute on function quote_promotions_given_back(bigint) to {schema}_definer;

create function a_quote_gives_back_its_promotions() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    perform quote_promotions_given_back(new.quote_id);
    return null;
end $$;
alter function a_quote_gives_back_its_promotions() owner to {schema}_definer;
create trigger a_quote_that_is_not_accepted_gives_back_its_promotions after update of status on quote for each row
    when (old.status = 'sent' and new.status in ('draft', 'declined', 'withdrawn', 'expired'))
    execute function a_quote_gives_back_its_promotions();

create function expired_quotes_give_back_promotions(today date) returns integer language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    expired bigint;
    given   integer := 0;
begin
    if not app_is_system() then
        raise exception 'What expired gives back is the product''s own work.' using errcode = 'insufficient_privilege';
    end if;
    -- whoever holds a quote works on it, and sees to it himself
    for expired in
        select q.quote_id from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
        where q.status = 'sent' and r.valid_until < today and exists (select from quote_promotion p where p.quote_id = q.quote_id and p.state = 'taken')
        order by q.quote_id for update of q skip locked
    loop
        perform quote_promotions_given_back(expired);
        given := given + 1;
    end loop;
    return given;
end $$;
comment on function expired_quotes_give_back_promotions(date) is 'Gives back what offers have reserved whose last day is over; answers of how many.';
alter function expired_quotes_give_back_promotions(date) owner to {schema}_definer;
