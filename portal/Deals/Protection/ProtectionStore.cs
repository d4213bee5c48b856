using Platform.Database;

namespace Portal.Deals;

/// <summary>What the clock does to protections: the statements of <see cref="ExpireProtections"/>. Each takes at most so many deals at once and waits for no rival.</summary>
public sealed class ProtectionStore(Db db)
{
    /// <summary>Turns deals whose protection has ended into expired ones. One whose win waits for the deal desk is left as it is; its customer is free all the same.</summary>
    public Task<List<ProtectedDeal>> ExpireAsync(DateTime now, int atMost, CancellationToken ct) => db.ListAsync<ProtectedDeal>("""
        with due as (
            select d.deal_id, d.status from deal d
            where d.status in ('approved', 'converted') and d.protected_until <= @now
              and not exists (select from deal_outcome_review o where o.deal_id = d.deal_id and o.confirmed is null)
            order by d.protected_until, d.deal_id
            limit @atMost
            for update skip locked
        ), ended as (
            update deal d set status = 'expired', closed_at = @now, updated_at = @now, version = version + 1
            from due where d.deal_id = due.deal_id
            returning d.deal_id, d.number, d.partner_id, d.end_customer_id, d.protected_until, due.status as was
        ), acted as (
            insert into deal_act (deal_id, partner_id, act, from_status, to_status, by_brand, happened_at)
            select deal_id, partner_id, 'expire', was, 'expired', true, @now from ended
        )
        select e.deal_id, e.number, e.partner_id, c.name as customer_name, brand_day(e.protected_until - interval '1 microsecond') as last_day
        from ended e join end_customer c using (end_customer_id)
        """, new { now, atMost }, ct);

    /// <summary>
    /// Deals whose protection ends soon and whose partner has not been reminded; marks them as reminded. Soon is what the version that protects them says, in days of
    /// the brand: of a protection through the 30th with a reminder of 14 days, from the first second of the 16th.
    /// </summary>
    public Task<List<ProtectedDeal>> RemindAsync(DateTime now, int atMost, CancellationToken ct) => db.ListAsync<ProtectedDeal>("""
        with longest as (
            select brand_midnight(brand_day(@now) + max(reminder_days) + 1) as until from protection_policy where status = 'published'
        ), due as (
            select d.deal_id
            from deal d join partner p using (partner_id)
            join protection_policy y on y.protection_policy_id = coalesce(d.protection_policy_id, protection_policy_for(p.partner_level, '{}', null, brand_day(@now)))
            where d.status in ('approved', 'converted') and d.protected_until > @now and d.reminded_at is null
              and d.protected_until <= (select until from longest) and d.protected_until <= brand_midnight(brand_day(@now) + y.reminder_days + 1)
            order by d.protected_until, d.deal_id
            limit @atMost
            for update of d skip locked
        ), reminded as (
            update deal d set reminded_at = @now from due where d.deal_id = due.deal_id
            returning d.deal_id, d.number, d.partner_id, d.end_customer_id, d.protected_until
        )
        select r.deal_id, r.number, r.partner_id, c.name as customer_name, brand_day(r.protected_until - interval '1 microsecond') as last_day
        from reminded r join end_customer c using (end_customer_id)
        """, new { now, atMost }, ct);

    /// <summary>
    /// Looks at deals whose moment has come: what was kept alive gets its next moment, what was not is warned of, what was warned of and not kept alive since is released.
    /// A claim that last lived on day D is stale from the first second of the day D + stale_days + 1, and is released as many days after its warning.
    /// </summary>
    public Task<List<LookedAtDeal>> LookAtStaleAsync(DateTime now, int atMost, CancellationToken ct) => db.ListAsync<LookedAtDeal>("""
        with due as (
            select d.deal_id, d.status, d.protected_from, d.stale_warned_at, d.protection_policy_id
            from deal d
            where d.status in ('approved', 'converted') and d.stale_look_at <= @now
              and not exists (select from deal_outcome_review o where o.deal_id = d.deal_id and o.confirmed is null)
            order by d.stale_look_at, d.deal_id
            limit @atMost
            for update skip locked
        ), alive as (
            select l.deal_id, l.happened_at from last_deal_activity((select array_agg(deal_id) from due)) l
        ), judged as (
            select due.deal_id, due.status, y.stale_warning_days,
                   brand_midnight(brand_day(greatest(due.protected_from, alive.happened_at)) + y.stale_days + 1) as stale_from,
                   -- what was done after the warning makes it void, even when it was too little for long
                   due.stale_warned_at is not null
                   and not exists (select from deal_activity_current a where a.deal_id = due.deal_id and a.kind in ('meeting', 'visit') and a.recorded_at > due.stale_warned_at)
                   and not exists (select from quote_event_of_deal q where q.deal_id = due.deal_id and q.happened_at > due.stale_warned_at) as was_warned
            from due
            join protection_policy y using (protection_policy_id)
            left join alive using (deal_id)
        ), decided as (
            select j.deal_id, j.status as was, case when j.stale_from > @now then 'alive' when j.was_warned then 'release' else 'warn' end as outcome, j.stale_from,
                   brand_midnight(brand_day(@now) + j.stale_warning_days + 1) as release_at
            from judged j
        ), changed as (
            update deal d
            set status = case when k.outcome = 'release' then 'expired' else d.status end,
                closed_at = case when k.outcome = 'release' then @now else d.closed_at end,
                stale_warned_at = case k.outcome when 'alive' then null when 'warn' then @now else d.stale_warned_at end,
                stale_look_at = case k.outcome when 'alive' then k.stale_from when 'warn' then k.release_at end,
                updated_at = case when k.outcome = 'release' then @now else d.updated_at end,
                version = d.version + case when k.outcome = 'release' then 1 else 0 end
            from decided k
            where d.deal_id = k.deal_id
            returning d.deal_id, d.number, d.partner_id, d.end_customer_id, k.was, k.outcome, k.release_at
        ), freed as (
            update deal_claim c set protection = tstzrange(lower(c.protection), greatest(@now, lower(c.protection) + interval '1 microsecond'))
            from changed where changed.outcome = 'release' and c.deal_id = changed.deal_id and upper(c.protection) > @now
        ), acted as (
            insert into deal_act (deal_id, partner_id, act, from_status, to_status, by_brand, happened_at)
            select deal_id, partner_id, case outcome when 'release' then 'release' else 'warn_stale' end, was, case outcome when 'release' then 'expired' else was end, true, @now
            from changed where outcome <> 'alive'
        )
        select k.deal_id, k.number, k.partner_id, c.name as customer_name,
               case k.outcome when 'warn' then brand_day(k.release_at - interval '1 microsecond') else brand_day(@now) end as last_day, k.outcome
        from changed k join end_customer c using (end_customer_id)
        """, new { now, atMost }, ct);
}

/// <summary>A deal that was looked at for being stale.</summary>
/// <param name="DealId">The key.</param>
/// <param name="Number">The number.</param>
/// <param name="PartnerId">The claimant.</param>
/// <param name="CustomerName">The customer.</param>
/// <param name="LastDay">Where it is warned of, the last day to do something.</param>
/// <param name="Outcome"><c>alive</c>, <c>warn</c> or <c>release</c>.</param>
public sealed record LookedAtDeal(long DealId, string Number, long PartnerId, string CustomerName, DateOnly LastDay, string Outcome);
