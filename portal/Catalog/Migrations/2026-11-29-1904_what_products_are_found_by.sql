-- All that a product is found by, in one text in small letters: each word that is looked for is compared once for each product, with an index where the word has three letters or more.
alter table product add column search_text text generated always as (
    lower(sku || ' ' || name || ' ' || coalesce(name_zh, '') || ' ' || coalesce(category, '') || ' ' || coalesce(colour, '') || ' ' || coalesce(size, '') || ' ' || coalesce(gtin, ''))) stored;
comment on column product.search_text is 'All that a product is found by, in small letters.';
create index product_by_search_text on product using gin (search_text gin_trgm_ops);
