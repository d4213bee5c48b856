-- A line of something sold by the term says from when until when it is had, and which subscription it adds to or renews.
alter table purchase_order_line
    add column term_start   date,
    add column term_end     date,
    add column term_months  integer,
    add column subscription text,
    add constraint an_ordered_term_has_both_ends check (case when term_start is null then num_nonnulls(term_end, term_months, subscription) = 0 else term_start <= term_end and num_nonnulls(term_months, subscription) > 0 end),
    add constraint the_months_of_an_ordered_term_are_bounded check (term_months between 1 and 120),
    add constraint an_order_line_is_of_a_subscription_of_its_buyer foreign key (subscription, buyer_id) references subscription (number, buyer_id);
comment on column purchase_order_line.term_start is 'The first day of its term; the unit price is for one piece over all of it. Null for what is not sold by the term.';
comment on column purchase_order_line.term_months is 'For how many months; null where it ends with the subscription that it adds to.';
comment on column purchase_order_line.subscription is 'The number of the buyer''s subscription that it renews, or adds to where term_months is null.';
create index purchase_order_line_with_term on purchase_order_line (purchase_order_id) where term_start is not null;
create index purchase_order_line_by_subscription on purchase_order_line (subscription) where subscription is not null;
