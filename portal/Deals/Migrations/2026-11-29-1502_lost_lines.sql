-- A line that a dispute gave to somebody else stays with its deal, as lost: since when, and by which dispute.
alter table deal_product_line add column lost_at timestamptz;
alter table deal_product_line add column lost_by bigint references dispute;
alter table deal_product_line add constraint a_lost_line_says_by_which_dispute check ((lost_at is null) = (lost_by is null));
comment on column deal_product_line.lost_at is 'Since when the line is another''s by the decision of a dispute; the deal goes on with its other lines.';
comment on column deal_product_line.lost_by is 'The dispute that took it away.';

-- What earlier decisions took from deals that went on: the claim on the line is over, and the deal's side of the dispute lost.
select set_config('app.is_system', 'yes', true);
update deal_product_line l
set lost_at = x.ended_at, lost_by = x.dispute_id
from (
    select distinct on (s.deal_id, line) s.deal_id, line, d.ended_at, d.dispute_id
    from dispute_side s join dispute d using (dispute_id) cross join unnest(s.product_line_ids) as line
    where (d.status = 'upheld' and d.kind = 'meeting' and s.side = 'claimant') or (d.status = 'overturned' and s.side = 'holder')
    order by s.deal_id, line, d.ended_at
) x
where x.deal_id = l.deal_id and x.line = l.product_line_id
  and exists (select from deal_act a where a.deal_id = l.deal_id and a.act = 'lose_lines')
  and exists (select from deal_claim k where k.deal_id = l.deal_id and k.product_line_id = l.product_line_id and k.over_at is not null)
  and not exists (select from deal_claim k where k.deal_id = l.deal_id and k.product_line_id = l.product_line_id and k.over_at is null);
select set_config('app.is_system', '', true);

create function lost_line_is_guarded() returns trigger language plpgsql as $$
begin
    if old.lost_at is not null then
        raise exception 'A line that was lost in a dispute stays lost.' using errcode = 'check_violation', constraint = 'a_lost_line_stays_lost';
    end if;
    if tg_op = 'UPDATE' and new.lost_at is not null and not app_has_role('deal_desk') then
        raise exception 'Only the deal desk takes a line away.' using errcode = 'insufficient_privilege', constraint = 'the_deal_desk_decides';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger a_lost_line_is_guarded before update or delete on deal_product_line for each row execute function lost_line_is_guarded();
create policy deal_lines_are_known_to_the_definer on deal_product_line for select to {schema}_definer using (true);
