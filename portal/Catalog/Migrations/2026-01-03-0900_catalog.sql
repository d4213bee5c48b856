-- Catalog (产品目录): what the brand sells.
create table product_line (
    product_line_id bigint generated always as identity primary key,
    code            text not null unique,
    name            text not null,
    name_zh         text not null,
    constraint a_product_line_has_a_code check (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$')
);
comment on table product_line is 'A line of products (产品线); claims, targets and price rules refer to it.';

create table product (
    product_id      bigint generated always as identity primary key,
    sku             text    not null unique,
    name            text    not null,
    name_zh         text,
    product_line_id bigint  not null references product_line,
    category        text,
    colour          text,
    size            text,
    weight          numeric(12, 3),
    unit            text    not null default 'piece',
    status          text    not null default 'active',
    created_at      timestamptz not null,
    version         integer not null default 1,
    constraint a_sku_is_readable check (sku ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$'),
    constraint a_product_has_a_name check (name = btrim(name) and char_length(name) between 1 and 200),
    constraint product_status_is_known check (status in ('active', 'discontinued'))
);
comment on table product is 'One thing that can be ordered, known by its SKU.';
create index product_by_line on product (product_line_id);
create index product_by_name on product using gin (name gin_trgm_ops, name_zh gin_trgm_ops, sku gin_trgm_ops);

create table product_cost (
    product_id bigint primary key references product on delete cascade,
    currency   text           not null references currency,
    unit_cost  numeric(18, 4) not null,
    constraint a_cost_is_not_negative check (unit_cost >= 0)
);
comment on table product_cost is 'What a product costs the brand; nobody else sees a row of it.';

alter table product_line enable row level security;
alter table product_line force row level security;
create policy product_lines_are_read_by_whoever_is_signed_in on product_line for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy product_lines_are_kept_by_the_brand on product_line using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));

alter table product enable row level security;
alter table product force row level security;
create policy products_are_read_by_whoever_is_signed_in on product for select using ((select app_partner_id()) is not null or (select app_is_brand()));
create policy products_are_kept_by_the_brand on product using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
create policy products_are_known_to_the_definer on product for select to {schema}_definer using (true);

alter table product_cost enable row level security;
alter table product_cost force row level security;
create policy costs_are_seen_by_the_brand on product_cost for select using ((select app_is_brand()));
create policy costs_are_kept_by_the_brand on product_cost
    using ((select app_has_role('brand_admin')) or (select app_has_role('finance')))
    with check ((select app_has_role('brand_admin')) or (select app_has_role('finance')));
-- Orders, prices and claims speak of products and lines; they are discontinued, not deleted.
revoke delete on product_line, product from {schema}_app;
