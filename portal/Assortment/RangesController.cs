using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Forms;
using Portal.Web.Lists;

namespace Portal.Assortment;

/// <summary>What the own company sells to whom: the rules, and what they come to.</summary>
[Route("catalog/ranges"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class RangesController(Ranges ranges, RangePreview preview, AddRange addRange, EndRange endRange, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The rules, with the answer to what may this partner buy or who may buy this, where one is asked for.</summary>
    /// <param name="buyer">The number or code of a partner.</param>
    /// <param name="sku">A product.</param>
    /// <param name="on">The day that is asked about; today where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? buyer, string? sku, string? on, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, Ranges.Shape);
        var (who, what) = (string.IsNullOrWhiteSpace(buyer) ? null : buyer.Trim(), string.IsNullOrWhiteSpace(sku) ? null : sku.Trim());
        return View("RangeList", new RangeListPage(query, await ranges.PageAsync(query, ct), me.Has(RangeWords.Keepers), who, what, on)
        {
            OfBuyer = who is null ? null : await preview.OfBuyerAsync(who, Typed.Day(on), ct),
            OfProduct = what is null ? null : await preview.OfProductAsync(what, Typed.Day(on), ct),
        });
    }

    /// <summary>The rules as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["assortment.ranges"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["assortment.number"], Width: 21), new(t["assortment.seller"], Width: 30), new(t["assortment.effect"]), new(t["assortment.what"], Width: 30), new(t["assortment.whom"], Width: 40),
            new(t["assortment.valid_from"], TableColumnKind.Date, 12), new(t["assortment.valid_until"], TableColumnKind.Date, 12), new(t["assortment.state"]),
        ],
        ListQuery.Read(Request, Ranges.Shape).AllAsync(query => ranges.PageAsync(query, ct)).Select(IReadOnlyList<object?> (rule) =>
            [rule.Number, rule.SellerName, t[$"assortment.effect.{rule.Effect}"].Value, RangeWords.What(rule, t), RangeWords.Whom(rule, t), rule.ValidFrom, rule.ValidUntil, t[$"assortment.state.{rule.State}"].Value]), ct);

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public Task<IActionResult> New(string? buyer, string? skus, CancellationToken ct) => FormAsync(new RangeForm { Effect = "exclude", Buyer = buyer, Skus = skus }, ct);

    /// <summary>Adds it.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] RangeForm form, CancellationToken ct)
    {
        switch (ModelState.IsValid ? await addRange.RunAsync(form.Facts(), ct) : new AssortmentOutcome.Refused())
        {
            case AssortmentOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["assortment.added"]);
                return RedirectToAction(nameof(Show), new { number });
            case AssortmentOutcome.Refused(var problems):
                ModelState.Explain(problems, t, field => "Form." + field);
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return await FormAsync(form, ct);
            default:
                return Forbid();
        }
    }

    /// <summary>One rule.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await ranges.FindAsync(number, ct) is { } rule
        ? View("RangePage", new RangePage(rule, rule.Covers is "products" ? await ranges.ProductsAsync(number, ct) : [], rule.IsOwn && rule.State is not "past" && me.Has(RangeWords.Keepers)))
        : NotFound();

    /// <summary>Gives it its last day.</summary>
    [HttpPost("{number}/end"), Idempotent, AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> End(string number, int version, string? lastDay, CancellationToken ct)
    {
        if (Typed.Day(lastDay) is null && !string.IsNullOrWhiteSpace(lastDay))
        {
            this.Flash(FlashKind.Problem, t["assortment.refused.no_such_day"]);
            return RedirectToAction(nameof(Show), new { number });
        }

        switch (await endRange.RunAsync(number, version, Typed.Day(lastDay), ct))
        {
            case AssortmentOutcome.Done:
                this.Flash(FlashKind.Done, t["assortment.ended"]);
                break;
            case AssortmentOutcome.Refused([var problem, ..]):
                this.Flash(FlashKind.Problem, t[problem.TextKey]);
                break;
            case AssortmentOutcome.Stale:
                this.Flash(FlashKind.Problem, t["assortment.stale"]);
                break;
            case AssortmentOutcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }

        return RedirectToAction(nameof(Show), new { number });
    }

    async Task<IActionResult> FormAsync(RangeForm form, CancellationToken ct) =>
        View("RangeForm", new RangeFormPage(form, await ranges.LinesAsync(ct), await ranges.CategoriesAsync(ct), await ranges.TerritoriesAsync(ct), me.IsBrand));
}

