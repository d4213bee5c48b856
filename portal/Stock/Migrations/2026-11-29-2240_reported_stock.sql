-- Reported stock (数据上报): partners who do not run their stock here say what they hold, by product and day; it is held against what the ledger would have it be, and they explain the gap.
create table stock_reporting (
    partner_id   bigint      primary key references partner on delete cascade,
    every_days   integer     not null,
    since        date        not null,
    reminded_for date,
    changed_by   bigint      references person,
    changed_at   timestamptz not null,
    version      integer     not null default 1,
    constraint stock_is_reported_at_least_once_a_quarter check (every_days between 1 and 92)
);
comment on table stock_reporting is 'Partners whose stock is reported, not run here, and how often; the brand decides. reminded_for: the day a report was due of which they were reminded last.';
alter table stock_reporting enable row level security;
alter table stock_reporting force row level security;
create policy reporting_is_known_to_its_partner_and_the_brand on stock_reporting for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy reporting_is_begun_by_the_brand on stock_reporting for insert with check ((select app_is_system()) or (select app_is_brand()) and ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager'))));
create policy reporting_is_changed_by_the_brand on stock_reporting for update using ((select app_is_system()) or (select app_is_brand()) and ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager'))));
create policy reporting_is_ended_by_the_brand on stock_reporting for delete using ((select app_is_system()) or (select app_is_brand()) and ((select app_has_role('brand_admin')) or (select app_has_role('channel_manager'))));
revoke update, truncate on stock_reporting from {schema}_app;
grant update (every_days, since, reminded_for, changed_by, changed_at, version) on stock_reporting to {schema}_app;

create table stock_report (
    stock_report_id bigint generated always as identity primary key,
    number      text        not null unique,
    partner_id  bigint      not null references partner,
    as_of       date        not null,
    source      text        not null,
    note        text,
    reported_by bigint      references person,
    reported_at timestamptz not null,
    constraint the_source_of_a_report_is_known check (source in ('typed', 'file', 'api')),
    constraint the_note_of_a_report_is_short check (char_length(note) between 1 and 500)
);
comment on table stock_report is 'What a partner says it held at the end of a day (库存上报). Never changed: a later report of the same day takes its place.';
create index stock_report_by_partner on stock_report (partner_id, as_of desc, stock_report_id desc);

create table stock_report_line (
    stock_report_id bigint  not null references stock_report,
    product_id      bigint  not null references product,
    partner_id      bigint  not null references partner,
    as_of           date    not null,
    quantity        integer not null,
    calculated      bigint,
    calculated_from date,
    reason          text,
    note            text,
    explained_by    bigint  references person,
    explained_at    timestamptz,
    primary key (stock_report_id, product_id),
    constraint reported_stock_is_not_negative check (quantity between 0 and 1000000),
    constraint what_is_calculated_has_a_beginning check ((calculated is null) = (calculated_from is null)),
    constraint the_reason_of_a_gap_is_known check (reason in ('unreported_sales', 'unreported_purchase', 'returns', 'damaged', 'timing', 'counting', 'other')),
    constraint the_note_of_a_gap_is_short check (char_length(note) between 1 and 500),
    constraint another_reason_is_told check (reason is distinct from 'other' or note is not null),
    constraint an_explained_gap_has_its_moment check ((reason is null) = (explained_at is null))
);
comment on table stock_report_line is 'One product of a report. calculated: the last report before it and what the ledger moved since (in by receipts, out by sales); null for a first report. reason: what the partner says about the gap.';
create index stock_report_line_by_product on stock_report_line (partner_id, product_id, as_of desc, stock_report_id desc);

alter table stock_report enable row level security;
alter table stock_report force row level security;
create policy reports_are_seen_by_their_partner_and_the_brand on stock_report for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy reports_are_made_by_their_partner on stock_report for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on stock_report from {schema}_app;

alter table stock_report_line enable row level security;
alter table stock_report_line force row level security;
create policy reported_lines_are_seen_by_their_partner_and_the_brand on stock_report_line for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy reported_lines_are_made_by_their_partner on stock_report_line for insert with check (
    (partner_id = (select app_partner_id()) or (select app_is_system()))
    and exists (select from stock_report r where r.stock_report_id = stock_report_line.stock_report_id and r.partner_id = stock_report_line.partner_id and r.as_of = stock_report_line.as_of));
create policy gaps_are_explained_by_their_partner on stock_report_line for update using (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on stock_report_line from {schema}_app;
grant update (reason, note, explained_by, explained_at) on stock_report_line to {schema}_app;
