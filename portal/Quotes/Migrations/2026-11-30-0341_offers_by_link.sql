-- What somebody without an account may do: each function takes the hash of a secret and concerns the one link that it opens. There is none that lists.

-- Where a link stands. The page and the answer ask the same question, the answer while it holds the quote.
create function quote_link_state(link bigint, is_ended boolean, at timestamptz) returns text language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select case
        when is_ended or l.revoked_at is not null then 'revoked'
        -- one's own answer can be read for a quarter of a year, with the signed copy
        when a.quote_link_id = l.quote_link_id then case when at < a.answered_at + interval '90 days' then 'answered_here' else 'ended' end
        when a.quote_link_id is not null then 'answered'
        when q.current_revision > l.revision then 'superseded'
        when q.status = 'withdrawn' then 'withdrawn'
        when q.status in ('accepted', 'ordered', 'declined') then 'answered'
        when q.status <> 'sent' then 'superseded'
        when l.expires_on < brand_day(at) then 'ended'
        when r.valid_until < brand_day(at) then 'expired'
        else 'open' end
    from quote_link l
    join quote q on q.quote_id = l.quote_id
    join quote_revision r on r.quote_revision_id = l.quote_revision_id
    left join quote_answer a on a.quote_revision_id = l.quote_revision_id
    where l.quote_link_id = link
$$;
comment on function quote_link_state(bigint, boolean, timestamptz) is 'Where a link stands: open, expired (the offer), ended (the link), revoked, superseded, withdrawn, answered_here or answered in another way.';

