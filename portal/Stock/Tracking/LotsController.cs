using System.Globalization;
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

/// <summary>Lots and serial numbers in stock, when they expire, and naming pieces that have none yet.</summary>
[Route("stock/lots")]
public sealed class LotsController(LotStore lots, StockPlaces places, NamePieces namePieces, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>One's own.</summary>
    [HttpGet("")]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync(everybodys: false, ct);

    /// <summary>Everybody's, for the brand.</summary>
    [HttpGet("channel"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk")]
    public Task<IActionResult> Channel(CancellationToken ct) => ListAsync(everybodys: true, ct);

    /// <summary>One's own as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => SendAsync(everybodys: false, ct);

    /// <summary>Everybody's as a file.</summary>
    [HttpGet("channel/export"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportChannel(CancellationToken ct) => SendAsync(everybodys: true, ct);

    /// <summary>The form on which pieces get their lots or serial numbers.</summary>
    [HttpGet("naming"), AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public Task<IActionResult> Naming(string? sku, string? place, CancellationToken ct) => NamingAsync(new NamingForm { Sku = sku, Place = place }, [], ct);

    /// <summary>Names them.</summary>
    [HttpPost("naming"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Name(NamingForm form, CancellationToken ct)
    {
        var product = await lots.ProductAsync(form.Sku?.Trim() ?? "", ct);
        switch (await namePieces.RunAsync(new(form.Sku, form.Place, LotLines.Read(form.Lots, product?.Tracking is Tracked.Serial)), ct))
        {
            case StockOutcome.Done(var sku):
                this.Flash(FlashKind.Done, t["stock.lots.named", sku]);
                return Redirect("/stock/lots?q=" + Uri.EscapeDataString(sku));
            case StockOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return await NamingAsync(form, problems, ct);
            default:
                return Forbid();
        }
    }

    async Task<IActionResult> NamingAsync(NamingForm form, IReadOnlyList<StockProblem> problems, CancellationToken ct)
    {
        var product = form.Sku is { } sku ? await lots.ProductAsync(sku.Trim(), ct) : null;
        var waiting = product is not null && await places.KeyAsync(form.Place, ct) is { } place ? await lots.UnnamedAsync(place, product.ProductId, ct) : 0;
        return View("/Stock/Tracking/NamingForm.cshtml", new NamingFormPage(form, product, waiting, await places.OpenAsync(ct), problems));
    }

    async Task<IActionResult> ListAsync(bool everybodys, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, LotStore.Shape);
        return View("/Stock/Tracking/LotList.cshtml", new LotListPage(everybodys, query, await lots.ListAsync(new(everybodys, query), ct), everybodys ? [] : await places.OpenAsync(ct)));
    }

    Task SendAsync(bool everybodys, CancellationToken ct) => Response.SendListAsync(t["stock.lots"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.holder"], Width: 30), new(t["stock.place"], Width: 12), new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.lot_or_serial"], Width: 24),
            new(t["stock.on_hand"], TableColumnKind.Number, 12, 0), new(t["stock.in_transit"], TableColumnKind.Number, 12, 0), new(t["stock.made_on"], TableColumnKind.Date, 14), new(t["stock.best_before"], TableColumnKind.Date, 14),
        ],
        lots.StreamAsync(new(everybodys, ListQuery.Read(Request, LotStore.Shape)), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Holder, row.Place, row.Sku, StockWords.Name(row.Name, row.NameZh), row.Kind is "unnamed" ? t["stock.unnamed"].Value : row.Code, row.OnHand, row.InTransit, row.MadeOn, row.BestBefore]), ct);
}

/// <summary>Where a lot or serial number came from, through whom it went and where it is; for the brand whom to call back.</summary>
[Route("stock/trace")]
public sealed class TraceController(TraceStore trace, NamePieces namePieces, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>A field for the number, and what is known of it.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? code, string? sku, CancellationToken ct)
    {
        var found = string.IsNullOrWhiteSpace(code) ? [] : await trace.FindAsync(code, sku, ct);
        var shown = found is [var only] ? await trace.TraceAsync(only, ct) : null;
        return View("/Stock/Tracking/TracePage.cshtml", new TracePage(code?.Trim(), found, shown, shown is not null && me.IsBrand && me.Has(StockRoles.Recallers) ? await trace.RecallAsync(shown.Lot, ct) : [])
        {
            Beginning = found.Count == 0 && !string.IsNullOrWhiteSpace(code) ? await trace.BeginningAsync(code, 20, ct) : [],
        });
    }

    /// <summary>Whom to call back, as a file.</summary>
    [HttpGet("recall/export"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk"), EnableRateLimiting(RateLimits.Costly)]
    public async Task ExportRecall(string? code, string? sku, CancellationToken ct)
    {
        var rows = await trace.FindAsync(code ?? "", sku, ct) is [var lot] ? await trace.RecallAsync(lot, ct) : [];
        await Response.SendListAsync(t["stock.recall_of", code ?? ""], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["stock.recall.partner"], Width: 16), new(t["stock.holder"], Width: 36), new(t["stock.recall.phone"], Width: 20), new(t["stock.recall.came"], TableColumnKind.Number, 12, 0), new(t["stock.recall.sent"], TableColumnKind.Number, 12, 0),
                new(t["stock.recall.sold"], TableColumnKind.Number, 12, 0), new(t["stock.recall.lost"], TableColumnKind.Number, 12, 0), new(t["stock.on_hand"], TableColumnKind.Number, 12, 0), new(t["stock.in_transit"], TableColumnKind.Number, 12, 0),
            ],
            rows.ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) => [row.Number, row.Name, row.Phone, row.Came, row.Sent, row.Sold, row.Lost, row.OnHand, row.InTransit]), ct);
    }

    /// <summary>Puts the days of a lot right.</summary>
    [HttpPost("days"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Correct(string sku, string code, string? madeOn, string? bestBefore, CancellationToken ct)
    {
        var days = (MadeOn: Typed.Day(madeOn), BestBefore: Typed.Day(bestBefore));
        switch (IsUnreadable(madeOn, days.MadeOn) || IsUnreadable(bestBefore, days.BestBefore) ? StockOutcome.Because("bestBefore", "stock.lots.day_wrong") : await namePieces.CorrectAsync(new(sku, code, days.MadeOn, days.BestBefore), ct))
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["stock.lots.corrected", code]);
                break;
            case StockOutcome.Wrong(var problems):
                this.Flash(FlashKind.Problem, t.Say(problems[0]));
                break;
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }

        return Redirect($"/stock/trace?code={Uri.EscapeDataString(code)}&sku={Uri.EscapeDataString(sku)}");
    }

    // A day that cannot be read is not the wish to have none.
    static bool IsUnreadable(string? typed, DateOnly? day) => day is null && !string.IsNullOrWhiteSpace(typed);
}

