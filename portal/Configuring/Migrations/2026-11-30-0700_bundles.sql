-- Bundles (配置套装): what can be configured, kept by the brand in versions. A version is a draft until it is published; from then on it stays as it is, and what was configured by it can be explained.
create table bundle (
    bundle_id  bigint generated always as identity primary key,
    code       text        not null unique,
    created_at timestamptz not null,
    constraint a_bundle_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$')
);
comment on table bundle is 'One thing that can be configured (配置套装); what it consists of stands in its versions.';

create table bundle_version (
    bundle_version_id bigint generated always as identity primary key,
    bundle_id      bigint      not null references bundle,
    version        integer     not null,
    name           text        not null,
    name_zh        text        not null,
    description    text,
    description_zh text,
    product_id     bigint      references product,
    asks_seats     boolean     not null default false,
    valid          daterange,
    published_at   timestamptz,
    published_by   bigint      references person,
    changed_at     timestamptz not null,
    row_version    integer     not null default 1,
    constraint versions_of_a_bundle_are_counted unique (bundle_id, version),
    constraint versions_of_a_bundle_begin_with_one check (version >= 1),
    constraint a_bundle_has_names check (name = btrim(name) and char_length(name) between 1 and 200 and name_zh = btrim(name_zh) and char_length(name_zh) between 1 and 200),
    constraint the_text_of_a_bundle_is_bounded check (char_length(description) between 1 and 2000 and char_length(description_zh) between 1 and 2000),
    constraint what_is_published_has_its_days check ((published_at is null) = (valid is null)),
    constraint one_version_holds_at_a_time exclude using gist (bundle_id with =, valid with &&) where (published_at is not null)
);
comment on table bundle_version is 'One version of a bundle: a draft, or published with the days on which it holds. One that was replaced before its first day keeps an empty range.';
comment on column bundle_version.product_id is 'The product that is configured itself; none where the bundle is only its options.';
comment on column bundle_version.asks_seats is 'Whoever configures says for how many seats it is.';
create unique index a_bundle_has_one_draft on bundle_version (bundle_id) where published_at is null;
create index bundle_version_by_product on bundle_version (product_id) where product_id is not null;

create table bundle_group (
    bundle_version_id bigint  not null references bundle_version,
    code              text    not null,
    place             integer not null,
    name              text    not null,
    name_zh           text    not null,
    least             integer not null,
    most              integer,
    primary key (bundle_version_id, code),
    constraint a_group_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$'),
    constraint a_group_has_names check (char_length(btrim(name)) between 1 and 200 and char_length(btrim(name_zh)) between 1 and 200),
    constraint of_a_group_so_many_are_chosen check (least between 0 and 200 and (most is null or (most >= 1 and most >= least)))
);
comment on table bundle_group is 'A group of options (选项组), and how many of them are chosen: least 1 and most 1 is a choice of one, no most any number.';

create table bundle_option (
    bundle_option_id  bigint generated always as identity primary key,
    bundle_version_id bigint  not null,
    group_code        text    not null,
    place             integer not null,
    product_id        bigint  not null references product,
    inclusion         text    not null,
    quantity_rule     text    not null,
    quantity          integer not null,
    seats             integer,
    least             integer,
    most              integer,
    multiple          integer not null default 1,
    note              text,
    note_zh           text,
    foreign key (bundle_version_id, group_code) references bundle_group (bundle_version_id, code),
    constraint a_product_is_an_option_once unique (bundle_version_id, product_id),
    constraint an_option_is_of_its_version unique (bundle_version_id, bundle_option_id),
    constraint the_inclusion_of_an_option_is_known check (inclusion in ('required', 'default', 'optional', 'excluded')),
    constraint the_quantity_rule_is_known check (quantity_rule in ('fixed', 'per_unit', 'per_seats', 'chosen')),
    constraint an_option_has_a_quantity check (quantity between 1 and 1000000),
    constraint seats_are_counted_where_the_rule_says_so check ((quantity_rule = 'per_seats') = (seats is not null) and (seats is null or seats between 1 and 1000000)),
    constraint quantities_of_an_option_are_bounded check (least between 1 and 1000000 and most between 1 and 1000000 and (least is null or most is null or least <= most)),
    constraint a_multiple_of_an_option_is_bounded check (multiple between 1 and 1000000),
    constraint what_is_excluded_says_why check (inclusion <> 'excluded' or (note is not null and note_zh is not null)),
    constraint the_note_of_an_option_is_bounded check (char_length(note) between 1 and 500 and char_length(note_zh) between 1 and 500)
);
comment on table bundle_option is 'A product that can be, is, or can not be in a bundle, and how many of it.';
comment on column bundle_option.quantity_rule is 'fixed: so many in all; per_unit: so many for each unit; per_seats: so many for each so many seats, begun ones count whole; chosen: whoever configures says how many.';
create index bundle_option_by_product on bundle_option (product_id);

