using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Catalog;
using Portal.Orders;
using Portal.Pricing;
using Portal.Stock;
using Portal.Web;

namespace Portal.Buying;

/// <summary>The catalog for programs that buy: what the seller sells to the own company, with price, terms, stock and the last order.</summary>
[ApiController]
[Route("api/v1/assortment"), AllowRoles("partner_admin", "purchasing", "sales", "viewer")]
public sealed class AssortmentOfBuyerApi(ShelfPages pages, Favourites favourites) : ControllerBase
{
    /// <summary>The products by SKU; with <c>q</c> the best finds first.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="q">Words that must all be found in SKU, names, category, colour, size or GTIN.</param>
    /// <param name="line">The code of a product line.</param>
    /// <param name="category">A category.</param>
    /// <param name="colour">A colour.</param>
    /// <param name="only"><c>favourites</c> of whoever asks, or what the company has <c>ordered</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    [ProducesResponseType<Page<OfferedProduct>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(
        [FromQuery] PageRequest page, [FromQuery] string? q, [FromQuery] string? line, [FromQuery] string? category, [FromQuery] string? colour, [FromQuery] string? only, CancellationToken ct)
    {
        if (!page.TryReadCursor<ShelfKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var query = ShelfQuery.Of(q, line, category, colour, only) with { AfterRank = after?.Rank, AfterSku = after?.Sku };
        return await pages.RowsAsync(query, page.Take(), ct) is { } rows
            ? Ok(page.Cut(rows, row => new ShelfKey(row.Product.Rank, row.Product.Sku)).Select(OfferedProduct.Of))
            : ApiProblem.NotFound;
    }

    /// <summary>Marks a product as a favourite of whoever asks.</summary>
    [HttpPut("{sku}/favourite")]
    public async Task<IActionResult> Mark(string sku, CancellationToken ct) => await favourites.MarkAsync(Sku.OfRoute(sku), true, ct) ? NoContent() : ApiProblem.NotFound;

    /// <summary>Takes the mark away.</summary>
    [HttpDelete("{sku}/favourite")]
    public async Task<IActionResult> Unmark(string sku, CancellationToken ct) => await favourites.MarkAsync(Sku.OfRoute(sku), false, ct) ? NoContent() : ApiProblem.NotFound;
}

/// <summary>Lines into a draft, for programs.</summary>
[ApiController]
[Route("api/v1/draft-lines"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class DraftLinesApi(AddToDraft addToDraft) : ControllerBase
{
    /// <summary>Adds lines to the named draft, to the newest of whoever asks, or to a new one (<c>new</c>).</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(DraftLinesAsked body, CancellationToken ct) =>
        await addToDraft.RunAsync(string.IsNullOrWhiteSpace(body.Order) ? null : body.Order.Trim(), [.. (body.Lines ?? []).OfType<OrderLineAsked>().Select(line => new SkuLine(line.Sku?.Trim() ?? "", line.Quantity) { Day = line.RequestedOn })], ct) switch
        {
            OrderOutcome.Done(var number, _) => Created(new Uri("/api/v1/orders/" + number, UriKind.Relative), new { order = number }),
            OrderOutcome.NotFound => ApiProblem.NotFound,
            OrderOutcome.Forbidden => ApiProblem.Forbidden,
            OrderOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
            _ => ApiProblem.Conflict("order-state", "orders.api.not_now"),
        };
}

/// <summary>Where a page of the assortment ended.</summary>
sealed record ShelfKey(int Rank, string Sku);

/// <summary>Lines for a draft.</summary>
/// <param name="Order">The draft's number, <c>new</c>, or nothing for the newest.</param>
/// <param name="Lines">SKUs and quantities.</param>
public sealed record DraftLinesAsked(string? Order, IReadOnlyList<OrderLineAsked>? Lines);

/// <summary>A product that the seller sells to the own company.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Category">Its category.</param>
/// <param name="Unit">What one is.</param>
/// <param name="UnitPrice">What one costs at the least quantity; null where there is no price.</param>
/// <param name="PriceSteps">How the price came about.</param>
/// <param name="MinQuantity">The least quantity of a line.</param>
/// <param name="OrderMultiple">Lines are multiples of this.</param>
/// <param name="PackSize">How many are in a pack.</param>
/// <param name="LeadDays">How many days it usually takes until it is sent.</param>
/// <param name="StockBand">none, few, some or plenty, where the seller shows it; always for what needs no stock.</param>
/// <param name="StockAvailable">How many there are, where the seller shows it.</param>
/// <param name="LastOrderedOn">When the company bought it last.</param>
/// <param name="LastQuantity">How many then.</param>
/// <param name="IsFavourite">Whoever asks has marked it.</param>
public sealed record OfferedProduct(
    string Sku, string Name, string NameZh, string? Category, string Unit, decimal? UnitPrice, IReadOnlyList<PriceStep> PriceSteps, int MinQuantity, int OrderMultiple, int? PackSize, int? LeadDays,
    string? StockBand, long? StockAvailable, DateOnly? LastOrderedOn, int? LastQuantity, bool IsFavourite)
{
    internal static OfferedProduct Of(ShelfRow row) => new(
        row.Product.Sku, row.Product.Name, row.Product.NameZh, row.Product.Category, row.Product.Unit, row.Price.Refusal is null ? row.Price.UnitPrice : null, row.Price.Steps,
        row.Terms.Least, row.Terms.OrderMultiple, row.Terms.PackSize, row.Terms.LeadDays, row.Stock?.Band, row.Stock?.Available, row.Last?.OrderedOn, row.Last?.Quantity, row.Product.IsFavourite);
}
