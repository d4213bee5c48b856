-- What seller, customer and deal desk say to each other about a quote. What the customer says comes by its link (quote_request).
create table quote_comment (
    quote_comment_id bigint generated always as identity primary key,
    quote_id   bigint      not null references quote,
    partner_id bigint      not null references partner,
    revision   integer     not null,
    audience   text        not null,
    person_id  bigint      not null references person,
    name       text        not null,
    company    text        not null,
    words      text        not null,
    said_at    timestamptz not null,
    constraint quote_comment_audience_is_known check (audience in ('customer', 'approval')),
    constraint a_comment_says_something check (char_length(btrim(words)) between 1 and 2000)
);
comment on table quote_comment is 'customer: read by the customer too, by its links; approval: between the seller and the brand''s deal desk.';
create index quote_comment_by_quote on quote_comment (quote_id, quote_comment_id);
create index quote_comment_by_partner on quote_comment (partner_id);
create index quote_comment_by_person on quote_comment (person_id);

alter table quote_comment enable row level security;
alter table quote_comment force row level security;
create policy comments_are_seen_with_their_quote on quote_comment for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy comments_are_made_by_both_sides on quote_comment for insert with check (
    exists (select from quote q where q.quote_id = quote_comment.quote_id and q.partner_id = quote_comment.partner_id)
    and (partner_id = (select app_partner_id()) or (select app_is_system())
         or (audience = 'approval' and ((select app_has_role('deal_desk')) or (select app_has_role('brand_admin'))))));
create policy comments_are_known_to_the_definer on quote_comment for select to {schema}_definer using (true);
revoke update, delete, truncate on quote_comment from {schema}_app;

create function quote_link_thread(secret bytea, at timestamptz) returns table (from_customer boolean, name text, words text, revision integer, said_at timestamptz)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    with opened as (
        select l.quote_id
        from quote_link_secret k join quote_link l on l.quote_link_id = k.quote_link_id
        where k.secret_sha256 = secret and quote_link_state(l.quote_link_id, k.ended_at is not null, at) in ('open', 'expired', 'answered_here'))
    select said.from_customer, said.name, said.words, said.revision, said.said_at
    from opened o
    cross join lateral (
        select true as from_customer, r.asker as name, r.words, r.revision, r.asked_at as said_at from quote_request r where r.quote_id = o.quote_id
        union all
        select false, c.name, c.words, c.revision, c.said_at from quote_comment c where c.quote_id = o.quote_id and c.audience = 'customer') said
    order by said.said_at
$$;
comment on function quote_link_thread(bytea, timestamptz) is 'What the customer and the seller said to each other about the quote that a secret opens; nothing that is between the seller and the brand.';
alter function quote_link_thread(bytea, timestamptz) owner to {schema}_definer;

alter table quote_mail drop constraint quote_mail_kind_is_known;
alter table quote_mail add constraint quote_mail_kind_is_known check (kind in ('offer', 'copy', 'reminder', 'reply'));
