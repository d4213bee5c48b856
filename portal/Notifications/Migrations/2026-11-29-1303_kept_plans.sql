-- Called with every act that somebody is told of. A function in SQL that runs as its owner is planned anew at every call, which took as long as carrying it out; one in PL/pgSQL keeps its plan. The statements are as they were.
create or replace function tell_people(people bigint[], partners bigint[], roles text[], brand_roles text[], managed bigint[], text_key text, arguments jsonb, link text, told_at timestamptz)
returns setof bigint language plpgsql security definer set search_path = portal, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    insert into notification (person_id, text_key, arguments, link, told_at)
    select p.person_id, tell_people.text_key, tell_people.arguments, tell_people.link, tell_people.told_at
    from person p
    where p.kind = 'person' and p.disabled_at is null
      -- whoever did it knows it already
      and p.person_id is distinct from app_person_id()
      and (p.person_id = any (people)
           or (p.partner_id = any (partners)
               and exists (select from person_role r where r.person_id = p.person_id and r.role = any (roles)))
           or exists (select from person_role r where r.person_id = p.person_id and r.role = any (brand_roles))
           or exists (select from partner_channel_manager m where m.person_id = p.person_id and m.partner_id = any (managed)))
    order by p.person_id
    returning person_id;
end $$;
