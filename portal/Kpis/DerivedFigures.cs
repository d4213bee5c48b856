using Platform.Database;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>
/// The figures that are made of several facts: rates, days of stock, days until buyers pay. Each is null where it has no base, for nothing out of nothing is not 0 %.
/// Rates are of the span that is asked for; stock and receivables are those at the end of its last day, or of today while the span is not over, against the 90 days up to it.
/// </summary>
public sealed class DerivedFigures(Db db, KpiLevels levels)
{
    /// <summary>How many days back the pace of selling and buying is measured.</summary>
    public const int PaceDays = 90;

    static readonly string[] Rates =
    [
        Metric.SellInList, Metric.SellInDiscount, Metric.SellThroughList, Metric.SellThroughDiscount, Metric.QuotedList, Metric.QuotedDiscount, Metric.FillDue, Metric.FillOnTime, Metric.ReceiptDue, Metric.ReceiptOnTime,
        Metric.DealsApproved, Metric.DealsRejected, Metric.DealsDuplicate, Metric.DealsWon, Metric.DealsLost, Metric.DealsExpired, Metric.DealConversions, Metric.DealConversionDays,
    ];

    static readonly string[] Pace = [Metric.SellThroughUnits, Metric.SellOutUnits, Metric.SellOutUnitsUnreported, Metric.Purchases];

    /// <summary>What a partner did itself.</summary>
    /// <param name="partnerId">The partner.</param>
    /// <param name="from">First day.</param>
    /// <param name="until">Day after the last; promises are measured up to the day before <paramref name="today"/> only.</param>
    /// <param name="today">Today, by the brand's calendar.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Derived> OwnAsync(long partnerId, DateOnly from, DateOnly until, DateOnly today, CancellationToken ct) => FiguresAsync(partnerId, isBranch: false, from, until, today, ct);

    /// <summary>What a partner and all below it did. Goods that one of them sells to another have not left the branch: its pace is what went to end customers.</summary>
    /// <inheritdoc cref="OwnAsync"/>
    public Task<Derived> BranchAsync(long partnerId, DateOnly from, DateOnly until, DateOnly today, CancellationToken ct) => FiguresAsync(partnerId, isBranch: true, from, until, today, ct);

    /// <summary>Sums of facts over days, by metric; whole months come from the months.</summary>
    /// <param name="partnerId">The partner, or the branch's root.</param>
    /// <param name="isBranch">True for all below it as well.</param>
    /// <param name="metrics">Which.</param>
    /// <param name="from">First day.</param>
    /// <param name="until">Day after the last.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Dictionary<string, decimal>> SumsAsync(long partnerId, bool isBranch, IReadOnlyCollection<string> metrics, DateOnly from, DateOnly until, CancellationToken ct)
    {
        var firstMonth = from.Day == 1 ? from : new DateOnly(from.Year, from.Month, 1).AddMonths(1);
        var lastMonth = new DateOnly(until.Year, until.Month, 1);
        // Where no month is whole, all of it is days.
        var (monthsFrom, monthsUntil) = firstMonth < lastMonth ? (firstMonth, lastMonth) : (until, until);
        var rows = await db.ListAsync<(string Metric, decimal Value)>($"""
            select metric, sum(value) as value
            from (select metric, {(isBranch ? "value" : "own")} as value from kpi_branch_month where partner_id = @partnerId and metric = any (@metrics) and month >= @monthsFrom and month < @monthsUntil
                  union all
                  select d.metric, d.value
                  from kpi_daily d
                  where {(isBranch ? "d.partner_id in (select l.partner_id from partner_line l where l.ancestor_id = @partnerId)" : "d.partner_id = @partnerId")}
                    and d.metric = any (@metrics) and (d.day >= @from and d.day < @monthsFrom or d.day >= @monthsUntil and d.day < @until)) fact
            group by metric
            """, new { partnerId, metrics, from, until, monthsFrom, monthsUntil }, ct);
        return rows.ToDictionary(row => row.Metric, row => row.Value, StringComparer.Ordinal);
    }

