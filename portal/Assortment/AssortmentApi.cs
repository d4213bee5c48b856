using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Assortment;

/// <summary>Sellable ranges for programs: the rules of the own company, and what they come to.</summary>
[ApiController]
[Route("api/v1/sellable-rules"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales")]
public sealed class SellableRulesApi(Ranges ranges, RangePreview preview, AddRange addRange, EndRange endRange) : ControllerBase
{
    /// <summary>The rules, the newest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<RangeKey>(out var after)
        ? Ok(page.Cut(await ranges.AfterAsync(after?.Number, page.Take(), ct), row => new RangeKey(row.Number)))
        : PageRequest.BadCursor;

    /// <summary>One rule.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<RangeRow>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await ranges.FindAsync(number, ct) is not { } rule)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(rule.Version);
        return Ok(rule);
    }

    /// <summary>Adds a rule.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> Create(RangeFacts body, CancellationToken ct) => await addRange.RunAsync(body, ct) switch
    {
        AssortmentOutcome.Done(var number) => Created(new Uri("/api/v1/sellable-rules/" + number, UriKind.Relative), new { number }),
        var outcome => AssortmentProblems.Of(outcome),
    };

    /// <summary>Gives a rule its last day; without one it ends with yesterday.</summary>
    [HttpPost("{number}/end"), AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> End(string number, RangeEnd body, [IfMatch] int version, CancellationToken ct) => await endRange.RunAsync(number, version, body.LastDay, ct) switch
    {
        AssortmentOutcome.Done => await Show(number, ct),
        var outcome => AssortmentProblems.Of(outcome),
    };

    /// <summary>What a partner may buy, line by line.</summary>
    /// <param name="buyer">Its number or code.</param>
    /// <param name="on">The day; today where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("of-buyer")]
    [ProducesResponseType<BuyersRange>(StatusCodes.Status200OK)]
    public async Task<IActionResult> OfBuyer([FromQuery] string buyer, [FromQuery] DateOnly? on, CancellationToken ct) =>
        await preview.OfBuyerAsync(buyer, on, ct) is { } range ? Ok(range) : ApiProblem.NotFound;

    /// <summary>Which of the own buyers may buy a product.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="on">The day; today where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("of-product")]
    [ProducesResponseType<ProductsBuyers>(StatusCodes.Status200OK)]
    public async Task<IActionResult> OfProduct([FromQuery] string sku, [FromQuery] DateOnly? on, CancellationToken ct) =>
        await preview.OfProductAsync(sku, on, ct) is { } buyers ? Ok(buyers) : ApiProblem.NotFound;
}

/// <summary>How products are sold, for programs.</summary>
[ApiController]
[Route("api/v1/terms-of-sale")]
public sealed class TermsOfSaleApi(Terms terms) : ControllerBase
{
    /// <summary>How the company one buys from sells some products: whether at all, least quantity, multiple, pack, days of delivery, successor.</summary>
    /// <param name="sku">The products, any number up to 2,000; unknown ones are left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] string[] sku, CancellationToken ct) => sku.Length > MostProducts
        ? ApiProblem.Invalid(new FieldProblem("sku", "assortment.refused.too_many", MostProducts))
        : Ok(new { items = (await terms.ForAsync(null, sku, ct)).Values.OrderBy(row => row.Sku, StringComparer.Ordinal).Select(TermsAnswer.Of) });

    /// <summary>Says how the own company sells a product, where that differs from the product itself.</summary>
    [HttpPut("{sku}"), AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> Keep(string sku, SellerTermsAsked body, CancellationToken ct) =>
        Answer(await terms.KeepAsync(OfRoute(sku), new SellerTerms { MinQuantity = body.MinQuantity, OrderMultiple = body.OrderMultiple, LeadDays = body.LeadDays }, ct));

    /// <summary>Takes back what was said: the product's own terms hold again.</summary>
    [HttpDelete("{sku}"), AllowRoles("brand_admin", "channel_manager", "partner_admin")]
    public async Task<IActionResult> Drop(string sku, CancellationToken ct) => Answer(await terms.KeepAsync(OfRoute(sku), null, ct));

    const int MostProducts = 2000;

    IActionResult Answer(AssortmentOutcome outcome) => outcome is AssortmentOutcome.Done ? NoContent() : AssortmentProblems.Of(outcome);

    static string OfRoute(string sku) => sku.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Where the list of rules goes on.</summary>
sealed record RangeKey(string Number);

/// <summary>The last day of a rule.</summary>
/// <param name="LastDay">Yesterday at the earliest.</param>
public sealed record RangeEnd(DateOnly? LastDay);

/// <summary>What a seller says of a product.</summary>
/// <param name="MinQuantity">The least quantity of a line; 1 where left out.</param>
/// <param name="OrderMultiple">Lines are multiples of this; 1 where left out.</param>
/// <param name="LeadDays">How many days it usually takes until it is sent.</param>
public sealed record SellerTermsAsked(int? MinQuantity, int? OrderMultiple, int? LeadDays);

/// <summary>How a product is sold.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Sellable">False where it is not sold to the own company.</param>
/// <param name="PackSize">How many are in a pack.</param>
/// <param name="MinQuantity">The least quantity of a line.</param>
/// <param name="OrderMultiple">Lines are multiples of this.</param>
/// <param name="LeadDays">How many days it usually takes until it is sent.</param>
/// <param name="Successor">What takes its place.</param>
public sealed record TermsAnswer(string Sku, bool Sellable, int? PackSize, int MinQuantity, int OrderMultiple, int? LeadDays, string? Successor)
{
    internal static TermsAnswer Of(TermsOfSale terms) => new(terms.Sku, terms.IsSellable, terms.PackSize, terms.MinQuantity, terms.OrderMultiple, terms.LeadDays, terms.Successor);
}

/// <summary>What the API says when an act was not done.</summary>
static class AssortmentProblems
{
    public static ApiProblem Of(AssortmentOutcome outcome) => outcome switch
    {
        AssortmentOutcome.Stale => ApiProblem.Stale,
        AssortmentOutcome.Forbidden => ApiProblem.Forbidden,
        AssortmentOutcome.Refused(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = JsonNamingPolicy.CamelCase.ConvertName(problem.Field) })]),
        _ => ApiProblem.NotFound,
    };
}
