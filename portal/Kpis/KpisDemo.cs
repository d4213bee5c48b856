using Platform.Database;
using Portal.Demo;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>The demo's KPIs: what Northlight measures, what it asks of each level, and how it weighs it.</summary>
public sealed class KpisDemo(Db db, KpiDefinitions kpis, TargetStore targetStore, LevelStore levelStore, ReviewLevels reviewLevels, TimeProvider clock) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 80;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var purchases = await DefineAsync("Purchases per quarter", "季度采购额", Metric.Purchases, "quarter", ct);
        var sellThrough = await DefineAsync("Sell-through per quarter", "季度分销额", Metric.SellThrough, "quarter", ct);
        var registered = await DefineAsync("Deals registered per quarter", "季度报备商机数", Metric.DealsRegistered, "quarter", ct);
        var winRate = await DefineAsync("Win rate per half year", "半年赢单率", "win_rate", "half", ct, new() { Note = "Deals that ended, whichever way" });
        var dealSize = await DefineAsync("Sell-through per deal won", "每单分销额", "sell_through / deals_won", "rolling12", ct, new() { PartnerTypes = ["distributor", "reseller"] });
        var quarter = Period.Of(PeriodKind.Quarter, today);
        var quarters = Period.Until(quarter.Following, 6);
        var levels = new[] { ("registered", 300_000m, 100_000m, 1m), ("silver", 900_000m, 300_000m, 2m), ("gold", 3_000_000m, 1_200_000m, 3m), ("platinum", 6_000_000m, 2_400_000m, 5m) };
        await targetStore.SetTargetsAsync([.. from period in quarters
                                       from level in levels
                                       from target in new[] { (purchases, level.Item2), (sellThrough, level.Item3), (registered, level.Item4) }
                                       select new NewTarget(target.Item1, null, level.Item1, period, target.Item2, null)], "demo", now, ct);
        var half = Period.Of(PeriodKind.Half, today);
        await targetStore.SetTargetsAsync([.. from level in levels from period in new[] { half.Previous, half } select new NewTarget(winRate, null, level.Item1, period, 0.4m, null),
            new NewTarget(dealSize, null, "gold", Period.Of(PeriodKind.Rolling12, today), 150_000m, null)], "demo", now, ct);
        await db.ExecuteAsync("""
            with card as (
                insert into scorecard (number, name, name_zh, period, valid, most_points, unmet, created_at)
                values (@number, 'Partner programme', '伙伴计划', 'quarter', daterange(@from, null), 115, 'no_promotion', @now) returning scorecard_id
            ), asked as (
                insert into scorecard_condition (scorecard_id, kpi_definition_id, bound) select scorecard_id, @bought, 0 from card)
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap, below, below_share)
            select card.scorecard_id, line.kpi, line.weight, 0.5, 1.2, case when line.weight = 50 then 'share' else 'nothing' end, case when line.weight = 50 then 0.5 else 0 end
            from card, unnest(@kpis, @weights) as line (kpi, weight)
            """, new
        {
            number = PublicNumber.From("S", "demo scorecard"), from = quarter.YearBefore.Start, now,
            bought = purchases, kpis = new[] { purchases, sellThrough, registered }, weights = new[] { 50m, 30m, 20m },
        }, ct);
        await ProposeAsync(purchases, quarter.Following, now, ct);
        // The facts of the demo wait to be folded, and a review reads roll-ups only.
        await db.OneAsync<long>("select kpi_fold()", null, ct);
        await levelStore.KeepRulesAsync(PublicNumber.From("LR", "demo level rules"), new("quarter", 4, 2, quarter.YearBefore.Start, 40, 25, 70, 50, 95, 75), quarter.YearBefore.Start, "demo", now, ct);
        await reviewLevels.RunAsync(quarter.Previous.ToString(), "demo", ct);
    }

    // One waits for the brand, to the other the brand has answered with a counter.
    Task ProposeAsync(long kpi, Period period, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into kpi_target_proposal (number, kpi_definition_id, partner_id, period, starts_on, held, proposed, reason, status, counter, answer, proposed_at, proposed_by, answered_at, answered_by)
        select wish.number, @kpi, p.partner_id, @kind, @start, wish.held, wish.proposed, wish.reason, wish.status, wish.counter, wish.answer, @now, asker.number,
               case when wish.status = 'countered' then @now end, case when wish.status = 'countered' then 'demo' end
        from (values (@first, 'HUAXIN', 3000000, 2600000, '华东两位客户经理离职，新人下季度才能到岗。', 'open', null::numeric, null),
                     (@second, 'EURODIST', 3000000, 2200000, 'Two large projects moved into the next year.', 'countered', 2700000, 'One of them was ordered last week.')) as wish (number, code, held, proposed, reason, status, counter, answer)
        join partner p on p.code = wish.code
        cross join lateral (select u.number from person u where u.partner_id = p.partner_id order by u.person_id limit 1) asker
        """, new { kpi, kind = period.KindName, start = period.Start, now, first = PublicNumber.From("TP", "demo proposal 1"), second = PublicNumber.From("TP", "demo proposal 2") }, ct);

    async Task<long> DefineAsync(string name, string nameZh, string formula, string period, CancellationToken ct, Extras? extras = null)
    {
        var definition = await kpis.AddAsync(PublicNumber.From("K", "demo kpi " + formula), name, nameZh, ct);
        var unit = formula switch { "win_rate" => Unit.Ratio, "sell_through / deals_won" => new(1, 0, -1, 0), _ => Unit.Of(MetricCatalog.Find(formula)!.Unit) };
        await kpis.PublishAsync(definition, new(formula, "up", period) { Note = extras?.Note, PartnerTypes = extras?.PartnerTypes ?? [] }, unit, new(NoKeys, NoKeys), null, "demo", ct);
        return definition;
    }

    static readonly Dictionary<string, long> NoKeys = [];

    sealed record Extras
    {
        public string? Note { get; init; }

        public IReadOnlyList<string> PartnerTypes { get; init; } = [];
    }
}
