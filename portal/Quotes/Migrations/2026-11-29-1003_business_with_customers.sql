-- What a partner has offered and sold to a customer, for whoever weighs a claim on it. Readers see what they may see of quotes.
create view quoted_business with (security_invoker = true) as
select q.partner_id, q.end_customer_id, q.first_sent_on, q.status in ('accepted', 'ordered') as is_ordered, q.currency, r.net_total
from quote q left join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
where q.first_sent_on is not null;
comment on view quoted_business is 'Quotes that went out to a customer, with the net total of the current revision, and which of them became orders.';
