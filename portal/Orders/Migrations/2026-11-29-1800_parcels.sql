-- Parcels (包裹): how the goods of a shipment are packed, each parcel with its carrier and number; and the delivery note (发货单), frozen once.
create table parcel (
    parcel_id       bigint generated always as identity primary key,
    shipment_id     bigint  not null references shipment,
    parcel_number   integer not null,
    carrier         text,
    tracking_number text,
    weight_kg       numeric(9, 3),
    constraint a_parcel_number_is_used_once unique (shipment_id, parcel_number),
    constraint parcels_are_counted_from_one check (parcel_number between 1 and 200),
    constraint the_carrier_of_a_parcel_is_short check (char_length(carrier) between 1 and 100),
    constraint the_tracking_number_of_a_parcel_is_short check (char_length(tracking_number) between 1 and 100),
    constraint a_parcel_weighs_something check (weight_kg > 0)
);
comment on table parcel is 'One parcel of a shipment (包裹). A shipment without parcels goes as the one piece that its own carrier and number name.';

create table parcel_line (
    parcel_id        bigint  not null references parcel,
    shipment_line_id bigint  not null references shipment_line,
    quantity         integer not null,
    primary key (parcel_id, shipment_line_id),
    constraint a_parcel_holds_something check (quantity > 0)
);
comment on table parcel_line is 'How many pieces of a shipment line a parcel holds.';
create index parcel_line_by_shipment_line on parcel_line (shipment_line_id);

-- Checked at the end of the transaction, when all of them are packed.
create function parcels_hold_what_is_shipped() returns trigger language plpgsql as $$
begin
    if exists (
        select from shipment_line l
        left join parcel_line p on p.shipment_line_id = l.shipment_line_id
        where l.shipment_id = new.shipment_id
        group by l.shipment_line_id
        having coalesce(sum(p.quantity), 0) <> l.quantity)
       or exists (
        select from parcel_line p join shipment_line l on l.shipment_line_id = p.shipment_line_id
        where p.parcel_id = new.parcel_id and l.shipment_id <> new.shipment_id) then
        raise exception 'The parcels of a shipment hold what it carries, no more and no less.' using errcode = 'check_violation', constraint = 'parcels_hold_what_is_shipped';
    end if;
    return null;
end $$;
create constraint trigger parcels_hold_what_is_shipped after insert on parcel deferrable initially deferred for each row execute function parcels_hold_what_is_shipped();

alter table parcel enable row level security;
alter table parcel force row level security;
create policy parcels_are_seen_with_their_shipment on parcel for select using (
    (select app_is_brand()) or exists (select from shipment s where s.shipment_id = parcel.shipment_id));
create policy parcels_are_packed_by_the_seller on parcel for insert with check (
    (select app_is_system()) or exists (select from shipment s where s.shipment_id = parcel.shipment_id and s.seller_id = (select app_partner_id())));
revoke update, delete, truncate on parcel from {schema}_app;

alter table parcel_line enable row level security;
alter table parcel_line force row level security;
create policy parcel_lines_are_seen_with_their_shipment on parcel_line for select using (
    (select app_is_brand()) or exists (select from shipment_line l where l.shipment_line_id = parcel_line.shipment_line_id));
create policy parcel_lines_are_packed_by_the_seller on parcel_line for insert with check (
    (select app_is_system()) or exists (
        select from shipment_line l join shipment s on s.shipment_id = l.shipment_id
        where l.shipment_line_id = parcel_line.shipment_line_id and s.seller_id = (select app_partner_id())));
revoke update, delete, truncate on parcel_line from {schema}_app;

create table delivery_note (
    shipment_id bigint primary key references shipment,
    content     jsonb       not null,
    frozen_at   timestamptz not null
);
comment on table delivery_note is 'What the delivery note (发货单) of a shipment says, in both languages: frozen when it is opened for the first time.';
create table delivery_note_file (
    shipment_id bigint      not null references delivery_note,
    language    text        not null,
    content     bytea       not null,
    sha256      bytea       not null,
    made_at     timestamptz not null,
    primary key (shipment_id, language),
    constraint delivery_note_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table delivery_note_file is 'The PDF made once of a frozen delivery note; every download gets the same bytes.';
alter table delivery_note_file alter column content set storage external;

alter table delivery_note enable row level security;
alter table delivery_note force row level security;
create policy delivery_notes_are_seen_with_their_shipment on delivery_note for select using (exists (select from shipment s where s.shipment_id = delivery_note.shipment_id));
-- Either side may be the first to open it.
create policy delivery_notes_are_made_by_whoever_opens_them_first on delivery_note for insert with check (exists (select from shipment s where s.shipment_id = delivery_note.shipment_id));
revoke update, delete, truncate on delivery_note from {schema}_app;
alter table delivery_note_file enable row level security;
alter table delivery_note_file force row level security;
create policy delivery_note_files_are_seen_with_their_shipment on delivery_note_file for select using (exists (select from shipment s where s.shipment_id = delivery_note_file.shipment_id));
create policy delivery_note_files_are_made_by_whoever_opens_them_first on delivery_note_file for insert with check (exists (select from shipment s where s.shipment_id = delivery_note_file.shipment_id));
revoke update, delete, truncate on delivery_note_file from {schema}_app;

-- What is to be picked is a small part of all lines.
create index purchase_order_line_reserved on purchase_order_line (seller_id, product_id) where reserved > 0;
