-- Favourites (收藏): products that a person wants to find again.
create table favourite_product (
    person_id  bigint      not null references person on delete cascade,
    product_id bigint      not null references product,
    added_at   timestamptz not null,
    primary key (person_id, product_id)
);
comment on table favourite_product is 'A product that a person has marked to find it again (收藏).';
create index favourite_product_by_product on favourite_product (product_id);
alter table favourite_product enable row level security;
alter table favourite_product force row level security;
create policy favourites_are_their_persons on favourite_product using (person_id = (select app_person_id())) with check (person_id = (select app_person_id()));
revoke update, truncate on favourite_product from {schema}_app;
