using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Assortment;
using Portal.Documents.Tables;
using Portal.Pricing;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Catalog;

/// <summary>The catalog: what the brand sells, and what it costs the company of whoever looks.</summary>
[Route("catalog")]
public sealed class ProductsController(ProductStore products, CatalogPrices prices, PriceBookStore books, Terms terms, AddProduct addProduct, EditProduct editProduct, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The products.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ProductStore.Shape);
        var page = await products.PageAsync(query, ct);
        var trade = await prices.TradeAsync(null, ct);
        return View("ProductList", new ProductListPage(query, page, await products.LinesAsync(ct), trade!, await PricesAsync(trade!, page.Rows, ct), me.Has("brand_admin"))
        {
            NotSold = me.IsBrand ? new HashSet<string>(StringComparer.Ordinal) : (await terms.ForAsync(null, page.Rows.Select(product => product.Sku), ct)).Values.Where(sold => !sold.IsSellable).Select(sold => sold.Sku).ToHashSet(StringComparer.Ordinal),
        });
    }

    /// <summary>The list as a workbook, with the prices of the own company.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task Export(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ProductStore.Shape);
        var trade = (await prices.TradeAsync(null, ct))!;
        var rows = new List<Product>();
        await foreach (var product in products.AllAsync(query, ct))
        {
            rows.Add(product);
        }

        await Response.SendListAsync(t["catalog.products"], me.PartnerName, clock.GetUtcNow(), Columns(trade), ExportRows(rows, trade, ct), ct);
    }

    /// <summary>One product, with the price for a quantity and a buyer explained.</summary>
    [HttpGet("{sku}")]
    public async Task<IActionResult> Show(string sku, decimal? quantity, string? buyer, CancellationToken ct)
    {
        if (await products.FindAsync(Sku.OfRoute(sku), ct) is not { } product)
        {
            return NotFound();
        }

        var asked = string.IsNullOrWhiteSpace(buyer) ? null : buyer;
        var trade = await prices.TradeAsync(asked, ct);
        var line = trade is null ? null : (await prices.OfAsync(trade, Today, [new(product.Sku, quantity ?? 1)], ct))[0];
        return View("ProductPage", new ProductPage(product, quantity ?? 1, asked, trade, line, await books.OfProductAsync(product.ProductId, Today, ct),
            me.IsBrand ? await products.CostAsync(product.ProductId, ct) : null, me.Has("brand_admin"))
        {
            Terms = me.IsBrand ? null : (await terms.ForAsync(null, [product.Sku], ct)).GetValueOrDefault(product.Sku),
            OwnTerms = me.Has(RangeWords.Keepers) && !me.IsBrand ? await terms.OwnAsync(product.Sku, ct) ?? new() : null,
        });
    }

    /// <summary>The form for a new product.</summary>
    [HttpGet("new")]
    [AllowRoles("brand_admin")]
    public Task<IActionResult> New(CancellationToken ct) => FormAsync(new ProductForm { Facts = new() { Unit = "piece", Status = "active", CostCurrency = me.Currency } }, null, ct);

    /// <summary>Adds it.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin")]
    [Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] ProductForm form, CancellationToken ct) =>
        await AnswerAsync(ModelState.IsValid ? await addProduct.RunAsync(form.Facts, ct) : new ProductOutcome.Refused(), form, null, "catalog.added", ct);

    /// <summary>The form of a product that is there.</summary>
    [HttpGet("{sku}/edit")]
    [AllowRoles("brand_admin")]
    public async Task<IActionResult> Edit(string sku, CancellationToken ct) =>
        await products.FindAsync(Sku.OfRoute(sku), ct) is { } product
            ? await FormAsync(new ProductForm { Facts = product.Facts(await products.CostAsync(product.ProductId, ct)), Version = product.Version }, product, ct)
            : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{sku}")]
    [AllowRoles("brand_admin")]
    public async Task<IActionResult> Update(string sku, [FromForm(Name = "Form")] ProductForm form, CancellationToken ct)
    {
        if (await products.FindAsync(Sku.OfRoute(sku), ct) is not { } product)
        {
            return NotFound();
        }

        var outcome = ModelState.IsValid ? await editProduct.RunAsync(product.Sku, form.Version ?? product.Version, form.Facts, ct) : new ProductOutcome.Refused();
        return await AnswerAsync(outcome, form, product, "catalog.changed", ct);
    }

    async Task<IActionResult> AnswerAsync(ProductOutcome outcome, ProductForm form, Product? product, string done, CancellationToken ct)
    {
        switch (outcome)
        {
            case ProductOutcome.Done(var sku):
                this.Flash(FlashKind.Done, t[done, sku]);
                return RedirectToAction(nameof(Show), new { sku });
            case ProductOutcome.Stale:
                ModelState.AddModelError("", t["catalog.stale"]);
                break;
            case ProductOutcome.Refused(var problems):
                foreach (var problem in problems)
                {
                    ModelState.AddModelError($"Form.Facts.{problem.Field}", t[problem.TextKey, [.. problem.Arguments]]);
                }

                break;
            default:
                return NotFound();
        }

        return await FormAsync(form, product, ct);
    }

    async Task<IActionResult> FormAsync(ProductForm form, Product? product, CancellationToken ct) => View("ProductForm", new ProductFormPage(form, product, await products.LinesAsync(ct)));

    async Task<Dictionary<string, LinePrice>> PricesAsync(Trade trade, IEnumerable<Product> rows, CancellationToken ct) =>
        (await prices.OfAsync(trade, Today, [.. rows.Select(product => new AskedLine(product.Sku, 1))], ct)).ToDictionary(line => line.Sku, StringComparer.Ordinal);

    List<TableColumn> Columns(Trade trade) =>
    [
        new(t["catalog.sku"]), new(t["catalog.name"], Width: 36), new(t["catalog.name_zh"], Width: 30), new(t["catalog.line"], Width: 20), new(t["catalog.category"]), new(t["catalog.colour"], Width: 12),
        new(t["catalog.size"], Width: 10), new(t["catalog.weight"], TableColumnKind.Number, 10, 3), new(t["catalog.unit"], Width: 10), new(t["catalog.status"], Width: 12),
        new(t["catalog.list_price"], TableColumnKind.Number, Decimals: Currencies.MinorUnits(trade.Currency)), new(t["catalog.price"], TableColumnKind.Number, Decimals: Currencies.MinorUnits(trade.Currency)),
        new(t["catalog.currency"], Width: 9),
    ];

    async IAsyncEnumerable<IReadOnlyList<object?>> ExportRows(List<Product> rows, Trade trade, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var chinese = Languages.Current == "zh-CN";
        foreach (var chunk in rows.Chunk(1000))
        {
            var known = await PricesAsync(trade, chunk, ct);
            foreach (var product in chunk)
            {
                var line = known[product.Sku];
                yield return
                [
                    product.Sku, product.Name, product.NameZh, chinese ? product.LineNameZh : product.LineName, chinese ? product.CategoryZh ?? product.Category : product.Category, chinese ? product.ColourZh ?? product.Colour : product.Colour, product.Size, product.Weight,
                    Units.Name(t, product.Unit), t[$"catalog.status.{product.Status}"].Value, line.ListPrice, line.Refusal is null ? line.UnitPrice : null, trade.Currency,
                ];
            }
        }
    }

    DateOnly Today => DateOnly.FromDateTime(Formats.In(clock.GetUtcNow().UtcDateTime, Formats.Zone(me.TimeZone)));
}

