using Platform.Database;
using Portal.Demo;

namespace Portal.Kpis;

/// <summary>The demo's KPIs: what Northlight measures, what it asks of each level, and how it weighs it.</summary>
public sealed class KpisDemo(Db db, KpiStore kpis, TimeProvider clock) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 80;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var purchases = await DefineAsync("Purchases per quarter", "季度采购额", Metric.Purchases, now, ct);
        var sellThrough = await DefineAsync("Sell-through per quarter", "季度分销额", Metric.SellThrough, now, ct);
        var registered = await DefineAsync("Deals registered per quarter", "季度报备商机数", Metric.DealsRegistered, now, ct);
        var quarter = Period.Of(PeriodKind.Quarter, today);
        var quarters = new[] { quarter.Previous, quarter, quarter.Following };
        var levels = new[] { ("registered", 300_000m, 100_000m, 1m), ("silver", 900_000m, 300_000m, 2m), ("gold", 3_000_000m, 1_200_000m, 3m), ("platinum", 6_000_000m, 2_400_000m, 5m) };
        await kpis.SetTargetsAsync([.. from period in quarters
                                       from level in levels
                                       from target in new[] { (purchases, level.Item2), (sellThrough, level.Item3), (registered, level.Item4) }
                                       select new NewTarget(target.Item1, null, level.Item1, period.Start, target.Item2, null)], "demo", now, ct);
        await db.ExecuteAsync("""
            with card as (
                insert into scorecard (number, name, name_zh, period, valid, created_at)
                values (@number, 'Partner programme', '伙伴计划', 'quarter', daterange(@from, null), @now) returning scorecard_id)
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap)
            select card.scorecard_id, line.kpi, line.weight, 0.5, 1.2
            from card, unnest(@kpis, @weights) as line (kpi, weight)
            """, new
        {
            number = PublicNumber.From("S", "demo scorecard"), from = quarter.YearBefore.Start, now,
            kpis = new[] { purchases, sellThrough, registered }, weights = new[] { 50m, 30m, 20m },
        }, ct);
    }

    async Task<long> DefineAsync(string name, string nameZh, string metric, DateTime now, CancellationToken ct) =>
        (await kpis.AddDefinitionAsync(new(name, nameZh, metric, null, "up", "quarter"), PublicNumber.From("K", "demo kpi " + metric), now, ct))!.KpiDefinitionId;
}
