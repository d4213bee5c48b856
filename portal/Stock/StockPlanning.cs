using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>Reads and keeps how a partner plans its stock.</summary>
public sealed class StockPlanning(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>How the partner at work plans; as usual where it said nothing.</summary>
    public async Task<Planning> FindAsync(CancellationToken ct) => await db.FindAsync<Planning>(
        "select inbound_days, demand_weeks, service_percent, review_days, version from stock_planning where partner_id = app_partner_id()", null, ct) ?? new Planning();

    /// <summary>Says how it plans.</summary>
    /// <param name="planning">How.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<StockOutcome> KeepAsync(Planning planning, int? version, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        var me = await db.FindAsync<(long PartnerId, string Number)?>("select p.partner_id, p.number from partner p where p.partner_id = app_partner_id() and exists (select from unnest(@roles) as role where app_has_role(role))",
            new { roles = StockRoles.Admins.ToArray() }, ct);
        if (me is not { } here)
        {
            return new StockOutcome.Forbidden();
        }

        if (!planning.IsKnown)
        {
            return StockOutcome.Because("", "stock.problem.planning");
        }

        if (await db.ExecuteAsync("""
            insert into stock_planning as p (partner_id, inbound_days, demand_weeks, service_percent, review_days, changed_by, changed_at)
            values (@PartnerId, @InboundDays, @DemandWeeks, @ServicePercent, @ReviewDays, app_person_id(), @now)
            on conflict (partner_id) do update
            set inbound_days = excluded.inbound_days, demand_weeks = excluded.demand_weeks, service_percent = excluded.service_percent, review_days = excluded.review_days,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at, version = p.version + 1
            where p.version = coalesce(@version, p.version)
            """, new { here.PartnerId, planning.InboundDays, planning.DemandWeeks, planning.ServicePercent, planning.ReviewDays, version, now = clock.GetUtcNow().UtcDateTime }, ct) == 0)
        {
            return new StockOutcome.Stale();
        }

        await audit.RecordAsync("stock.planning", "stock", here.Number, here.PartnerId, planning, ct);
        return new StockOutcome.Done(here.Number);
    }, ct);
}

/// <summary>How a partner plans its stock.</summary>
public sealed record Planning
{
    /// <summary>The service levels that can be chosen.</summary>
    public static IReadOnlyList<decimal> ServiceLevels { get; } = [80, 85, 90, 95, 97.5m, 99];

    /// <summary>Days on the road.</summary>
    public int InboundDays { get; init; } = 3;

    /// <summary>From how many weeks demand is read.</summary>
    public int DemandWeeks { get; init; } = 12;

    /// <summary>How sure one wants to be not to run out.</summary>
    public decimal ServicePercent { get; init; } = 95;

    /// <summary>Days between orders.</summary>
    public int ReviewDays { get; init; } = 7;

    /// <summary>Counts the changes; 0 where nothing was ever said.</summary>
    public int Version { get; init; }

    internal bool IsKnown => this is { InboundDays: >= 0 and <= 180, DemandWeeks: >= 4 and <= 52, ReviewDays: >= 1 and <= 92 } && ServiceLevels.Contains(ServicePercent);
}
