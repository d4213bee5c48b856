-- A claim can lose some of its lines and keep the rest: then another receipt says which. Whatever ends early is looked at as well; where nothing is left there is none.
alter table claim_receipt add column line_codes text[] not null default '{}';
comment on column claim_receipt.line_codes is 'The product lines that the receipt says are protected, in the order of their codes.';

create or replace function claim_wants_a_receipt() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if new.protection = old.protection and new.partner_id = old.partner_id and new.product_line_id = old.product_line_id and new.territory_id = old.territory_id then
            return null;
        end if;
    end if;
    insert into receipt_due (deal_id, partner_id) values (new.deal_id, new.partner_id)
    on conflict (deal_id) do update set partner_id = excluded.partner_id;
    return null;
end $$;
