using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Typst;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>What the warehouse fetches from the shelves.</summary>
[Route("orders/picking"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class PickingController(PickList picking, StockPlaces places) : Controller
{
    /// <summary>The orders that can be sent, and what is picked for those that are chosen.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(List<string> orders, string? until, string? place, CancellationToken ct)
    {
        var ready = await picking.LinesAsync(new(null, Typed.Day(until), Code(place)), ct);
        var chosen = ready.Where(line => orders.Count == 0 || orders.Contains(line.Number, StringComparer.Ordinal)).ToList();
        return View("PickList", new PickListPage(until, orders.ToHashSet(StringComparer.Ordinal), ready, chosen) { Lots = await picking.LotsAsync(chosen, ct), Place = Code(place), Places = await places.OpenAsync(ct) });
    }

    /// <summary>The same on paper.</summary>
    [HttpGet("pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Pdf(List<string> orders, string? until, string? place, CancellationToken ct) =>
        await picking.PdfAsync(new(orders, Typed.Day(until), Code(place)), TextBook.LanguageOf(CultureInfo.CurrentUICulture), ct) switch
        {
            Typesetting.Pdf pdf => File(pdf.Content, "application/pdf", "pick-list.pdf"),
            Typesetting.Refused refused => DocumentsBusy.Answer(refused.TextKey),
            var flawed => throw new InvalidOperationException($"The pick list's template is wrong: {flawed}"),
        };

    static string? Code(string? place) => string.IsNullOrWhiteSpace(place) ? null : place.Trim().ToUpperInvariant();
}

/// <summary>The page of the pick list.</summary>
/// <param name="Until">The day that was typed.</param>
/// <param name="Orders">The orders that were chosen; none for all.</param>
/// <param name="Ready">All lines that are ready.</param>
/// <param name="Chosen">Those of them that are picked.</param>
public sealed record PickListPage(string? Until, IReadOnlySet<string> Orders, IReadOnlyList<PickLine> Ready, IReadOnlyList<PickLine> Chosen)
{
    /// <summary>Which lots or serial numbers of tracked products are fetched, by order and line.</summary>
    public ILookup<(string Number, int LineNumber), ProposedLot> Lots { get; init; } = Array.Empty<ProposedLot>().ToLookup(lot => ("", 0));

    /// <summary>The code of the place that was chosen; null for all.</summary>
    public string? Place { get; init; }

    /// <summary>One's own open places.</summary>
    public IReadOnlyList<PlaceName> Places { get; init; } = [];

    /// <summary>The list's address with the same choice.</summary>
    public string PdfAddress => "/orders/picking/pdf" + QueryString.Create([.. Orders.Select(order => KeyValuePair.Create("orders", (string?)order)), .. Place is null ? Array.Empty<KeyValuePair<string, string?>>() : [KeyValuePair.Create("place", (string?)Place)], .. Until is null ? Array.Empty<KeyValuePair<string, string?>>() : [KeyValuePair.Create("until", (string?)Until)]]);
}

/// <summary>The pick list for programs of the warehouse.</summary>
[ApiController]
[Route("api/v1/orders/picking"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class PickingApi(PickList picking) : ControllerBase
{
    /// <summary>What is reserved and ready to be sent, by SKU.</summary>
    /// <param name="orders">Only these orders; may be repeated.</param>
    /// <param name="until">Only what is promised or wanted up to this day, and what has no day.</param>
    /// <param name="place">Only what is sent from this place.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] List<string> orders, DateOnly? until, string? place, CancellationToken ct)
    {
        var lines = await picking.LinesAsync(new(orders, until, place?.Trim().ToUpperInvariant()), ct);
        var lots = await picking.LotsAsync(lines, ct);
        return Ok(new
        {
            items = lines.Select(line => new
            {
                line.Place, line.Sku, line.Name, line.Unit, Order = line.Number, line.LineNumber, Buyer = line.BuyerName, line.Quantity, line.DueOn,
                lots = lots[(line.Number, line.LineNumber)].Select(lot => new { lot.Code, lot.Quantity, lot.BestBefore }),
            }),
        });
    }
}
