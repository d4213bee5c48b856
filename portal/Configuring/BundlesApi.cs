using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Pricing;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>Bundles for programs: what can be configured, a check of a choice, and for the brand their drafts and publication.</summary>
[ApiController]
[Route("api/v1/bundles"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "purchasing")]
public sealed class BundlesApi(BundleStore bundles, KeepBundle keepBundle, Configure configure, Texts t) : ControllerBase
{
    /// <summary>What can be configured today, by code.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<BundleKey>(out var after)
        ? Ok(page.Cut(await bundles.OfferedAfterAsync(after?.Code, page.Take(), ct), row => new BundleKey(row.Code)).Select(row => new BundleSummary(row.Code, row.Version, row.Name, row.NameZh, row.ValidFrom, row.ValidUntil, row.Options)))
        : PageRequest.BadCursor;

    /// <summary>A version of a bundle with all it consists of: the one of today, or the one named; <c>newest=true</c> for the newest, a draft of the brand's too.</summary>
    [HttpGet("{code}")]
    [ProducesResponseType<BundleAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string code, int? version, bool newest, CancellationToken ct)
    {
        var found = version is { } number ? await bundles.VersionAsync(code, number, ct) : newest ? await bundles.NewestAsync(code, ct) : await bundles.CurrentAsync(code, ct);
        if (found is null)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(found.RowVersion);
        return Ok(new BundleAnswer(found.Version, found.State, found.ValidFrom, found.ValidUntil, found.Facts()));
    }

    /// <summary>Writes a bundle as a draft.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Create(BundleFacts body, CancellationToken ct) => await keepBundle.CreateAsync(body, ct) switch
    {
        BundleOutcome.Done(var code) => Created(new Uri($"/api/v1/bundles/{code}?newest=true", UriKind.Relative), new { code }),
        var other => Refused(other),
    };

