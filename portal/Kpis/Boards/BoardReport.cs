using System.Globalization;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Documents.Typst;
using Portal.Web;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>The whole dashboard as a file: each panel a section of a PDF or a sheet of a workbook, in the language of the request.</summary>
public sealed class BoardReport(TypstWorkers typst, Texts t, IConfiguration settings, TimeProvider clock)
{
    const int RowsOnPaper = 20;
    const int ColumnsOnPaper = 7;

    static readonly string Template = TypstTemplate.Read("Kpis/Boards/board.typ");

    /// <summary>As a workbook, a sheet for each panel that has figures.</summary>
    public Task<byte[]> ExcelAsync(BoardAsked asked, IReadOnlyList<PanelFigures> panels, string author, CancellationToken ct) => ExcelBook.MakeAsync(new(Title(asked), author, clock.GetUtcNow()), book =>
    {
        foreach (var panel in panels.Where(panel => !panel.IsEmpty).DefaultIfEmpty(new(t["kpis.panel.nothing"], new([new("none", t["kpis.panel.nothing"], PanelValue.Text)], []))))
        {
            var columns = PanelTables.Columns(panel, asked.Currency);
            var sheet = book.AddSheet(panel.Title, new() { Columns = [.. columns.Select(column => new ExcelColumn(column.Width))], FreezeRows = 1, RepeatRows = (1, 1), FilterRow = 1, IsLandscape = true });
            sheet.Row([.. columns.Select(column => ExcelCell.Text(column.Head, column.IsNumber ? ExcelLook.HeadingRight : ExcelLook.Heading))]);
            foreach (var row in PanelTables.Rows(panel, t, asked.Currency))
            {
                sheet.Row([.. row.Select((value, at) => columns[at].Cell(value))]);
            }
        }
    }, ct);

    /// <summary>As a PDF with its charts; or why there is none now.</summary>
    public Task<Typesetting> PdfAsync(BoardAsked asked, IReadOnlyList<PanelFigures> panels, CancellationToken ct)
    {
        var scope = asked.Scope;
        return typst.RenderAsync(new(Template, new
        {
            partner = Formats.Company(scope.Root.Name, scope.Root.NameLatin), period = scope.Period.Said(t), kind = t["kpis.dashboard"].Value, currency = asked.Currency, against = scope.Before?.Said(t) ?? "–", asOf = Formats.Date(scope.Standing),
            narrowed = string.Join(" · ", new[] { NameOf(scope.Line), NameOf(scope.Territory), scope.Type is { } type ? t["kpis.type." + type].Value : null, scope.Level is { } level ? t["kpis.level." + level].Value : null }.OfType<string>()),
            panels = panels.Where(panel => !panel.IsEmpty).Select(panel => Section(panel, asked.Currency)),
            words = new
            {
                period = t["kpis.period"].Value, against = t["kpis.against"].Value, asOf = t["kpis.scorecard.as_of"].Value, currency = t["kpis.board.money"].Value, online = t["kpis.board.online"].Value, qrAlt = t["kpis.board.online"].Value,
                narrowed = t["kpis.narrow"].Value, nothing = t["kpis.dashboard.empty"].Value,
            },
        }, Title(asked), clock.GetUtcNow())
        {
            Language = Languages.Current,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["online.svg"] = QrImage.Svg(PortalUrl.Of(settings) + BoardScope.Path + scope.Query) },
        }, ct);
    }

    /// <summary>What the file is called, without its kind.</summary>
    public string Title(BoardAsked asked) => $"{t["kpis.dashboard"].Value} {Formats.Company(asked.Scope.Root.Name, asked.Scope.Root.NameLatin)} {asked.Scope.Period}";

    object Section(PanelFigures panel, string currency)
    {
        // A wide table (a heat table, cohorts) keeps its first columns on paper, and what is left out stands in the workbook.
        var columns = panel.Table.Columns.Take(ColumnsOnPaper).ToList();
        return new
        {
            title = panel.Title, rule = panel.Rule ?? "", findings = panel.Findings, bars = Bars(panel.Chart),
            columns = columns.Select(column => new { head = column.Kind == PanelValue.Money ? $"{column.Head} ({currency})" : column.Head, words = column.Kind == PanelValue.Text }),
            rows = panel.Table.Rows.Take(RowsOnPaper).Select(row => row.Take(ColumnsOnPaper).Select((cell, at) => new { text = Shown(columns[at].Kind, cell, currency), heat = cell.Heat ?? 0 })),
            more = panel.Table.Rows.Count > RowsOnPaper ? t["kpis.panel.more_rows", panel.Table.Rows.Count - RowsOnPaper].Value : "",
        };
    }

    // The first series as columns, shares of the largest; a ring needs no second picture beside its table.
    static object? Bars(Chart? chart) => chart is null || chart.Labels.Count == 0 || chart.Series.All(series => series.Kind is ChartKind.Ring) ? null : new
    {
        series = chart.Series.Where(series => series.Kind is not ChartKind.Band).Select(series =>
        {
            var most = Math.Max(1, chart.Series.SelectMany(one => one.Values.Concat(one.Upper ?? [])).Max() ?? 1);
            return new { name = series.Name, values = series.Values.Select(value => value is { } number ? (double)(Math.Max(0, number) / most) : -1) };
        }),
        labels = chart.Labels, lying = chart.Series.Any(series => series.Kind == ChartKind.Row),
    };

    string Shown(PanelValue kind, PanelCell cell, string currency) => (kind, cell.Number) switch
    {
        (PanelValue.Text, _) => cell.Value?.ToString() ?? "",
        (_, null) => "–",
        (PanelValue.Money, { } amount) => Formats.Amount(amount, currency),
        (PanelValue.Share, { } share) => Formats.Percent(share),
        (PanelValue.Change, { } change) => (change >= 0 ? "▲ " : "▼ ") + Formats.Percent(Math.Abs(change)),
        (PanelValue.Figure, { } figure) => cell.Unit switch
        {
            "ratio" => Formats.Percent(figure),
            "days" or "weeks" => $"{Formats.Number(figure, 0, 1)} {PanelTables.UnitName(cell.Unit, t, currency)}",
            { } unit when Named.IsMoney(unit) => Formats.Of(new(figure, currency)),
            _ => Formats.Number(figure, 0, 2),
        },
        (_, { } number) => Formats.Number(number, 0, 2),
    };

    static string? NameOf(BoardChoice? choice) => choice is null ? null : Named.In(choice.Name, choice.NameZh);
}
