using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Stock;

/// <summary>Stock for programs: one's own balances, what the seller shows, and recording movements.</summary>
[ApiController]
[Route("api/v1/stock")]
public sealed class StockApi(StockStore stock, RecordMovement recordMovement) : ControllerBase
{
    const int MostAtOnce = 500;

    /// <summary>One's own balances in the order of their SKU.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="place">Of this place alone; of all together where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? place = null, CancellationToken ct = default) => page.TryReadCursor<BalanceCursor>(out var after)
        ? Ok(page.Cut(await stock.BalancesAfterAsync(place?.Trim().ToUpperInvariant(), after?.Sku, page.Take(), ct), row => new BalanceCursor(row.Sku))
            .Select(row => new { row.Sku, row.OnHand, row.Reserved, row.Available, row.InTransit }))
        : PageRequest.BadCursor;

    /// <summary>What one's seller has of some products, as far as it lets its buyers see; unknown ones are left out.</summary>
    [HttpGet("offered")]
    public async Task<IActionResult> Offered([FromQuery] string[] sku, CancellationToken ct) => sku.Length > MostAtOnce
        ? ApiProblem.Invalid(new FieldProblem("sku", "stock.problem.too_many_skus", MostAtOnce))
        : Ok((await stock.OfferedAsync(sku, ct)).Select(row => new { row.Sku, row.Shows, row.Band, row.Available }));

    /// <summary>Records supply, a sale to an end customer or a loss.</summary>
    [HttpPost("movements"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Record(MovementAsked asked, CancellationToken ct) => await recordMovement.RunAsync(asked, ct) switch
    {
        MovementOutcome.Recorded(var lines) => Created(new Uri("/api/v1/stock", UriKind.Relative), new { lines }),
        MovementOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => ApiProblem.Forbidden,
    };
}

/// <summary>A movement as a program reports it.</summary>
/// <param name="Kind"><c>supply</c>, <c>sale</c> or <c>loss</c>.</param>
/// <param name="Note">Why, in words; a loss is not recorded without a note or a reason.</param>
/// <param name="Lines">What moved.</param>
/// <param name="Place">The code of the place; the default one where left out.</param>
/// <param name="Lots">The lots or serial numbers of tracked products: pieces that come by supply and go by loss are named, of a sale those that expire first go where nothing is said. A product of which lots are named needs no line.</param>
/// <param name="Reason">Why goods came by supply (<c>found</c>, <c>customer_return</c>, <c>correction</c>) or went by loss (<c>damaged</c>, <c>expired</c>, <c>stolen</c>, <c>missing</c>, <c>sample</c>, <c>own_use</c>, <c>correction</c>).</param>
public sealed record MovementAsked(string? Kind, string? Note, IReadOnlyList<SkuLine>? Lines, string? Place = null, string? Reason = null, IReadOnlyList<SkuLot>? Lots = null);

/// <summary>Where a page of balances ended.</summary>
sealed record BalanceCursor(string Sku);
