-- What comes instead of something sold by the term is had for the same term: a change says from when until when, as the order's line will.
alter table order_change_line
    add column term_start  date,
    add column term_end    date,
    add column term_months integer,
    add constraint the_term_of_a_substitute_is_whole check (num_nonnulls(term_start, term_end, term_months) in (0, 3) and term_start <= term_end),
    add constraint a_term_is_of_a_substitute check (term_start is null or substitute_id is not null);
comment on column order_change_line.term_start is 'The first day for which the substitute is had; its price is for one piece over all of that term. Null for what is not sold by the term.';
