-- The code on the PDF (二维码) leads to the acceptance page. Its link belongs to the revision and is made when it is frozen; each language's PDF has a secret of its own, made when that file is typeset and
-- kept with it by one statement, as a hash: the secret itself stands on the paper alone.
alter table quote_link add column is_printed boolean not null default false;
alter table quote_link add constraint a_printed_link_is_nobodys_mail check (not is_printed or (email is null and remind_days is null));
comment on column quote_link.is_printed is 'The link of the code on the PDF: whoever holds the paper. One for each revision.';
drop index one_link_per_revision_and_recipient;
create unique index one_link_per_revision_and_recipient on quote_link (quote_revision_id, lower(coalesce(email, recipient))) where not is_printed;
create unique index one_printed_link_per_revision on quote_link (quote_revision_id) where is_printed;

alter table quote_link_secret drop constraint what_a_secret_is_made_for_is_known;
alter table quote_link_secret add constraint what_a_secret_is_made_for_is_known check (made_for in ('mail', 'reminder', 'shown', 'print'));
alter table quote_link_secret add column language text;
alter table quote_link_secret add constraint a_print_has_a_language check ((made_for = 'print') = (language is not null) and language in ('en', 'zh-CN'));
comment on column quote_link_secret.language is 'The language of the PDF the secret is printed on; the page opens in it.';
create unique index one_secret_per_print on quote_link_secret (quote_link_id, language) where made_for = 'print';
create policy link_secrets_are_printed_by_the_definer on quote_link_secret for insert to {schema}_definer with check (made_for = 'print');

-- Keeps a PDF together with the hash of the secret printed on it. Where somebody was faster, their file and their secret stay, and this one is thrown away with its paper.
create function quote_print(revision_id bigint, spoken text, made bytea, hash bytea, printed bytea, at timestamptz) returns void
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    insert into quote_file (quote_revision_id, partner_id, kind, language, content, sha256, made_at)
    select r.quote_revision_id, r.partner_id, 'pdf', spoken, made, hash, at from quote_revision r where r.quote_revision_id = revision_id and r.frozen_at is not null
    on conflict do nothing;
    if found and printed is not null then
        insert into quote_link_secret (secret_sha256, quote_link_id, partner_id, made_for, language, made_at)
        select printed, l.quote_link_id, l.partner_id, 'print', spoken, at from quote_link l where l.quote_revision_id = revision_id and l.is_printed;
    end if;
end $$;
comment on function quote_print(bigint, text, bytea, bytea, bytea, timestamptz) is 'Keeps the PDF of a frozen revision with the hash of the secret that is printed on it, both or neither. Asked by the two functions that know who may.';

-- For whoever is signed in: those who see the quote, its seller and the brand.
create function quote_keep_pdf(revision_id bigint, spoken text, made bytea, hash bytea, printed bytea, at timestamptz) returns void
language sql security definer set search_path = {schema}, public, pg_temp as $$
    select quote_print(r.quote_revision_id, spoken, made, hash, printed, at) from quote_revision r
    where r.quote_revision_id = revision_id and (r.partner_id = app_partner_id() or app_is_brand() or app_is_system())
$$;

-- For whoever has a link.
drop function quote_link_keep_file(bytea, text, bytea, bytea, timestamptz);
create function quote_link_keep_file(secret bytea, spoken text, made bytea, hash bytea, printed bytea, at timestamptz) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    select quote_print(l.quote_revision_id, spoken, made, hash, printed, at)
    from quote_link_secret k join quote_link l on l.quote_link_id = k.quote_link_id
    where k.secret_sha256 = secret and quote_link_state(l.quote_link_id, k.ended_at is not null, at) in ('open', 'expired', 'answered_here')
$$;

create or replace function quote_link_read(secret bytea, at timestamptz)
returns table (link text, quote text, revision integer, state text, language text, valid_until date, frozen text, sha256 text, frozen_at timestamptz, seller text, seller_latin text, partner_id bigint, time_zone text,
               contact text, contact_email text, answer text, signer text, answered_at timestamptz, local_time text, answer_zone text, newer_sent boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select l.number, case when s.state in ('open', 'expired', 'answered_here') then q.number end, l.revision, s.state, coalesce(k.language, l.language), r.valid_until,
           -- what is not to be answered any more is not shown either
           case when s.state in ('open', 'expired', 'answered_here') then r.frozen::text end, encode(r.frozen_sha256, 'hex'), r.frozen_at,
           p.name, p.name_latin, l.partner_id, p.time_zone, c.name, c.email,
           case when s.state = 'answered_here' then a.answer end, case when s.state = 'answered_here' then a.signer end, case when s.state in ('answered_here', 'answered') then a.answered_at end,
           case when s.state = 'answered_here' then a.local_time end, case when s.state = 'answered_here' then a.time_zone end,
           s.state = 'superseded' and exists (select from quote_revision n where n.quote_id = l.quote_id and n.revision > l.revision and n.frozen_at is not null)
    from quote_link_secret k
    join quote_link l on l.quote_link_id = k.quote_link_id
    join quote q on q.quote_id = l.quote_id
    join quote_revision r on r.quote_revision_id = l.quote_revision_id
    join partner p on p.partner_id = l.partner_id
    left join person c on c.person_id = l.created_by and c.disabled_at is null
    left join quote_answer a on a.quote_revision_id = l.quote_revision_id
    cross join lateral (select quote_link_state(l.quote_link_id, k.ended_at is not null, at) as state) s
    where k.secret_sha256 = secret
$$;

do $$
declare
    one text;
begin
    foreach one in array array['quote_print(bigint, text, bytea, bytea, bytea, timestamptz)', 'quote_keep_pdf(bigint, text, bytea, bytea, bytea, timestamptz)',
                               'quote_link_keep_file(bytea, text, bytea, bytea, bytea, timestamptz)'] loop
        execute format('alter function %s owner to {schema}_definer', one);
    end loop;
    execute 'revoke execute on function quote_print(bigint, text, bytea, bytea, bytea, timestamptz) from public, {schema}_app';
end $$;
