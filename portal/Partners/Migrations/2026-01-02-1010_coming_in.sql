-- How the application enters: what enter() does, and leaves nothing of what stood there before.
create function come_in(issuer text, subject text) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
declare
    entering record;
begin
    select p.person_id, p.number, p.partner_id, b.partner_type = 'brand' as is_brand,
           (select string_agg(r.role, ',') from person_role r where r.person_id = p.person_id) as roles
    into entering
    from person p join partner b on b.partner_id = p.partner_id
    where p.issuer = come_in.issuer and p.subject = come_in.subject and p.disabled_at is null and b.status = 'active';
    -- Said of a stranger too: whatever stood there before, nothing of it holds in this transaction.
    perform set_config('app.is_system', '', true),
            set_config('app.person_id', coalesce(entering.person_id::text, ''), true),
            set_config('app.partner_id', coalesce(entering.partner_id::text, ''), true),
            set_config('app.is_brand', case when entering.is_brand then 'yes' else '' end, true),
            set_config('app.roles', coalesce(entering.roles, ''), true),
            set_config('app.actor', coalesce(entering.number, ''), true);
    return entering.number is not null;
end $$;
comment on function come_in(text, text) is 'Begins a transaction on behalf of a person: tenant, person and roles come from the tables, not from the token. False for a stranger.';
alter function come_in(text, text) owner to {schema}_definer;
