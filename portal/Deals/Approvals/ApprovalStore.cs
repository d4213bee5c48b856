using Platform.Database;

namespace Portal.Deals;

/// <summary>The statements about steps, decisions and deputies.</summary>
public sealed class ApprovalStore(Db db)
{
    /// <summary>The constraint by which nobody decides two steps of one deal.</summary>
    public const string OneStepEach = "nobody_decides_two_steps";

    /// <summary>The rule by which only the step that is open is decided.</summary>
    public const string OpenOnly = "only_the_open_step_is_decided";

    // How many minutes of a step's time are left. Out of hours no working minute passes: what is over then is over by one.
    internal static string MinutesLeft(string step) => $"""
        case when {step}.working then case when {step}.due_at < @now then least(working_minutes({step}.due_at) - working_minutes(@now), -1) else working_minutes({step}.due_at) - working_minutes(@now) end
             else floor(extract(epoch from {step}.due_at - @now) / 60)::integer end
        """;

    // The seat from which whoever is at work decides on a step: in its queue, or in the one it was escalated to; their own before that of somebody they stand in for.
    internal const string Seat = """
        select true as is_there, q.for_person_id
        from (select for_person_id from seat_in_queue(s.queue, s.partner_id, brand_day(@now))
              union all select for_person_id from seat_in_queue(s.escalate_to, s.partner_id, brand_day(@now)) where s.escalated_at is not null) q
        order by q.for_person_id nulls first limit 1
        """;

    // A step is open, and whoever is at work neither entered the deal nor decided on it before.
    internal const string Waits = """
        s.opened_at is not null and s.closed_at is null and d.status in ('submitted', 'under_review') and d.created_by is distinct from app_person_id()
        and not exists (select from deal_step_decision x where x.deal_id = s.deal_id and x.round = s.round and x.person_id = app_person_id())
        """;

    /// <summary>Lays out the steps of a deal that was just submitted, as the policy has them, and opens the first; answers its queue.</summary>
    public Task<string> BeginAsync(long dealId, DateTime now, CancellationToken ct) => db.OneAsync<string>("""
        with policy as (
            select d.deal_id, d.partner_id, y.approval_policy_id, y.auto_approve, y.queues, y.approvers, y.hours, y.working, y.escalate_to,
                   coalesce((select max(r.round) from deal_approval_step r where r.deal_id = d.deal_id), 0) + 1 as round
            from deal d join partner p using (partner_id)
            join approval_policy y on y.approval_policy_id = approval_policy_for(
                p.partner_level, array(select l.product_line_id from deal_product_line l where l.deal_id = d.deal_id), d.territory_id, d.amount * rate_to_brand(d.currency, brand_day(@now)), screened_band(d.deal_id), brand_day(@now))
            where d.deal_id = @dealId
        ), steps as (
            select p.deal_id, p.partner_id, p.approval_policy_id, p.round, s.step::integer as step, s.queue, s.approvers, s.hours, s.working, s.escalate_to
            from policy p cross join lateral unnest(p.queues, p.approvers, p.hours, p.working, p.escalate_to) with ordinality as s (queue, approvers, hours, working, escalate_to, step)
            where not p.auto_approve
            union all
            select p.deal_id, p.partner_id, p.approval_policy_id, p.round, 1, 'policy', 1, 16, true, 'brand_admin' from policy p where p.auto_approve
        ), laid as (
            insert into deal_approval_step (deal_id, round, step, partner_id, approval_policy_id, queue, approvers, hours, working, escalate_to, opened_at, due_at, escalate_at)
            select deal_id, round, step, partner_id, approval_policy_id, queue, approvers, hours, working, escalate_to,
                   case when step = 1 then @now end, case when step = 1 then due_after(@now, hours, working) end, case when step = 1 then due_after(@now, 2 * hours, working) end
            from steps
            returning step, queue
        )
        select queue from laid where step = 1
        """, new { dealId, now }, ct);

