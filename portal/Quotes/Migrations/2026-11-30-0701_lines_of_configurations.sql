-- Lines that were configured together say by which configuration; only one of the own company can be named.
alter table quote_line
    add column configuration text,
    add constraint a_quote_line_is_of_an_own_configuration foreign key (configuration, partner_id) references configuration (number, partner_id);
comment on column quote_line.configuration is 'The number of the configuration it comes from; lines of one belong together.';
create index quote_line_by_configuration on quote_line (configuration) where configuration is not null;
