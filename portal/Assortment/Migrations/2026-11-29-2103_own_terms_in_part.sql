-- Who says only how long it takes sells in the product's own quantities.
alter table seller_terms alter column min_quantity drop not null, alter column min_quantity drop default, alter column order_multiple drop not null, alter column order_multiple drop default;
comment on table seller_terms is 'How a seller sells a product otherwise than the product itself says (销售条件); what is null is as the product says.';
