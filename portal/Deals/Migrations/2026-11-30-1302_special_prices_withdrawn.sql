-- A request for special prices that nobody has decided about is withdrawn by the partner that asked. A request ends once: granted, refused or withdrawn, and stays as it ended.
alter table special_price_request
    add column withdrawn_by bigint references person,
    add column withdrawn_at timestamptz,
    add constraint a_withdrawn_special_price_request_is_not_decided check (withdrawn_at is null or granted is null),
    add constraint nobody_withdraws_without_a_moment check (withdrawn_by is null or withdrawn_at is not null);
comment on column special_price_request.withdrawn_at is 'When the partner that asked took it back; null while it waits, and of what was decided.';
create index special_price_request_by_withdrawer on special_price_request (withdrawn_by) where withdrawn_by is not null;
drop index one_open_special_price_request;
create unique index one_open_special_price_request on special_price_request (deal_id) where granted is null and withdrawn_at is null;

grant update (withdrawn_by, withdrawn_at) on special_price_request to {schema}_app;
create policy special_prices_are_withdrawn_by_the_partner on special_price_request for update
    using (partner_id = (select app_partner_id()) and granted is null and withdrawn_at is null)
    with check (partner_id = (select app_partner_id()) and granted is null and withdrawn_at is not null);

create function a_special_price_request_ends_once() returns trigger language plpgsql set search_path = {schema}, public, pg_temp as $$
begin
    if old.granted is not null or old.withdrawn_at is not null then
        raise exception 'Request % for special prices is decided or withdrawn.', old.number using errcode = 'check_violation', constraint = 'a_special_price_request_ends_once';
    end if;
    if new.withdrawn_at is not null and not (app_is_system() or new.partner_id = app_partner_id()) then
        raise exception 'Request % for special prices is withdrawn by the partner that asked.', old.number using errcode = 'insufficient_privilege';
    end if;
    if new.granted is not null and not (app_is_system() or app_has_role('deal_desk')) then
        raise exception 'Request % for special prices is decided by the deal desk.', old.number using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger a_special_price_request_ends_once before update on special_price_request for each row execute function a_special_price_request_ends_once();

-- Nobody gives pieces back by hand: the orders that took them do.
revoke execute on function give_back_special_prices(bigint[], integer[]) from public, {schema}_app;
