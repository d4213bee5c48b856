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
    public Task<IActionResult> Index(CancellationToken ct, string? country = null) => PageAsync(country, ct);

    /// <summary>Enters a rule.</summary>
    [HttpPost(""), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> Create([FromForm(Name = "Rule")] TaxRuleForm form, CancellationToken ct) =>
        Leads(ModelState.IsValid ? await keepTax.SetAsync(form.Typed, ct) : BooksOutcome.Unreadable, form.SellerCountry, field => "Rule." + FieldProblems.AsOnForm(field))
        ?? await PageAsync(form.SellerCountry, ct, rule: form);

    /// <summary>Ends a rule with a day.</summary>
    [HttpPost("ends"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> End([FromForm(Name = "End")] TaxRuleEndForm form, string? country, CancellationToken ct)
    {
        country = Web.Typed.Text(country);
        return Leads(ModelState.IsValid ? await keepTax.EndAsync(form.Typed, ct) : BooksOutcome.Unreadable, country, field => field is "sellerCountry" ? "End.Rule" : "End." + FieldProblems.AsOnForm(field))
            ?? await PageAsync(country, ct, end: form);
    }

    /// <summary>Puts products into a class.</summary>
    [HttpPost("classes"), Idempotent, AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin)]
    public async Task<IActionResult> Classify([FromForm(Name = "Goods")] TaxClassForm form, CancellationToken ct) =>
        Leads(await keepTax.ClassifyAsync(form.TaxClass, form.Typed, ct), null, field => "Goods." + FieldProblems.AsOnForm(field)) ?? await PageAsync(null, ct, goods: form);

    IActionResult? Leads(BooksOutcome outcome, string? country, Func<string, string> field) => this.Leads(outcome, t, "receivables.done.tax", RedirectToAction(nameof(Index), new { country }), field);

    async Task<IActionResult> PageAsync(string? country, CancellationToken ct, TaxRuleForm? rule = null, TaxRuleEndForm? end = null, TaxClassForm? goods = null) =>
        View("TaxRuleList", new TaxRuleListPage(country, await keepTax.ListAsync(string.IsNullOrEmpty(country) ? null : country, ct), await keepTax.CountriesAsync(ct), rule ?? new(), end ?? new(), goods ?? new()));
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

    internal IReadOnlyList<string> Typed => [.. (Skus ?? "").Split([',', '，', ';', '\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}

/// <summary>The rules as the page shows them.</summary>
public sealed record TaxRuleListPage(string? Country, IReadOnlyList<TaxRule> Rules, IReadOnlyList<string> Countries, TaxRuleForm Rule, TaxRuleEndForm End, TaxClassForm Goods);
