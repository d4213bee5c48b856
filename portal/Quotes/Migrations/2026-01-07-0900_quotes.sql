-- Quotes (报价): what a partner offers an end customer, in revisions that are never edited once sent.
create table quote_authority (
    partner_level text          primary key,
    most          numeric(5, 4) not null,
    constraint authority_level_is_known check (partner_level in ('registered', 'silver', 'gold', 'platinum')),
    constraint authority_is_a_share check (most between 0 and 1)
);
comment on table quote_authority is 'How much a partner of a level may take off by hand before the brand''s deal desk has to approve.';
insert into quote_authority (partner_level, most) values ('registered', 0.05), ('silver', 0.08), ('gold', 0.10), ('platinum', 0.15);
revoke insert, delete on quote_authority from portal_app;

create table quote (
    quote_id        bigint generated always as identity primary key,
    number          text        not null unique,
    partner_id      bigint      not null references partner,
    end_customer_id bigint      not null references end_customer,
    deal_id         bigint      references deal,
    currency        text        not null references currency,
    status          text        not null default 'draft',
    current_revision integer    not null default 1,
    first_sent_on   date,
    created_by      bigint      references person,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    version         integer     not null default 1,
    constraint quote_status_is_known check (status in (
        'draft', 'pending_approval', 'approved', 'sent', 'accepted', 'declined', 'expired', 'withdrawn', 'ordered')),
    constraint a_quote_counts_its_revisions_from_one check (current_revision >= 1),
    constraint what_was_sent_has_its_day check (status not in ('sent', 'accepted', 'declined', 'ordered') or first_sent_on is not null)
);
comment on table quote is 'One offer of a partner to an end customer, with the state of its current revision.';
create index quote_by_partner on quote (partner_id, updated_at desc, quote_id desc);
create index quote_by_time on quote (updated_at desc, quote_id desc);
create index quote_waiting on quote (status, updated_at) where status in ('pending_approval', 'sent');
create index quote_by_customer on quote (end_customer_id);
create index quote_by_deal on quote (deal_id) where deal_id is not null;

create table quote_revision (
    quote_revision_id bigint generated always as identity primary key,
    quote_id       bigint         not null references quote,
    partner_id     bigint         not null references partner,
    revision       integer        not null,
    valid_until    date           not null,
    tax_rate       numeric(5, 4)  not null default 0,
    terms          text,
    net_total      numeric(18, 4) not null,
    tax_total      numeric(18, 4) not null,
    grand_total    numeric(18, 4) not null,
    most_discount  numeric(5, 4)  not null,
    frozen_at      timestamptz,
    frozen         jsonb,
    frozen_sha256  bytea,
    constraint a_revision_is_counted_once unique (quote_id, revision),
    constraint a_tax_rate_is_a_share check (tax_rate between 0 and 1),
    constraint terms_are_bounded check (char_length(terms) between 1 and 10000),
    constraint totals_add_up check (grand_total = net_total + tax_total),
    constraint what_is_frozen_is_whole check ((frozen_at is null) = (frozen is null) and (frozen_at is null) = (frozen_sha256 is null))
);
comment on table quote_revision is 'One version of an offer. frozen holds all that is printed, with its hash, from the moment it was sent.';

create table quote_line (
    quote_line_id     bigint generated always as identity primary key,
    quote_revision_id bigint         not null references quote_revision,
    partner_id        bigint         not null references partner,
    line_number       integer        not null,
    product_id        bigint         not null references product,
    quantity          integer        not null,
    price             numeric(18, 4) not null,
    discount          numeric(5, 4)  not null default 0,
    unit_price        numeric(18, 4) not null,
    amount            numeric(18, 4) not null,
    price_steps       jsonb          not null default '[]',
    constraint a_quote_line_is_counted_once unique (quote_revision_id, line_number),
    constraint a_quote_line_offers_something check (quantity between 1 and 1000000),
    constraint a_discount_is_a_share check (discount between 0 and 1),
    constraint a_quote_price_is_not_negative check (price >= 0 and unit_price >= 0 and amount >= 0)
);
comment on table quote_line is 'One product of an offer: the price with its steps, what was taken off by hand, and the amount rounded to the currency.';

