-- Notifications (通知): what a person should know, told by the change that made it worth knowing.
create table notification (
    notification_id bigint generated always as identity primary key,
    number          uuid        not null unique default gen_random_uuid(),
    person_id       bigint      not null references person on delete cascade,
    text_key        text        not null,
    arguments       jsonb       not null default '[]',
    link            text        not null,
    told_at         timestamptz not null,
    read_at         timestamptz,
    constraint a_notification_leads_into_the_portal check (link ~ '^/($|[^/\\])'),
    constraint a_notification_has_a_list_of_arguments check (jsonb_typeof(arguments) = 'array')
);
comment on table notification is 'One sentence for one person: the text''s key with its values, so that it is read in the person''s language, and where it leads.';
create index notification_by_person on notification (person_id, notification_id desc);
-- The bell counts these on every page.
create index notification_unread on notification (person_id) where read_at is null;

alter table notification enable row level security;
alter table notification force row level security;
create policy notifications_are_their_persons_own on notification using (person_id = (select app_person_id()) or (select app_is_system()));
create policy notifications_are_told_by_the_definer on notification for insert to portal_definer with check (true);
create policy told_notifications_are_known_to_the_definer on notification for select to portal_definer using (true);
create policy managers_are_known_to_the_definer on partner_channel_manager for select to portal_definer using (true);
-- Only the function below writes one, and nobody rewrites one.
revoke insert, update on notification from {schema}_app;
grant update (read_at) on notification to {schema}_app;

-- People of other partners are told without being shown: that is why this answers across tenants.
create function tell_people(people bigint[], partners bigint[], roles text[], brand_roles text[], managed bigint[], text_key text, arguments jsonb, link text, told_at timestamptz)
returns setof bigint language sql security definer set search_path = portal, public, pg_temp as $$
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
    returning person_id
$$;
comment on function tell_people(bigint[], bigint[], text[], text[], bigint[], text, jsonb, text, timestamptz) is
    'Tells people by key, by their role in some partners, by brand role, or as the channel managers of some partners; each once, and never the one who acts.';
alter function tell_people(bigint[], bigint[], text[], text[], bigint[], text, jsonb, text, timestamptz) owner to portal_definer;
