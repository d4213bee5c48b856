-- Files of payments, as a bank gives them: entered by whoever keeps the books of a seller, and by nobody else.
alter table import drop constraint import_kind_is_known;
alter table import add constraint import_kind_is_known check (kind in ('partners', 'products', 'prices', 'promotions', 'customers', 'orders', 'deals', 'leads', 'payments'));

create or replace function app_may_import(kind text) returns boolean language sql stable parallel safe as
$$ select app_is_system()
       or (app_may_import.kind not in ('deals', 'payments') and (app_has_role('brand_admin') or app_has_role('channel_manager')))
       or (app_may_import.kind = 'leads' and app_has_role('deal_desk'))
       or (app_may_import.kind = 'customers' and app_has_role('partner_admin'))
       or (app_may_import.kind = 'payments' and (app_has_role('finance') or app_has_role('brand_admin') or app_has_role('partner_admin')))
       or (app_may_import.kind = 'deals' and not app_is_brand() and (app_has_role('sales') or app_has_role('partner_admin'))) $$;
comment on function app_may_import(text) is 'True when the person at work may import files of that kind: the brand''s admins and channel managers all but registrations and payments, its deal desk leads, who keeps a seller''s books its payments, a partner''s admin its customers, its sales people and admin its registrations.';