create table quote_file (
    quote_revision_id bigint      not null references quote_revision,
    partner_id        bigint      not null references partner,
    kind              text        not null,
    language          text        not null,
    content           bytea       not null,
    sha256            bytea       not null,
    made_at           timestamptz not null,
    primary key (quote_revision_id, kind, language),
    constraint quote_file_kind_is_known check (kind in ('pdf', 'xlsx')),
    constraint quote_file_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table quote_file is 'A file made once of a frozen revision; every download gets the same bytes.';
alter table quote_file alter column content set storage external;

create table quote_act (
    quote_act_id bigint generated always as identity primary key,
    quote_id     bigint      not null references quote,
    partner_id   bigint      not null references partner,
    revision     integer     not null,
    act          text        not null,
    to_status    text        not null,
    reason       text,
    person_id    bigint      references person,
    happened_at  timestamptz not null,
    constraint a_negative_quote_act_has_a_reason check (act not in ('reject', 'decline', 'withdraw') or char_length(btrim(reason)) between 1 and 1000)
);
comment on table quote_act is 'Who took an offer from one state to the next, when and why.';
create index quote_act_by_quote on quote_act (quote_id, quote_act_id);

-- Once a revision is frozen, nothing of it changes; whoever writes.
create function frozen_stays_frozen() returns trigger language plpgsql as $$
begin
    if old.frozen_at is not null then
        raise exception 'A sent revision is not changed; make a new one.' using errcode = 'check_violation', constraint = 'a_sent_revision_stays';
    end if;
    return coalesce(new, old);
end $$;
create trigger a_sent_revision_stays before update or delete on quote_revision for each row execute function frozen_stays_frozen();

create function lines_of_the_frozen_stay() returns trigger language plpgsql security definer set search_path = portal, public, pg_temp as $$
begin
    if exists (select from quote_revision r where r.quote_revision_id = coalesce(old.quote_revision_id, new.quote_revision_id) and r.frozen_at is not null) then
        raise exception 'A sent revision is not changed; make a new one.' using errcode = 'check_violation', constraint = 'a_sent_revision_stays';
    end if;
    return coalesce(new, old);
end $$;
alter function lines_of_the_frozen_stay() owner to portal_definer;
create trigger lines_of_a_sent_revision_stay before insert or update or delete on quote_line for each row execute function lines_of_the_frozen_stay();

alter table quote_authority enable row level security;
alter table quote_authority force row level security;
create policy authorities_are_read_by_whoever_is_signed_in on quote_authority for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy authorities_are_set_by_the_brand on quote_authority for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));

alter table quote enable row level security;
alter table quote force row level security;
create policy quotes_are_seen_by_their_partner on quote for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quotes_are_written_by_their_partner on quote for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy quotes_are_taken_on_by_partner_and_deal_desk on quote for update
    using (partner_id = (select app_partner_id()) or (select app_has_role('deal_desk')) or (select app_has_role('brand_admin')));
revoke update, delete, truncate on quote from portal_app;
grant update (status, current_revision, first_sent_on, end_customer_id, deal_id, updated_at, version) on quote to portal_app;

alter table quote_revision enable row level security;
alter table quote_revision force row level security;
create policy revisions_are_seen_with_their_quote on quote_revision for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy revisions_are_written_by_their_partner on quote_revision for all
    using (partner_id = (select app_partner_id()) or (select app_is_system())) with check (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy revisions_are_known_to_the_definer on quote_revision for select to portal_definer using (true);
revoke delete, truncate on quote_revision from portal_app;

alter table quote_line enable row level security;
alter table quote_line force row level security;
create policy quote_lines_are_seen_with_their_quote on quote_line for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_lines_are_written_by_their_partner on quote_line for all
    using (partner_id = (select app_partner_id()) or (select app_is_system())) with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke truncate on quote_line from portal_app;

alter table quote_file enable row level security;
alter table quote_file force row level security;
create policy quote_files_are_seen_with_their_quote on quote_file for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
-- The brand may be the first to open a file of a partner's quote; what it makes is what the frozen revision says.
create policy quote_files_are_made_by_whoever_opens_them_first on quote_file for insert with check (partner_id = (select app_partner_id()) or (select app_is_brand()));
revoke update, delete, truncate on quote_file from portal_app;

alter table quote_act enable row level security;
alter table quote_act force row level security;
create policy quote_acts_are_seen_with_their_quote on quote_act for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy quote_acts_are_added_by_both_sides on quote_act for insert
    with check (partner_id = (select app_partner_id()) or (select app_has_role('deal_desk')) or (select app_has_role('brand_admin')));
revoke update, delete, truncate on quote_act from portal_app;
