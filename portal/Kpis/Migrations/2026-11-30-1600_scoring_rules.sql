-- What a line earns below its threshold, what a card asks at least, and what it grants at most. A card that stood before keeps its score: nothing below the threshold, no condition, and no more than its lines grant.
alter table scorecard_line add column below text not null default 'nothing';
alter table scorecard_line add column below_share numeric(5, 4) not null default 0;
alter table scorecard_line add constraint credit_below_is_known check (below in ('nothing', 'share', 'fixed'));
alter table scorecard_line add constraint credit_below_is_a_share check ((below = 'nothing') = (below_share = 0) and below_share between 0 and 1);
-- Who comes to the threshold must not earn less than who stays under it.
alter table scorecard_line add constraint the_threshold_is_worth_reaching check (below <> 'fixed' or below_share <= threshold);
comment on column scorecard_line.below is 'Credit under the threshold: nothing, a share of the attainment, or a fixed share of the weight for whoever has reached anything.';

alter table scorecard add column most_points numeric(5, 2) not null default 200;
alter table scorecard add column unmet text not null default 'no_points';
alter table scorecard add constraint the_bonus_has_an_end check (most_points between 100 and 200);
alter table scorecard add constraint what_follows_is_known check (unmet in ('no_points', 'no_promotion'));
comment on column scorecard.most_points is 'All points together are no more than this (bonus cap): 100 is all targets just reached.';
comment on column scorecard.unmet is 'What follows where a minimum condition is not met: no points in the period, or points and no promotion.';

create table scorecard_condition (
    scorecard_id      bigint         not null references scorecard on delete cascade,
    kpi_definition_id bigint         not null references kpi_definition,
    bound             numeric(20, 4) not null,
    primary key (scorecard_id, kpi_definition_id),
    constraint a_condition_is_a_figure check (bound between -1000000000000 and 1000000000000)
);
comment on table scorecard_condition is 'A minimum condition (最低条件) of a card: the figure must be more than the bound, and less where less is better. No figure at all does not meet it.';
alter table scorecard_condition enable row level security;
alter table scorecard_condition force row level security;
create policy conditions_are_read_by_whoever_is_signed_in on scorecard_condition for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy conditions_are_kept_by_the_brand on scorecard_condition using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
