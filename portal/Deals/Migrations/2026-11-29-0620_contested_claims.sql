-- Two live claims meet when their companies are found to be one. Until the dispute is decided both stand, and only these two: a third
-- claim is refused as ever. A protection that was over before its company became another's meets nobody any more.
alter table deal_claim add column contested_by bigint references dispute;
alter table deal_claim add column over_at timestamptz;
alter table deal_claim add column contest bigint generated always as (coalesce(contested_by, -deal_claim_id)) stored;
comment on column deal_claim.contested_by is 'The dispute over this claim. Its two sides share it and do not refuse each other; the older claim holds the customer meanwhile.';
comment on column deal_claim.over_at is 'When it was found to be over: by a merge of companies, or because a dispute took the customer away. It cannot be lengthened past that.';
comment on column deal_claim.contest is 'The dispute, or something of its own where there is none: equal for the two sides of one dispute and for nobody else.';
alter table deal_claim add constraint what_is_over_ended_before check (upper(protection) <= over_at);
create index deal_claim_contested on deal_claim (contested_by) where contested_by is not null;
-- Of all claims, those that are over included: for the standing.
create index deal_claim_by_cluster on deal_claim (customer_cluster_id, product_line_id, territory_id);
alter table deal_claim drop constraint one_live_claim;
alter table deal_claim add constraint one_live_claim exclude using gist (
    customer_cluster_id with =, product_line_id with =, territory_id with =, contest with <>, protection with &&) where (over_at is null);

-- A side that could contest its own claim would slip past the constraint.
create function deal_claim_is_contested_by_the_desk() returns trigger language plpgsql as $$
begin
    if (new.contested_by is distinct from old.contested_by or new.over_at is distinct from old.over_at) and not app_has_role('deal_desk') then
        raise exception 'Only the deal desk says what is contested or over.' using errcode = 'insufficient_privilege', constraint = 'the_deal_desk_decides';
    end if;
    return new;
end $$;
create trigger a_claim_is_contested_by_the_desk before update of contested_by, over_at on deal_claim for each row execute function deal_claim_is_contested_by_the_desk();
grant update (contested_by, over_at) on deal_claim to {schema}_app;
-- Both insert policies want claims without a dispute: a claim is contested by what happens later.
create policy claims_begin_uncontested on deal_claim as restrictive for insert with check (contested_by is null and over_at is null);
