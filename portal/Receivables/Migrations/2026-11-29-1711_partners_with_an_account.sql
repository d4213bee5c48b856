-- Who has an account with whom outlasts the tree: where a partner was moved to another upstream, its old seller and it see each other in the books by number and name, and no more.
create function partners_with_an_account() returns table (partner_id bigint, number text, name text, name_latin text, currency text)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select p.partner_id, p.number, p.name, p.name_latin, p.currency
    from partner p
    where not coalesce(app_is_brand(), false)
      and p.partner_id in (select a.buyer_id from ledger_account a where a.seller_id = app_partner_id()
                           union select a.seller_id from ledger_account a where a.buyer_id = app_partner_id())
$$;
comment on function partners_with_an_account() is 'Number, names and currency of those with whom the caller''s company has an account; nothing for the brand, which sees all partners.';
alter function partners_with_an_account() owner to {schema}_definer;

create function account_partners() returns table (partner_id bigint, number text, code text, name text, name_latin text, currency text, upstream_id bigint) language sql stable as $$
    select p.partner_id, p.number, p.code, p.name, p.name_latin, p.currency, p.upstream_id from partner p
    union all
    select a.partner_id, a.number, null, a.name, a.name_latin, a.currency, null from partners_with_an_account() a where not exists (select from partner p where p.partner_id = a.partner_id)
$$;
comment on function account_partners() is 'The partners the caller sees, and those it only has an account with.';