    /// <summary>Replaces the draft, whole; where the last version is published this begins the next one. <c>If-Match</c> says which version of the newest was seen.</summary>
    [HttpPut("{code}"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Update(string code, [IfMatch] int version, BundleFacts body, CancellationToken ct) =>
        await keepBundle.UpdateAsync(code, version, body, ct) is var outcome and not BundleOutcome.Done ? Refused(outcome) : await Show(code, null, newest: true, ct);

    /// <summary>Publishes the draft from a day on.</summary>
    [HttpPost("{code}/publication"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Publish(string code, [IfMatch] int version, PublicationAsked body, CancellationToken ct) =>
        await keepBundle.PublishAsync(code, version, body.From, body.Until, ct) is var outcome and not BundleOutcome.Done ? Refused(outcome) : await Show(code, null, newest: true, ct);

    /// <summary>Ends what holds of a bundle.</summary>
    [HttpPost("{code}/end"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> End(string code, EndAsked body, CancellationToken ct) => await keepBundle.EndAsync(code, body.LastDay, ct) is var outcome and not BundleOutcome.Done ? Refused(outcome) : NoContent();

    /// <summary>What a choice comes to and what does not go together, with the remedies; stores nothing. Without <c>options</c> what is chosen at first.</summary>
    [HttpPost("{code}/checks")]
    [ProducesResponseType<CheckAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Check(string code, ChoiceAsked body, CancellationToken ct)
    {
        if (await bundles.CurrentAsync(code, ct) is not { } bundle)
        {
            return ApiProblem.NotFound;
        }

        return Ok(CheckAnswer.Of(await configure.PriceAsync(Configurator.Check(bundle, body.Wish(bundle)), body.Own, ct), t));
    }

    static ApiProblem Refused(BundleOutcome outcome) => outcome switch
    {
        BundleOutcome.NotFound => ApiProblem.NotFound,
        BundleOutcome.Forbidden => ApiProblem.Forbidden,
        BundleOutcome.Stale => ApiProblem.Stale,
        BundleOutcome.Refused(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = AsInJson(problem.Field) })]),
        _ => throw new InvalidOperationException("Every end of an act has its answer."),
    };

    // Groups[0].NameZh is groups[0].nameZh there.
    static string AsInJson(string field) => string.Join('.', field.Split('.').Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName));

    sealed record BundleKey(string Code);
}

/// <summary>A bundle in a list of the API.</summary>
public sealed record BundleSummary(string Code, int Version, string Name, string NameZh, DateOnly? ValidFrom, DateOnly? ValidUntil, int Options);

/// <summary>A version of a bundle as the API tells it.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">draft, coming, current or past.</param>
/// <param name="ValidFrom">The first day.</param>
/// <param name="ValidUntil">The last day.</param>
/// <param name="Bundle">What it consists of, as a draft takes it.</param>
public sealed record BundleAnswer(int Version, string State, DateOnly? ValidFrom, DateOnly? ValidUntil, BundleFacts Bundle);

/// <summary>From when to when a draft shall hold.</summary>
/// <param name="From">The first day, today at the earliest.</param>
/// <param name="Until">The last day; null for none.</param>
public sealed record PublicationAsked(DateOnly? From, DateOnly? Until);

/// <summary>The last day of a bundle.</summary>
/// <param name="LastDay">Yesterday at the earliest.</param>
public sealed record EndAsked(DateOnly? LastDay);

/// <summary>A choice.</summary>
/// <param name="Units">How many of the whole.</param>
/// <param name="Seats">For how many seats.</param>
/// <param name="Options">The options chosen; null for those that are at first.</param>
/// <param name="Own">Priced as the own company buys it, not as it sells it.</param>
public sealed record ChoiceAsked(decimal? Units, decimal? Seats, IReadOnlyList<OptionAsked>? Options, bool Own = false)
{
    internal Wish Wish(Bundle bundle) => Options is null
        ? Configurator.First(bundle) with { Units = Units ?? 1, Seats = Seats ?? (bundle.AsksSeats ? 1 : null) }
        : OptionAsked.Wish(Units, Seats, Options);
}

/// <summary>An option that is chosen.</summary>
/// <param name="Sku">Its product.</param>
/// <param name="Quantity">How many, where whoever configures says so.</param>
public sealed record OptionAsked(string? Sku, decimal? Quantity)
{
    internal static Wish Wish(decimal? units, decimal? seats, IReadOnlyList<OptionAsked> options) => new(units ?? 1, seats, [.. options.Select(option => option.Sku?.Trim()).OfType<string>().Distinct(StringComparer.Ordinal)],
        options.Where(option => option is { Sku: not null, Quantity: not null }).DistinctBy(option => option.Sku!.Trim()).ToDictionary(option => option.Sku!.Trim(), option => option.Quantity, StringComparer.Ordinal));
}

/// <summary>A choice, checked and priced, as the API tells it.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Version">The version it was held against.</param>
/// <param name="Fits">Nothing is in its way.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Total">The sum of the rounded lines.</param>
/// <param name="Lines">What it comes to.</param>
/// <param name="Clashes">What does not go together.</param>
public sealed record CheckAnswer(string Bundle, int Version, bool Fits, string Currency, decimal Total, IReadOnlyList<CheckedOption> Lines, IReadOnlyList<ClashAnswer> Clashes)
{
    internal static CheckAnswer Of(PricedConfiguration priced, Texts t) => new(priced.Made.Bundle.Code, priced.Made.Bundle.Version, priced.Made.Clashes.Count == 0, priced.Currency, priced.Total,
        [.. priced.Made.Lines.Select((line, at) => CheckedOption.Of(line, at < priced.Lines.Count ? priced.Lines[at] : null, t))], [.. priced.Made.Clashes.Select(clash => ClashAnswer.Of(clash, priced.Made.Bundle, t))]);
}

/// <summary>A line of a choice.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">What one costs; null without a price.</param>
/// <param name="Amount">What they come to; null without a price.</param>
/// <param name="NoPriceBecause">Why there is no price.</param>
/// <param name="Steps">How the price came about.</param>
public sealed record CheckedOption(string Sku, string Name, string NameZh, int Quantity, decimal? UnitPrice, decimal? Amount, string? NoPriceBecause, IReadOnlyList<PriceStep> Steps)
{
    internal static CheckedOption Of(ConfiguredLine line, LinePrice? price, Texts t) => new(line.Sku, line.Name, line.NameZh, line.Quantity, price is { Refusal: null } ? price.UnitPrice : null, price is { Refusal: null } ? price.LineAmount : null,
        price?.Refusal is { } refusal ? t[refusal].Value : null, price?.Steps ?? []);
}

/// <summary>What does not go together, in words.</summary>
/// <param name="Field">What it is about: <c>options[SKU]</c>, <c>groups[CODE]</c>, <c>units</c>, <c>seats</c>.</param>
/// <param name="Detail">The sentence.</param>
/// <param name="Why">The brand's reason.</param>
/// <param name="Remedies">What mends it.</param>
public sealed record ClashAnswer(string Field, string Detail, string? Why, IReadOnlyList<RemedyAnswer> Remedies)
{
    internal static ClashAnswer Of(Clash clash, Bundle bundle, Texts t) => new(clash.Field, BundleWords.Say(clash, bundle, t), BundleWords.Why(clash),
        [.. clash.Remedies.Select(remedy => new RemedyAnswer(remedy.Kind, remedy.Sku, remedy.With, remedy.Quantity, BundleWords.Say(remedy, bundle, t)))]);
}

/// <summary>What mends a clash.</summary>
/// <param name="Kind">add, drop, swap or quantity.</param>
/// <param name="Sku">The option.</param>
/// <param name="With">What takes its place, with swap.</param>
/// <param name="Quantity">How many instead, with quantity.</param>
/// <param name="Detail">The same in words.</param>
public sealed record RemedyAnswer(string Kind, string Sku, string? With, int? Quantity, string Detail);
