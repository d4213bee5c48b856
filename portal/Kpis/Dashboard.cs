using Platform.Database;

namespace Portal.Kpis;

/// <summary>Reads what a dashboard shows of one branch in one period: roll-ups only, in one transaction, however long the history is.</summary>
public sealed class Dashboard(Db db, KpiStore kpis)
{
    /// <summary>How many months the trend shows.</summary>
    public const int TrendMonths = 24;

    const int BranchesShown = 10;

    /// <summary>Reads it.</summary>
    /// <param name="root">The branch's root; the brand's is the whole channel.</param>
    /// <param name="period">The period, or null for the latest that has figures (this one, where none has).</param>
    /// <param name="kind">Which kind of period to fall back to.</param>
    /// <param name="today">Today in the brand's zone.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DashboardFigures> ReadAsync(PartnerName root, Period? period, PeriodKind kind, DateOnly today, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var shown = period ?? Period.Of(kind, await kpis.LastMonthAsync(root.PartnerId, ct) is { } last && last < today ? last : today);
        var firstOfTrend = new DateOnly(shown.End.AddDays(-1).Year, shown.End.AddDays(-1).Month, 1).AddMonths(1 - TrendMonths);
        var months = await kpis.BranchMonthsAsync(root.PartnerId, Earlier(firstOfTrend, shown.YearBefore.Start, shown.Previous.Start), shown.End, ct);
        var isBrand = root.PartnerType == "brand";
        var metric = isBrand ? Metric.SellIn : Metric.Purchases;
        var branches = await kpis.BranchesBelowAsync(root.PartnerId, metric, shown.Start, shown.End, BranchesShown, ct);
        var reached = isBrand ? await kpis.ReachedInSumAsync(shown, ct) : await kpis.ReachedAsync(shown, root.PartnerId, ct);
        return new DashboardFigures(root, shown, firstOfTrend, months, branches, reached);
    }, ct);

    static DateOnly Earlier(params ReadOnlySpan<DateOnly> days)
    {
        var earliest = days[0];
        foreach (var day in days)
        {
            earliest = day < earliest ? day : earliest;
        }

        return earliest;
    }
}

/// <summary>What a dashboard shows of one branch in one period.</summary>
/// <param name="Root">Whose branch.</param>
/// <param name="Period">Which period.</param>
/// <param name="FirstOfTrend">The first month of the trend.</param>
/// <param name="Months">The branch's months, from before the trend on.</param>
/// <param name="Branches">The largest branches directly under it.</param>
/// <param name="Reached">Figures against targets: the partner's own, or the sum over all partners with a target.</param>
public sealed record DashboardFigures(
    PartnerName Root, Period Period, DateOnly FirstOfTrend, IReadOnlyList<BranchMonth> Months, IReadOnlyList<BranchSum> Branches, IReadOnlyList<Reached> Reached)
{
    /// <summary>A metric over a period.</summary>
    public decimal Sum(string metric, Period period) =>
        Months.Where(month => month.Metric == metric && month.Month >= period.Start && month.Month < period.End).Sum(month => month.Value);

    /// <summary>The change against another period, 0.1 for a tenth more; null where there was nothing.</summary>
    public decimal? Change(string metric, Period before) => Sum(metric, before) is var then && then > 0 ? (Sum(metric, Period) / then) - 1 : null;

    /// <summary>The months of the trend.</summary>
    public IReadOnlyList<DateOnly> TrendMonths => [.. Enumerable.Range(0, Dashboard.TrendMonths).Select(FirstOfTrend.AddMonths)];

    /// <summary>A metric by month over the trend.</summary>
    public IReadOnlyList<decimal?> Trend(string metric)
    {
        var byMonth = Months.Where(month => month.Metric == metric).GroupBy(month => month.Month).ToDictionary(group => group.Key, group => group.Sum(month => month.Value));
        return [.. TrendMonths.Select(month => (decimal?)byMonth.GetValueOrDefault(month))];
    }

    /// <summary>A metric of the period by product line, the largest first.</summary>
    public IReadOnlyList<(string Name, string NameZh, decimal Value)> ByProductLine(string metric) =>
        [.. Months.Where(month => month.Metric == metric && month.ProductLine is not null && month.Month >= Period.Start && month.Month < Period.End)
            .GroupBy(month => (month.ProductLineName, month.ProductLineNameZh))
            .Select(group => (group.Key.ProductLineName!, group.Key.ProductLineNameZh!, group.Sum(month => month.Value)))
            .OrderByDescending(line => line.Item3)];

    /// <summary>True when the branch has no figure at all in what was read.</summary>
    public bool IsEmpty => Months.Count == 0;
}
