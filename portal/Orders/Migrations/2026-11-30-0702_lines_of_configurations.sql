-- Lines that were configured together say by which configuration; only one of the buyer's can be named.
alter table purchase_order_line
    add column configuration text,
    add constraint an_order_line_is_of_a_configuration_of_its_buyer foreign key (configuration, buyer_id) references configuration (number, partner_id);
comment on column purchase_order_line.configuration is 'The number of the buyer''s configuration it comes from; lines of one belong together.';
create index purchase_order_line_by_configuration on purchase_order_line (configuration) where configuration is not null;
