-- A line of something sold by the term says from when until when it is had, and which subscription it adds to or renews.
alter table quote_line
    add column term_start   date,
    add column term_end     date,
    add column term_months  integer,
    add column subscription text,
    add constraint a_quoted_term_has_both_ends check (case when term_start is null then num_nonnulls(term_end, term_months, subscription) = 0 else term_start <= term_end and num_nonnulls(term_months, subscription) > 0 end),
    add constraint the_months_of_a_quoted_term_are_bounded check (term_months between 1 and 120),
    add constraint a_quote_line_is_of_an_own_subscription foreign key (subscription, partner_id) references subscription (number, seller_id);
comment on column quote_line.term_start is 'The first day of its term; the prices of the line are for one piece over all of it. Null for what is not sold by the term.';
comment on column quote_line.term_months is 'For how many months; null where it ends with the subscription that it adds to.';
comment on column quote_line.subscription is 'The number of the subscription that it renews, or adds to where term_months is null.';
create index quote_line_by_subscription on quote_line (subscription) where subscription is not null;
create policy quote_lines_are_known_to_the_definer on quote_line for select to {schema}_definer using (true);
