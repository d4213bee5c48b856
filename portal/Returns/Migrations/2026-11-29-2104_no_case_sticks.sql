-- A seller that disputed a case may still accept it, where the buyer says no more; and refuse a return that it approved and nobody sends.
create or replace function a_case_moves_by_its_sides() returns trigger language plpgsql as $$
declare
    side text := case when app_partner_id() = old.seller_id then 'seller' when app_partner_id() = old.buyer_id then 'buyer' end;
begin
    if old.status in ('settled', 'withdrawn') then
        raise exception 'What is over stays.' using errcode = 'check_violation', constraint = 'a_case_that_is_over_stays';
    end if;
    if old.status <> new.status and (side, old.status, new.status) not in (
        ('seller', 'open', 'disputed'), ('seller', 'open', 'settled'), ('seller', 'disputed', 'settled'), ('buyer', 'disputed', 'settled'), ('buyer', 'disputed', 'open'), ('buyer', 'open', 'withdrawn'), ('buyer', 'disputed', 'withdrawn'))
       or (new.status = 'settled' and new.settled_as is distinct from case side when 'seller' then old.wanted else old.offered end) then
        raise exception 'A case is settled by the side that did not ask.' using errcode = 'insufficient_privilege', constraint = 'a_case_is_settled_by_the_other_side';
    end if;
    return new;
end $$;

create or replace function a_return_moves_by_its_sides() returns trigger language plpgsql as $$
declare
    side text := case when app_partner_id() = old.seller_id then 'seller' when app_partner_id() = old.buyer_id then 'buyer' end;
begin
    if old.status <> new.status and (side, old.status, new.status) not in (
        ('seller', 'requested', 'approved'), ('seller', 'requested', 'refused'), ('seller', 'approved', 'refused'), ('buyer', 'requested', 'withdrawn'), ('buyer', 'approved', 'withdrawn'), ('buyer', 'approved', 'sent'), ('seller', 'sent', 'settled'))
       or side is null or old.status in ('refused', 'withdrawn', 'settled') then
        raise exception 'A return is answered and inspected by the seller, and sent by the buyer.' using errcode = 'insufficient_privilege', constraint = 'a_return_moves_by_its_sides';
    end if;
    return new;
end $$;
