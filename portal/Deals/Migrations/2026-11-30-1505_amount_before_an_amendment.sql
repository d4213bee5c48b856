-- A granted amendment keeps what the deal was worth before, or nobody could say what stood in the pipeline until then.
alter table deal_amendment add column amount_before numeric(18, 2);
comment on column deal_amendment.amount_before is 'The deal''s amount when the amendment was granted, kept by a trigger; null where it was granted before the portal kept it.';
create function amendment_keeps_the_amount_before() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    new.amount_before := (select d.amount from deal d where d.deal_id = new.deal_id);
    return new;
end $$;
alter function amendment_keeps_the_amount_before() owner to {schema}_definer;
create trigger a_granted_amendment_keeps_the_amount_before before update of granted on deal_amendment for each row
    when (new.granted and old.granted is null) execute function amendment_keeps_the_amount_before();
