using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Catalog;

/// <summary>Products for programs; prices come from <c>/api/v1/prices</c>.</summary>
[ApiController]
[Route("api/v1/products")]
public sealed class ProductsApi(ProductStore products, AddProduct addProduct, EditProduct editProduct, ICurrentPerson me) : ControllerBase
{
    /// <summary>The products, by SKU. Filters: q, line, status.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<ProductAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct)
    {
        if (!page.TryReadCursor<ProductKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await products.AfterAsync(ListQuery.Read(Request, ProductStore.Shape), after?.Sku, page.Take(), ct);
        return Ok(page.Cut(rows, row => new ProductKey(row.Sku)).Select(product => ProductAnswer.Of(product, null)));
    }

    /// <summary>One product.</summary>
    [HttpGet("{sku}")]
    [ProducesResponseType<ProductAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string sku, CancellationToken ct)
    {
        if (await products.FindAsync(Sku.OfRoute(sku), ct) is not { } product)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(product.Version);
        return Ok(ProductAnswer.Of(product, me.IsBrand ? await products.CostAsync(product.ProductId, ct) : null));
    }

    /// <summary>Takes a new product in.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin")]
    [Idempotent]
    [ProducesResponseType<ProductAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(ProductFacts body, CancellationToken ct)
    {
        var outcome = await addProduct.RunAsync(body, ct);
        if (outcome is not ProductOutcome.Done(var sku))
        {
            return Refusal(outcome);
        }

        Response.Headers.Location = "/api/v1/products/" + Uri.EscapeDataString(sku);
        Response.StatusCode = StatusCodes.Status201Created;
        var product = (await products.FindAsync(sku, ct))!;
        this.SendVersion(product.Version);
        return new ObjectResult(ProductAnswer.Of(product, await products.CostAsync(product.ProductId, ct))) { StatusCode = StatusCodes.Status201Created };
    }

    /// <summary>Writes all facts of a product; what is left out is emptied, the SKU stays.</summary>
    [HttpPut("{sku}")]
    [AllowRoles("brand_admin")]
    [ProducesResponseType<ProductAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string sku, [IfMatch] int version, ProductFacts body, CancellationToken ct) =>
        await editProduct.RunAsync(Sku.OfRoute(sku), version, body, ct) is var outcome and not ProductOutcome.Done ? Refusal(outcome) : await Show(sku, ct);

    static ApiProblem Refusal(ProductOutcome outcome) => outcome switch
    {
        ProductOutcome.Stale => ApiProblem.Stale,
        ProductOutcome.Refused(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = JsonNamingPolicy.CamelCase.ConvertName(problem.Field) })]),
        _ => ApiProblem.NotFound,
    };
}

/// <summary>Where the list goes on.</summary>
sealed record ProductKey(string Sku);

/// <summary>A product.</summary>
/// <param name="Sku">What it is known by.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Line">The code of its line.</param>
/// <param name="Category">Its category within the line.</param>
/// <param name="CategoryZh">The category in Chinese.</param>
/// <param name="Colour">Colour.</param>
/// <param name="ColourZh">The colour in Chinese.</param>
/// <param name="Size">Size.</param>
/// <param name="Weight">Weight.</param>
/// <param name="Unit">What one of it is.</param>
/// <param name="Status">active or discontinued.</param>
/// <param name="Gtin">The number under the bar code.</param>
/// <param name="PackSize">How many are in a pack.</param>
/// <param name="MinQuantity">The least quantity of an order line; a seller may say otherwise, see <c>/api/v1/terms-of-sale</c>.</param>
/// <param name="OrderMultiple">Order lines are multiples of this.</param>
/// <param name="LeadDays">How many days it usually takes until it is sent.</param>
/// <param name="Successor">The SKU of what takes its place.</param>
/// <param name="Tracking">How its pieces are told apart in stock: none, lot or serial.</param>
/// <param name="KeptInStock">False for services and what is sold by the term: orders need no stock of it.</param>
/// <param name="Version">For If-Match.</param>
/// <param name="Cost">What it costs the brand; told to the brand only.</param>
/// <param name="CostCurrency">The currency of the cost.</param>
public sealed record ProductAnswer(
    string Sku, string Name, string? NameZh, string Line, string? Category, string? CategoryZh, string? Colour, string? ColourZh, string? Size, decimal? Weight, string Unit, string Status,
    string? Gtin, int? PackSize, int MinQuantity, int OrderMultiple, int? LeadDays, string? Successor, string Tracking, bool KeptInStock, int Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Cost, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CostCurrency)
{
    internal static ProductAnswer Of(Product product, ProductCost? cost) => new(
        product.Sku, product.Name, product.NameZh, product.Line, product.Category, product.CategoryZh, product.Colour, product.ColourZh, product.Size, product.Weight, product.Unit, product.Status,
        product.Gtin, product.PackSize, product.MinQuantity, product.OrderMultiple, product.LeadDays, product.Successor, product.Tracking, product.KeptInStock, product.Version, cost?.UnitCost, cost?.Currency);
}
