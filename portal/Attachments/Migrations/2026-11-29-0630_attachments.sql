-- Attachments (附件): files on deals and disputes. They lie in the database: any instance can read them, they are in every backup, and the
-- same policies that guard a deal guard its files.
create table attachment (
    attachment_id bigint  generated always as identity primary key,
    number        text    not null unique,
    deal_id       bigint  references deal on delete cascade,
    dispute_id    bigint  references dispute,
    partner_id    bigint  references partner,
    name          text    not null,
    kind          text    not null,
    bytes         integer not null,
    sha256        bytea   not null,
    by_brand      boolean not null,
    uploaded_by   bigint  references person,
    uploaded_at   timestamptz not null,
    constraint an_attachment_belongs_to_one_record check ((deal_id is null) <> (dispute_id is null)),
    constraint the_brands_own_files_are_the_brands check (partner_id is not null or by_brand),
    constraint attachment_kind_is_known check (kind in ('pdf', 'png', 'jpeg', 'docx', 'xlsx', 'csv', 'txt', 'eml')),
    constraint an_attachment_has_a_name check (char_length(name) between 1 and 150 and name !~ '[/\\[:cntrl:]]'),
    constraint an_attachment_has_a_size check (bytes > 0),
    constraint an_attachment_has_its_hash check (octet_length(sha256) = 32)
);
comment on table attachment is 'A file on a deal or a dispute. partner_id is the side that sees it besides the brand; null for the brand''s own eyes.';
create index attachment_by_deal on attachment (deal_id, attachment_id) where deal_id is not null;
create index attachment_by_dispute on attachment (dispute_id, attachment_id) where dispute_id is not null;

create table attachment_part (
    attachment_id bigint  not null references attachment on delete cascade,
    part          integer not null,
    content       bytea   not null,
    primary key (attachment_id, part),
    constraint a_part_of_a_file_is_bounded check (octet_length(content) between 1 and 1048576)
);
comment on table attachment_part is 'The content of an attachment in parts of a megabyte, so that it is read in constant memory.';
alter table attachment_part alter column content set storage external; -- files are packed already

-- What is over keeps its files, and takes no more.
create function attachment_follows_its_record() returns trigger language plpgsql as $$
declare
    about attachment := case tg_op when 'DELETE' then old else new end;
begin
    if exists (select from deal d where d.deal_id = about.deal_id and d.status in ('rejected', 'duplicate', 'withdrawn', 'expired', 'won', 'lost'))
       or exists (select from dispute d where d.dispute_id = about.dispute_id and d.ended_at is not null) then
        raise exception 'The record is over and keeps its files as they are.' using errcode = 'check_violation', constraint = 'a_record_that_is_over_keeps_its_files';
    end if;
    return about;
end $$;
create trigger an_attachment_follows_its_record before insert or delete on attachment for each row execute function attachment_follows_its_record();

alter table attachment enable row level security;
alter table attachment force row level security;
create policy attachments_are_read_by_their_side on attachment for select using ((select app_is_brand()) or partner_id = (select app_partner_id()));
create policy attachments_are_added_by_their_side on attachment for insert with check (
    (by_brand and (select app_is_brand()))
    or (not by_brand and partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))
        and (exists (select from deal d where d.deal_id = attachment.deal_id and d.partner_id = (select app_partner_id()))
             or exists (select from dispute_side s where s.dispute_id = attachment.dispute_id and s.partner_id = (select app_partner_id()))))
    or (select app_is_system()));
create policy attachments_are_removed_by_whoever_added_them on attachment for delete using (uploaded_by = (select app_person_id()));
revoke update on attachment from {schema}_app;

alter table attachment_part enable row level security;
alter table attachment_part force row level security;
create policy parts_go_with_their_attachment on attachment_part for select using (attachment_id in (select a.attachment_id from attachment a));
create policy parts_come_with_their_attachment on attachment_part for insert
    with check (attachment_id in (select a.attachment_id from attachment a where a.uploaded_by is not distinct from (select app_person_id())));
create policy parts_leave_with_their_attachment on attachment_part for delete
    using (attachment_id in (select a.attachment_id from attachment a where a.uploaded_by = (select app_person_id())));
revoke update on attachment_part from {schema}_app;
