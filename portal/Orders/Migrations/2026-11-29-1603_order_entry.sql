-- Order entry (下单): the day on which a buyer wants a line, and lists of lines that a company orders again and again (订货清单).
alter table purchase_order_line add column requested_on date;
comment on column purchase_order_line.requested_on is 'The day by which the buyer wants the line (要求到货日); parts for different days are different lines.';

create table order_list (
    order_list_id bigint generated always as identity primary key,
    number        text        not null unique,
    partner_id    bigint      not null references partner on delete cascade,
    name          text        not null,
    kept_by       bigint      references person on delete set null,
    kept_at       timestamptz not null,
    constraint the_name_of_an_order_list_is_short check (char_length(name) between 1 and 100),
    constraint an_order_list_is_named_once unique (partner_id, name)
);
comment on table order_list is 'Lines that a company orders again and again, under a name (订货清单).';
create table order_list_line (
    order_list_id bigint  not null references order_list on delete cascade,
    line_number   integer not null,
    product_id    bigint  not null references product,
    quantity      integer not null,
    primary key (order_list_id, line_number),
    constraint a_list_line_orders_between_one_and_a_million check (quantity between 1 and 1000000)
);
comment on table order_list_line is 'One product of a list, with how many are usually ordered.';
alter table order_list enable row level security;
alter table order_list force row level security;
create policy lists_are_their_companys on order_list
    using (partner_id = (select app_partner_id()) or (select app_is_system()))
    with check (partner_id = (select app_partner_id()) or (select app_is_system()));
revoke truncate on order_list from portal_app;
alter table order_list_line enable row level security;
alter table order_list_line force row level security;
create policy lines_go_with_their_list on order_list_line
    using (exists (select from order_list l where l.order_list_id = order_list_line.order_list_id))
    with check (exists (select from order_list l where l.order_list_id = order_list_line.order_list_id));
revoke truncate on order_list_line from portal_app;
