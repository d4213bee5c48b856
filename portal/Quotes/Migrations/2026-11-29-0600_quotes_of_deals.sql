-- What happens to the quotes of a deal, for whoever asks whether the deal is alive. Readers see what they may see of quotes.
create view quote_event_of_deal with (security_invoker = true) as
select q.deal_id, q.partner_id, case when a.to_status in ('accepted', 'ordered') then 'order' else 'quote' end as kind, a.happened_at
from quote_act a join quote q using (quote_id)
where q.deal_id is not null and a.act not in ('reject', 'decline', 'withdraw', 'expire');
comment on view quote_event_of_deal is 'When a quote of a deal was written, sent or taken on, and when it became an order; what ended a quote is left out.';
