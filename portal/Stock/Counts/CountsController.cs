using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Stock counts on the pages.</summary>
[Route("stock/counts")]
public sealed class CountsController(CountStock countStock, CountStore counts, StockPlaces places, StockSheet sheet, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const string PageView = "/Stock/Counts/CountPage.cshtml";

    static readonly SheetColumn Counted = new("counted", ["counted", "counted quantity", "count", "quantity", "qty", "实盘数量", "实盘", "盘点数量", "数量"]);
    static readonly SheetColumn LotColumn = new("lot", ["lot", "lot number", "lot or serial number", "batch", "batch number", "serial number", "serial", "批次号", "批次", "序列号", "批次号或序列号"]);
    static readonly SheetColumn BestBefore = new("best before", ["best before", "expiry", "expiry date", "expires on", "保质期至", "有效期至", "到期日"]);
    static readonly SheetColumn Why = new("reason", ["reason", "reason code", "原因", "差异原因"]);

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, CountStore.Shape);
        return View("/Stock/Counts/CountList.cshtml", new CountListPage(query, await counts.ListAsync(query, ct)));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportList(CancellationToken ct) => Response.SendListAsync(t["stock.counts"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.count"], Width: 21), new(t["stock.place"], Width: 24), new(t["stock.count.begun_at"], TableColumnKind.Time, 18), new(t["stock.count.lines"], TableColumnKind.Number, 10, 0),
            new(t["stock.count.progress"], TableColumnKind.Number, 10, 0), new(t["stock.count.differences"], TableColumnKind.Number, 12, 0), new(t["stock.status"]),
        ],
        ListQuery.Read(Request, CountStore.Shape).AllAsync(query => counts.ListAsync(query, ct)).Select(IReadOnlyList<object?> (row) =>
        [
            row.Number, $"{row.Place} {row.PlaceName}".Trim(), Web.Display.Formats.In(row.BegunAt, Web.Display.Formats.Zone(me.TimeZone)), row.Lines, row.Counted,
            row is { IsBlind: true, Status: "open" } && !me.Has(StockRoles.Admins) ? null : row.Differences, t[$"stock.count_status.{row.Status}"].Value,
        ]), ct);

    /// <summary>What is to be counted.</summary>
    [HttpGet("new"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> New(CancellationToken ct) => View("/Stock/Counts/CountForm.cshtml", new CountFormPage(new CountForm(), await places.OpenAsync(ct), []));

    /// <summary>Begins it.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(CountForm form, CancellationToken ct)
    {
        switch (await countStock.BeginAsync(form.Asked, ct))
        {
            case StockOutcome.Done(var number):
                return RedirectToAction(nameof(Show), new { number });
            case StockOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("/Stock/Counts/CountForm.cshtml", new CountFormPage(form, await places.OpenAsync(ct), problems));
            default:
                return Forbid();
        }
    }

    /// <summary>One of them, a page of its lines.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, [], [], ct) is { } page ? View(PageView, page) : NotFound();

    /// <summary>Takes what was typed on the page, and goes on to where the button says.</summary>
    [HttpPost("{number}/lines"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Enter(string number, CountEntry form, string? then, CancellationToken ct)
    {
        var entered = await countStock.EnterAsync(number, [.. form.Lines.Select(line => line.Line)], null, afresh: false, ct);
        if (entered.Outcome is StockOutcome.Done && then == "hand-in")
        {
            return await AnswerAsync(number, await countStock.HandInAsync(number, null, ct), "stock.count.handed_in", ct);
        }

        if (entered.Outcome is StockOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["stock.count.saved"]);
            return Redirect($"/stock/counts/{number}{Request.QueryString}");
        }

        return await AnswerAsync(number, entered.Outcome, "", ct, form);
    }

    /// <summary>Takes what stands in a file.</summary>
    [HttpPost("{number}/file"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestSizeLimit(StockSheet.MostBytes + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = StockSheet.MostBytes)]
    public async Task<IActionResult> Upload(string number, IFormFile? file, CancellationToken ct)
    {
        SheetRows read = new([], [t["stock.file.none"]]);
        if (file is not null)
        {
            await using var content = file.OpenReadStream();
            read = await sheet.ReadAsync(content, file.FileName, [StockSheet.Sku, Counted, Why, StockSheet.Note, LotColumn, BestBefore], t, ct);
        }

        var lines = ByLot(read.Rows.Where(row => row.Cell(Counted) is not null).Select(row => new CountedLine(row.Cell(StockSheet.Sku) ?? "", row.Quantity(Counted), ReasonOf(row.Cell(Why)), row.Cell(StockSheet.Note))
        {
            FileRow = row.Number, IsNoNumber = row.Quantity(Counted) is null, Lots = row.Cell(LotColumn) is { } lot ? [LotOf(row, lot)] : null,
        }));
        var entered = lines.Count == 0 ? new CountEntered(StockOutcome.Because("", "stock.count.file_empty"), 0) : await countStock.EnterAsync(number, lines, null, afresh: true, ct);
        if (entered.Outcome is StockOutcome.NotFound or StockOutcome.NotNow or StockOutcome.Forbidden)
        {
            return await AnswerAsync(number, entered.Outcome, "", ct);
        }

        if (entered.Kept > 0)
        {
            this.Flash(FlashKind.Done, t["stock.count.file_taken", entered.Kept]);
        }

        if (entered.Outcome is StockOutcome.Done && read.Noticed.Count == 0)
        {
            return RedirectToAction(nameof(Show), new { number });
        }

        Response.StatusCode = entered.Kept == 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return await PageAsync(number, (entered.Outcome as StockOutcome.Wrong)?.Problems ?? [], read.Noticed, ct) is { } page ? View(PageView, page) : NotFound();
    }

    /// <summary>The sheet to count with: to print, or to fill in and upload.</summary>
    [HttpGet("{number}/sheet"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Sheet(string number, CancellationToken ct)
    {
        if (await counts.FindAsync(number, ct) is not { } count)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var blind = IsHidden(count);
        List<TableColumn> columns = [new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.count.gtin"], Width: 18)];
        if (!blind)
        {
            columns.Add(new(t["stock.count.book"], TableColumnKind.Number, 12, 0));
        }

        columns.AddRange([new(t["stock.lot_or_serial"], Width: 22), new(t["stock.best_before"], TableColumnKind.Date, 14)]);
        columns.AddRange([new(t["stock.count.counted"], TableColumnKind.Number, 14, 0), new(t["stock.count.reason"], Width: 24), new(t["stock.count.note"], Width: 40)]);
        await Response.SendListAsync($"{t["stock.count"]} {count.Place} {count.Number}", me.PartnerName, clock.GetUtcNow(), columns, counts.SheetAsync(count, blind, ct).Select(IReadOnlyList<object?> (line) =>
        [
            line.Sku, StockWords.Name(line.Name, line.NameZh), line.Gtin, .. blind ? Array.Empty<object?>() : [line.Book], line.Lot, line.BestBefore, line.Counted, line.Reason is null ? null : t["stock.reason." + line.Reason].Value, line.Note,
        ]), ct);
    }

    /// <summary>Gives it back to be counted again.</summary>
    [HttpPost("{number}/return"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> GiveBack(string number, int? version, string? said, CancellationToken ct) => await AnswerAsync(number, await countStock.EndAsync(number, version, discards: false, said, ct), "stock.count.given_back", ct);

    /// <summary>Throws it away; the books stay as they are.</summary>
    [HttpPost("{number}/discarding"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Discard(string number, int? version, string? why, CancellationToken ct) => await AnswerAsync(number, await countStock.EndAsync(number, version, discards: true, why, ct), "stock.count.discarded", ct);

    /// <summary>Corrects the books by it.</summary>
    [HttpPost("{number}/posting"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Post(string number, int? version, CancellationToken ct)
    {
        var posted = await countStock.PostAsync(number, version, ct);
        if (posted is { Outcome: StockOutcome.Done, Orders.Count: > 0 })
        {
            this.Flash(FlashKind.Note, t["stock.count.reservations_lost", string.Join(", ", posted.Orders)]);
        }

        return await AnswerAsync(number, posted.Outcome, "stock.count.posted", ct);
    }

    async Task<IActionResult> AnswerAsync(string number, StockOutcome outcome, string done, CancellationToken ct, CountEntry? typed = null)
    {
        switch (outcome)
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t[done, number]);
                return RedirectToAction(nameof(Show), new { number });
            case StockOutcome.Wrong(var problems) when await PageAsync(number, problems, [], ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View(PageView, page with { Typed = typed?.Lines.ToDictionary(line => line.Sku ?? "", StringComparer.Ordinal) ?? [] });
            case StockOutcome.Stale or StockOutcome.NotNow:
                this.Flash(FlashKind.Problem, t["stock.stale"]);
                return RedirectToAction(nameof(Show), new { number });
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }
    }

    async Task<CountShow?> PageAsync(string number, IReadOnlyList<StockProblem> problems, IReadOnlyList<string> noticed, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, CountStore.Lines);
        return await counts.FindAsync(number, ct) is { } count ? new CountShow(count, query, await counts.LinesAsync(count, query, ct), IsHidden(count), problems, noticed) : null;
    }

    static LotPieces LotOf(SheetRow row, string lot)
    {
        var (quantity, day) = (row.Quantity(Counted), SkuLines.Day(row.Cell(BestBefore)));
        return new(lot, quantity, day) { IsUnreadable = quantity is null || day is null && row.Cell(BestBefore) is not null };
    }

    // A file has a row for each lot; a product is one line. A lot of which none is there is one that is not named.
    static List<CountedLine> ByLot(IEnumerable<CountedLine> rows) =>
        [.. rows.GroupBy(row => row.Lots is null ? $"{row.Sku}\n{row.FileRow}" : row.Sku, StringComparer.Ordinal)
            .Select(same => same.First().Lots is null ? same.First() : same.First() with { Counted = same.Sum(row => row.Counted), Lots = [.. same.SelectMany(row => row.Lots!).Where(lot => lot.Quantity != 0)] })];

    // Whoever counts blindly sees the books when the count was handed in; the administrators see them always.
    bool IsHidden(CountRow count) => count is { IsBlind: true, Status: "open" } && !me.Has(StockRoles.Admins);

    // A sheet that was filled in has the reason in the words of its reader.
    string? ReasonOf(string? written) => written is null ? null : MoveReasons.OfCounts.FirstOrDefault(reason => written == reason || written == t["stock.reason." + reason].Value) ?? written;
}

/// <summary>What is to be counted, as it is typed.</summary>
public sealed class CountForm
{
    /// <summary>Where.</summary>
    public string? Place { get; set; }

    /// <summary>SKUs, one a row; nothing for all.</summary>
    public string? Skus { get; set; }

    /// <summary>Whoever counts does not see what the books say.</summary>
    public bool IsBlind { get; set; }

    /// <summary>What for.</summary>
    public string? Note { get; set; }

    internal CountAsked Asked => new(Place, string.IsNullOrWhiteSpace(Skus) ? null : [.. SkuLines.Read(Skus).Select(line => line.Sku)], IsBlind, Note);
}

/// <summary>What was counted, as it is typed.</summary>
public sealed class CountEntry
{
    /// <summary>The lines of the page.</summary>
    public List<CountEntryLine> Lines { get; set; } = [];
}

/// <summary>What was counted of a product, as it is typed.</summary>
public sealed class CountEntryLine
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>How many; empty where it was not counted.</summary>
    public string? Counted { get; set; }

    /// <summary>Why it differs.</summary>
    public string? Reason { get; set; }

    /// <summary>The same in words.</summary>
    public string? Note { get; set; }

    /// <summary>How the pieces of the product are told apart.</summary>
    public string? Tracking { get; set; }

    /// <summary>The lots or serial numbers that are there.</summary>
    public string? Lots { get; set; }

    // Where lots are named they are what was counted; the number beside them is for a product of which nothing is there.
    internal CountedLine Line => new(Sku?.Trim() ?? "", Tracking is Tracked.Lot or Tracked.Serial && !string.IsNullOrWhiteSpace(Lots) ? null : SkuLines.Quantity(Counted), Typed.Text(Reason), Typed.Text(Note))
    {
        IsNoNumber = !string.IsNullOrWhiteSpace(Counted) && SkuLines.Quantity(Counted) is null,
        Lots = Tracking is Tracked.Lot or Tracked.Serial ? LotLines.Read(Lots, Tracking is Tracked.Serial) : null,
    };
}

/// <summary>The list of counts.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record CountListPage(ListQuery Query, ListPage<CountRow> Page);

/// <summary>The page on which a count is begun.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Places">The places.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record CountFormPage(CountForm Form, IReadOnlyList<PlaceName> Places, IReadOnlyList<StockProblem> Problems);

/// <summary>One count.</summary>
/// <param name="Count">The count.</param>
/// <param name="Query">Which lines were asked for.</param>
/// <param name="Page">The lines.</param>
/// <param name="IsHidden">True where the books are not shown.</param>
/// <param name="Problems">What is wrong.</param>
/// <param name="Noticed">What was noticed about a file.</param>
public sealed record CountShow(CountRow Count, ListQuery Query, ListPage<CountLineRow> Page, bool IsHidden, IReadOnlyList<StockProblem> Problems, IReadOnlyList<string> Noticed)
{
    /// <summary>What was typed and not kept, by SKU.</summary>
    public IReadOnlyDictionary<string, CountEntryLine> Typed { get; init; } = new Dictionary<string, CountEntryLine>(StringComparer.Ordinal);
}