/// <summary>Lots and serial numbers for programs.</summary>
[ApiController]
[Route("api/v1/stock")]
public sealed class LotsApi(LotStore lots, TraceStore trace, StockPlaces places, NamePieces namePieces, ICurrentPerson me) : ControllerBase
{
    /// <summary>One's own lots and serial numbers, by SKU and code.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="place">Of this place alone.</param>
    /// <param name="sku">Of this product alone.</param>
    /// <param name="expiringWithin">Only those that expire within so many days, or have.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("lots")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? place = null, string? sku = null, int? expiringWithin = null, CancellationToken ct = default) =>
        !page.TryReadCursor<LotKey>(out var after) ? PageRequest.BadCursor
        : expiringWithin is < 0 or > 36_500 ? ApiProblem.Invalid(new FieldProblem("expiringWithin", "stock.lots.days_wrong"))
        : Ok(page.Cut(await lots.AfterAsync(place?.Trim().ToUpperInvariant(), sku?.Trim(), expiringWithin, after, page.Take(), ct), row => new LotKey(row.Sku, row.Code, row.Place))
            .Select(row => new { row.Sku, row.Place, row.Kind, row.Code, row.OnHand, row.InTransit, row.MadeOn, row.BestBefore, row.DaysLeft }));

    /// <summary>Which lots or serial numbers would be taken for a shipment: what expires first, then the oldest, then the lowest number.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="quantity">How many pieces.</param>
    /// <param name="place">The code of the place; the default one where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("lots/proposal")]
    public async Task<IActionResult> Proposal(string? sku, int quantity, string? place = null, CancellationToken ct = default) =>
        await lots.ProductAsync(sku?.Trim() ?? "", ct) is not { } product ? ApiProblem.Invalid(new FieldProblem("sku", "stock.problem.unknown_sku", sku ?? ""))
        : quantity is < 1 or > SkuLine.MostOfOne ? ApiProblem.Invalid(new FieldProblem("quantity", "stock.problem.quantity_not_positive"))
        : await places.KeyAsync(place, ct) is not { } key ? ApiProblem.Invalid(new FieldProblem("place", "stock.problem.place", place ?? ""))
        : Ok(new { product.Sku, product.Tracking, lots = (await lots.ProposedAsync(key, [product.ProductId], [quantity], ct)).Select(lot => new { lot.Code, lot.Quantity, lot.BestBefore }) });

