-- How a partner's disputes ended, for whoever weighs its word. Readers see what they may see of disputes.
create view dispute_of_partner with (security_invoker = true) as
select distinct s.partner_id, d.dispute_id, d.opened_at, d.ended_at,
       case when d.ended_at is null then 'open'
            when d.status not in ('upheld', 'overturned') then 'none'
            when (d.status = 'upheld') = (s.side = 'holder') then 'won'
            else 'lost' end as outcome
from dispute_side s join dispute d using (dispute_id);
comment on view dispute_of_partner is 'The disputes a partner was a side of: open, won, lost, or ended without a decision on the matter (none).';