create table bundle_rule (
    bundle_rule_id    bigint generated always as identity primary key,
    bundle_version_id bigint  not null references bundle_version,
    place             integer not null,
    kind              text    not null,
    when_option_id    bigint,
    count             integer,
    why               text    not null,
    why_zh            text    not null,
    foreign key (bundle_version_id, when_option_id) references bundle_option (bundle_version_id, bundle_option_id),
    constraint a_rule_is_of_its_version unique (bundle_version_id, bundle_rule_id),
    constraint the_kind_of_a_bundle_rule_is_known check (kind in ('requires', 'excludes', 'at_least', 'at_most')),
    constraint what_requires_or_excludes_is_named check (kind in ('at_least', 'at_most') or when_option_id is not null),
    constraint what_is_counted_has_a_count check ((kind in ('at_least', 'at_most')) = (count is not null) and (count is null or count between 0 and 200)),
    constraint a_bundle_rule_says_why check (char_length(btrim(why)) between 1 and 500 and char_length(btrim(why_zh)) between 1 and 500)
);
comment on table bundle_rule is 'What goes with what, with the reason in words: an option requires all of the named ones, excludes them, or (with or without it) at least or at most so many of them are chosen.';

create table bundle_rule_option (
    bundle_version_id bigint not null,
    bundle_rule_id    bigint not null,
    bundle_option_id  bigint not null,
    primary key (bundle_rule_id, bundle_option_id),
    foreign key (bundle_version_id, bundle_rule_id) references bundle_rule (bundle_version_id, bundle_rule_id),
    foreign key (bundle_version_id, bundle_option_id) references bundle_option (bundle_version_id, bundle_option_id)
);
comment on table bundle_rule_option is 'The options that a rule is about.';

-- What was published is not rewritten; only the end of its days may come.
create function a_published_bundle_stays() returns trigger language plpgsql as $$
begin
    if old.published_at is not null and (tg_op = 'DELETE' or (to_jsonb(new) - 'valid' - 'row_version') <> (to_jsonb(old) - 'valid' - 'row_version') or (not isempty(new.valid) and lower(new.valid) is distinct from lower(old.valid))) then
        raise exception 'A published version is not changed; make a new one.' using errcode = 'check_violation', constraint = 'a_published_version_stays';
    end if;
    return coalesce(new, old);
end $$;
create trigger a_published_version_stays before update or delete on bundle_version for each row execute function a_published_bundle_stays();

create function parts_of_a_published_bundle_stay() returns trigger language plpgsql as $$
begin
    if exists (select from bundle_version v where v.bundle_version_id = coalesce(new.bundle_version_id, old.bundle_version_id) and v.published_at is not null) then
        raise exception 'A published version is not changed; make a new one.' using errcode = 'check_violation', constraint = 'a_published_version_stays';
    end if;
    return coalesce(new, old);
end $$;
create trigger groups_of_a_published_version_stay before insert or update or delete on bundle_group for each row execute function parts_of_a_published_bundle_stay();
create trigger options_of_a_published_version_stay before insert or update or delete on bundle_option for each row execute function parts_of_a_published_bundle_stay();
create trigger rules_of_a_published_version_stay before insert or update or delete on bundle_rule for each row execute function parts_of_a_published_bundle_stay();
create trigger named_options_of_a_published_version_stay before insert or update or delete on bundle_rule_option for each row execute function parts_of_a_published_bundle_stay();

