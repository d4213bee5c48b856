using Platform.Database;
using Platform.Texts;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>What the coming months will probably bring, with the band in which four of five outcomes lie; and the running period's probable end.</summary>
public sealed class ForecastPanel(Db db, Texts t) : IPanel
{
    const int MonthsBack = 36;
    const int MonthsShown = 18;
    const int MonthsAhead = 6;

    /// <inheritdoc/>
    public string Name => "forecast";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        var scope = asked.Scope;
        // From today on, whatever period is looked at: nobody forecasts what is over.
        var running = new DateOnly(asked.Today.Year, asked.Today.Month, 1);
        var first = running.AddMonths(-MonthsBack);
        var args = scope.Arguments();
        args.Add("first", first);
        args.Add("running", running);
        var sums = (await db.ListAsync<(DateOnly Month, decimal Value)>($"""
            select month, sum(value) as value from {scope.Facts("metric = @sales and month >= @first and month <= @running")} f group by month
            """, args, ct)).ToDictionary(row => row.Month, row => row.Value);
        var history = Enumerable.Range(0, MonthsBack).Select(month => sums.GetValueOrDefault(first.AddMonths(month))).ToList();
        var forecast = SalesForecast.Of(history, MonthsAhead);
        var months = Enumerable.Range(0, MonthsShown + MonthsAhead).Select(month => running.AddMonths(month - MonthsShown)).ToList();
        ForecastMonth? Ahead(DateOnly month) => month < running ? null : forecast[((month.Year - running.Year) * 12) + month.Month - running.Month];
        string Name(DateOnly month) => Period.Of(PeriodKind.Month, month).ToString();
        decimal? So(DateOnly month) => month <= running ? sums.GetValueOrDefault(month) : null;
        // The running quarter: what is there of its months that are over, and the forecast of the others.
        var quarter = Period.Of(PeriodKind.Quarter, running);
        var ofQuarter = Enumerable.Range(0, 3).Select(quarter.Start.AddMonths).ToList();
        decimal Quarter(Func<ForecastMonth, decimal> of) => ofQuarter.Sum(month => month < running ? sums.GetValueOrDefault(month) : Math.Max(of(Ahead(month)!), month == running ? sums.GetValueOrDefault(month) : 0));
        return new(t["kpis.panel.forecast"], new(
            [
                new("month", t["kpis.period.month"], PanelValue.Text), new("actual", t["kpis.metric." + scope.Sales], PanelValue.Money), new("forecast", t["kpis.panel.forecast.value"], PanelValue.Money),
                new("low", t["kpis.panel.forecast.low"], PanelValue.Money), new("high", t["kpis.panel.forecast.high"], PanelValue.Money),
            ],
            forecast.Count == 0 ? [] : [.. months.Where(month => month >= running.AddMonths(-MonthsAhead)).Select(IReadOnlyList<PanelCell> (month) => [new(Name(month)), new(So(month)), new(Ahead(month)?.Value), new(Ahead(month)?.Low), new(Ahead(month)?.High)])]))
        {
            Chart = forecast.Count == 0 ? null : new([.. months.Select(month => month == running ? Name(month) + "…" : Name(month))],
            [
                new(t["kpis.metric." + scope.Sales], [.. months.Select(So)]),
                new(t["kpis.panel.forecast.value"], [.. months.Select(month => Ahead(month)?.Value)]) { Kind = ChartKind.Line },
                new(t["kpis.panel.forecast.band"], [.. months.Select(month => Ahead(month)?.Low)]) { Kind = ChartKind.Band, Upper = [.. months.Select(month => Ahead(month)?.High)] },
            ]) { Unit = asked.Currency },
            Rule = string.Join(" ", t["kpis.panel.forecast.rule"].Value, t["kpis.running_month", Period.Of(PeriodKind.Month, running)].Value),
            Findings = forecast.Count == 0 ? [] :
            [
                t["kpis.panel.forecast.finding", quarter, Formats.Of(new(Quarter(month => month.Value), asked.Currency)), Formats.Of(new(Quarter(month => month.Low), asked.Currency)), Formats.Of(new(Quarter(month => month.High), asked.Currency))].Value,
            ],
            WhenEmpty = t["kpis.panel.forecast.empty"],
        };
    }
}
