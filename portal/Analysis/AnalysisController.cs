using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Kpis;
using Portal.Web;

namespace Portal.Analysis;

/// <summary>The ready reports: for the brand of its channel, for a partner of its own branch.</summary>
[Route("analysis"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "sales")]
public sealed class AnalysisController(ReportStore reports, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public IActionResult Index() => View("ReportList", Reports.All);

    /// <summary>One report.</summary>
    [HttpGet("{name:regex(^[[a-z]]+$)}")]
    public async Task<IActionResult> Show(string name, string? period, CancellationToken ct) =>
        Reports.Find(name) is { } report ? View("ReportPage", await reports.ReadAsync(report, Period.Parse(period) ?? await reports.UsualAsync(ct), ct)) : NotFound();

    /// <summary>The same as a file.</summary>
    [HttpGet("{name:regex(^[[a-z]]+$)}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string name, string? period, CancellationToken ct)
    {
        if (Reports.Find(name) is not { } report)
        {
            return NotFound();
        }

        var figures = await reports.ReadAsync(report, Period.Parse(period) ?? await reports.UsualAsync(ct), ct);
        await Response.SendListAsync(t["analysis." + name], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["analysis.what"], Width: 44), .. report.Columns.Select(column => new TableColumn(t["analysis.column." + column.Name] + (column.Unit == ReportUnit.Money ? $" ({figures.Currency})" : ""), TableColumnKind.Number, 18, column.Unit == ReportUnit.Percent ? 4 : 2)),
            ],
            figures.Rows.ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) => [figures.NameOf(row, t), .. row.Values.Take(report.Columns.Count).Select(value => (object?)value)]), ct);
        return new EmptyResult();
    }
}

/// <summary>The reports for programs.</summary>
[ApiController]
[Route("api/v1/analysis"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "sales")]
public sealed class AnalysisApi(ReportStore reports, Texts t) : ControllerBase
{
    /// <summary>The names of the reports.</summary>
    [HttpGet("")]
    public IActionResult Index() => Ok(new { items = Reports.All.Select(report => report.Name) });

    /// <summary>One report: what it finds, and its rows.</summary>
    /// <param name="name">Which.</param>
    /// <param name="period">2026-Q3, 2026, 2026-07-R12; the last twelve months where none is named.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{name}")]
    public async Task<IActionResult> Show(string name, string? period, CancellationToken ct)
    {
        if (Reports.Find(name) is not { } report)
        {
            return ApiProblem.NotFound;
        }

        if (period is not null && Period.Parse(period) is null)
        {
            return ApiProblem.Invalid(new FieldProblem("period", "analysis.invalid.period"));
        }

        var figures = await reports.ReadAsync(report, Period.Parse(period) ?? await reports.UsualAsync(ct), ct);
        return Ok(new
        {
            report = report.Name, period = figures.Period.ToString(), currency = figures.Currency, findings = figures.Findings.Select(finding => finding.In(t)),
            rows = figures.Rows.Select(row => new { name = figures.NameOf(row, t), values = report.Columns.Select((column, place) => (column.Name, Value: row.Values[place])).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal) }),
        });
    }
}