alter table bundle enable row level security;
alter table bundle force row level security;
alter table bundle_version enable row level security;
alter table bundle_version force row level security;
alter table bundle_group enable row level security;
alter table bundle_group force row level security;
alter table bundle_option enable row level security;
alter table bundle_option force row level security;
alter table bundle_rule enable row level security;
alter table bundle_rule force row level security;
alter table bundle_rule_option enable row level security;
alter table bundle_rule_option force row level security;

-- Drafts are the brand's; what is published everybody may read.
create policy bundles_are_read_once_published on bundle for select using ((select app_is_brand()) or (select app_is_system()) or exists (select from bundle_version v where v.bundle_id = bundle.bundle_id));
create policy bundles_are_kept_by_the_brand on bundle for insert with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy versions_are_read_once_published on bundle_version for select
    using ((published_at is not null and (select app_partner_id()) is not null) or (select app_is_brand()) or (select app_is_system()));
create policy versions_are_kept_by_the_brand on bundle_version
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy groups_are_read_with_their_version on bundle_group for select using (exists (select from bundle_version v where v.bundle_version_id = bundle_group.bundle_version_id));
create policy groups_are_kept_by_the_brand on bundle_group
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy options_are_read_with_their_version on bundle_option for select using (exists (select from bundle_version v where v.bundle_version_id = bundle_option.bundle_version_id));
create policy options_are_kept_by_the_brand on bundle_option
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy bundle_rules_are_read_with_their_version on bundle_rule for select using (exists (select from bundle_version v where v.bundle_version_id = bundle_rule.bundle_version_id));
create policy bundle_rules_are_kept_by_the_brand on bundle_rule
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
create policy named_options_are_read_with_their_version on bundle_rule_option for select using (exists (select from bundle_version v where v.bundle_version_id = bundle_rule_option.bundle_version_id));
create policy named_options_are_kept_by_the_brand on bundle_rule_option
    using ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('deal_desk')) or (select app_is_system()));
revoke update, delete, truncate on bundle from {schema}_app;
revoke truncate on bundle_version, bundle_group, bundle_option, bundle_rule, bundle_rule_option from {schema}_app;

-- Configurations (配置): what somebody chose, by which version of the bundle. Changing one makes another.
create table configuration (
    configuration_id  bigint generated always as identity primary key,
    number            text        not null unique,
    partner_id        bigint      not null references partner,
    bundle_version_id bigint      not null references bundle_version,
    units             integer     not null,
    seats             integer,
    replaces_id       bigint      references configuration,
    created_by        bigint      references person,
    created_at        timestamptz not null,
    constraint a_configuration_is_of_its_partner unique (number, partner_id),
    constraint lines_are_of_the_partner_of_their_configuration unique (configuration_id, partner_id),
    constraint units_of_a_configuration_are_bounded check (units between 1 and 100000),
    constraint seats_of_a_configuration_are_bounded check (seats between 1 and 1000000)
);
comment on table configuration is 'What somebody chose of a bundle (配置): the version it was made by, and for how many units and seats. It is never changed; a change is another one that replaces it.';
create index configuration_by_partner on configuration (partner_id, configuration_id desc);
create index configuration_by_version on configuration (bundle_version_id);

create table configuration_line (
    configuration_id bigint  not null,
    partner_id       bigint  not null,
    line_number      integer not null,
    bundle_option_id bigint  references bundle_option,
    product_id       bigint  not null references product,
    quantity         integer not null,
    primary key (configuration_id, line_number),
    foreign key (configuration_id, partner_id) references configuration (configuration_id, partner_id),
    constraint a_product_is_configured_once unique (configuration_id, product_id),
    constraint a_configured_quantity_is_bounded check (quantity between 1 and 1000000)
);
comment on table configuration_line is 'A product of a configuration and how many; without an option it is the configured product itself.';

alter table configuration enable row level security;
alter table configuration force row level security;
alter table configuration_line enable row level security;
alter table configuration_line force row level security;
create policy configurations_are_seen_by_their_partner on configuration for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy configurations_are_made_by_their_partner on configuration for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy lines_are_seen_with_their_configuration on configuration_line for select using (partner_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy lines_are_made_with_their_configuration on configuration_line for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on configuration, configuration_line from {schema}_app;
