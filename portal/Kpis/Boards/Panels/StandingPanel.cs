using Platform.Texts;

namespace Portal.Kpis.Boards;

/// <summary>Rates and reaches: how well orders are filled, deals decided and won, how long stock lasts and how long buyers take to pay; the gap between stock as counted and as reported.</summary>
public sealed class StandingPanel(DerivedFigures derived, KpiLevels levels, Texts t) : IPanel
{
    static readonly IReadOnlyList<(string Key, string Unit, Func<Derived, decimal?> Of, string Behind)> Figures =
    [
        ("fill_rate", "ratio", figures => figures.FillRate, Metric.FillOnTime), ("on_time_receipt", "ratio", figures => figures.OnTimeReceipt, Metric.ReceiptOnTime),
        ("approval_rate", "ratio", figures => figures.ApprovalRate, Metric.DealsApproved), ("win_rate", "ratio", figures => figures.WinRate, Metric.DealsWon),
        ("conversion_days", "days", figures => figures.ConversionDays, Metric.DealConversionDays),
        ("sell_in_discount_rate", "ratio", figures => figures.SellInDiscount, Metric.SellInDiscount), ("sell_through_discount_rate", "ratio", figures => figures.SellThroughDiscount, Metric.SellThroughDiscount),
        ("quoted_discount_rate", "ratio", figures => figures.QuotedDiscount, Metric.QuotedDiscount),
        ("stock_days", "days", figures => figures.StockDays, Metric.StockOnHand), ("weeks_of_supply", "weeks", figures => figures.WeeksOfSupply, Metric.StockOnHand), ("reported_stock_days", "days", figures => figures.ReportedStockDays, Metric.StockReported),
        ("overdue_share", "ratio", figures => figures.OverdueShare, Metric.ReceivablesOverdue), ("days_to_pay", "days", figures => figures.DaysToPay, Metric.ReceivablesOpen),
    ];

    /// <inheritdoc/>
    public string Name => "standing";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        // These figures are of a whole branch: what it is narrowed to does not reach them, and the rule says so.
        var scope = asked.Scope;
        var now = await derived.BranchAsync(scope.Root.PartnerId, scope.Period.Start, scope.Period.End, asked.Today, ct);
        var before = scope.Before is { } other ? await derived.BranchAsync(scope.Root.PartnerId, other.Start, other.End, asked.Today, ct) : null;
        var stock = (await levels.BranchAsync(scope.Root.PartnerId, [Metric.StockOnHand, Metric.StockReported], scope.Standing, ct)).ToLookup(row => row.Metric, row => row.Value, StringComparer.Ordinal);
        var (counted, reported) = (stock[Metric.StockOnHand].Sum(), stock[Metric.StockReported].Sum());
        var rows = Figures.Where(figure => figure.Of(now) is not null || (before is not null && figure.Of(before) is not null)).Select(IReadOnlyList<PanelCell> (figure) =>
        [
            new(t["kpis.panel.standing." + figure.Key].Value), new(Rounded(figure.Of(now), figure.Unit)) { Unit = figure.Unit, Link = scope.Rows(figure.Behind) }, new(before is null ? null : Rounded(figure.Of(before), figure.Unit)) { Unit = figure.Unit },
        ]).ToList();
        if (reported != 0)
        {
            rows.Add([new(t["kpis.panel.standing.gap"].Value), new(reported - counted) { Unit = "pieces", Link = scope.Rows(Metric.StockReported) }, new(null)]);
        }

        return new(t["kpis.panel.standing"], new(
            [new("figure", t["kpis.metric"], PanelValue.Text), new("value", scope.Period.Said(t), PanelValue.Figure), new("before", scope.Before?.Said(t) ?? t["kpis.panel.change_none"].Value, PanelValue.Figure)], rows))
        {
            Rule = scope.IsFiltered ? t["kpis.panel.standing.rule_narrowed", DerivedFigures.PaceDays].Value : t["kpis.panel.standing.rule", DerivedFigures.PaceDays].Value,
            WhenEmpty = t["kpis.nothing_in_period", scope.Period.Said(t)],
        };
    }

    static decimal? Rounded(decimal? value, string unit) => value is { } number ? Math.Round(number, unit == "ratio" ? 4 : 1) : null;
}
