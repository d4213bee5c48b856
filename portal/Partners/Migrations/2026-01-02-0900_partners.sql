-- Partners (伙伴): the supply tree, the people in it, and the functions by which every transaction enters a tenant.
create table territory (
    territory_id bigint generated always as identity primary key,
    code         text not null unique,
    name         text not null,
    name_zh      text not null,
    constraint a_territory_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$')
);
comment on table territory is 'An area the brand divides its market into; claims and targets refer to it.';

create table partner (
    partner_id    bigint generated always as identity primary key,
    number        text    not null unique,
    code          text    unique,
    name          text    not null,
    name_latin    text,
    partner_type  text    not null,
    upstream_id   bigint  references partner,
    partner_level text    not null default 'registered',
    status        text    not null default 'active',
    territory_id  bigint  references territory,
    country_code  text    not null,
    state         text,
    city          text,
    postal_code   text,
    address       text,
    phone         text,
    currency      text    not null references currency,
    language      text    not null default 'en',
    time_zone     text    not null default 'Etc/UTC',
    annual_sales  numeric(18, 2),
    employees     integer,
    year_opened   integer,
    created_at    timestamptz not null,
    version       integer not null default 1,
    constraint a_partner_has_a_name check (name = btrim(name) and char_length(name) between 1 and 200),
    constraint partner_type_is_known check (partner_type in ('brand', 'distributor', 'reseller', 'store', 'agent', 'coworking_operator')),
    constraint partner_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint partner_status_is_known check (status in ('active', 'suspended')),
    constraint only_the_brand_has_no_upstream check ((partner_type = 'brand') = (upstream_id is null)),
    constraint a_partner_is_not_its_own_upstream check (upstream_id <> partner_id),
    constraint the_brand_is_never_suspended check (partner_type <> 'brand' or status = 'active'),
    constraint a_country_has_two_letters check (country_code ~ '^[A-Z]{2}$'),
    constraint partner_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table partner is 'A company taking part: the brand itself (the root) and all that buy through the tree below it.';
create unique index there_is_one_brand on partner (partner_type) where partner_type = 'brand';
create index partner_by_upstream on partner (upstream_id);
create index partner_by_name on partner using gin (name gin_trgm_ops);

create table partner_line (
    ancestor_id bigint  not null references partner on delete cascade,
    partner_id  bigint  not null references partner on delete cascade,
    distance    integer not null,
    primary key (ancestor_id, partner_id),
    constraint a_line_does_not_go_back check (distance >= 0 and (distance = 0) = (ancestor_id = partner_id))
);
comment on table partner_line is 'The supply tree unrolled: every partner under each of its ancestors (itself at distance 0), kept by a trigger.';
create index partner_line_upwards on partner_line (partner_id, distance);

create table person (
    person_id   bigint generated always as identity primary key,
    number      text    not null unique,
    partner_id  bigint  not null references partner,
    kind        text    not null default 'person',
    issuer      text    not null,
    subject     text    not null,
    name        text    not null,
    email       text,
    language    text,
    time_zone   text,
    theme       text,
    disabled_at timestamptz,
    created_at  timestamptz not null,
    version     integer not null default 1,
    constraint a_person_belongs_to_one_partner unique (issuer, subject),
    constraint person_kind_is_known check (kind in ('person', 'api_client')),
    constraint person_language_is_known check (language in ('en', 'zh-CN')),
    constraint person_theme_is_known check (theme in ('light', 'dark'))
);
comment on table person is 'Somebody, or an API client, of one partner; known by the issuer and subject of the sign-in and by nothing else.';
create index person_by_partner on person (partner_id);

create table person_role (
    person_id bigint not null references person on delete cascade,
    role      text   not null,
    primary key (person_id, role),
    constraint person_role_is_known check (role in ('brand_admin', 'channel_manager', 'deal_desk', 'finance', 'partner_admin', 'sales', 'purchasing', 'viewer'))
);
comment on table person_role is 'What a person may do; brand roles for the brand''s people, partner roles for a partner''s.';

create table partner_channel_manager (
    partner_id bigint not null references partner on delete cascade,
    person_id  bigint not null references person on delete cascade,
    primary key (partner_id, person_id)
);
comment on table partner_channel_manager is 'Which channel manager (渠道经理) of the brand looks after which partner.';

-- Who is at work, for policies and statements.
create function app_person_id() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.person_id', true), '')::bigint $$;
comment on function app_person_id() is 'The person at work, or null.';

create function app_partner_id() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.partner_id', true), '')::bigint $$;
comment on function app_partner_id() is 'The partner whose person is at work, or null.';

create function app_is_brand() returns boolean language sql stable parallel safe as
$$ select app_is_system() or coalesce(current_setting('app.is_brand', true), '') = 'yes' $$;
comment on function app_is_brand() is 'True for the brand''s own people and for the product itself.';

create function app_has_role(role text) returns boolean language sql stable parallel safe as
$$ select app_is_system() or role = any (string_to_array(coalesce(current_setting('app.roles', true), ''), ',')) $$;
comment on function app_has_role(text) is 'True when the person at work has the role; the product itself has all.';

create function enter(issuer text, subject text) returns void language plpgsql security definer set search_path = portal, public, pg_temp as $$
declare
    entering record;
begin
    -- ids and names only of a live person of a live partner; anybody else stays a stranger to every policy
    select p.person_id, p.number, p.partner_id, b.partner_type = 'brand' as is_brand,
           (select string_agg(r.role, ',') from person_role r where r.person_id = p.person_id) as roles
    into entering
    from person p join partner b on b.partner_id = p.partner_id
    where p.issuer = enter.issuer and p.subject = enter.subject and p.disabled_at is null and b.status = 'active';
    -- Said of a stranger too: whatever stood there before, nothing of it holds from here on.
    perform set_config('app.is_system', '', true),
            set_config('app.person_id', coalesce(entering.person_id::text, ''), true),
            set_config('app.partner_id', coalesce(entering.partner_id::text, ''), true),
            set_config('app.is_brand', case when entering.is_brand then 'yes' else '' end, true),
            set_config('app.roles', coalesce(entering.roles, ''), true),
            set_config('app.actor', coalesce(entering.number, ''), true);
end $$;
comment on function enter(text, text) is 'Begins a transaction on behalf of a person: tenant, person and roles come from the tables, not from the token.';
alter function enter(text, text) owner to portal_definer;

-- The tree, unrolled. A partner that moves takes its subtree along; a move below itself is refused.
create function partner_line_follows() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        -- one move at a time: two that each look harmless could close a loop, and nobody may join the tree while a part of it moves
        perform pg_advisory_xact_lock(hashtextextended('the supply tree', 0));
        if exists (select from partner_line l where l.ancestor_id = new.partner_id and l.partner_id = new.upstream_id) then
            raise exception 'Partner % cannot be placed below itself.', new.number
                using errcode = 'check_violation', constraint = 'the_supply_tree_has_no_loop';
        end if;
        delete from partner_line l
        using partner_line sub, partner_line above
        where sub.ancestor_id = new.partner_id and l.partner_id = sub.partner_id
          and above.partner_id = new.partner_id and above.distance > 0 and l.ancestor_id = above.ancestor_id;
        insert into partner_line (ancestor_id, partner_id, distance)
        select above.ancestor_id, sub.partner_id, above.distance + 1 + sub.distance
        from partner_line above cross join partner_line sub
        where above.partner_id = new.upstream_id and sub.ancestor_id = new.partner_id;
    else
        perform pg_advisory_xact_lock_shared(hashtextextended('the supply tree', 0));
        insert into partner_line (ancestor_id, partner_id, distance)
        select l.ancestor_id, new.partner_id, l.distance + 1 from partner_line l where l.partner_id = new.upstream_id
        union all select new.partner_id, new.partner_id, 0;
    end if;
    return null;
end $$;
alter function partner_line_follows() owner to portal_definer;
create trigger a_new_partner_joins_the_tree after insert on partner for each row execute function partner_line_follows();
create trigger a_partner_moves_with_its_subtree after update of upstream_id on partner for each row
    when (old.upstream_id is distinct from new.upstream_id) execute function partner_line_follows();

-- A brand role is for the brand's people only, and a partner's for partners' only; whoever writes the row.
create function person_role_fits() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    if (select (b.partner_type = 'brand') from person p join partner b on b.partner_id = p.partner_id where p.person_id = new.person_id)
       <> (new.role in ('brand_admin', 'channel_manager', 'deal_desk', 'finance')) then
        raise exception 'Role % does not belong to this person''s company.', new.role
            using errcode = 'check_violation', constraint = 'a_role_fits_the_company';
    end if;
    return new;
end $$;
alter function person_role_fits() owner to portal_definer;
create trigger a_role_fits_the_company before insert or update on person_role for each row execute function person_role_fits();

alter table territory enable row level security;
alter table territory force row level security;
create policy territories_are_read_by_whoever_is_signed_in on territory for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy territories_are_kept_by_the_brand on territory
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));

