using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>The tax rules, and the classes of products; kept by the brand's finance, read by whoever writes invoices.</summary>
[Route("receivables/tax"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin)]
public sealed class TaxRulesController(KeepTax keepTax, Texts t) : Controller
{
    /// <summary>The rules of a country.</summary>
    [HttpGet("")]
    public Task<IActionResult> Index(CancellationToken ct, string? country = null) => PageAsync(country, new TaxRuleForm(), new TaxRuleEndForm(), new TaxClassForm(), ct);

    /// <summary>Enters a rule.</summary>
    [HttpPost(""), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> Create([FromForm(Name = "Rule")] TaxRuleForm form, CancellationToken ct) => await AnswerAsync(ModelState.IsValid ? await keepTax.SetAsync(form.Typed, ct) : new BooksOutcome.Wrong([]), "Rule.", form.SellerCountry, form, new(), new(), ct);

    /// <summary>Ends a rule with a day.</summary>
    [HttpPost("ends"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> End([FromForm(Name = "End")] TaxRuleEndForm form, string? country, CancellationToken ct) =>
        await AnswerAsync(ModelState.IsValid ? await keepTax.EndAsync(form.Typed, ct) : new BooksOutcome.Wrong([]), "End.", Web.Typed.Text(country), new(), form, new(), ct);

    /// <summary>Puts products into a class.</summary>
    [HttpPost("classes"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> Classify([FromForm(Name = "Goods")] TaxClassForm form, CancellationToken ct) =>
        await AnswerAsync(await keepTax.ClassifyAsync(form.TaxClass, [.. (form.Skus ?? "").Split([',', '，', ';', '\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)], ct), "Goods.", null, new(), new(), form, ct);

    async Task<IActionResult> AnswerAsync(BooksOutcome outcome, string prefix, string? country, TaxRuleForm rule, TaxRuleEndForm end, TaxClassForm goods, CancellationToken ct)
    {
        switch (outcome)
        {
            case BooksOutcome.Done:
                this.Flash(FlashKind.Done, t["receivables.done.tax"]);
                return RedirectToAction(nameof(Index), new { country });
            case BooksOutcome.Wrong(var problems):
                ModelState.Explain(problems, t, field => prefix + (prefix is "End." && field is "sellerCountry" ? "Rule" : FieldProblems.AsOnForm(field)));
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return await PageAsync(country, rule, end, goods, ct);
            default:
                return Forbid();
        }
    }

    async Task<IActionResult> PageAsync(string? country, TaxRuleForm rule, TaxRuleEndForm end, TaxClassForm goods, CancellationToken ct) =>
        View("TaxRuleList", new TaxRuleListPage(country, await keepTax.ListAsync(string.IsNullOrEmpty(country) ? null : country, ct), await keepTax.CountriesAsync(ct), rule, end, goods));
}

/// <summary>A tax rule as it is typed.</summary>
public sealed record TaxRuleForm
{
    /// <summary>Two letters.</summary>
    public string? SellerCountry { get; init; }

    /// <summary>Two letters; empty for all others.</summary>
    public string? BuyerCountry { get; init; }

    /// <summary>Empty for all.</summary>
    public string? TaxClass { get; init; }

    /// <summary>The rate in percent.</summary>
    public decimal? Percent { get; init; }

    /// <summary>How such a sale is treated.</summary>
    public string? Treatment { get; init; }

    /// <summary>The words on the invoice.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in Chinese.</summary>
    public string? ReasonZh { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly? From { get; init; }

    internal TaxRuleTyped Typed => new(Web.Typed.Text(SellerCountry)?.ToUpperInvariant(), Web.Typed.Text(BuyerCountry)?.ToUpperInvariant(), Web.Typed.Text(TaxClass), Percent, Treatment, Web.Typed.Text(Reason), Web.Typed.Text(ReasonZh), From);
}

/// <summary>The end of a rule as it is typed.</summary>
public sealed record TaxRuleEndForm
{
    /// <summary>Which: seller's country, buyer's country and class, a star for all.</summary>
    public string? Rule { get; init; }

    /// <summary>The last day on which it holds.</summary>
    public DateOnly? LastDay { get; init; }

    internal TaxRuleEndTyped Typed => (Rule ?? "").Split(' ') is [var seller, var buyer, var goods] ? new(One(seller), One(buyer), One(goods), LastDay) : new("", "", "", LastDay);

    static string? One(string word) => word is "*" ? null : word;
}

/// <summary>Products and their class as they are typed.</summary>
public sealed record TaxClassForm
{
    /// <summary>The class.</summary>
    public string? TaxClass { get; init; }

    /// <summary>SKUs.</summary>
    public string? Skus { get; init; }
}

/// <summary>The rules as the page shows them.</summary>
public sealed record TaxRuleListPage(string? Country, IReadOnlyList<TaxRule> Rules, IReadOnlyList<string> Countries, TaxRuleForm Rule, TaxRuleEndForm End, TaxClassForm Goods);
