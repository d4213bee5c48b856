using Platform.Texts;
using Portal.Kpis.Metrics;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>The panels that are read with the page, as the others are: for the screen, files, mail and the API.</summary>
public sealed class PromptPanels(Dashboard dashboard, Texts t)
{
    /// <summary>Reads one of them.</summary>
    /// <param name="name">One of <see cref="Panels.All"/> that is not late.</param>
    /// <param name="asked">What is asked about.</param>
    /// <param name="board">Whose tiles.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<PanelFigures> ReadAsync(string name, BoardAsked asked, Board board, CancellationToken ct) =>
        Of(name, await dashboard.ReadAsync(asked, board.Has(name) ? board : board with { Places = [.. board.Places, new(name, false)] }, ct));

    /// <summary>Makes one of what was read.</summary>
    public PanelFigures Of(string name, DashboardFigures figures) => name switch
    {
        Panels.Tiles => Tiles(figures),
        Panels.Attainment => Attainment(figures),
        "trend" => Trend(figures),
        "lines" => Lines(figures),
        "branches" => Branches(figures),
        _ => throw new ArgumentException($"There is no panel {name}.", nameof(name)),
    };

    PanelFigures Tiles(DashboardFigures figures) => new(t["kpis.panel.tiles"], new(
        [new("metric", t["kpis.metric"], PanelValue.Text), new("value", figures.Scope.Period.Said(t), PanelValue.Figure), new("before", figures.Scope.Before?.Said(t) ?? t["kpis.panel.change_none"].Value, PanelValue.Figure), new("change", Compared.Head(figures.Scope, t), PanelValue.Change)],
        [
            .. figures.Tiles.Select(IReadOnlyList<PanelCell> (tile) =>
            [
                new(t["kpis.metric." + tile.Metric].Value), new(figures.Now(tile)) { Unit = tile.Unit, Link = figures.Scope.Rows(tile.Metric) }, new(figures.Before(tile)) { Unit = tile.Unit },
                new(figures.Now(tile) is { } now && figures.Before(tile) is { } before ? Compared.Change(now, before) : null) { Direction = MetricCatalog.DirectionOf(tile.Metric) },
            ]),
        ]));

    PanelFigures Trend(DashboardFigures figures)
    {
        var scope = figures.Scope;
        string Month(DateOnly month) => Period.Of(PeriodKind.Month, month).ToString();
        // Beside months that are over, one that has begun looks like a collapse.
        var running = Period.Of(PeriodKind.Month, figures.Asked.Today);
        string Drawn(DateOnly month) => month == running.Start ? Month(month) + "…" : Month(month);
        var (sales, through) = (figures.Trend(scope.Sales), figures.Trend(Metric.SellThrough));
        return new(t["kpis.trend"], new(
            [new("month", t["kpis.period.month"], PanelValue.Text), new(scope.Sales, t["kpis.metric." + scope.Sales], PanelValue.Money), new(Metric.SellThrough, t["kpis.metric.sell_through"], PanelValue.Money)],
            [.. figures.TrendMonths.Select(IReadOnlyList<PanelCell> (month, at) => [new(Month(month)) { Link = scope.In(Period.Of(PeriodKind.Month, month)) }, new(sales[at]), new(through[at])])]))
        {
            Chart = new([.. figures.TrendMonths.Select(Drawn)], [new(t["kpis.metric." + scope.Sales], sales), new(t["kpis.metric.sell_through"], through) { Kind = ChartKind.Line }]) { Unit = figures.Asked.Currency },
            Rule = figures.TrendMonths.Contains(running.Start) ? t["kpis.running_month", running].Value : null,
            RowsShown = 0,
        };
    }

    PanelFigures Lines(DashboardFigures figures)
    {
        var whole = figures.Lines.Sum(line => line.Value);
        return new(t["kpis.by_line"], new(
            [new("line", t["kpis.product_line"], PanelValue.Text), new("value", t["kpis.metric." + figures.Scope.Sales], PanelValue.Money), new("share", t["kpis.panel.share"], PanelValue.Share)],
            [.. figures.Lines.Select(IReadOnlyList<PanelCell> (line) => [new(Named.In(line.Name, line.NameZh)) { Link = BoardScope.Path + (figures.Scope with { Line = new(0, line.Code, line.Name, line.NameZh) }).Query }, new(line.Value), new(whole > 0 ? line.Value / whole : null)])]))
        {
            Chart = new([.. figures.Lines.Select(line => Named.In(line.Name, line.NameZh))], [new(t["kpis.metric." + figures.Scope.Sales], [.. figures.Lines.Select(line => (decimal?)line.Value)]) { Kind = ChartKind.Ring }]) { Unit = figures.Asked.Currency },
            WhenEmpty = t["kpis.nothing_in_period", figures.Scope.Period.Said(t)],
            RowsShown = 6,
        };
    }

    PanelFigures Attainment(DashboardFigures figures) => new(t["kpis.against_targets"], new(
        [new("kpi", t["kpis.kpi"], PanelValue.Text), new("actual", t["kpis.actual"], PanelValue.Figure), new("target", t["kpis.target"], PanelValue.Figure), new("attainment", t["kpis.attainment"], PanelValue.Share)],
        [.. figures.Reached.Where(row => row.Target is not null).Select(IReadOnlyList<PanelCell> (row) => [new(Named.In(row.KpiName, row.KpiNameZh)), new(row.Actual) { Unit = row.Unit }, new(row.Target) { Unit = row.Unit }, new(row.Attainment) { Judged = AttainmentOf.Row(row) }])]));

    PanelFigures Branches(DashboardFigures figures)
    {
        var scope = figures.Scope;
        var name = t["kpis.metric." + scope.Sales].Value;
        return new(t[scope.IsNarrowed ? "kpis.panel.branches.narrowed" : "kpis.branches"], new(
            [
                new("partner", t["kpis.partner"], PanelValue.Text), new("type", t["kpis.partner_type"], PanelValue.Text), new("level", t["kpis.partner_level"], PanelValue.Text), new("value", name, PanelValue.Money),
                new("change", Compared.Head(scope, t), PanelValue.Change),
            ],
            [
                .. figures.Branches.Select(IReadOnlyList<PanelCell> (branch) =>
                [
                    new(Formats.Company(branch.PartnerName, branch.PartnerNameLatin)) { Link = scope.Of(branch.PartnerNumber) }, new(t["kpis.type." + branch.PartnerType].Value), new(t["kpis.level." + branch.PartnerLevel].Value),
                    new(branch.Value), new(Compared.Change(branch.Value, branch.Before)),
                ]),
            ]))
        {
            Chart = new([.. figures.Branches.Select(branch => Formats.Company(branch.PartnerName, branch.PartnerNameLatin))], [new(name, [.. figures.Branches.Select(branch => (decimal?)branch.Value)]) { Kind = ChartKind.Row }]) { Unit = figures.Asked.Currency },
            WhenEmpty = t["kpis.branches.empty_text", scope.Period.Said(t)],
        };
    }
}
