using Dapper;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>Reads what a dashboard shows of one branch in one period: roll-ups only, in one round trip after that for the definitions, however long the history is.</summary>
public sealed class Dashboard(Db db, KpiStore kpis, Attainments attainments)
{
    /// <summary>How many months the trend shows.</summary>
    public const int TrendMonths = 24;

    const int BranchesShown = 10;

    // Months of no product line are no line's.
    const string SalesByLine = """
        select l.name, l.name_zh, sum(f.value) as value
        from kpi_branch_month f join product_line l using (product_line_id)
        where f.partner_id = @partnerId and f.metric = @sales and f.month >= @start and f.month < @end
        group by l.product_line_id
        order by sum(f.value) desc
        """;

    const string LargestBranches = """
        select p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_type, p.partner_level, sum(f.value) as value
        from partner p join kpi_branch_month f on f.partner_id = p.partner_id
        where p.upstream_id = @partnerId and f.metric = @sales and f.month >= @start and f.month < @end
        group by p.partner_id
        order by sum(f.value) desc
        limit @most
        """;

    /// <summary>Reads it.</summary>
    /// <param name="root">The branch's root; the brand's is the whole channel.</param>
    /// <param name="period">The period, or null for the latest that has figures (this one, where none has).</param>
    /// <param name="kind">Which kind of period to fall back to.</param>
    /// <param name="today">Today in the brand's zone.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DashboardFigures> ReadAsync(BranchRoot root, Period? period, PeriodKind kind, DateOnly today, CancellationToken ct)
    {
        var shown = period ?? Period.Of(kind, await kpis.LastMonthAsync(root.PartnerId, ct) is { } last && last < today ? last : today);
        var firstOfTrend = new DateOnly(shown.End.AddDays(-1).Year, shown.End.AddDays(-1).Month, 1).AddMonths(1 - TrendMonths);
        var isBrand = root.PartnerType == "brand";
        var measured = await attainments.MeasuredAsync(shown, ct);
        string[] metrics = [isBrand ? Metric.SellIn : Metric.Purchases, Metric.SellThrough, Metric.DealsRegistered, Metric.DealsWon];
        var args = new
        {
            partnerId = root.PartnerId,
            metrics,
            from = firstOfTrend < shown.YearBefore.Start ? firstOfTrend : shown.YearBefore.Start,
            until = shown.End,
            sales = metrics[0],
            held = shown.HeldOn,
            start = shown.Start,
            end = shown.End,
            standing = measured.Standing,
            most = BranchesShown,
            versions = measured.Versions,
        };
        return await db.ReadManyAsync(
            string.Join(";\n", KpiStore.MetricMonths, SalesByLine, LargestBranches, isBrand ? measured.InSum : measured.ByPartner(onePartner: true)), args,
            async answers => new DashboardFigures(
                root, shown, metrics, firstOfTrend,
                (await answers.ReadAsync<MetricMonth>()).AsList(), (await answers.ReadAsync<LineSum>()).AsList(),
                (await answers.ReadAsync<BranchSum>()).AsList(), (await answers.ReadAsync<Reached>()).AsList()), ct);
    }
}

/// <summary>What a dashboard shows of one branch in one period.</summary>
/// <param name="Root">Whose branch.</param>
/// <param name="Period">Which period.</param>
/// <param name="Metrics">Which metrics, the branch's sales first.</param>
/// <param name="FirstOfTrend">The first month of the trend.</param>
/// <param name="Months">The metrics by month, from the beginning of the trend or of the same period a year before, whichever is earlier.</param>
/// <param name="Lines">The sales of the period by product line.</param>
/// <param name="Branches">The largest branches directly under it.</param>
/// <param name="Reached">Figures against targets: the partner's own, or the sum over all partners with a target.</param>
public sealed record DashboardFigures(
    BranchRoot Root, Period Period, IReadOnlyList<string> Metrics, DateOnly FirstOfTrend, IReadOnlyList<MetricMonth> Months, IReadOnlyList<LineSum> Lines,
    IReadOnlyList<BranchSum> Branches, IReadOnlyList<Reached> Reached)
{
    /// <summary>The metric by which the branch's sales are told: what the brand sold in, what a partner bought.</summary>
    public string Sales => Metrics[0];

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
        var byMonth = Months.Where(month => month.Metric == metric).ToDictionary(month => month.Month, month => month.Value);
        return [.. TrendMonths.Select(month => (decimal?)byMonth.GetValueOrDefault(month))];
    }

    /// <summary>True when the branch has no figure at all in what was read.</summary>
    public bool IsEmpty => Months.Count == 0;
}

/// <summary>The partner at the root of a branch; the brand's branch is the whole channel.</summary>
public sealed record BranchRoot(long PartnerId, string Number, string Name, string? NameLatin, string PartnerType);

/// <summary>A product line with the sum of a metric.</summary>
public sealed record LineSum(string Name, string NameZh, decimal Value);

/// <summary>A branch with the sum of a metric.</summary>
public sealed record BranchSum(string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerType, string PartnerLevel, decimal Value);
