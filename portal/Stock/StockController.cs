using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>What a partner holds and how it moved; for the brand also what everybody holds.</summary>
[Route("stock")]
public sealed class StockController(StockStore stock, StockPlaces places, ShowStock showStock, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>One's own balances.</summary>
    [HttpGet("")]
    public Task<IActionResult> Index(CancellationToken ct) => BalancesAsync(everybodys: false, ct);

    /// <summary>All partners' balances, for the brand.</summary>
    [HttpGet("channel"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk")]
    public Task<IActionResult> Channel(CancellationToken ct) => BalancesAsync(everybodys: true, ct);

    /// <summary>One's own movements.</summary>
    [HttpGet("moves")]
    public async Task<IActionResult> Moves(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, StockStore.Moves);
        return View("MoveList", new MoveListPage(query, await stock.MovesAsync(new(false, query), ct), await places.OpenAsync(ct)));
    }

    /// <summary>The balances as an Excel file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => SendBalancesAsync(everybodys: false, ct);

    /// <summary>All partners' balances as an Excel file.</summary>
    [HttpGet("channel/export"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportChannel(CancellationToken ct) => SendBalancesAsync(everybodys: true, ct);

    /// <summary>The movements as an Excel file.</summary>
    [HttpGet("moves/export"), EnableRateLimiting(RateLimits.Costly)]
    public Task ExportMoves(CancellationToken ct) => Response.SendListAsync(t["stock.moves"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.moved_at"], TableColumnKind.Time, 18), new(t["stock.kind"]), new(t["stock.place"], Width: 12), new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40),
            new(t["stock.quantity"], TableColumnKind.Number, 12, 0), new(t["stock.order"], Width: 21), new(t["stock.document"], Width: 21), new(t["stock.reason"], Width: 20), new(t["stock.note"], Width: 40),
        ],
        stock.StreamMovesAsync(new(false, ListQuery.Read(Request, StockStore.Moves)), ct).Select(IReadOnlyList<object?> (row) =>
        [
            Web.Display.Formats.In(row.MovedAt, Web.Display.Formats.Zone(me.TimeZone)), t["stock.kind." + row.Kind].Value, row.Place, row.Sku, StockWords.Name(row.Name, row.NameZh),
            row.Direction is "in" ? row.Quantity : -row.Quantity, row.OrderNumber, row.DocumentNumber, row.Reason is null ? null : t["stock.reason." + row.Reason].Value, row.Note,
        ]), ct);

    /// <summary>Chooses what one's buyers see.</summary>
    [HttpPost("visibility"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Show(string shows, CancellationToken ct)
    {
        if (await showStock.RunAsync(shows, ct))
        {
            this.Flash(FlashKind.Done, t["stock.shown"]);
        }
        else
        {
            this.Flash(FlashKind.Problem, t["stock.not_shown"]);
        }

        return RedirectToAction(nameof(Index));
    }

    async Task<IActionResult> BalancesAsync(bool everybodys, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, StockStore.Balances);
        return View("StockList", new StockListPage(everybodys, query, await stock.BalancesAsync(new(everybodys, query), ct), everybodys ? [] : await places.OpenAsync(ct), everybodys ? null : await stock.VisibilityAsync(ct)));
    }

    Task SendBalancesAsync(bool everybodys, CancellationToken ct) => Response.SendListAsync(t["stock.stock"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["stock.holder"], Width: 30), new(t["stock.place"], Width: 12), new(t["stock.sku"], Width: 18), new(t["stock.name"], Width: 40), new(t["stock.on_hand"], TableColumnKind.Number, 12, 0),
            new(t["stock.reserved"], TableColumnKind.Number, 12, 0), new(t["stock.available"], TableColumnKind.Number, 12, 0), new(t["stock.in_transit"], TableColumnKind.Number, 12, 0),
        ],
        stock.StreamBalancesAsync(new(everybodys, ListQuery.Read(Request, StockStore.Balances)), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Holder, row.Place, row.Sku, StockWords.Name(row.Name, row.NameZh), row.OnHand, row.Reserved, row.Available, row.InTransit]), ct);
}

/// <summary>The list of balances.</summary>
/// <param name="Everybodys">True for the brand's view of all partners' stock.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Places">One's own open places.</param>
/// <param name="Visibility">What buyers see; null where others' stock is shown.</param>
public sealed record StockListPage(bool Everybodys, ListQuery Query, ListPage<BalanceRow> Page, IReadOnlyList<PlaceName> Places, Visibility? Visibility);

/// <summary>The list of movements.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Places">One's own open places.</param>
public sealed record MoveListPage(ListQuery Query, ListPage<MoveRow> Page, IReadOnlyList<PlaceName> Places);
