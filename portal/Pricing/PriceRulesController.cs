using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Pricing;

/// <summary>Volume breaks and promotions.</summary>
[Route("prices/rules")]
public sealed class PriceRulesController(PriceRuleStore rules, AddPriceRule addPriceRule, EndPriceRule endPriceRule, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The rules.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PriceRuleStore.Shape);
        return View("PriceRuleList", new PriceRuleListPage(query, await rules.PageAsync(query, me.Today(clock), ct), me.Has(PricingWords.Keepers)));
    }

    /// <summary>The rules as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["pricing.rules"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["pricing.code"]), new(t["pricing.name"], Width: 30), new(t["pricing.seller"], Width: 30), new(t["pricing.kind"]), new(t["pricing.rate_off"], TableColumnKind.Percent), new(t["pricing.quantity"], Width: 14),
            new(t["pricing.for_whom"], Width: 24), new(t["pricing.covers"], Width: 24), new(t["pricing.from"], TableColumnKind.Date, 12), new(t["pricing.until"], TableColumnKind.Date, 12), new(t["pricing.state"]),
        ],
        ListQuery.Read(Request, PriceRuleStore.Shape).AllAsync(query => rules.PageAsync(query, me.Today(clock), ct)).Select(IReadOnlyList<object?> (rule) =>
        [
            rule.Code, Languages.Current is "zh-CN" ? rule.NameZh ?? rule.Name : rule.Name, rule.SellerName, t[$"pricing.rule_kind.{rule.Kind}"].Value, rule.Rate, PriceRuleForm.Quantities(rule), t[$"pricing.audience.{rule.Audience}"].Value,
            PricingWords.Covered(rule, t), rule.ValidFrom, rule.ValidUntil, t[$"pricing.state.{rule.State}"].Value,
        ]), ct);

    /// <summary>One rule.</summary>
    [HttpGet("{seller}/{code}")]
    public async Task<IActionResult> Show(string seller, string code, CancellationToken ct) =>
        await rules.FindAsync(seller, code, me.Today(clock), ct) is { } rule
            ? View("PriceRulePage", new PriceRulePage(rule, await rules.ProductsAsync(rule.PriceRuleId, ct), rule.IsOwn && me.Has(PricingWords.Keepers) && rule.State is not "past"))
            : NotFound();

    /// <summary>The form for a new one.</summary>
    [HttpGet("new")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public Task<IActionResult> New(CancellationToken ct) => FormAsync(new PriceRuleForm { Kind = "promotion", Audience = "partners", From = me.Today(clock) }, ct);

    /// <summary>Adds it.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    [Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] PriceRuleForm form, CancellationToken ct)
    {
        var outcome = ModelState.IsValid ? await addPriceRule.RunAsync(form.Facts(), ct) : new PricingOutcome.Refused();
        if (outcome is PricingOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["pricing.rule.added", form.Name ?? ""]);
            return RedirectToAction(nameof(Show), new { seller = me.PartnerNumber, code = form.Facts().Tidied().Code });
        }

        this.Explain(outcome, "Form.", t);
        return await FormAsync(form, ct);
    }

    /// <summary>Gives it its last day.</summary>
    [HttpPost("{seller}/{code}/end")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> End(string seller, string code, int version, DateOnly? lastDay, CancellationToken ct)
    {
        var today = me.Today(clock);
        if (await rules.FindAsync(seller, code, today, ct) is not { IsOwn: true } rule)
        {
            return NotFound();
        }

        switch (await endPriceRule.RunAsync(rule, version, lastDay, today, ct))
        {
            case PricingOutcome.Done:
                this.Flash(FlashKind.Done, t["pricing.rule.ended", rule.Name]);
                break;
            case PricingOutcome.Refused([var problem, ..]):
                this.Flash(FlashKind.Problem, t[problem.TextKey]);
                break;
            default:
                this.Flash(FlashKind.Problem, t["pricing.stale"]);
                break;
        }

        return RedirectToAction(nameof(Show), new { seller, code });
    }

    async Task<IActionResult> FormAsync(PriceRuleForm form, CancellationToken ct) => View("PriceRuleForm", new PriceRuleFormPage(form, await rules.LinesAsync(ct), me.IsBrand));
}

/// <summary>The rules as <c>PriceRuleList.cshtml</c> shows them.</summary>
public sealed record PriceRuleListPage(ListQuery Query, ListPage<PriceRule> Page, bool MayAdd);

/// <summary>A rule as <c>PriceRulePage.cshtml</c> shows it.</summary>
public sealed record PriceRulePage(PriceRule Rule, IReadOnlyList<RuleProduct> Products, bool MayEnd);

/// <summary>The form as <c>PriceRuleForm.cshtml</c> shows it.</summary>
public sealed record PriceRuleFormPage(PriceRuleForm Form, IReadOnlyList<LineName> Lines, bool IsBrand);

/// <summary>What the form sends: the discount in per cent, the products one a line.</summary>
public sealed record PriceRuleForm
{
    /// <summary>What the seller calls it.</summary>
    public string? Code { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>volume or promotion.</summary>
    public string? Kind { get; init; }

    /// <summary>What it is for.</summary>
    public string? Reason { get; init; }

    /// <summary>Per cent taken off.</summary>
    public decimal? Percent { get; init; }

    /// <summary>From this quantity.</summary>
    public decimal? MinQuantity { get; init; }

    /// <summary>Up to this quantity.</summary>
    public decimal? MaxQuantity { get; init; }

    /// <summary>partners, end_customers or everyone.</summary>
    public string? Audience { get; init; }

    /// <summary>The line it is for.</summary>
    public string? Line { get; init; }

    /// <summary>The SKUs it is for, separated by white space, commas or semicolons.</summary>
    public string? Skus { get; init; }

    /// <summary>Holds whoever sells.</summary>
    public bool WholeChannel { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }

    internal PriceRuleFacts Facts() => new()
    {
        Code = Code, Name = Name, NameZh = NameZh, Kind = Kind, Reason = Reason, Rate = Percent / 100, MinQuantity = MinQuantity ?? 0, MaxQuantity = MaxQuantity, Audience = Audience, Line = Line,
        Skus = (Skus ?? "").Split([' ', ',', ';', '\t', '\r', '\n', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries), WholeChannel = WholeChannel, From = From, Until = Until,
    };

    /// <summary>How a quantity span reads: "11–14", "25+", "–" where any will do.</summary>
    internal static string Quantities(PriceRule rule) => (rule.MinQuantity, rule.MaxQuantity) switch
    {
        (0, null) => "–",
        (var min, null) => string.Create(CultureInfo.CurrentCulture, $"{min:0.###}+"),
        (var min, { } max) => string.Create(CultureInfo.CurrentCulture, $"{min:0.###}–{max:0.###}"),
    };
}