    async Task<Derived> FiguresAsync(long partnerId, bool isBranch, DateOnly from, DateOnly until, DateOnly today, CancellationToken ct)
    {
        // Of days to come something is known already (an invoice that will be due), but nothing was sold on them and nothing stands yet.
        var reached = until <= today ? until : today.AddDays(1);
        var (sums, due, pace, standing) = await db.TogetherAsync(async () => (
            await SumsAsync(partnerId, isBranch, Rates, from, until, ct),
            await SumsAsync(partnerId, isBranch, [Metric.FillDue, Metric.FillOnTime, Metric.ReceiptDue, Metric.ReceiptOnTime], from, until < today ? until : today, ct),
            await SumsAsync(partnerId, isBranch, Pace, reached.AddDays(-PaceDays), reached, ct),
            await StandingAsync(partnerId, isBranch, reached.AddDays(-1), ct)), ct);
        decimal Sum(string metric) => sums.GetValueOrDefault(metric);
        var sold = pace.GetValueOrDefault(Metric.SellOutUnits) + pace.GetValueOrDefault(Metric.SellOutUnitsUnreported) + (isBranch ? 0 : pace.GetValueOrDefault(Metric.SellThroughUnits));
        return new Derived
        {
            SellInDiscount = Share(Sum(Metric.SellInDiscount), Sum(Metric.SellInList)),
            SellThroughDiscount = Share(Sum(Metric.SellThroughDiscount), Sum(Metric.SellThroughList)),
            QuotedDiscount = Share(Sum(Metric.QuotedDiscount), Sum(Metric.QuotedList)),
            FillRate = Share(due.GetValueOrDefault(Metric.FillOnTime), due.GetValueOrDefault(Metric.FillDue)),
            OnTimeReceipt = Share(due.GetValueOrDefault(Metric.ReceiptOnTime), due.GetValueOrDefault(Metric.ReceiptDue)),
            ApprovalRate = Share(Sum(Metric.DealsApproved), Sum(Metric.DealsApproved) + Sum(Metric.DealsRejected) + Sum(Metric.DealsDuplicate)),
            WinRate = Share(Sum(Metric.DealsWon), Sum(Metric.DealsWon) + Sum(Metric.DealsLost) + Sum(Metric.DealsExpired)),
            ConversionDays = Share(Sum(Metric.DealConversionDays), Sum(Metric.DealConversions)),
            StockDays = Share(standing.GetValueOrDefault(Metric.StockOnHand) * PaceDays, sold),
            ReportedStockDays = standing.TryGetValue(Metric.StockReported, out var reported) ? Share(reported * PaceDays, sold) : null,
            OverdueShare = Share(standing.GetValueOrDefault(Metric.ReceivablesOverdue), standing.GetValueOrDefault(Metric.ReceivablesOpen)),
            DaysToPay = Share(standing.GetValueOrDefault(Metric.ReceivablesOpen) * PaceDays, pace.GetValueOrDefault(Metric.Purchases)),
        };
    }

    async Task<Dictionary<string, decimal>> StandingAsync(long partnerId, bool isBranch, DateOnly day, CancellationToken ct)
    {
        string[] metrics = [.. MetricCatalog.Balances];
        var rows = isBranch ? await levels.BranchAsync(partnerId, metrics, day, ct) : await levels.OwnAsync(metrics, day, partnerId, ct);
        return rows.GroupBy(row => row.Metric, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(row => row.Value), StringComparer.Ordinal);
    }

    static decimal? Share(decimal part, decimal whole) => whole > 0 ? part / whole : null;
}

/// <summary>Figures made of several facts; null where there is no base.</summary>
public sealed record Derived
{
    /// <summary>Discount on what the brand sold, of its list value: 0.12 is 12 %.</summary>
    public decimal? SellInDiscount { get; init; }

    /// <summary>Discount on what partners sold, of its list value.</summary>
    public decimal? SellThroughDiscount { get; init; }

    /// <summary>Discount offered in the quotes sent, of their list value.</summary>
    public decimal? QuotedDiscount { get; init; }

    /// <summary>Of the pieces due as seller, what was sent by the day (订单满足率).</summary>
    public decimal? FillRate { get; init; }

    /// <summary>Of the pieces due as buyer, what had come by the day (及时收货率).</summary>
    public decimal? OnTimeReceipt { get; init; }

    /// <summary>Of the registrations decided on, those approved.</summary>
    public decimal? ApprovalRate { get; init; }

    /// <summary>Of the protected deals that ended, those won.</summary>
    public decimal? WinRate { get; init; }

    /// <summary>Days from approval to win, on average.</summary>
    public decimal? ConversionDays { get; init; }

    /// <summary>How many days the stock lasts at the pace of the last 90 (库存天数), by the ledger.</summary>
    public decimal? StockDays { get; init; }

    /// <summary>The same by what the partner reports it holds.</summary>
    public decimal? ReportedStockDays { get; init; }

    /// <summary>The same in weeks (周转周数).</summary>
    public decimal? WeeksOfSupply => StockDays / 7;

    /// <summary>Of what is owed, what is overdue.</summary>
    public decimal? OverdueShare { get; init; }

    /// <summary>How many days of purchases are owed (DSO), at the pace of the last 90 days.</summary>
    public decimal? DaysToPay { get; init; }
}
