-- Whether a partner was suspected of fishing for the customer list, for reviewers; only the brand sees any.
create view probing_alert_of_partner with (security_invoker = true) as
select partner_id, day, assessed_at is null as is_open from probing_alert;
comment on view probing_alert_of_partner is 'The days on which a partner''s screenings looked like fishing, and whether anybody has looked into it.';
