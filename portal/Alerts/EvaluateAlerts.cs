using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Kpis;

namespace Portal.Alerts;

/// <summary>
/// Looks once an hour where the rules' conditions hold: raises an alert where one is new, brings those that stand up to date, and ends those that hold no longer. All of it is one transaction, one at a time over all instances.
/// </summary>
public sealed class EvaluateAlerts(Db db, FindAlerts find, TellOfAlerts tell, AuditTrail audit, BrandCalendar calendar, TimeProvider clock) : IScheduledJob
{
    /// <summary>Looks, and tells of what is new.</summary>
    public Task<Evaluated> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('alerts', 0))", null, ct);
        var found = await find.RunAsync(await WatchedAsync(ct), ct);
        var changed = await KeepAsync(found, ct);
        await audit.RecordAsync([.. changed.Select(alert => new AuditAct(alert.IsNew ? "alert.raised" : "alert.ended", "alert", alert.Number, alert.Told, new { kind = alert.Kind, figure = alert.Figure, threshold = alert.Threshold }))], ct);
        await tell.RunAsync([.. changed.Where(alert => alert.IsNew).Select(alert => alert.AlertId)], ct);
        return new Evaluated(changed.Count(alert => alert.IsNew), changed.Count(alert => !alert.IsNew), found.Count);
    }, ct);

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    async Task<List<WatchedRule>> WatchedAsync(CancellationToken ct) => await db.ListAsync<WatchedRule>("""
        select alert_rule_id as key, kind, threshold, partner_types, partner_levels, territories, tells_upstream
        from alert_rule
        where active_from <= @today and (active_until is null or active_until >= @today)
        order by alert_rule_id
        """, new { (await calendar.TodayAsync(ct)).Today }, ct);

    // What was found is held against what stands, in one statement: a row of it is raised, or is what stood already, and what stood and was not found has ended.
    Task<List<ChangedAlert>> KeepAsync(IReadOnlyList<FoundAlert> found, CancellationToken ct) => db.ListAsync<ChangedAlert>("""
        with found as materialized (
            select f.*, r.kind, r.threshold, r.tells_partner, case when r.tells_upstream then coalesce(f.seller_id, p.upstream_id) end as upstream_id
            from unnest(@keys, @partners, @subjects, @figures, @ratios, @sellers::bigint[], @facts, @numbers) as f (alert_rule_id, partner_id, subject, figure, ratio, seller_id, facts, number)
            join alert_rule r using (alert_rule_id)
            join partner p on p.partner_id = f.partner_id
        ), ended as (
            update alert a set ended_at = @now
            where a.ended_at is null and not exists (select from found f where f.alert_rule_id = a.alert_rule_id and f.partner_id = a.partner_id and f.subject = a.subject)
            returning a.alert_id, a.number, a.kind, a.figure, a.threshold, a.partner_id, a.tells_partner, a.upstream_id
        ), stood as (
            update alert a
            set figure = f.figure, ratio = f.ratio, threshold = f.threshold, facts = f.facts::jsonb, tells_partner = f.tells_partner, upstream_id = f.upstream_id, seen_at = @now
            from found f
            where a.ended_at is null and f.alert_rule_id = a.alert_rule_id and f.partner_id = a.partner_id and f.subject = a.subject
              and (a.figure, a.ratio, a.threshold, a.facts, a.tells_partner, a.upstream_id) is distinct from (f.figure, f.ratio, f.threshold, f.facts::jsonb, f.tells_partner, f.upstream_id)
        ), raised as (
            insert into alert (number, alert_rule_id, kind, partner_id, subject, figure, threshold, ratio, facts, tells_partner, upstream_id, raised_at, seen_at)
            select f.number, f.alert_rule_id, f.kind, f.partner_id, f.subject, f.figure, f.threshold, f.ratio, f.facts::jsonb, f.tells_partner, f.upstream_id, @now, @now
            from found f
            where not exists (select from alert a where a.ended_at is null and f.alert_rule_id = a.alert_rule_id and f.partner_id = a.partner_id and f.subject = a.subject)
            on conflict do nothing
            returning alert_id, number, kind, figure, threshold, partner_id, tells_partner, upstream_id
        ), changed as (
            select *, true as is_new from raised union all select *, false from ended
        ), stepped as (
            insert into alert_step (alert_id, act, figure, happened_at) select alert_id, case when is_new then 'raised' else 'ended' end, figure, @now from changed
        )
        select alert_id, number, kind, figure, threshold, is_new, array_remove(array[case when tells_partner then partner_id end, upstream_id], null) as told from changed order by alert_id
        """, new
    {
        keys = found.Select(alert => alert.Key).ToArray(), partners = found.Select(alert => alert.PartnerId).ToArray(), subjects = found.Select(alert => alert.Subject).ToArray(),
        figures = found.Select(alert => alert.Figure).ToArray(), ratios = found.Select(alert => alert.Ratio).ToArray(), sellers = found.Select(alert => alert.SellerId).ToArray(),
        facts = found.Select(alert => alert.Facts).ToArray(), numbers = found.Select(_ => PublicNumber.New("AL")).ToArray(), now = clock.GetUtcNow().UtcDateTime,
    }, ct);

    sealed class ChangedAlert
    {
        public long AlertId { get; init; }

        public string Number { get; init; } = "";

        public string Kind { get; init; } = "";

        public decimal Figure { get; init; }

        public decimal Threshold { get; init; }

        public bool IsNew { get; init; }

        public long[] Told { get; init; } = [];
    }
}

/// <summary>What came of a look.</summary>
/// <param name="Raised">So many alerts are new.</param>
/// <param name="Ended">So many hold no longer.</param>
/// <param name="Standing">So many hold now.</param>
public sealed record Evaluated(int Raised, int Ended, int Standing);
