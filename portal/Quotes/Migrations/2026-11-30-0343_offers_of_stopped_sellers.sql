-- A company that is stopped sells nothing: its links open nothing while it is, as its people do not come in.
create or replace function quote_link_state(link bigint, is_ended boolean, at timestamptz) returns text language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select case
        when is_ended or l.revoked_at is not null or p.status <> 'active' then 'revoked'
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
    join partner p on p.partner_id = l.partner_id
    left join quote_answer a on a.quote_revision_id = l.quote_revision_id
    where l.quote_link_id = link
$$;
