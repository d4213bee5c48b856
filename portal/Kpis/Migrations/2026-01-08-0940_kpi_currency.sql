-- Every figure of money is kept in the brand's currency, which partners far down the tree must be able to name.
create function kpi_currency() returns text language sql stable security definer set search_path = portal, public, pg_temp as
$$ select b.currency from partner b where b.partner_type = 'brand' $$;
comment on function kpi_currency() is 'The brand''s currency.';
alter function kpi_currency() owner to portal_definer;
