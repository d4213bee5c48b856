-- Links to a sent quote (报价链接): somebody at the customer reads and answers the frozen revision without an account. A link belongs to one revision and one recipient; only the hashes of its secrets are kept.
create table quote_link (
    quote_link_id       bigint generated always as identity primary key,
    number              text        not null unique,
    quote_id            bigint      not null references quote,
    quote_revision_id   bigint      not null references quote_revision,
    partner_id          bigint      not null references partner,
    revision            integer     not null,
    recipient           text        not null,
    email               text,
    language            text        not null,
    expires_on          date        not null,
    remind_days         integer,
    created_by          bigint      references person,
    created_at          timestamptz not null,
    revoked_at          timestamptz,
    first_opened_at     timestamptz,
    last_opened_at      timestamptz,
    opened              integer     not null default 0,
    first_downloaded_at timestamptz,
    downloaded          integer     not null default 0,
    reminded_at         timestamptz,
    constraint the_recipient_of_a_link_has_a_name check (char_length(btrim(recipient)) between 1 and 200),
    constraint the_address_of_a_link_is_short check (char_length(email) between 3 and 254),
    constraint the_language_of_a_link_is_known check (language in ('en', 'zh-CN')),
    constraint a_reminder_comes_some_days_before check (remind_days between 1 and 60)
);
comment on table quote_link is 'A way to one sent revision for one recipient: until when it is good, when it was opened and downloaded. expires_on is its last day, by the brand''s calendar.';
create unique index one_link_per_revision_and_recipient on quote_link (quote_revision_id, lower(coalesce(email, recipient)));
create index quote_link_by_quote on quote_link (quote_id, quote_link_id);
create index quote_link_by_partner on quote_link (partner_id);
-- What the job of reminders looks through.
create index quote_link_to_remind on quote_link (quote_revision_id) where remind_days is not null and reminded_at is null and revoked_at is null and email is not null;

create table quote_link_secret (
    secret_sha256 bytea       primary key,
    quote_link_id bigint      not null references quote_link,
    partner_id    bigint      not null references partner,
    made_for      text        not null,
    made_at       timestamptz not null,
    ended_at      timestamptz,
    constraint the_secret_of_a_link_is_a_hash check (octet_length(secret_sha256) = 32),
    constraint what_a_secret_is_made_for_is_known check (made_for in ('mail', 'reminder', 'shown'))
);
comment on table quote_link_secret is 'The hash of a secret that opens a link. Each mail has its own, made when it is sent, so that no secret is ever stored; they end when the link is renewed or revoked.';
create index quote_link_secret_by_link on quote_link_secret (quote_link_id);

create table quote_answer (
    quote_answer_id   bigint generated always as identity primary key,
    quote_link_id     bigint      not null references quote_link,
    quote_id          bigint      not null references quote,
    quote_revision_id bigint      not null references quote_revision,
    partner_id        bigint      not null references partner,
    revision          integer     not null,
    answer            text        not null,
    signer            text        not null,
    title             text,
    typed             text,
    drawn             bytea,
    reason            text,
    language          text        not null,
    answered_at       timestamptz not null,
    time_zone         text        not null,
    local_time        text        not null,
    ip_address        inet,
    user_agent        text,
    frozen_sha256     bytea       not null,
    pdf_sha256        bytea,
    constraint a_revision_is_answered_once unique (quote_revision_id),
    constraint answer_is_known check (answer in ('accepted', 'declined')),
    constraint who_answers_has_a_name check (char_length(btrim(signer)) between 1 and 200 and char_length(title) between 1 and 200),
    constraint who_accepts_signs check (answer <> 'accepted' or (title is not null and (typed is not null or drawn is not null))),
    constraint a_signature_is_bounded check (char_length(typed) between 1 and 200 and octet_length(drawn) between 60 and 200000),
    constraint who_declines_says_why check (answer <> 'declined' or char_length(btrim(reason)) between 1 and 1000),
    constraint an_agent_is_short check (char_length(user_agent) <= 400)
);
comment on table quote_answer is 'What the customer answered by a link, with the evidence: who, when, from where, and the hashes of what was shown. Append-only.';
create index quote_answer_by_quote on quote_answer (quote_id);
create index quote_answer_by_link on quote_answer (quote_link_id);
create index quote_answer_by_partner on quote_answer (partner_id);

