using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>Configurations for programs: made and put into a quote or an order in one act, and read.</summary>
[ApiController]
[Route("api/v1/configurations"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "purchasing")]
public sealed class ConfigurationsApi(BundleStore bundles, ConfigurationStore configurations, Configure configure, Texts t) : ControllerBase
{
    /// <summary>The configurations of the own company, for the brand all; the newest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<ConfigurationKey>(out var last)
        ? Ok(page.Cut(await configurations.BeforeAsync(last?.ConfigurationId, page.Take(), ct), row => new ConfigurationKey(row.ConfigurationId))
            .Select(row => new ConfigurationSummary(row.Number, row.Code, row.Version, row.Units, row.Seats, row.Partner, row.CreatedAt)))
        : PageRequest.BadCursor;

    /// <summary>One configuration with its lines, where they stand, and what would have to change if it were made today.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<ConfigurationAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await configurations.FindAsync(number, ct) is not { } made)
        {
            return ApiProblem.NotFound;
        }

        var now = await bundles.CurrentAsync(made.Code, ct);
        var check = now is null ? null : Configurator.Check(now, made.Wish);
        return Ok(new ConfigurationAnswer(made.Number, made.Code, made.Version, made.Units, made.Seats, made.Partner, made.CreatedAt, made.Replaces, made.ReplacedBy,
            [.. made.Lines.Select(line => new ConfigurationLineAnswer(line.LineNumber, line.Sku, line.Name, line.NameZh, line.Quantity))], [.. made.Uses],
            now is not null, check is null ? [] : [.. check.Clashes.Select(clash => ClashAnswer.Of(clash, check.Bundle, t))]));
    }

    /// <summary>Configures a bundle and puts it into a quote (a draft named, or a new one for a customer) or an order (a draft named, or a new one).</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(ConfigurationAsked body, CancellationToken ct)
    {
        var (quote, customer, order) = (Typed.Trimmed(body.Quote), Typed.Trimmed(body.Customer), Typed.Trimmed(body.Order));
        if (Typed.Trimmed(body.Bundle) is not { } code || await bundles.CurrentAsync(code, ct) is not { } bundle)
        {
            return ApiProblem.Invalid(new FieldProblem("bundle", "configuring.problem.bundle"));
        }

        if (new[] { quote is not null || customer is not null, order is not null, body.NewOrder }.Count(way => way) != 1 || (quote is not null && customer is not null))
        {
            return ApiProblem.Invalid(new FieldProblem("quote", "configuring.problem.where"));
        }

        var wish = new ChoiceAsked(body.Units, body.Seats, body.Options).Wish(bundle);
        var outcome = quote is not null || customer is not null
            ? await configure.IntoQuoteAsync(code, wish, new(quote, customer) { Deal = Typed.Trimmed(body.Deal), ValidUntil = body.ValidUntil, TaxRate = body.TaxRate, Replaces = Typed.Trimmed(body.Replaces) }, ct)
            : await configure.IntoOrderAsync(code, wish, order, Typed.Trimmed(body.Replaces), ct);
        return outcome switch
        {
            PutOutcome.Done done => CreatedAtAction(nameof(Show), new { number = done.Configuration }, new { number = done.Configuration, quote = done.Into is "quote" ? done.Number : null, order = done.Into is "order" ? done.Number : null }),
            PutOutcome.Forbidden => ApiProblem.Forbidden,
            PutOutcome.NotFound => ApiProblem.NotFound,
            PutOutcome.Clashes(var made) => ApiProblem.Invalid([.. made.Clashes.Select(clash => new FieldProblem(clash.Field, string.Join(' ', new[] { BundleWords.Say(clash, made.Bundle, t), BundleWords.Why(clash) }.OfType<string>())))]),
            PutOutcome.Refused(var problems) => ApiProblem.Invalid(problems),
            _ => throw new InvalidOperationException("Every end of an act has its answer."),
        };
    }

    sealed record ConfigurationKey(long ConfigurationId);
}

/// <summary>A configuration to be made, and where it goes.</summary>
/// <param name="Bundle">The code of the bundle.</param>
/// <param name="Units">How many of the whole.</param>
/// <param name="Seats">For how many seats.</param>
/// <param name="Options">The options chosen; null for those that are at first.</param>
/// <param name="Quote">A quote that is a draft.</param>
/// <param name="Customer">The customer of a new quote.</param>
/// <param name="Deal">The deal a new quote comes from.</param>
/// <param name="ValidUntil">The last day of a new quote.</param>
/// <param name="TaxRate">Percent, for a new quote.</param>
/// <param name="Order">An order that is a draft.</param>
/// <param name="NewOrder">Into a new order.</param>
/// <param name="Replaces">The configuration whose lines are taken out for it.</param>
public sealed record ConfigurationAsked(
    string? Bundle, decimal? Units, decimal? Seats, IReadOnlyList<OptionAsked>? Options, string? Quote, string? Customer, string? Deal, DateOnly? ValidUntil, decimal? TaxRate, string? Order, bool NewOrder, string? Replaces);

/// <summary>A configuration in a list of the API.</summary>
public sealed record ConfigurationSummary(string Number, string Bundle, int Version, int Units, int? Seats, string Partner, DateTime MadeAt);

/// <summary>A configuration as the API tells it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Bundle">The bundle.</param>
/// <param name="Version">The version it was made by.</param>
/// <param name="Units">How many of the whole.</param>
/// <param name="Seats">For how many seats.</param>
/// <param name="Partner">Whose it is.</param>
/// <param name="MadeAt">When, UTC.</param>
/// <param name="Replaces">The configuration whose place it took.</param>
/// <param name="ReplacedBy">The one that took its place.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Uses">The quotes and orders that they stand in.</param>
/// <param name="IsOffered">The bundle can be configured today.</param>
/// <param name="ToChange">What would have to change if it were made today.</param>
public sealed record ConfigurationAnswer(
    string Number, string Bundle, int Version, int Units, int? Seats, string Partner, DateTime MadeAt, string? Replaces, string? ReplacedBy, IReadOnlyList<ConfigurationLineAnswer> Lines,
    IReadOnlyList<ConfigurationUse> Uses, bool IsOffered, IReadOnlyList<ClashAnswer> ToChange);

/// <summary>A line of a configuration.</summary>
public sealed record ConfigurationLineAnswer(int LineNumber, string Sku, string Name, string NameZh, int Quantity);