    /// <summary>Gives pieces that were in stock before their product was tracked their lots or serial numbers.</summary>
    [HttpPost("lots/naming"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Name(NamingAsked asked, CancellationToken ct) => await namePieces.RunAsync(asked, ct) switch
    {
        StockOutcome.Done(var sku) => Ok(new { sku, lots = asked.Lots!.Count }),
        var outcome => outcome.ForApi,
    };

    /// <summary>Sets the day of making and the best-before day of a lot; for the brand.</summary>
    [HttpPut("lots/days"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Correct(CorrectionAsked asked, CancellationToken ct) => await namePieces.CorrectAsync(asked, ct) switch
    {
        StockOutcome.Done(var code) => Ok(new { asked.Sku, code, asked.MadeOn, asked.BestBefore }),
        var outcome => outcome.ForApi,
    };

    /// <summary>The way of a lot or serial number as far as one has seen it, and where its pieces are; the brand sees all of it.</summary>
    /// <param name="code">The lot or serial number.</param>
    /// <param name="sku">Its product, where the same number is known of several.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("trace")]
    public async Task<IActionResult> Trace(string? code, string? sku = null, CancellationToken ct = default)
    {
        var found = string.IsNullOrWhiteSpace(code) ? [] : await trace.FindAsync(code, sku?.Trim(), ct);
        var traces = new List<object>(found.Count);
        foreach (var lot in found.Take(10))
        {
            traces.Add(TraceAnswer.Of(await trace.TraceAsync(lot, ct)));
        }

        return traces.Count == 0 ? ApiProblem.NotFound : Ok(new { items = traces });
    }

    /// <summary>Whom to call back: all companies that hold pieces of a lot or got some; for the brand.</summary>
    /// <param name="code">The lot or serial number.</param>
    /// <param name="sku">Its product, where the same number is known of several.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("recall"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk")]
    public async Task<IActionResult> Recall(string? code, string? sku = null, CancellationToken ct = default) =>
        !me.IsBrand || string.IsNullOrWhiteSpace(code) ? ApiProblem.NotFound
        : await trace.FindAsync(code, sku?.Trim(), ct) switch
        {
            [] => ApiProblem.NotFound,
            [var lot] => Ok(new { lot.Sku, lot.Code, items = await trace.RecallAsync(lot, ct) }),
            _ => ApiProblem.Invalid(new FieldProblem("sku", "stock.lots.several_products")),
        };
}

/// <summary>A lot's way as the API tells it.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Kind"><c>lot</c> or <c>serial</c>.</param>
/// <param name="Code">The lot or serial number.</param>
/// <param name="MadeOn">The day of making.</param>
/// <param name="BestBefore">The best-before day.</param>
/// <param name="Steps">Its way; what belongs to others is left out.</param>
/// <param name="Holders">Where pieces of it are.</param>
public sealed record TraceAnswer(string Sku, string Kind, string Code, DateOnly? MadeOn, DateOnly? BestBefore, IReadOnlyList<TraceStepAnswer> Steps, IReadOnlyList<TraceHolder> Holders)
{
    internal static TraceAnswer Of(LotTrace trace) => new(trace.Lot.Sku, trace.Lot.Kind, trace.Lot.Code, trace.Lot.MadeOn, trace.Lot.BestBefore,
        [.. trace.Steps.Select(step => new TraceStepAnswer(step.HappenedAt, step.Kind, step.Reason, step.Quantity, step.FromName, step.FromPlace, step.ToName, step.ToPlace, step.OrderNumber, step.DocumentNumber))], trace.Holders);
}

/// <summary>A step of a lot's way as the API tells it.</summary>
public sealed record TraceStepAnswer(DateTime HappenedAt, string Kind, string? Reason, long Quantity, string? From, string? FromPlace, string? To, string? ToPlace, string? Order, string? Document);

/// <summary>Pieces that are named, as it is typed.</summary>
public sealed class NamingForm
{
    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>The place.</summary>
    public string? Place { get; set; }

    /// <summary>The lots or serial numbers.</summary>
    public string? Lots { get; set; }
}

/// <summary>The page on which pieces are named.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Product">The product; null where there is none.</param>
/// <param name="Waiting">How many pieces wait.</param>
/// <param name="Places">The places.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record NamingFormPage(NamingForm Form, TrackedProduct? Product, long Waiting, IReadOnlyList<PlaceName> Places, IReadOnlyList<StockProblem> Problems);

/// <summary>The list of lots.</summary>
/// <param name="Everybodys">True for the brand's view of all partners' stock.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Places">One's own open places.</param>
public sealed record LotListPage(bool Everybodys, ListQuery Query, ListPage<LotRow> Page, IReadOnlyList<PlaceName> Places);

/// <summary>The page of a lot's way.</summary>
/// <param name="Code">What was typed.</param>
/// <param name="Found">The lots that are called so.</param>
/// <param name="Trace">The way of the only one.</param>
/// <param name="Recall">For the brand: who has dealt with it.</param>
public sealed record TracePage(string? Code, IReadOnlyList<LotHead> Found, LotTrace? Trace, IReadOnlyList<RecallRow> Recall)
{
    /// <summary>Lots whose codes begin so, where none is called so.</summary>
    public IReadOnlyList<LotHead> Beginning { get; init; } = [];

    /// <summary>The address of a lot's page.</summary>
    public static string AddressOf(string sku, string code) => string.Create(CultureInfo.InvariantCulture, $"/stock/trace?code={Uri.EscapeDataString(code)}&sku={Uri.EscapeDataString(sku)}");
}
