using Platform.Database;
using Platform.Texts;
using Portal.Kpis.Metrics;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>How many registrations became approvals and wins in the period (漏斗), and what share of the step before that is. Each act counts on its own day: a win may be of a deal registered earlier.</summary>
public sealed class FunnelPanel(Db db, Texts t) : IPanel
{
    static readonly string[] Steps = [Metric.DealsRegistered, Metric.DealsApproved, Metric.DealsWon];

    static readonly string[] Aside = [Metric.DealsLost, Metric.DealsExpired, Metric.DealsWonValue, Metric.QuotesSent, Metric.NewCustomers];

    /// <inheritdoc/>
    public string Name => "funnel";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        // Deals know no product line: narrowed to one they would all be gone.
        var scope = asked.Scope with { Line = null };
        var args = scope.Arguments();
        args.Add("metrics", (string[])[.. Steps, .. Aside]);
        var sums = (await db.ListAsync<(string Metric, decimal Now, decimal Before)>($"""
            select metric, coalesce(sum(value) filter (where month >= @start and month < @end), 0) as now, coalesce(sum(value) filter (where month >= @beforeStart and month < @beforeEnd), 0) as before
            from {scope.Facts("metric = any (@metrics) and (month >= @start and month < @end or month >= @beforeStart and month < @beforeEnd)")} f
            group by metric
            """, args, ct)).ToDictionary(row => row.Metric, StringComparer.Ordinal);
        decimal Now(string metric) => sums.GetValueOrDefault(metric).Now;
        decimal Before(string metric) => sums.GetValueOrDefault(metric).Before;
        var rows = new List<IReadOnlyList<PanelCell>>();
        decimal? previous = null;
        foreach (var metric in (string[])[.. Steps, .. Aside])
        {
            var unit = metric == Metric.DealsWonValue ? "money" : "count";
            var isStep = Steps.Contains(metric);
            rows.Add(
            [
                new(t["kpis.metric." + metric].Value), new(Now(metric)) { Unit = unit, Link = scope.Rows(metric) },
                new(isStep && previous is > 0 ? Now(metric) / previous : null), new(Compared.Change(Now(metric), Before(metric))) { Direction = MetricCatalog.DirectionOf(metric) },
            ]);
            previous = isStep ? Now(metric) : previous;
        }

        var registered = Now(Metric.DealsRegistered);
        return new(t["kpis.panel.funnel"], new(
            [
                new("metric", t["kpis.metric"], PanelValue.Text), new("value", scope.Period.Said(t), PanelValue.Figure), new("of_the_step_before", t["kpis.panel.funnel.share"], PanelValue.Share),
                new("change", Compared.Head(scope, t), PanelValue.Change),
            ],
            sums.Count == 0 ? [] : rows))
        {
            Chart = new([.. Steps.Select(metric => t["kpis.metric." + metric].Value)], [new(scope.Period.Said(t), [.. Steps.Select(metric => (decimal?)Now(metric))]) { Kind = ChartKind.Row }]) { IsCount = true },
            Rule = t["kpis.panel.funnel.rule"],
            Findings = registered > 0 ? [t["kpis.panel.funnel.finding", Formats.Number(registered), Formats.Number(Now(Metric.DealsWon)), Formats.Percent(Now(Metric.DealsWon) / registered)].Value] : [],
            WhenEmpty = t["kpis.panel.funnel.empty"],
        };
    }
}
