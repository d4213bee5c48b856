-- Finance ends a rule without putting another into its place: a country for which then none holds is sent nothing until it is given one.
create function end_tax_rule(seller text, buyer text, class text, last_day date) returns boolean language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not (app_has_role('finance') or app_has_role('brand_admin')) then
        raise exception 'Tax rules are kept by the brand''s finance.' using errcode = 'insufficient_privilege';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('tax rules', 0));
    update tax_rule r set valid = daterange(lower(r.valid), last_day + 1)
    where coalesce(r.seller_country, '*') = coalesce(seller, '*') and coalesce(r.buyer_country, '*') = coalesce(buyer, '*') and coalesce(r.tax_class, '*') = coalesce(class, '*')
      and r.valid @> last_day;
    return found;
end $$;
comment on function end_tax_rule(text, text, text, date) is 'The rule that holds on that day ends with it; false where none does.';
alter function end_tax_rule(text, text, text, date) owner to {schema}_definer;
