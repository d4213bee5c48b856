using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Charts;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>What there will be of each product in the coming weeks, and what there was on a day gone by.</summary>
[Route("stock")]
public sealed class OutlookController(OutlookStore outlook, StockPlaces places, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int DaysOfChart = 7 * OutlookStore.Weeks;

    /// <summary>All products, week by week.</summary>
    [HttpGet("outlook")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, OutlookStore.Shape);
        return View("/Stock/Outlook/OutlookList.cshtml", new OutlookListPage(query, await outlook.ListAsync(query, ct), await outlook.TodayAsync(ct)));
    }

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("outlook/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct)
    {
        var today = await outlook.TodayAsync(ct);
        await Response.SendListAsync(t["stock.outlook"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.on_hand"], TableColumnKind.Number, 12, 0), new(t["stock.available"], TableColumnKind.Number, 12, 0),
                .. Enumerable.Range(1, OutlookStore.Weeks).Select(week => new TableColumn(Web.Display.Formats.Date(today.AddDays(7 * week)), TableColumnKind.Number, 14, 0)),
            ],
            outlook.StreamAsync(ListQuery.Read(Request, OutlookStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
                [row.Sku, StockWords.Name(row.Name, row.NameZh), row.OnHand, row.Free, .. row.Projected.Skip(1).Cast<object?>()]), ct);
    }

    /// <summary>One product: a chart, and all that comes and is promised.</summary>
    [HttpGet("outlook/{sku}")]
    public async Task<IActionResult> Show(string sku, string? on, CancellationToken ct)
    {
        if (await outlook.FindAsync(sku, ct) is not { } product)
        {
            return NotFound();
        }

        var days = Enumerable.Range(0, DaysOfChart + 1).Select(day => product.Head.Today.AddDays(day)).ToList();
        return View("/Stock/Outlook/ProductOutlook.cshtml", new ProductOutlookPage(product, Typed.Day(on), new Chart([.. days.Select(Web.Display.Formats.Date)],
        [
            new(t["stock.outlook.projected"], [.. days.Select(day => (decimal?)product.Ahead.Projected(day))]) { Kind = ChartKind.Area },
            new(t["stock.outlook.promisable"], [.. days.Select(day => (decimal?)product.Ahead.Promisable(day))]) { Kind = ChartKind.Line },
        ])));
    }

    /// <summary>What was where at the end of a day.</summary>
    [HttpGet("as-of")]
    public async Task<IActionResult> AsOf(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, OutlookStore.AsOfShape);
        var on = query.Day("on") ?? await outlook.TodayAsync(ct);
        return View("/Stock/Outlook/AsOfList.cshtml", new AsOfListPage(on, query, await outlook.AsOfAsync(on, query, ct), await places.OpenAsync(ct), await outlook.ReservedKnownFromAsync(ct)));
    }

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("as-of/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task ExportAsOf(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, OutlookStore.AsOfShape);
        var on = query.Day("on") ?? await outlook.TodayAsync(ct);
        await Response.SendListAsync(t["stock.as_of_day", Web.Display.Formats.Date(on)], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.place"], Width: 12), new(t["stock.on_hand"], TableColumnKind.Number, 12, 0),
                new(t["stock.reserved"], TableColumnKind.Number, 12, 0), new(t["stock.available"], TableColumnKind.Number, 12, 0), new(t["stock.in_transit"], TableColumnKind.Number, 12, 0),
            ],
            outlook.StreamAsOfAsync(on, query, ct).Select(IReadOnlyList<object?> (row) => [row.Sku, StockWords.Name(row.Name, row.NameZh), row.Place, row.OnHand, OrNotKnown(row.Reserved), OrNotKnown(row.Available), row.InTransit]), ct);
    }

    object OrNotKnown(long? quantity) => quantity is { } known ? known : t["stock.not_known"].Value;
}

/// <summary>What there will be and what there was, for programs.</summary>
[ApiController]
[Route("api/v1/stock")]
public sealed class OutlookApi(OutlookStore outlook) : ControllerBase
{
    /// <summary>What can be promised of a product for a day: on hand less reserved, with what comes by then and less what is promised by then, and no more than every later day can spare.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="on">The day; today where left out, and for days gone by.</param>
    /// <param name="quantity">With it: the first day on which so much can be promised.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{sku}/available")]
    public async Task<IActionResult> Available(string sku, DateOnly? on, int? quantity, CancellationToken ct)
    {
        if (await outlook.FindAsync(sku, ct) is not { } product)
        {
            return ApiProblem.NotFound;
        }

        var day = on is { } asked && asked > product.Head.Today ? asked : product.Head.Today;
        return Ok(new AvailableAnswer(sku, day, product.Head.OnHand, product.Head.Reserved, product.Head.InTransit, product.Incoming(day), product.Promised(day), product.Ahead.Projected(day), product.Ahead.Promisable(day),
            quantity is { } wanted ? product.Ahead.EarliestFor(wanted) : null, [.. product.Events.Select(one => new EventAnswer(one.Day, one.Kind, one.Document, one.Quantity, one.IsLate))]));
    }

    /// <summary>What was in the own places at the end of a day, by the ledger, and what of it was reserved; reserved and available are null for days of which that is not known.</summary>
    /// <param name="on">The day.</param>
    /// <param name="page">Which page.</param>
    /// <param name="place">Of this place alone.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("as-of")]
    public async Task<IActionResult> AsOf(DateOnly on, [FromQuery] PageRequest page, string? place = null, CancellationToken ct = default) => page.TryReadCursor<AsOfKey>(out var after)
        ? Ok(page.Cut(await outlook.AsOfAfterAsync(on, place?.Trim().ToUpperInvariant(), after is null ? null : (after.Sku, after.Place), page.Take(), ct), row => new AsOfKey(row.Sku, row.Place))
            .Select(row => new { row.Sku, row.Place, row.OnHand, row.Reserved, row.Available, row.InTransit }))
        : PageRequest.BadCursor;
}

/// <summary>What can be promised of a product, as the API tells it.</summary>
public sealed record AvailableAnswer(
    string Sku, DateOnly On, long OnHand, long Reserved, long InTransit, long Incoming, long Promised, long Projected, long AvailableToPromise, DateOnly? EarliestFor, IReadOnlyList<EventAnswer> Events);

/// <summary>Something that comes or is promised, as the API tells it.</summary>
public sealed record EventAnswer(DateOnly Day, string Kind, string? Document, long Quantity, bool IsLate);

/// <summary>Where a page of stock as of a day ended.</summary>
sealed record AsOfKey(string Sku, string Place);

/// <summary>The list of products, week by week.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Today">The first day.</param>
public sealed record OutlookListPage(ListQuery Query, ListPage<OutlookRow> Page, DateOnly Today);

/// <summary>One product.</summary>
/// <param name="Product">The product with all that comes and is promised.</param>
/// <param name="On">The day that was asked for.</param>
/// <param name="Chart">The days that come.</param>
public sealed record ProductOutlookPage(ProductOutlook Product, DateOnly? On, Chart Chart);

/// <summary>What was where.</summary>
/// <param name="On">The day.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Places">One's own open places.</param>
/// <param name="ReservedKnownFrom">The first day of which it is known what was reserved; null where it is known of every day.</param>
public sealed record AsOfListPage(DateOnly On, ListQuery Query, ListPage<AsOfRow> Page, IReadOnlyList<PlaceName> Places, DateOnly? ReservedKnownFrom);
