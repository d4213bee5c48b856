using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Probing;

/// <summary>Alerts on partners that may be fishing for the customer list, for programs of the brand.</summary>
[ApiController]
[Route("api/v1"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class ProbingApi(ProbingStore probing, KeepWatch keepWatch) : ControllerBase
{
    /// <summary>The alerts, in the order in which they were raised.</summary>
    [HttpGet("probing-alerts")]
    [ProducesResponseType<Page<ProbingAlertAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct)
    {
        if (!page.TryReadCursor<AlertKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await probing.AfterAsync(after is null ? null : (after.RaisedAt, after.Number), page.Take(), ct);
        return Ok(page.Cut(rows, alert => new AlertKey(alert.RaisedAt, alert.Number)).Select(ProbingAlertAnswer.Of));
    }

    /// <summary>One alert.</summary>
    [HttpGet("probing-alerts/{number}")]
    [ProducesResponseType<ProbingAlertAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await probing.FindAsync(number, ct) is not { } alert)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(alert.Version);
        return Ok(ProbingAlertAnswer.Of(alert));
    }

    /// <summary>What the partner asked for in the week up to the alert's day, the newest first.</summary>
    [HttpGet("probing-alerts/{number}/asks")]
    [ProducesResponseType<IReadOnlyList<Ask>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Asks(string number, CancellationToken ct) => await probing.FindAsync(number, ct) is { } alert ? Ok(await probing.AsksAsync(alert, ct)) : ApiProblem.NotFound;

    /// <summary>Notes what the brand made of an alert; once.</summary>
    [HttpPut("probing-alerts/{number}/assessment"), AllowRoles("brand_admin", "deal_desk")]
    [ProducesResponseType<ProbingAlertAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Assess(string number, [IfMatch] int version, AssessmentBody body, CancellationToken ct) =>
        await probing.FindAsync(number, ct) is { } alert && alert.Version != version ? ApiProblem.Stale
        : await keepWatch.AssessAsync(number, body.Assessment, ct) is var outcome and not WatchOutcome.Done ? Problem(outcome) : await Show(number, ct);

    /// <summary>From which numbers on the brand is told.</summary>
    [HttpGet("probing-rule")]
    [ProducesResponseType<ProbingRule>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Rule(CancellationToken ct)
    {
        var rule = await probing.RuleAsync(ct);
        this.SendVersion(rule.Version);
        return Ok(rule);
    }

    /// <summary>Changes these numbers.</summary>
    [HttpPut("probing-rule"), AllowRoles("brand_admin")]
    [ProducesResponseType<ProbingRule>(StatusCodes.Status200OK)]
    public async Task<IActionResult> ChangeRule([IfMatch] int version, ProbingRule body, CancellationToken ct) =>
        await keepWatch.ChangeAsync(body with { Version = version }, ct) is var outcome and not WatchOutcome.Done ? Problem(outcome) : await Rule(ct);

    static IActionResult Problem(WatchOutcome outcome) => outcome switch
    {
        WatchOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        WatchOutcome.Stale => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };

    sealed record AlertKey(DateTime RaisedAt, string Number);
}

/// <summary>What the brand made of an alert.</summary>
public sealed record AssessmentBody
{
    /// <summary>The words.</summary>
    public string? Assessment { get; init; }
}

/// <summary>An alert as a program sees it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Partner">The partner.</param>
/// <param name="Day">The brand's day.</param>
/// <param name="Patterns">What it looked like, each with its figure.</param>
/// <param name="Asks">How often the partner asked that day.</param>
/// <param name="RaisedAt">When the brand was told.</param>
/// <param name="Assessment">What the brand made of it.</param>
/// <param name="AssessedAt">When.</param>
/// <param name="Version">The version.</param>
public sealed record ProbingAlertAnswer(string Number, string Partner, DateOnly Day, IReadOnlyDictionary<string, int> Patterns, int Asks, DateTime RaisedAt, string? Assessment, DateTime? AssessedAt, int Version)
{
    internal static ProbingAlertAnswer Of(ProbingAlert alert) => new(
        alert.Number, alert.PartnerNumber, alert.Day, alert.Patterns.Zip(alert.Figures).ToDictionary(pattern => pattern.First, pattern => pattern.Second, StringComparer.Ordinal), alert.Asks, alert.RaisedAt,
        alert.Assessment, alert.AssessedAt, alert.Version);
}
