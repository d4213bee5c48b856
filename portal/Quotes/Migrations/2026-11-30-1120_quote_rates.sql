-- A quote in a currency for which its seller has no prices: converted from its own by a rate that is frozen with the revision.
alter table quote_revision
    add column price_currency text references currency,
    add column exchange_rate  numeric(20, 10),
    add column rate_on        date,
    add column rate_since     date,
    add column rate_source    text,
    add column rate_on_paper  boolean not null default false,
    add constraint a_rate_says_from_what_when_and_by_whom check ((exchange_rate is null) = (price_currency is null) and (exchange_rate is null) = (rate_on is null) and (exchange_rate is null) = (rate_source is null)),
    add constraint a_quotes_rate_is_positive check (exchange_rate > 0),
    add constraint a_rate_has_a_known_source check (rate_source in ('finance'));
comment on column quote_revision.exchange_rate is 'What one unit of price_currency is in the quote''s currency; the unit prices were converted by it and rounded.';
comment on column quote_revision.rate_on is 'The day whose rate it is.';
comment on column quote_revision.rate_since is 'Since when the rate had held; null between the brand''s currency and itself.';
comment on column quote_revision.rate_source is 'finance: of the rates that the brand''s finance enters.';
comment on column quote_revision.rate_on_paper is 'The rate is printed.';
create index quote_revision_by_price_currency on quote_revision (price_currency) where price_currency is not null;
grant update (currency) on quote to {schema}_app;
