-- What a screening found is written at once and never changed, and read with its screening: as one row it takes one entry in one index, where a row for each company took two and looked up three keys. Customers are never deleted, so none that is named here can be missing.
create table deal_screening_evidence (
    deal_screening_id bigint    primary key references deal_screening on delete cascade,
    partner_id        bigint    not null references partner,
    customers         bigint[]  not null,
    bands             text[]    not null,
    conflicts         text[]    not null,
    scores            numeric(6, 2)[] not null,
    evidence          jsonb[]   not null,
    constraint evidence_has_each_thing_for_each_customer check (
        cardinality(bands) = cardinality(customers) and cardinality(conflicts) = cardinality(customers) and cardinality(scores) = cardinality(customers) and cardinality(evidence) = cardinality(customers)),
    constraint evidence_bands_are_known check (bands <@ array['certain', 'likely', 'possible', 'related'])
);
comment on table deal_screening_evidence is 'The customers that may be the same company as a screening found them, with the evidence in points, the same place of each array for one of them; for the reviewer only. partner_id is the claimant.';

insert into deal_screening_evidence (deal_screening_id, partner_id, customers, bands, conflicts, scores, evidence)
select s.deal_screening_id, s.partner_id,
       coalesce(array_agg(k.end_customer_id order by k.score desc, k.end_customer_id) filter (where k.end_customer_id is not null), '{}'),
       coalesce(array_agg(k.band order by k.score desc, k.end_customer_id) filter (where k.end_customer_id is not null), '{}'),
       coalesce(array_agg(k.conflict order by k.score desc, k.end_customer_id) filter (where k.end_customer_id is not null), '{}'),
       coalesce(array_agg(k.score order by k.score desc, k.end_customer_id) filter (where k.end_customer_id is not null), '{}'),
       coalesce(array_agg(k.evidence order by k.score desc, k.end_customer_id) filter (where k.end_customer_id is not null), '{}')
from deal_screening s left join deal_screening_candidate k using (deal_screening_id)
group by s.deal_screening_id;

drop table deal_screening_candidate;

alter table deal_screening_evidence enable row level security;
alter table deal_screening_evidence force row level security;
create policy evidence_is_read_by_the_brand on deal_screening_evidence for select using ((select app_is_brand()));
create policy evidence_is_written_on_submitting on deal_screening_evidence for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy evidence_is_known_to_the_definer on deal_screening_evidence for select to {schema}_definer using (true);
revoke update, delete on deal_screening_evidence from {schema}_app;

-- Read as a table with a row for each company; as whoever asks, so that the policies above hold.
create view deal_screening_candidate with (security_invoker = true) as
select e.deal_screening_id, c.end_customer_id, e.partner_id, c.band, c.conflict, c.score, c.evidence
from deal_screening_evidence e
cross join lateral unnest(e.customers, e.bands, e.conflicts, e.scores, e.evidence) as c (end_customer_id, band, conflict, score, evidence);
comment on view deal_screening_candidate is 'A customer that may be the same company, with the evidence in points; for the reviewer only. partner_id is the claimant.';
grant select on deal_screening_candidate to {schema}_app, {schema}_definer;
