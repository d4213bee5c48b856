-- Bulk acts of reviewers (批量审核): one act on many deals that wait. Each deal is decided in a transaction of its own, and its answer is written in the same one.
create table review_batch (
    review_batch_id bigint generated always as identity primary key,
    number       text   not null unique,
    person_id    bigint not null references person,
    request_key  text   not null,
    request_hash bytea  not null,
    act          text   not null,
    reason       text,
    begun_at     timestamptz not null,
    constraint a_batch_is_sent_once unique (person_id, request_key),
    constraint batch_act_is_known check (act in ('take_up', 'approve', 'reject', 'request_information')),
    constraint a_negative_batch_has_a_reason check (act in ('take_up', 'approve') or char_length(btrim(reason)) > 0),
    constraint a_batch_reason_is_bounded check (char_length(reason) <= 2000)
);
comment on table review_batch is 'One act of a reviewer on many deals; the key of the request finds it again, so that what is sent twice is done once and what stopped half-way goes on.';

create table review_batch_deal (
    review_batch_id bigint  not null references review_batch on delete cascade,
    place        integer not null,
    deal_number  text    not null,
    version      integer not null,
    answered_at  timestamptz,
    is_done      boolean,
    text_key     text,
    arguments    text[],
    primary key (review_batch_id, place),
    constraint a_deal_is_in_a_batch_once unique (review_batch_id, deal_number),
    constraint a_batch_is_no_larger_than_can_be_read check (place between 1 and 200),
    constraint an_answer_is_whole check ((answered_at is null) = (is_done is null) and (answered_at is null) = (text_key is null))
);
comment on table review_batch_deal is 'A deal of a batch: the version that was seen, and what became of it, as the key of a sentence with its values. No answer: not yet done.';

alter table review_batch enable row level security;
alter table review_batch force row level security;
create policy batches_are_read_by_whoever_sent_them on review_batch for select using ((select app_is_brand()) and person_id = (select app_person_id()));
create policy batches_are_sent_in_ones_own_name on review_batch for insert with check ((select app_is_brand()) and person_id = (select app_person_id()));
revoke update, delete, truncate on review_batch from {schema}_app;

alter table review_batch_deal enable row level security;
alter table review_batch_deal force row level security;
create policy deals_of_batches_are_read_with_them on review_batch_deal for select using (exists (select from review_batch b where b.review_batch_id = review_batch_deal.review_batch_id));
create policy deals_of_batches_are_sent_with_them on review_batch_deal for insert with check (exists (select from review_batch b where b.review_batch_id = review_batch_deal.review_batch_id));
create policy deals_of_batches_are_answered_once on review_batch_deal for update
    using (answered_at is null and exists (select from review_batch b where b.review_batch_id = review_batch_deal.review_batch_id))
    with check (answered_at is not null);
revoke update, delete, truncate on review_batch_deal from {schema}_app;
grant update (answered_at, is_done, text_key, arguments) on review_batch_deal to {schema}_app;
