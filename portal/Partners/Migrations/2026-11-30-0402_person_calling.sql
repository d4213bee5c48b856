-- Who calls, asked once for each request before anything else. It used to enter for that, and the act itself entered again.
create function person_calling(issuer text, subject text)
returns table (person_id bigint, person_number text, name text, partner_id bigint, partner_number text, partner_name text, partner_name_latin text, partner_type text, currency text, language text, time_zone text, theme text, keys_off boolean, roles text[])
language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select p.person_id, p.number, p.name, b.partner_id, b.number, b.name, b.name_latin, b.partner_type, b.currency, p.language, coalesce(p.time_zone, b.time_zone), p.theme, p.keys_off,
           array(select r.role from person_role r where r.person_id = p.person_id)
    from person p
    join partner b on b.partner_id = p.partner_id
    where p.issuer = person_calling.issuer and p.subject = person_calling.subject and p.disabled_at is null and b.status = 'active';
end $$;
comment on function person_calling(text, text) is 'The live person of a live partner with that subject, as a request knows it; no row for anybody else, exactly where enter() lets nobody in.';
alter function person_calling(text, text) owner to {schema}_definer;
