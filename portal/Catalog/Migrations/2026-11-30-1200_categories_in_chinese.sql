-- A category and a colour have a Chinese name as the product has: who reads Chinese finds, narrows and reads in Chinese.
alter table product
    add column category_zh text,
    add column colour_zh text;
comment on column product.category_zh is 'The category as people who read Chinese know it; the other one is what rules name.';
comment on column product.colour_zh is 'The colour as people who read Chinese know it.';

drop index product_by_search_text;
alter table product drop column search_text;
alter table product add column search_text text generated always as (
    lower(sku || ' ' || name || ' ' || coalesce(name_zh, '') || ' ' || coalesce(category, '') || ' ' || coalesce(category_zh, '') || ' ' || coalesce(colour, '') || ' ' || coalesce(colour_zh, '') || ' '
          || coalesce(size, '') || ' ' || coalesce(gtin, ''))) stored;
comment on column product.search_text is 'All that a product is found by, in small letters.';
create index product_by_search_text on product using gin (search_text gin_trgm_ops);