create table quote_signed_file (
    quote_answer_id bigint      not null references quote_answer,
    partner_id      bigint      not null references partner,
    language        text        not null,
    content         bytea       not null,
    sha256          bytea       not null,
    made_at         timestamptz not null,
    primary key (quote_answer_id, language),
    constraint signed_file_language_is_known check (language in ('en', 'zh-CN')),
    constraint a_signed_file_has_its_hash check (sha256 = sha256(content))
);
comment on table quote_signed_file is 'The PDF of an accepted revision with the page of evidence, made once; every download gets the same bytes.';
alter table quote_signed_file alter column content set storage external;

create table quote_request (
    quote_request_id bigint generated always as identity primary key,
    quote_link_id    bigint      not null references quote_link,
    quote_id         bigint      not null references quote,
    partner_id       bigint      not null references partner,
    revision         integer     not null,
    asker            text        not null,
    words            text        not null,
    asked_at         timestamptz not null,
    ip_address       inet,
    user_agent       text,
    constraint who_asks_for_changes_has_a_name check (char_length(btrim(asker)) between 1 and 200),
    constraint changes_are_asked_for_in_words check (char_length(btrim(words)) between 1 and 2000)
);
comment on table quote_request is 'Changes that the customer asks for by a link; the quote stays open.';
-- A second click is the same words again.
create unique index the_same_words_are_asked_once on quote_request (quote_link_id, md5(words));
create index quote_request_by_quote on quote_request (quote_id, quote_request_id);
create index quote_request_by_partner on quote_request (partner_id);

create table quote_mail (
    quote_mail_id bigint generated always as identity primary key,
    quote_link_id bigint      references quote_link,
    quote_id      bigint      not null references quote,
    partner_id    bigint      not null references partner,
    revision      integer     not null,
    kind          text        not null,
    to_email      text        not null,
    to_name       text,
    reply_to      text,
    language      text        not null,
    subject       text        not null,
    text          text        not null,
    with_excel    boolean     not null default false,
    created_by    bigint      references person,
    created_at    timestamptz not null,
    sent_at       timestamptz,
    constraint quote_mail_kind_is_known check (kind in ('offer', 'copy', 'reminder')),
    constraint only_a_copy_has_no_link check ((kind = 'copy') = (quote_link_id is null)),
    constraint quote_mail_language_is_known check (language in ('en', 'zh-CN')),
    constraint a_quote_mail_is_bounded check (char_length(subject) between 1 and 300 and char_length(text) between 1 and 10000)
);
comment on table quote_mail is 'A mail with a quote, to one address; the secret of its link is made when it is sent and stands nowhere else.';
create index quote_mail_by_quote on quote_mail (quote_id, quote_mail_id);
create index quote_mail_by_link on quote_mail (quote_link_id);
create index quote_mail_by_partner on quote_mail (partner_id);

alter table quote_act add column customer_name text;
alter table quote_act add constraint the_customer_of_an_act_has_a_name check (char_length(btrim(customer_name)) between 1 and 200);
comment on column quote_act.customer_name is 'Who at the customer did it by a link; null for people of the portal.';

-- A link leads to a revision that was sent, of its own quote and partner.
create function link_is_of_a_sent_revision() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (select from quote_revision r
                   where r.quote_revision_id = new.quote_revision_id and r.quote_id = new.quote_id and r.partner_id = new.partner_id and r.revision = new.revision and r.frozen_at is not null) then
        raise exception 'A link leads to a sent revision of its quote.' using errcode = 'check_violation', constraint = 'a_link_is_of_a_sent_revision';
    end if;
    return new;
