using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reported stock on the pages: a partner's own reports, and for the brand everybody's.</summary>
[Route("stock/reports")]
public sealed class ReportsController(ReportStock reportStock, ReportStore reports, StockSheet sheet, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const string PageView = "/Stock/Reports/ReportPage.cshtml";
    const string FormView = "/Stock/Reports/ReportForm.cshtml";

    static readonly SheetColumn Quantity = new("quantity", ["quantity", "qty", "stock", "on hand", "库存", "库存数量", "数量", "在库"]);
    static readonly SheetColumn Day = new("day", ["date", "as of", "day", "日期", "库存日期", "截止日期"]);

    /// <summary>All reports, and who reports.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Stock/Reports/ReportList.cshtml", await ListAsync([], ct));

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportList(CancellationToken ct) => Response.SendListAsync(t["stock.reports"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.report"], Width: 21), new(t["stock.holder"], Width: 30), new(t["stock.report.as_of"], TableColumnKind.Date, 14), new(t["stock.report.reported_at"], TableColumnKind.Time, 18),
            new(t["stock.report.products"], TableColumnKind.Number, 10, 0), new(t["stock.report.gaps"], TableColumnKind.Number, 10, 0), new(t["stock.report.unexplained"], TableColumnKind.Number, 14, 0),
        ],
        ListQuery.Read(Request, ReportStore.Shape).AllAsync(query => reports.ListAsync(me.IsBrand, query, ct)).Select(IReadOnlyList<object?> (row) =>
            [row.Number, row.PartnerName, row.AsOf, Web.Display.Formats.In(row.ReportedAt, Web.Display.Formats.Zone(me.TimeZone)), row.Lines, row.Gaps, row.Unexplained]), ct);

    /// <summary>An empty form.</summary>
    [HttpGet("new"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public IActionResult New() => View(FormView, new ReportFormPage(new ReportForm(), [], []));

    /// <summary>Takes what was typed or stands in a file.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestSizeLimit(StockSheet.MostBytes + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = StockSheet.MostBytes)]
    public async Task<IActionResult> Create(ReportForm form, IFormFile? file, CancellationToken ct)
    {
        SheetRows read = new([], []);
        if (file is not null)
        {
            await using var content = file.OpenReadStream();
            read = await sheet.ReadAsync(content, file.FileName, [StockSheet.Sku, Quantity, Day], t, ct);
        }

        var lines = file is null ? SkuLines.Read(form.Lines).Select(line => new ReportedLine(line.Sku, line.Quantity, line.Day) { HasNoSuchDay = line.HasNoSuchDay }) : read.Rows.Select(Line);
        var reported = await reportStock.RunAsync(Typed.Day(form.AsOf), [.. lines], file is null ? "typed" : "file", Typed.Text(form.Note), ct);
        if (reported.Outcome is StockOutcome.Forbidden)
        {
            return Forbid();
        }

        if (reported.Kept > 0)
        {
            this.Flash(FlashKind.Done, t["stock.report.taken", reported.Kept]);
        }

        if (reported.Outcome is StockOutcome.Done(var number) && read.Noticed.Count == 0)
        {
            return reported.Numbers.Count == 1 ? RedirectToAction(nameof(Show), new { number }) : RedirectToAction(nameof(Index));
        }

        Response.StatusCode = reported.Kept == 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return View(FormView, new ReportFormPage(form, (reported.Outcome as StockOutcome.Wrong)?.Problems ?? [], read.Noticed));
    }

    /// <summary>One report, a page of its lines.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, [], ct) is { } page ? View(PageView, page) : NotFound();

    /// <summary>One report as an Excel file.</summary>
    [HttpGet("{number}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(string number, CancellationToken ct)
    {
        if (await reports.FindAsync(number, ct) is not { } report)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await Response.SendListAsync($"{t["stock.report"]} {report.Number}", report.PartnerName, clock.GetUtcNow(),
            [
                new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.report.quantity"], TableColumnKind.Number, 12, 0), new(t["stock.report.calculated"], TableColumnKind.Number, 12, 0),
                new(t["stock.report.gap"], TableColumnKind.Number, 12, 0), new(t["stock.report.reason"], Width: 24), new(t["stock.count.note"], Width: 40),
            ],
            reports.StreamAsync(report, ct).Select(IReadOnlyList<object?> (line) =>
                [line.Sku, StockWords.Name(line.Name, line.NameZh), line.Quantity, line.Calculated, line.Gap, line.Reason is null ? null : t["stock.gap." + line.Reason].Value, line.Note]), ct);
    }

    /// <summary>Takes why lines differ.</summary>
    [HttpPost("{number}/gaps"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Explain(string number, GapForm form, CancellationToken ct)
    {
        switch (await reportStock.ExplainAsync(number, [.. form.Lines.Select(line => new GapExplained(line.Sku ?? "", Typed.Text(line.Reason), Typed.Text(line.Note)))], ct))
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["stock.report.explained"]);
                return Redirect($"/stock/reports/{number}{Request.QueryString}");
            case StockOutcome.Wrong(var problems) when await PageAsync(number, problems, ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View(PageView, page with { Typed = form.Lines.ToDictionary(line => line.Sku ?? "", StringComparer.Ordinal) });
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }
    }

    /// <summary>The brand says that a partner reports its stock, or that it does not any more.</summary>
    [HttpPost("reporters"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Reporter(string? partner, string? everyDays, CancellationToken ct)
    {
        switch (await reports.ReportsAsync(partner?.Trim() ?? "", string.IsNullOrWhiteSpace(everyDays) ? null : SkuLines.Quantity(everyDays) is { } days ? (int)Math.Clamp(days, 0, 1000) : 0, ct))
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["stock.report.reporter_kept"]);
                return RedirectToAction(nameof(Index));
            case StockOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("/Stock/Reports/ReportList.cshtml", await ListAsync(problems, ct));
            default:
                return Forbid();
        }
    }

    static ReportedLine Line(SheetRow row)
    {
        // A cell that is a moment has its day first.
        var day = row.Cell(Day)?.Split([' ', 'T'])[0];
        return new(row.Cell(StockSheet.Sku) ?? "", row.Quantity(Quantity), SkuLines.Day(day)) { Row = (int)row.Number, HasNoSuchDay = day is not null && SkuLines.Day(day) is null };
    }

    async Task<ReportListPage> ListAsync(IReadOnlyList<StockProblem> problems, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ReportStore.Shape);
        return new(query, await reports.ListAsync(me.IsBrand, query, ct), await reports.ReportersAsync(ct), problems);
    }

    async Task<ReportShow?> PageAsync(string number, IReadOnlyList<StockProblem> problems, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ReportStore.Lines);
        return await reports.FindAsync(number, ct) is { } report ? new ReportShow(report, query, await reports.LinesAsync(report, query, ct), problems) : null;
    }
}

/// <summary>Reported stock for programs.</summary>
[ApiController]
[Route("api/v1/stock/reports")]
public sealed class ReportsApi(ReportStock reportStock, ReportStore reports, ICurrentPerson me) : ControllerBase
{
    /// <summary>The reports of one's company, for the brand of all, the newest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<ReportKey>(out var after)
        ? Ok(page.Cut(await reports.AfterAsync(me.IsBrand, after?.Number, page.Take(), ct), row => new ReportKey(row.Number)).Select(ReportAnswer.Of))
        : PageRequest.BadCursor;

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await reports.FindAsync(number, ct) is { } report ? Ok(ReportAnswer.Of(report)) : ApiProblem.NotFound;

    /// <summary>Its lines in the order of their SKU.</summary>
    [HttpGet("{number}/lines")]
    public async Task<IActionResult> Lines(string number, [FromQuery] PageRequest page, CancellationToken ct) =>
        !page.TryReadCursor<BalanceCursor>(out var after) ? PageRequest.BadCursor
        : await reports.FindAsync(number, ct) is not { } report ? ApiProblem.NotFound
        : Ok(page.Cut(await reports.LinesAfterAsync(report, after?.Sku, page.Take(), ct), row => new BalanceCursor(row.Sku)).Select(row => new { row.Sku, row.Quantity, row.Calculated, row.CalculatedFrom, row.Gap, row.Reason, row.Note }));

    /// <summary>Reports stock. Good lines are kept where others are wrong: <c>reports</c> names what was made, <c>errors</c> what is wrong with the others.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(StockReportAsked asked, CancellationToken ct)
    {
        var reported = await reportStock.RunAsync(asked.AsOf, [.. (asked.Lines ?? []).OfType<ReportedLine>()], "api", Typed.Text(asked.Note), ct);
        return reported.Kept == 0
            ? reported.Outcome.ForApi
            : Created(new Uri($"/api/v1/stock/reports/{reported.Numbers[0]}", UriKind.Relative), new
            {
                reports = reported.Numbers, kept = reported.Kept,
                errors = ((reported.Outcome as StockOutcome.Wrong)?.Problems ?? []).Select(problem => new { field = problem.ForApi.Field, code = problem.TextKey }),
            });
    }

    /// <summary>Says why lines differ from what was calculated.</summary>
    [HttpPost("{number}/gaps"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Explain(string number, GapsAsked asked, CancellationToken ct) =>
        await reportStock.ExplainAsync(number, [.. (asked.Lines ?? []).OfType<GapExplained>()], ct) is var outcome and not StockOutcome.Done ? outcome.ForApi : await Show(number, ct);
}

/// <summary>A report as a program sends it.</summary>
/// <param name="AsOf">The day at whose end it was counted; a line may name another.</param>
/// <param name="Note">What is said about it.</param>
/// <param name="Lines">What there was.</param>
public sealed record StockReportAsked(DateOnly? AsOf, string? Note, IReadOnlyList<ReportedLine>? Lines);

/// <summary>Why lines differ.</summary>
/// <param name="Lines">By product.</param>
public sealed record GapsAsked(IReadOnlyList<GapExplained>? Lines);

/// <summary>A report as the API tells it.</summary>
public sealed record ReportAnswer(string Number, string Partner, DateOnly AsOf, string Source, string? Note, DateTime ReportedAt, long Lines, long Gaps, long Unexplained)
{
    internal static ReportAnswer Of(ReportRow row) => new(row.Number, row.PartnerNumber, row.AsOf, row.Source, row.Note, row.ReportedAt, row.Lines, row.Gaps, row.Unexplained);
}

/// <summary>Where a page of reports ended.</summary>
sealed record ReportKey(string Number);

/// <summary>A report as it is typed.</summary>
public sealed class ReportForm
{
    /// <summary>The day at whose end it was counted.</summary>
    public string? AsOf { get; set; }

    /// <summary>What is said about it.</summary>
    public string? Note { get; set; }

    /// <summary>SKU and quantity, a row each.</summary>
    public string? Lines { get; set; }
}

/// <summary>Why lines differ, as it is typed.</summary>
public sealed class GapForm
{
    /// <summary>The lines of the page.</summary>
    public List<GapFormLine> Lines { get; set; } = [];
}

/// <summary>Why a line differs, as it is typed.</summary>
public sealed class GapFormLine
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>Why, by code.</summary>
    public string? Reason { get; set; }

    /// <summary>Why, in words.</summary>
    public string? Note { get; set; }
}

/// <summary>The list of reports.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Reporters">Who reports, and what is late.</param>
/// <param name="Problems">Why something was not kept.</param>
public sealed record ReportListPage(ListQuery Query, ListPage<ReportRow> Page, IReadOnlyList<ReporterRow> Reporters, IReadOnlyList<StockProblem> Problems);

/// <summary>The page on which stock is reported.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with some lines.</param>
/// <param name="Noticed">What was noticed about a file.</param>
public sealed record ReportFormPage(ReportForm Form, IReadOnlyList<StockProblem> Problems, IReadOnlyList<string> Noticed);

/// <summary>One report.</summary>
/// <param name="Report">The report.</param>
/// <param name="Query">Which lines were asked for.</param>
/// <param name="Page">The lines.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record ReportShow(ReportRow Report, ListQuery Query, ListPage<ReportLineRow> Page, IReadOnlyList<StockProblem> Problems)
{
    /// <summary>What was typed and not kept, by SKU.</summary>
    public IReadOnlyDictionary<string, GapFormLine> Typed { get; init; } = new Dictionary<string, GapFormLine>(StringComparer.Ordinal);
}