create function quote_link_read(secret bytea, at timestamptz)
returns table (link text, quote text, revision integer, state text, language text, valid_until date, frozen text, sha256 text, frozen_at timestamptz, seller text, seller_latin text, partner_id bigint, time_zone text,
               contact text, contact_email text, answer text, signer text, answered_at timestamptz, local_time text, answer_zone text, newer_sent boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select l.number, case when s.state in ('open', 'expired', 'answered_here') then q.number end, l.revision, s.state, l.language, r.valid_until,
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
comment on function quote_link_read(bytea, timestamptz) is 'The one link that a secret opens, with the frozen revision where it may be shown.';

-- Who at the seller is told of what comes by a link.
create function quote_link_told(link bigint) returns text language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select coalesce(json_agg(json_build_object('personId', p.person_id, 'email', p.email, 'language', coalesce(p.language, b.language)) order by p.person_id), '[]')::text
    from quote_link l
    join quote q on q.quote_id = l.quote_id
    join person p on p.person_id in (l.created_by, q.created_by) and p.partner_id = l.partner_id and p.kind = 'person' and p.disabled_at is null
    join partner b on b.partner_id = p.partner_id
    where l.quote_link_id = link
$$;

create function quote_link_touch(secret bytea, is_download boolean, at timestamptz)
returns table (link text, quote text, partner_id bigint, revision integer, is_first boolean, told text) language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
begin
    update quote_link l
    set first_opened_at = case when is_download then l.first_opened_at else coalesce(l.first_opened_at, at) end, last_opened_at = case when is_download then l.last_opened_at else at end,
        opened = l.opened + case when is_download then 0 else 1 end,
        first_downloaded_at = case when is_download then coalesce(l.first_downloaded_at, at) else l.first_downloaded_at end, downloaded = l.downloaded + case when is_download then 1 else 0 end
    from quote_link_secret k, quote q
    where k.secret_sha256 = secret and k.ended_at is null and l.quote_link_id = k.quote_link_id and l.revoked_at is null and q.quote_id = l.quote_id
    returning l.number, q.number, l.partner_id, l.revision, case when is_download then l.downloaded = 1 else l.opened = 1 end, quote_link_told(l.quote_link_id)
    into link, quote, partner_id, revision, is_first, told;
    if found then
        perform set_config('app.actor', 'link:' || link, true);
        return next;
    end if;
end $$;
comment on function quote_link_touch(bytea, boolean, timestamptz) is 'Notes that a link was opened, or a file of it downloaded.';

create function quote_link_answer(secret bytea, shown bytea, given text, signed_by text, role text, typed_name text, drawn_png bytea, because text, spoken text, zone text, clock text, address inet, agent text, pdf bytea, at timestamptz)
returns table (outcome text, quote_answer_id bigint, quote text, partner_id bigint, revision integer, customer text, link text, email text, told text)
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    l quote_link%rowtype;
    q quote%rowtype;
    ended boolean;
    found_state text;
    hash bytea;
begin
    select k.quote_link_id, k.ended_at is not null into l.quote_link_id, ended from quote_link_secret k where k.secret_sha256 = secret;
    if not found then
        outcome := 'unknown';
        return next;
        return;
    end if;
    -- The quote is held first, as by everybody who changes it; what is read afterwards is what a rival left.
    select x.* into q from quote x where x.quote_id = (select y.quote_id from quote_link y where y.quote_link_id = l.quote_link_id) for update;
    select x.* into l from quote_link x where x.quote_link_id = l.quote_link_id;
    select k.ended_at is not null into ended from quote_link_secret k where k.secret_sha256 = secret;
    found_state := quote_link_state(l.quote_link_id, ended, at);
    select r.frozen_sha256 into hash from quote_revision r where r.quote_revision_id = l.quote_revision_id;
    select q.number, l.partner_id, l.revision, l.number, l.email into quote, partner_id, revision, link, email;
    if found_state <> 'open' then
        outcome := found_state;
        select a.quote_answer_id into quote_answer_id from quote_answer a where a.quote_revision_id = l.quote_revision_id and a.quote_link_id = l.quote_link_id;
        return next;
        return;
    end if;
    if hash is distinct from shown then
        outcome := 'changed';
        return next;
        return;
    end if;
    insert into quote_answer as a (quote_link_id, quote_id, quote_revision_id, partner_id, revision, answer, signer, title, typed, drawn, reason, language, answered_at, time_zone, local_time, ip_address, user_agent, frozen_sha256, pdf_sha256)
    values (l.quote_link_id, q.quote_id, l.quote_revision_id, l.partner_id, l.revision, given, signed_by, role, typed_name, drawn_png, because, spoken, at, zone, clock, address, agent, hash, pdf)
    returning a.quote_answer_id into quote_answer_id;
    update quote x set status = given, updated_at = at, version = x.version + 1 where x.quote_id = q.quote_id;
    insert into quote_act (quote_id, partner_id, revision, act, to_status, reason, customer_name, happened_at)
    values (q.quote_id, l.partner_id, l.revision, case given when 'accepted' then 'accept' else 'decline' end, given, because, signed_by, at);
    perform set_config('app.actor', 'link:' || l.number, true);
    select 'done', r.frozen -> 'customer' ->> 'name', quote_link_told(l.quote_link_id) into outcome, customer, told from quote_revision r where r.quote_revision_id = l.quote_revision_id;
    return next;
end $$;
comment on function quote_link_answer(bytea, bytea, text, text, text, text, bytea, text, text, text, text, inet, text, bytea, timestamptz) is
    'Accepts or declines the revision that was shown, if it can still be answered; outcome is done, or where the link stands. The quote is held meanwhile.';

create function quote_link_ask(secret bytea, asking text, said text, address inet, agent text, at timestamptz)
returns table (outcome text, quote text, partner_id bigint, revision integer, link text, told text) language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    l quote_link%rowtype;
    ended boolean;
begin
    select x.* into l from quote_link x where x.quote_link_id = (select k.quote_link_id from quote_link_secret k where k.secret_sha256 = secret) for no key update;
    if not found then
        outcome := 'unknown';
        return next;
        return;
    end if;
    select k.ended_at is not null into ended from quote_link_secret k where k.secret_sha256 = secret;
    select quote_link_state(l.quote_link_id, ended, at), q.number, l.partner_id, l.revision, l.number into outcome, quote, partner_id, revision, link from quote q where q.quote_id = l.quote_id;
    -- Of an offer whose time is over one may still ask for another.
    if outcome in ('open', 'expired') then
        outcome := case when (select count(*) from quote_request r where r.quote_link_id = l.quote_link_id) >= 20 then 'enough' else 'again' end;
        if outcome = 'again' then
            insert into quote_request (quote_link_id, quote_id, partner_id, revision, asker, words, asked_at, ip_address, user_agent)
            values (l.quote_link_id, l.quote_id, l.partner_id, l.revision, asking, said, at, address, agent) on conflict do nothing;
            if found then
                outcome := 'done';
                told := quote_link_told(l.quote_link_id);
                perform set_config('app.actor', 'link:' || l.number, true);
            end if;
        end if;
    end if;
    return next;
end $$;
comment on function quote_link_ask(bytea, text, text, inet, text, timestamptz) is 'Keeps the words in which the customer asks for changes, at most twenty times by one link; the same words are kept once.';

create function quote_link_file(secret bytea, spoken text, at timestamptz) returns table (content bytea, sha256 text) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select f.content, encode(f.sha256, 'hex')
    from quote_link_secret k
    join quote_link l on l.quote_link_id = k.quote_link_id
    join quote_file f on f.quote_revision_id = l.quote_revision_id and f.kind = 'pdf' and f.language = spoken
    where k.secret_sha256 = secret and quote_link_state(l.quote_link_id, k.ended_at is not null, at) in ('open', 'expired', 'answered_here')
$$;

create function quote_link_keep_file(secret bytea, spoken text, made bytea, hash bytea, at timestamptz) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    insert into quote_file (quote_revision_id, partner_id, kind, language, content, sha256, made_at)
    select l.quote_revision_id, l.partner_id, 'pdf', spoken, made, hash, at
    from quote_link_secret k join quote_link l on l.quote_link_id = k.quote_link_id
    where k.secret_sha256 = secret and quote_link_state(l.quote_link_id, k.ended_at is not null, at) in ('open', 'expired', 'answered_here')
    on conflict do nothing
$$;

-- The evidence, for the signed copy of the link that gave it.
create function quote_link_evidence(secret bytea, at timestamptz)
returns table (quote_answer_id bigint, partner_id bigint, link text, email text, answer text, signer text, title text, typed text, drawn bytea, language text, answered_at timestamptz, time_zone text, local_time text, ip_address text, user_agent text,
               frozen_sha256 text, pdf_sha256 text)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select a.quote_answer_id, a.partner_id, l.number, l.email, a.answer, a.signer, a.title, a.typed, a.drawn, a.language, a.answered_at, a.time_zone, a.local_time, host(a.ip_address), a.user_agent, encode(a.frozen_sha256, 'hex'), encode(a.pdf_sha256, 'hex')
    from quote_link_secret k
    join quote_link l on l.quote_link_id = k.quote_link_id
    join quote_answer a on a.quote_link_id = l.quote_link_id
    where k.secret_sha256 = secret and quote_link_state(l.quote_link_id, k.ended_at is not null, at) = 'answered_here'
$$;

create function quote_link_signed_file(secret bytea, spoken text, at timestamptz) returns table (content bytea, sha256 text) language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select f.content, encode(f.sha256, 'hex') from quote_link_evidence(secret, at) e join quote_signed_file f on f.quote_answer_id = e.quote_answer_id and f.language = spoken
$$;

create function quote_link_keep_signed_file(secret bytea, spoken text, made bytea, hash bytea, at timestamptz) returns void language sql security definer set search_path = {schema}, public, pg_temp as $$
    insert into quote_signed_file (quote_answer_id, partner_id, language, content, sha256, made_at)
    select e.quote_answer_id, e.partner_id, spoken, made, hash, at from quote_link_evidence(secret, at) e
    on conflict do nothing
$$;

do $$
declare
    one text;
begin
    foreach one in array array['quote_link_state(bigint, boolean, timestamptz)', 'quote_link_read(bytea, timestamptz)', 'quote_link_told(bigint)', 'quote_link_touch(bytea, boolean, timestamptz)',
                               'quote_link_answer(bytea, bytea, text, text, text, text, bytea, text, text, text, text, inet, text, bytea, timestamptz)', 'quote_link_ask(bytea, text, text, inet, text, timestamptz)',
                               'quote_link_file(bytea, text, timestamptz)', 'quote_link_keep_file(bytea, text, bytea, bytea, timestamptz)', 'quote_link_evidence(bytea, timestamptz)',
                               'quote_link_signed_file(bytea, text, timestamptz)', 'quote_link_keep_signed_file(bytea, text, bytea, bytea, timestamptz)'] loop
        execute format('alter function %s owner to {schema}_definer', one);
    end loop;
    -- These take no secret; only the functions above ask them.
    execute 'revoke execute on function quote_link_state(bigint, boolean, timestamptz) from public, {schema}_app';
    execute 'revoke execute on function quote_link_told(bigint) from public, {schema}_app';
end $$;