    /// <summary>Who would decide on a draft whose screening finds nothing: the policy's steps, no names.</summary>
    public Task<List<ApprovalStep>> PreviewAsync(Deal deal, DateTime now, CancellationToken ct) => db.ListAsync<ApprovalStep>("""
        with policy as (
            select y.* from partner p
            join approval_policy y on y.approval_policy_id = approval_policy_for(p.partner_level, @LineIds, @TerritoryId, @Amount * rate_to_brand(@Currency, brand_day(@now)), 'none', brand_day(@now))
            where p.partner_id = @PartnerId
        )
        select s.step::integer as step, s.queue, s.approvers, s.hours, s.working, s.escalate_to
        from policy p cross join lateral unnest(p.queues, p.approvers, p.hours, p.working, p.escalate_to) with ordinality as s (queue, approvers, hours, working, escalate_to, step)
        where not p.auto_approve
        union all
        select 1, 'policy', 1, 0, false, 'deal_desk' from policy p where p.auto_approve
        order by 1
        """, new { deal.LineIds, deal.TerritoryId, deal.Amount, deal.Currency, deal.PartnerId, now }, ct);

    /// <summary>The steps of a deal's last submission.</summary>
    public Task<List<ApprovalStep>> StepsAsync(long dealId, DateTime now, CancellationToken ct) => db.ListAsync<ApprovalStep>($"""
        select s.round, s.step, s.queue, s.approvers, s.hours, s.working, s.escalate_to, s.opened_at, s.due_at, case when s.closed_at is null then {MinutesLeft("s")} end as minutes_left, s.escalated_at, s.closed_at, s.outcome,
               (select count(*)::integer from deal_step_decision x where (x.deal_id, x.round, x.step) = (s.deal_id, s.round, s.step) and x.decision = 'approve') as approved
        from deal_approval_step s
        where s.deal_id = @dealId and s.round = (select max(r.round) from deal_approval_step r where r.deal_id = @dealId)
        order by s.step
        """, new { dealId, now }, ct);

    /// <summary>What was decided on them, the oldest first; names are the brand's business.</summary>
    public Task<List<StepDecision>> DecisionsAsync(long dealId, CancellationToken ct) => db.ListAsync<StepDecision>("""
        select x.step, x.decision, p.name as person, f.name as "for", x.note, x.decided_at
        from deal_step_decision x join person p using (person_id) left join person f on f.person_id = x.for_person_id
        where x.deal_id = @dealId
        order by x.deal_step_decision_id
        """, new { dealId }, ct);

    /// <summary>The step that is open, with the seat of whoever is at work; null where none is.</summary>
    public Task<OpenStep?> OpenAsync(long dealId, DateTime now, CancellationToken ct) => db.FindAsync<OpenStep>($"""
        select s.round, s.step, s.queue, s.approvers, (select count(*)::integer from deal_step_decision x where (x.deal_id, x.round, x.step) = (s.deal_id, s.round, s.step) and x.decision = 'approve') as approved,
               (select count(*)::integer from deal_approval_step n where n.deal_id = s.deal_id and n.round = s.round and n.step > s.step) as after,
               seat.is_there is not null as has_seat, seat.for_person_id,
               exists (select from deal_step_decision x where x.deal_id = s.deal_id and x.round = s.round and x.person_id = app_person_id()) as has_decided,
               d.created_by is not distinct from app_person_id() and app_person_id() is not null as is_own_deal,
               (select x.days from deal_step_decision x where x.deal_id = s.deal_id and x.round = s.round and x.days is not null order by x.deal_step_decision_id desc limit 1) as days
        from deal_approval_step s
        join deal d using (deal_id)
        left join lateral ({Seat}) seat on true
        where s.deal_id = @dealId and s.opened_at is not null and s.closed_at is null
        """, new { dealId, now }, ct);

    /// <summary>How sure the last screening of a deal was, with what only reviewers see; null where there is no such deal.</summary>
    public Task<string?> BandAsync(string number, CancellationToken ct) => db.FindAsync<string?>("select screened_band(deal_id) from deal where number = @number", new { number }, ct);