/// <summary>How the own company sells one product, where that differs from the product itself.</summary>
[Route("catalog/{sku}/terms"), AllowRoles("brand_admin", "channel_manager", "partner_admin")]
public sealed class TermsController(Terms terms, Texts t) : Controller
{
    /// <summary>Keeps the terms, or takes them back where all fields are empty.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Keep(string sku, string? minQuantity, string? orderMultiple, string? leadDays, CancellationToken ct)
    {
        var product = sku.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var isEmpty = string.IsNullOrWhiteSpace(minQuantity) && string.IsNullOrWhiteSpace(orderMultiple) && string.IsNullOrWhiteSpace(leadDays);
        var said = isEmpty ? null : new SellerTerms { MinQuantity = Whole(minQuantity), OrderMultiple = Whole(orderMultiple), LeadDays = Whole(leadDays) };
        switch (await terms.KeepAsync(product, said, ct))
        {
            case AssortmentOutcome.Done:
                this.Flash(FlashKind.Done, t[isEmpty ? "assortment.terms_dropped" : "assortment.terms_kept", product]);
                break;
            case AssortmentOutcome.Refused(var problems):
                this.Flash(FlashKind.Problem, problems[0].Text(t));
                ModelState.Explain(problems, t);
                this.KeepTyped("/catalog/" + product);
                break;
            case AssortmentOutcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }

        return Redirect("/catalog/" + Uri.EscapeDataString(product));
    }

    // What is no whole number becomes one that is refused.
    static int? Whole(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : int.TryParse(typed.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;
}

/// <summary>The rules as <c>RangeList.cshtml</c> shows them.</summary>
/// <param name="Query">What was asked of the list.</param>
/// <param name="Page">The rules.</param>
/// <param name="MayAdd">May add one.</param>
/// <param name="Buyer">The partner that is asked about.</param>
/// <param name="Sku">The product that is asked about.</param>
/// <param name="On">The day that is asked about, as typed.</param>
public sealed record RangeListPage(ListQuery Query, ListPage<RangeRow> Page, bool MayAdd, string? Buyer, string? Sku, string? On)
{
    /// <summary>What the partner may buy; null where nobody asked or there is none.</summary>
    public BuyersRange? OfBuyer { get; init; }

    /// <summary>Who may buy the product; null where nobody asked or there is none.</summary>
    public ProductsBuyers? OfProduct { get; init; }
}

/// <summary>A rule as <c>RangePage.cshtml</c> shows it.</summary>
public sealed record RangePage(RangeRow Rule, IReadOnlyList<RangeProduct> Products, bool MayEnd);

/// <summary>The form as <c>RangeForm.cshtml</c> shows it.</summary>
public sealed record RangeFormPage(RangeForm Form, IReadOnlyList<NamedCode> Lines, IReadOnlyList<NamedCode> Categories, IReadOnlyList<NamedCode> Territories, bool IsBrand);

/// <summary>What the form sends: the products one a line.</summary>
public sealed record RangeForm
{
    /// <summary>allow or exclude.</summary>
    public string? Effect { get; init; }

    /// <summary>The line it covers.</summary>
    public string? Line { get; init; }

    /// <summary>The category it covers.</summary>
    public string? Category { get; init; }

    /// <summary>The SKUs it covers, separated by white space, commas or semicolons.</summary>
    public string? Skus { get; init; }

    /// <summary>The partner it is for.</summary>
    public string? Buyer { get; init; }

    /// <summary>The level it asks for.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The type it asks for.</summary>
    public string? PartnerType { get; init; }

    /// <summary>The territory it asks for.</summary>
    public string? Territory { get; init; }

    /// <summary>Holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Why.</summary>
    public string? Note { get; init; }

    internal RangeFacts Facts() => new()
    {
        Effect = Effect, Line = Line, Category = Category, Buyer = Buyer, PartnerLevel = PartnerLevel, PartnerType = PartnerType, Territory = Territory, WholeChannel = WholeChannel, From = From, Until = Until, Note = Note,
        Skus = (Skus ?? "").Split([' ', ',', ';', '\t', '\r', '\n', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries),
    };
}
