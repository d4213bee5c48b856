-- Lines in groups, lines that the customer may choose on top or instead of others, and what the goods cost the one who offers them.
alter table quote_line
    add column section        text,
    add column choice         text    not null default 'included',
    add column alternative_to integer,
    add column floor_price    numeric(18, 4),
    add constraint a_section_has_a_short_name check (char_length(btrim(section)) between 1 and 120),
    add constraint quote_choice_is_known check (choice in ('included', 'optional', 'alternative')),
    add constraint an_alternative_stands_for_a_line check ((choice = 'alternative') = (alternative_to is not null) and alternative_to < line_number),
    add constraint an_alternative_stands_for_a_line_of_its_revision foreign key (quote_revision_id, alternative_to) references quote_line (quote_revision_id, line_number);
comment on column quote_line.section is 'The heading it stands under; lines that follow each other under the same one have a subtotal.';
comment on column quote_line.choice is 'included: counts in the totals; optional: can be had on top; alternative: can be had instead of the line alternative_to. The latter two count in no total.';
comment on column quote_line.floor_price is 'Below this the brand wanted to be asked on the day the line was priced; null where it had said nothing.';
create index quote_line_by_alternative on quote_line (quote_revision_id, alternative_to) where alternative_to is not null;

-- For the seller's eyes, and for those who approve: never printed, and nothing of the frozen content.
create table quote_cost (
    quote_revision_id bigint         not null,
    line_number       integer        not null,
    partner_id        bigint         not null references partner,
    unit_cost         numeric(18, 4) not null,
    primary key (quote_revision_id, line_number),
    constraint a_cost_is_of_a_line foreign key (quote_revision_id, line_number) references quote_line (quote_revision_id, line_number) on delete cascade,
    constraint a_cost_is_not_negative check (unit_cost >= 0)
);
comment on table quote_cost is 'What a piece of a line would have cost the seller at the company above it on the day it was priced; no row where it has no price there.';
create index quote_cost_by_partner on quote_cost (partner_id);
create trigger costs_of_a_sent_revision_stay before insert or update or delete on quote_cost for each row execute function lines_of_the_frozen_stay();

alter table quote_cost enable row level security;
alter table quote_cost force row level security;
create policy costs_are_seen_by_those_who_sell_and_approve on quote_cost for select using (
    (partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')) or (select app_has_role('finance'))))
    or (select app_has_role('deal_desk')) or (select app_has_role('brand_admin')) or (select app_is_system()));
create policy costs_are_written_with_their_quote on quote_cost for insert with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke update, delete, truncate on quote_cost from {schema}_app;

alter table quote_authority
    add column least_margin numeric(5, 4),
    add constraint a_least_margin_is_a_share check (least_margin between 0 and 1);
comment on column quote_authority.least_margin is 'The margin below which the deal desk has to approve, as a share of the net total; null: nobody asks.';