alter table partner_line enable row level security;
alter table partner_line force row level security;
create policy lines_are_seen_from_above_and_below on partner_line for select
    using (ancestor_id = (select app_partner_id()) or partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy lines_are_kept_by_the_trigger on partner_line to portal_definer using (true) with check (true);

alter table partner enable row level security;
alter table partner force row level security;
-- A partner sees itself, the tree below it and the one it buys from.
create policy partners_see_their_branch on partner for select using (
    (select app_is_brand())
    or partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id()))
    or partner_id = (select l.ancestor_id from partner_line l where l.partner_id = (select app_partner_id()) and l.distance = 1));
create policy partners_are_kept_by_the_brand on partner
    using ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager')));
create policy partners_are_known_to_the_definer on partner for select to portal_definer using (true);

alter table person enable row level security;
alter table person force row level security;
create policy people_see_their_colleagues on person for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy people_are_kept_by_their_admin on person
    using ((select app_has_role('brand_admin')) or (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin'))))
    with check ((select app_has_role('brand_admin')) or (partner_id = (select app_partner_id()) and (select app_has_role('partner_admin'))));
-- Nobody moves to another company or takes over another sign-in, whatever the policies would let through.
revoke update on person from portal_app;
grant update (name, email, language, time_zone, theme, disabled_at, version) on person to portal_app;
create policy people_keep_their_own_preferences on person for update
    using (person_id = (select app_person_id())) with check (person_id = (select app_person_id()));
create policy people_are_known_to_the_definer on person for select to portal_definer using (true);

alter table person_role enable row level security;
alter table person_role force row level security;
create policy roles_are_seen_with_the_person on person_role for select
    using (exists (select from person p where p.person_id = person_role.person_id));
create policy roles_are_kept_by_the_admin on person_role
    using (((select app_has_role('brand_admin')) or (select app_has_role('partner_admin'))) and exists (select from person p where p.person_id = person_role.person_id))
    with check (((select app_has_role('brand_admin')) or (select app_has_role('partner_admin'))) and exists (select from person p where p.person_id = person_role.person_id));
create policy roles_are_known_to_the_definer on person_role for select to portal_definer using (true);

alter table partner_channel_manager enable row level security;
alter table partner_channel_manager force row level security;
create policy channel_managers_are_seen on partner_channel_manager for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy channel_managers_are_named_by_the_brand on partner_channel_manager using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));

-- The audit of a partner's records is the partner's to read; acts without a partner are the brand's alone.
create index audit_entry_by_partner on audit_entry using gin (partner_ids);
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy audit_is_read_by_its_partners on audit_entry for select using ((select app_partner_id()) = any (partner_ids) or (select app_is_brand()));
create policy audit_is_chained_by_the_definer on audit_entry for select to portal_definer using (true);
create policy audit_is_written_by_whoever_acts on audit_entry for insert with check (true);
