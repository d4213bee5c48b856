-- Files on orders (订单附件): drawings, the buyer's own order form, certificates. Both sides see them, and the brand, as they see the order; a draft's are its buyer's alone.
alter table attachment
    add column purchase_order_id bigint references purchase_order,
    drop constraint an_attachment_belongs_to_one_record,
    add constraint an_attachment_belongs_to_one_record check (num_nonnulls(deal_id, dispute_id, purchase_order_id) = 1);
comment on column attachment.purchase_order_id is 'The order it is on; then everybody sees it who sees the order.';
create index attachment_by_order on attachment (purchase_order_id, attachment_id) where purchase_order_id is not null;

drop policy attachments_are_read_by_their_side on attachment;
create policy attachments_are_read_by_their_side on attachment for select using (
    case when purchase_order_id is null then (select app_is_brand()) or partner_id = (select app_partner_id())
         else exists (select from purchase_order o where o.purchase_order_id = attachment.purchase_order_id) end);
drop policy attachments_are_added_by_their_side on attachment;
create policy attachments_are_added_by_their_side on attachment for insert with check (
    (select app_is_system())
    or case when purchase_order_id is not null then
            by_brand = (select app_is_brand())
            and exists (select from purchase_order o where o.purchase_order_id = attachment.purchase_order_id and (select app_partner_id()) in (o.buyer_id, o.seller_id))
       else (by_brand and (select app_is_brand()))
            or (not by_brand and partner_id = (select app_partner_id()) and ((select app_has_role('sales')) or (select app_has_role('partner_admin')))
                and (exists (select from deal d where d.deal_id = attachment.deal_id and d.partner_id = (select app_partner_id()))
                     or exists (select from dispute_side s where s.dispute_id = attachment.dispute_id and s.partner_id = (select app_partner_id())))) end);

create or replace function attachment_follows_its_record() returns trigger language plpgsql as $$
declare
    about attachment := case tg_op when 'DELETE' then old else new end;
begin
    if exists (select from deal d where d.deal_id = about.deal_id and d.status in ('rejected', 'duplicate', 'withdrawn', 'expired', 'won', 'lost'))
       or exists (select from dispute d where d.dispute_id = about.dispute_id and d.ended_at is not null)
       or exists (select from purchase_order o where o.purchase_order_id = about.purchase_order_id and o.status in ('closed', 'cancelled', 'rejected')) then
        raise exception 'The record is over and keeps its files as they are.' using errcode = 'check_violation', constraint = 'a_record_that_is_over_keeps_its_files';
    end if;
    return about;
end $$;
