using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Goods on their way between the own places.</summary>
[Route("stock/transfers")]
public sealed class TransfersController(TransferGoods transferGoods, TransferStore transfers, StockPlaces places, LotStore lots, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const string FormView = "/Stock/Transfers/TransferForm.cshtml";

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, TransferStore.Shape);
        return View("/Stock/Transfers/TransferList.cshtml", new TransferListPage(query, await transfers.ListAsync(query, ct), (await places.OpenAsync(ct)).Count > 1));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["stock.transfers"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.transfer"], Width: 21), new(t["stock.transfer.from"], Width: 16), new(t["stock.transfer.to"], Width: 16), new(t["stock.transfer.pieces"], TableColumnKind.Number, 10, 0),
            new(t["stock.transfer.sent_at"], TableColumnKind.Time, 18), new(t["stock.status"]),
        ],
        ListQuery.Read(Request, TransferStore.Shape).AllAsync(query => transfers.ListAsync(query, ct)).Select(IReadOnlyList<object?> (row) =>
            [row.Number, row.FromPlace, row.ToPlace, row.Pieces, Web.Display.Formats.In(row.SentAt, Web.Display.Formats.Zone(me.TimeZone)), t[$"stock.transfer_status.{row.Status}"].Value]), ct);

    /// <summary>An empty form.</summary>
    [HttpGet("new"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> New(CancellationToken ct) => View(FormView, new TransferFormPage(new TransferForm(), await places.OpenAsync(ct), []));

    /// <summary>Sends what was typed.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(TransferForm form, CancellationToken ct)
    {
        switch (await transferGoods.SendAsync(new(form.From, form.To, form.AtOnce, form.Note, SkuLines.Read(form.Lines), LotLines.ReadWithSku(form.Lots, await lots.SerialProductsAsync(form.Lots, ct))), ct))
        {
            case StockOutcome.Done(var number):
                this.Flash(FlashKind.Done, t[form.AtOnce ? "stock.transfer.done" : "stock.transfer.sent", number]);
                return RedirectToAction(nameof(Show), new { number });
            case StockOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View(FormView, new TransferFormPage(form, await places.OpenAsync(ct), problems));
            default:
                return Forbid();
        }
    }

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await transfers.FindAsync(number, ct) is { } page ? View("/Stock/Transfers/TransferPage.cshtml", new TransferShow(page, [])) : NotFound();

    /// <summary>Takes in what came.</summary>
    [HttpPost("{number}/receipt"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin"), RequestFormLimits(ValueCountLimit = 4 * SkuLines.Most)]
    public async Task<IActionResult> Receive(string number, TransferReceipt form, CancellationToken ct)
    {
        switch (await transferGoods.ReceiveAsync(number, [.. form.Lines.Select(line => new SkuLine(line.Sku ?? "", SkuLines.Quantity(line.Quantity)))], ct, [.. form.Lines.SelectMany(line => line.Pieces)]))
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["stock.transfer.received", number]);
                return RedirectToAction(nameof(Show), new { number });
            case StockOutcome.Wrong(var problems) when await transfers.FindAsync(number, ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("/Stock/Transfers/TransferPage.cshtml", new TransferShow(page, problems) { Typed = [.. form.Lines.Select(line => line.Quantity)], TypedLots = [.. form.Lines.Select(line => line.Lots)] });
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }
    }
}

/// <summary>Transfers for programs.</summary>
[ApiController]
[Route("api/v1/stock/transfers")]
public sealed class TransfersApi(TransferGoods transferGoods, TransferStore transfers) : ControllerBase
{
    /// <summary>The transfers of one's company, the newest first.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="status"><c>in_transit</c> or <c>received</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status = null, CancellationToken ct = default) =>
        !page.TryReadCursor<TransferKey>(out var after) ? PageRequest.BadCursor
        : status is not (null or "in_transit" or "received") ? ApiProblem.Invalid(new FieldProblem("status", "stock.transfer.status_wrong"))
        : Ok(page.Cut(await transfers.AfterAsync(status, after?.Number, page.Take(), ct), row => new TransferKey(row.Number)));

    /// <summary>One of them with its lines.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await transfers.FindAsync(number, ct) is { } page
        ? Ok(new { transfer = page.Head, lines = page.Lines.Select(line => new { line.LineNumber, line.Sku, line.Quantity, line.Received, line.Lost, lots = page.Lots[line.Sku].Select(lot => new { lot.Code, lot.Quantity, lot.BestBefore }) }) })
        : ApiProblem.NotFound;

    /// <summary>Sends goods from one place to another.</summary>
    [HttpPost(""), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(TransferAsked asked, CancellationToken ct) => await transferGoods.SendAsync(asked, ct) switch
    {
        StockOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number, status = asked.AtOnce ? "received" : "in_transit" }),
        var outcome => outcome.ForApi,
    };

    /// <summary>Takes in what came; a product that is not named came in full, what did not come is lost.</summary>
    [HttpPost("{number}/receipt"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Receive(string number, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] TransferReceiptAsked? asked, CancellationToken ct) =>
        await transferGoods.ReceiveAsync(number, [.. (asked?.Lines ?? []).OfType<SkuLine>()], ct, [.. (asked?.Lots ?? []).OfType<SkuLot>()]) is var outcome and not StockOutcome.Done ? outcome.ForApi : await Show(number, ct);
}

/// <summary>What came of a transfer.</summary>
/// <param name="Lines">By product; what is not named came in full.</param>
/// <param name="Lots">Which lots or serial numbers came, of tracked products of which not all did.</param>
public sealed record TransferReceiptAsked(IReadOnlyList<SkuLine>? Lines, IReadOnlyList<SkuLot>? Lots = null);

/// <summary>Where a page of transfers ended.</summary>
sealed record TransferKey(string Number);

/// <summary>A transfer as it is typed.</summary>
public sealed class TransferForm
{
    /// <summary>The place the goods leave.</summary>
    public string? From { get; set; }

    /// <summary>The place they go to.</summary>
    public string? To { get; set; }

    /// <summary>They are there already.</summary>
    public bool AtOnce { get; set; }

    /// <summary>Why.</summary>
    public string? Note { get; set; }

    /// <summary>SKU and quantity, a row each.</summary>
    public string? Lines { get; set; }

    /// <summary>SKU and lot or serial number, a row each.</summary>
    public string? Lots { get; set; }
}

/// <summary>What came, as it is typed.</summary>
public sealed class TransferReceipt
{
    /// <summary>The lines.</summary>
    public List<TransferReceiptLine> Lines { get; set; } = [];
}

/// <summary>What came of a line, as it is typed.</summary>
public sealed class TransferReceiptLine
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>How many came.</summary>
    public string? Quantity { get; set; }

    /// <summary>How its pieces are told apart.</summary>
    public string? Tracking { get; set; }

    /// <summary>Which lots or serial numbers came, where not all did.</summary>
    public string? Lots { get; set; }

    internal IEnumerable<SkuLot> Pieces => (LotLines.Read(Lots, Tracking is Tracked.Serial) ?? []).Select(lot => new SkuLot(Sku, lot.Code, lot.Quantity) { IsUnreadable = lot.IsUnreadable });
}

/// <summary>The list of transfers.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="HasPlaces">True where there is more than one place.</param>
public sealed record TransferListPage(ListQuery Query, ListPage<TransferRow> Page, bool HasPlaces);

/// <summary>The page on which a transfer is written.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Places">The places.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record TransferFormPage(TransferForm Form, IReadOnlyList<PlaceName> Places, IReadOnlyList<StockProblem> Problems);

/// <summary>One transfer.</summary>
/// <param name="Page">The transfer.</param>
/// <param name="Problems">What is wrong with what came.</param>
public sealed record TransferShow(TransferPage Page, IReadOnlyList<StockProblem> Problems)
{
    /// <summary>What was typed; nothing where nothing was.</summary>
    public IReadOnlyList<string?> Typed { get; init; } = [];

    /// <summary>The lots that were typed.</summary>
    public IReadOnlyList<string?> TypedLots { get; init; } = [];
}
