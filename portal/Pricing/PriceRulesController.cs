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
            new(t["pricing.code"]), new(t["pricing.name"], Width: 30), new(t["pricing.seller"], Width: 30), new(t["pricing.kind"], Width: 20), new(t["pricing.rate_off"], Width: 30), new(t["pricing.quantity"], Width: 14),
            new(t["pricing.for_whom"], Width: 24), new(t["pricing.covers"], Width: 24), new(t["pricing.from"], TableColumnKind.Date, 12), new(t["pricing.until"], TableColumnKind.Date, 12), new(t["pricing.state"]),
        ],
        ListQuery.Read(Request, PriceRuleStore.Shape).AllAsync(query => rules.PageAsync(query, me.Today(clock), ct)).Select(IReadOnlyList<object?> (rule) =>
        [
            rule.Code, Languages.Current is "zh-CN" ? rule.NameZh ?? rule.Name : rule.Name, rule.SellerName, PricingWords.Does(rule, t), PricingWords.Gives(rule, t), PriceRuleForm.Quantities(rule), t[$"pricing.audience.{rule.Audience}"].Value,
            PricingWords.Covered(rule, t), rule.ValidFrom, rule.ValidUntil, t[$"pricing.state.{rule.State}"].Value,
        ]), ct);

    /// <summary>One rule.</summary>
    [HttpGet("{seller}/{code}")]
    public async Task<IActionResult> Show(string seller, string code, CancellationToken ct) =>
        await rules.FindAsync(seller, code, me.Today(clock), ct) is { } rule
            ? View("PriceRulePage", new PriceRulePage(rule, await rules.ProductsAsync(rule.PriceRuleId, ct), rule.IsOwn && me.Has(PricingWords.Keepers) && rule.State is not "past"))
            : NotFound();

    /// <summary>What kind of promotion it shall be; with a kind chosen, its form.</summary>
    /// <param name="effect">percent, amount, buy_get, bundle, threshold, gift, or volume for a volume break.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("new")]
    [AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> New(string? effect, CancellationToken ct) => effect switch
    {
        "volume" => await FormAsync(new PriceRuleForm { Kind = "volume", Effect = "percent", Audience = "partners", From = me.Today(clock) }, ct),
        not null when PricingWords.Effects.Contains(effect, StringComparer.Ordinal) => await FormAsync(new PriceRuleForm
        {
            Kind = "promotion", Effect = effect, Audience = "partners", Currency = me.Currency, From = me.Today(clock), Percent = effect is "buy_get" ? 100 : null, Counts = effect is "threshold" or "gift" ? "basket" : "line",
        }, ct),
        _ => View("PriceRuleKinds"),
    };

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

    async Task<IActionResult> FormAsync(PriceRuleForm form, CancellationToken ct) => View("PriceRuleForm", new PriceRuleFormPage(form, await rules.LinesAsync(ct), await rules.TerritoriesAsync(ct), me.IsBrand));
}

/// <summary>The rules as <c>PriceRuleList.cshtml</c> shows them.</summary>
public sealed record PriceRuleListPage(ListQuery Query, ListPage<PriceRule> Page, bool MayAdd);

/// <summary>A rule as <c>PriceRulePage.cshtml</c> shows it.</summary>
public sealed record PriceRulePage(PriceRule Rule, IReadOnlyList<RuleProduct> Products, bool MayEnd);

/// <summary>The form as <c>PriceRuleForm.cshtml</c> shows it.</summary>
public sealed record PriceRuleFormPage(PriceRuleForm Form, IReadOnlyList<LineName> Lines, IReadOnlyList<LineName> Territories, bool IsBrand)
{
    /// <summary>What the rule does, as the form asks for it: <c>volume</c> for a volume break.</summary>
    public string Does => Form.Kind is "volume" ? "volume" : Form.Effect ?? "percent";

    /// <summary>True where the rule takes part in how promotions stand beside each other.</summary>
    public bool IsPromotion => Form.Kind is not "volume";
}

/// <summary>What the form sends: the discount in per cent, the products one a line.</summary>
public sealed record PriceRuleForm : PriceRuleSaid
{
    /// <summary>Per cent taken off.</summary>
    public decimal? Percent { get; init; }

    /// <summary>From this quantity.</summary>
    public decimal? MinQuantity { get; init; }

    /// <summary>The SKUs it is for, separated by white space, commas or semicolons.</summary>
    public string? Skus { get; init; }

    /// <summary>Those with a higher one are looked at first.</summary>
    public int? Priority { get; init; }

    internal PriceRuleFacts Facts() => new(this)
    {
        Rate = Percent / 100, MinQuantity = MinQuantity ?? 0, Priority = Priority ?? 0, Currency = AmountOff is null && MinAmount is null && Budget is null ? null : Currency,
        Skus = Effect is "bundle" ? [.. Parts.Select(part => part.Sku)] : (Skus ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries), Quantities = Effect is "bundle" ? [.. Parts.Select(part => part.Quantity)] : [],
    };

    static readonly char[] Separators = [' ', ',', ';', '\t', '\r', '\n', '，', '；', '、'];

    // A row each: the SKU, and how many of it; one where nothing stands there, none where it is no number, which is refused.
    IEnumerable<(string Sku, int Quantity)> Parts => (Skus ?? "").Split(['\r', '\n', ';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(row => row.Split([' ', '\t', ',', '，'], StringSplitOptions.RemoveEmptyEntries))
        .Where(row => row.Length > 0)
        .Select(row => (row[0], row.Length == 1 ? 1 : row.Length == 2 && int.TryParse(row[1].TrimStart('x', '×'), NumberStyles.None, CultureInfo.InvariantCulture, out var quantity) ? quantity : 0))
        .DistinctBy(part => part.Item1);

    /// <summary>How a quantity span reads: "11–14", "25+", "–" where any will do.</summary>
    internal static string Quantities(PriceRule rule) => (rule.MinQuantity, rule.MaxQuantity) switch
    {
        (0, null) => "–",
        (var min, null) => string.Create(CultureInfo.CurrentCulture, $"{min:0.###}+"),
        (var min, { } max) => string.Create(CultureInfo.CurrentCulture, $"{min:0.###}–{max:0.###}"),
    };
}
