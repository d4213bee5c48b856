using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>Promotions and volume breaks for programs. Terms do not change: a rule ends, and another takes its place.</summary>
[ApiController]
[Route("api/v1/price-rules")]
public sealed class PriceRulesApi(PriceRuleStore rules, AddPriceRule addPriceRule, EndPriceRule endPriceRule, ICurrentPerson me, TimeProvider clock) : ControllerBase
{
    /// <summary>The rules one may see: the own company's, for the brand all; by seller and code.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<PriceRule>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<RuleKey>(out var after)
        ? Ok(page.Cut(await rules.AfterAsync(after?.Seller, after?.Code, me.Today(clock), page.Take(), ct), rule => new RuleKey(rule.SellerNumber, rule.Code)))
        : PageRequest.BadCursor;

    /// <summary>One rule with the products it names, a thousand at most.</summary>
    /// <param name="seller">The number of whose it is.</param>
    /// <param name="code">Its code.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{seller}/{code}")]
    [ProducesResponseType<PriceRuleAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string seller, string code, CancellationToken ct)
    {
        if (await rules.FindAsync(seller, code, me.Today(clock), ct) is not { } rule)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(rule.Version);
        return Ok(new PriceRuleAnswer(rule, await rules.ProductsAsync(rule.PriceRuleId, ct)));
    }

    /// <summary>Adds a rule of the own company. <c>rate</c> is a share: 0.05 for 5 %.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> Create(PriceRuleFacts body, CancellationToken ct) => await addPriceRule.RunAsync(body, ct) is var outcome and not PricingOutcome.Done
        ? Refusal(outcome)
        : Created(new Uri($"/api/v1/price-rules/{me.PartnerNumber}/{body.Tidied().Code}", UriKind.Relative), new { seller = me.PartnerNumber, code = body.Tidied().Code });

    /// <summary>Gives a rule its last day, yesterday at the earliest.</summary>
    [HttpPost("{seller}/{code}/end"), AllowRoles("brand_admin", "deal_desk", "partner_admin")]
    public async Task<IActionResult> End(string seller, string code, PriceRuleEnd body, [IfMatch] int version, CancellationToken ct)
    {
        var today = me.Today(clock);
        if (await rules.FindAsync(seller, code, today, ct) is not { IsOwn: true } rule)
        {
            return ApiProblem.NotFound;
        }

        return await endPriceRule.RunAsync(rule, version, body.LastDay, today, ct) is var outcome and not PricingOutcome.Done ? Refusal(outcome) : await Show(seller, code, ct);
    }

    static ApiProblem Refusal(PricingOutcome outcome) => outcome is PricingOutcome.Refused(var problems)
        ? ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = JsonNamingPolicy.CamelCase.ConvertName(problem.Field) })])
        : ApiProblem.Stale;

    sealed record RuleKey(string Seller, string Code);
}

/// <summary>A rule as the API tells it.</summary>
/// <param name="Rule">Its terms, and what it has given.</param>
/// <param name="Products">The products it names.</param>
public sealed record PriceRuleAnswer(PriceRule Rule, IReadOnlyList<RuleProduct> Products);

/// <summary>The last day of a rule.</summary>
/// <param name="LastDay">Yesterday at the earliest.</param>
public sealed record PriceRuleEnd(DateOnly? LastDay);