end $$;
alter function link_is_of_a_sent_revision() owner to {schema}_definer;
create trigger a_link_is_of_a_sent_revision before insert on quote_link for each row execute function link_is_of_a_sent_revision();

create function quote_evidence_stays() returns trigger language plpgsql as $$
begin
    raise exception 'What a customer answered stays as it was.' using errcode = 'insufficient_privilege';
end $$;
create trigger quote_answers_stay before update or delete or truncate on quote_answer for each statement execute function quote_evidence_stays();
create trigger signed_quotes_stay before update or delete or truncate on quote_signed_file for each statement execute function quote_evidence_stays();
create trigger quote_requests_stay before update or delete or truncate on quote_request for each statement execute function quote_evidence_stays();

alter table quote_link enable row level security;
alter table quote_link force row level security;
create policy quote_links_are_seen_with_their_quote on quote_link for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_links_are_made_by_their_partner on quote_link for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quote_links_are_kept_by_their_partner on quote_link for update
    using (partner_id = (select app_partner_id()) or (select app_is_system())) with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quote_links_are_traced_by_the_definer on quote_link to {schema}_definer using (true) with check (true);
revoke update, delete, truncate on quote_link from {schema}_app;
grant update (recipient, language, expires_on, remind_days, revoked_at, reminded_at) on quote_link to {schema}_app;

alter table quote_link_secret enable row level security;
alter table quote_link_secret force row level security;
create policy link_secrets_are_known_to_their_partner on quote_link_secret for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy link_secrets_are_made_by_their_partner on quote_link_secret for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy link_secrets_are_ended_by_their_partner on quote_link_secret for update
    using (partner_id = (select app_partner_id()) or (select app_is_system())) with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy link_secrets_are_known_to_the_definer on quote_link_secret for select to {schema}_definer using (true);
revoke update, delete, truncate on quote_link_secret from {schema}_app;
grant update (ended_at) on quote_link_secret to {schema}_app;

-- Answers and requests come by the functions below and by nothing else.
alter table quote_answer enable row level security;
alter table quote_answer force row level security;
create policy quote_answers_are_seen_with_their_quote on quote_answer for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_answers_are_written_by_the_definer on quote_answer to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on quote_answer from {schema}_app;

alter table quote_request enable row level security;
alter table quote_request force row level security;
create policy quote_requests_are_seen_with_their_quote on quote_request for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_requests_are_written_by_the_definer on quote_request to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on quote_request from {schema}_app;

alter table quote_signed_file enable row level security;
alter table quote_signed_file force row level security;
create policy signed_quotes_are_seen_with_their_quote on quote_signed_file for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy signed_quotes_are_made_by_whoever_opens_them_first on quote_signed_file for insert with check (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy signed_quotes_are_kept_by_the_definer on quote_signed_file to {schema}_definer using (true) with check (true);
revoke update, delete, truncate on quote_signed_file from {schema}_app;

alter table quote_mail enable row level security;
alter table quote_mail force row level security;
create policy quote_mails_are_seen_with_their_quote on quote_mail for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_mails_are_written_by_their_partner on quote_mail for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quote_mails_are_sent_by_the_product on quote_mail for update using ((select app_is_system())) with check ((select app_is_system()));
revoke update, delete, truncate on quote_mail from {schema}_app;
grant update (sent_at) on quote_mail to {schema}_app;

create policy quotes_are_known_to_the_definer on quote for select to {schema}_definer using (true);
create policy quotes_are_answered_by_the_definer on quote for update to {schema}_definer using (true) with check (true);
create policy quote_acts_are_added_by_the_definer on quote_act for insert to {schema}_definer with check (true);
create policy quote_files_are_kept_by_the_definer on quote_file to {schema}_definer using (true) with check (true);