    /// <summary>Writes a decision down.</summary>
    public Task DecideAsync(Deal deal, OpenStep step, string decision, string? note, int? days, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_step_decision (deal_id, round, step, partner_id, person_id, for_person_id, decision, note, days, decided_at)
        values (@DealId, @Round, @Step, @PartnerId, app_person_id(), @ForPersonId, @decision, @note, @days, @now)
        """, new { deal.DealId, step.Round, step.Step, deal.PartnerId, step.ForPersonId, decision, note, days, now }, ct);

    /// <summary>Closes a step as approved and opens the next; answers that one's queue, null where it was the last.</summary>
    public Task<string?> CloseAsync(long dealId, OpenStep step, DateTime now, CancellationToken ct) => db.FindAsync<string?>("""
        with closed as (
            update deal_approval_step set closed_at = @now, outcome = 'approved' where deal_id = @dealId and round = @Round and step = @Step
        )
        update deal_approval_step set opened_at = @now, due_at = due_after(@now, hours, working), escalate_at = due_after(@now, 2 * hours, working)
        where deal_id = @dealId and round = @Round and step = @Step + 1
        returning queue
        """, new { dealId, step.Round, step.Step, now }, ct);

    /// <summary>What waits in the queues of whoever is at work, the most overdue first.</summary>
    public Task<List<QueuedDeal>> MineAsync(DateTime now, CancellationToken ct) => db.ListAsync<QueuedDeal>($"""
        select d.number, c.name as customer_name, p.name as partner_name, p.name_latin as partner_name_latin, d.amount, d.currency, s.step,
               (select count(*)::integer from deal_approval_step n where n.deal_id = s.deal_id and n.round = s.round) as steps, s.queue,
               case when s.escalated_at is not null then s.escalate_to end as escalated_to, s.opened_at, s.due_at, s.working, {MinutesLeft("s")} as minutes_left, f.name as "for"
        from deal_approval_step s
        join deal d using (deal_id) join end_customer c using (end_customer_id) join partner p on p.partner_id = d.partner_id
        cross join lateral ({Seat}) seat
        left join person f on f.person_id = seat.for_person_id
        where {Waits}
        order by s.due_at, s.deal_id
        limit 500
        """, new { now }, ct);

    /// <summary>How many deals wait in the queues of whoever is at work, and whether the time of one is up.</summary>
    public Task<(int Count, bool IsOverdue)> WaitingAsync(DateTime now, CancellationToken ct) => db.OneAsync<(int, bool)>($"""
        select count(*)::integer, coalesce(bool_or(s.due_at < @now), false)
        from deal_approval_step s
        join deal d using (deal_id)
        cross join lateral ({Seat}) seat
        where {Waits}
        """, new { now }, ct);

    /// <summary>Hands a step that the policy could not decide by itself to the deal desk, its clock beginning anew; answers the deals.</summary>
    public Task<List<long>> HandToDeskAsync(long dealId, DateTime now, CancellationToken ct) => db.ListAsync<long>("""
        update deal_approval_step set queue = 'deal_desk', opened_at = @now, due_at = due_after(@now, hours, working), escalate_at = due_after(@now, 2 * hours, working)
        where deal_id = @dealId and queue = 'policy' and closed_at is null
        returning deal_id
        """, new { dealId, now }, ct);

    /// <summary>Sets the clocks that run anew, where the brand's calendar changed; what is overdue stays so.</summary>
    public Task SetClocksAsync(DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal_approval_step set due_at = due_after(opened_at, hours, working), escalate_at = due_after(opened_at, 2 * hours, working)
        where opened_at is not null and closed_at is null and working and due_at > @now and due_at <> due_after(opened_at, hours, working)
        """, new { now }, ct);

    /// <summary>Deals whose step is the policy's own: submitted inside a larger transaction, or left by a machine that stopped.</summary>
    public Task<List<string>> ByPolicyAsync(CancellationToken ct) => db.ListAsync<string>("""
        select d.number from deal_approval_step s join deal d using (deal_id)
        where s.queue = 'policy' and s.opened_at is not null and s.closed_at is null and d.status in ('submitted', 'under_review')
        order by s.opened_at limit 500
        """, null, ct);

    /// <summary>Marks open steps whose time is up, or has been for as long again, at most so many; those of deals that are locked come next time.</summary>
    public Task<List<OverdueStep>> OverdueAsync(bool escalates, DateTime now, int atMost, CancellationToken ct) => db.ListAsync<OverdueStep>($"""
        with due as (
            select s.deal_id, s.round, s.step from deal_approval_step s
            where s.opened_at is not null and s.closed_at is null and s.queue <> 'policy' and s.{(escalates ? "escalate_at" : "due_at")} <= @now and s.{(escalates ? "escalated_at" : "reminded_at")} is null
            order by s.due_at limit @atMost for update skip locked
        ), marked as (
            update deal_approval_step s set {(escalates ? "escalated_at" : "reminded_at")} = @now
            from due where (s.deal_id, s.round, s.step) = (due.deal_id, due.round, due.step)
            returning s.deal_id, s.queue, s.escalate_to, s.partner_id
        )
        select m.deal_id, d.number, m.partner_id, c.name as customer_name, p.name as partner_name, m.queue, m.escalate_to
        from marked m join deal d using (deal_id) join end_customer c using (end_customer_id) join partner p on p.partner_id = m.partner_id
        """, new { now, atMost }, ct);
}