/// <summary>What one of a product is, in the reader's language; a word we do not know stands as it is.</summary>
public static class Units
{
    /// <summary>The units the form offers.</summary>
    public static IReadOnlyList<string> Known { get; } = ["piece", "set", "box", "pair", "licence", "seat_month", "month", "year", "hour"];

    /// <summary>The unit's name.</summary>
    public static string Name(Texts t, string unit) => Known.Contains(unit, StringComparer.Ordinal) ? t[$"catalog.unit.{unit}"] : unit;

    /// <summary>The units for a list to choose from.</summary>
    public static IEnumerable<SelectListItem> Choices(Texts t, string? own) =>
        Known.Append(own ?? "piece").Distinct(StringComparer.Ordinal).Select(unit => new SelectListItem(Name(t, unit), unit));
}

/// <summary>The list as <c>ProductList.cshtml</c> shows it.</summary>
public sealed record ProductListPage(ListQuery Query, ListPage<Product> Page, IReadOnlyList<ProductLine> Lines, Trade Trade, IReadOnlyDictionary<string, LinePrice> Prices, bool MayChange)
{
    /// <summary>Those that the company one buys from does not sell to the own company.</summary>
    public IReadOnlySet<string> NotSold { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>A product as <c>ProductPage.cshtml</c> shows it.</summary>
/// <param name="Product">The product.</param>
/// <param name="Quantity">How many were asked for.</param>
/// <param name="Buyer">For whom was asked, as typed; null for the own company.</param>
/// <param name="Trade">Who buys from whom; null when the buyer is not there.</param>
/// <param name="Price">The price.</param>
/// <param name="Books">The own company's books with a price of it.</param>
/// <param name="Cost">What it costs the brand; for the brand's eyes.</param>
/// <param name="MayChange">May change it.</param>
public sealed record ProductPage(Product Product, decimal Quantity, string? Buyer, Trade? Trade, LinePrice? Price, IReadOnlyList<ProductBook> Books, ProductCost? Cost, bool MayChange)
{
    /// <summary>How the company one buys from sells it; null for the brand.</summary>
    public TermsOfSale? Terms { get; init; }

    /// <summary>How the own company sells it, as far as that differs; null for those who do not say so.</summary>
    public SellerTerms? OwnTerms { get; init; }
}

/// <summary>What the form sends.</summary>
public sealed record ProductForm
{
    /// <summary>The facts.</summary>
    public ProductFacts Facts { get; init; } = new();

    /// <summary>The version that was read; none for a new product.</summary>
    public int? Version { get; init; }
}

/// <summary>The form as <c>ProductForm.cshtml</c> shows it.</summary>
public sealed record ProductFormPage(ProductForm Form, Product? Product, IReadOnlyList<ProductLine> Lines);
