using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Kpis;
using Portal.Web;

namespace Portal.Alerts;

/// <summary>Alerts for programs: those that tell the caller's company.</summary>
[ApiController]
[Route("api/v1/alerts")]
public sealed class AlertsApi(AlertStore alerts, HandleAlert handle, BrandCalendar calendar) : ControllerBase
{
    /// <summary>The alerts that hold, in the order in which they were raised; or those of a state.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="state">open, taken, snoozed, closed or ended.</param>
    /// <param name="kind">Only this kind.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    [ProducesResponseType<Page<AlertAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? state = null, string? kind = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<AlertKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        if (state is not null && !AlertStore.States.Contains(state, StringComparer.Ordinal))
        {
            return ApiProblem.Invalid(new FieldProblem("state", "alerts.invalid.state", string.Join(", ", AlertStore.States)));
        }

        if (kind is not null && AlertKinds.Find(kind) is null)
        {
            return ApiProblem.Invalid(new FieldProblem("kind", "alerts.invalid.kind", string.Join(", ", AlertKinds.All.Select(known => known.Name))));
        }

        return Ok(page.Cut(await alerts.AfterAsync(state, kind, after, page.Take(), ct), alert => new AlertKey(alert.RaisedAt, alert.Number)).Select(AlertAnswer.Of));
    }

    /// <summary>One alert.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<AlertAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await alerts.FindAsync(number, ct) is not { } alert)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(alert.Version);
        return Ok(AlertAnswer.Of(alert));
    }

    /// <summary>The rows behind its figure, as far as the caller sees them.</summary>
    [HttpGet("{number}/rows")]
    [ProducesResponseType<IReadOnlyList<AlertRow>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Rows(string number, CancellationToken ct) =>
        await alerts.FindAsync(number, ct) is { } alert ? Ok(await alerts.RowsAsync(alert, (await calendar.TodayAsync(ct)).Today, ct)) : ApiProblem.NotFound;

    /// <summary>Takes it, puts it off, closes it or opens it again, for the caller's company.</summary>
    /// <param name="number">The alert.</param>
    /// <param name="version">Its <c>version</c> as it was read.</param>
    /// <param name="body">What is to be done.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpPut("{number}/handling"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing")]
    [ProducesResponseType<AlertAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Handle(string number, [IfMatch] int version, AskedHandling body, CancellationToken ct) => await handle.RunAsync(number, version, body, ct) switch
    {
        AlertHandled.Done => await Show(number, ct),
        AlertHandled.Invalid(var problems) => ApiProblem.Invalid(problems),
        AlertHandled.Stale => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };
}

/// <summary>Alert rules for programs of the brand.</summary>
[ApiController]
[Route("api/v1/alert-rules"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
public sealed class AlertRulesApi(AlertRuleStore rules, KeepAlertRule keep) : ControllerBase
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IEnumerable<AlertRuleAnswer>> Index(CancellationToken ct) => (await rules.ListAsync(ct)).Select(AlertRuleAnswer.Of);

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<AlertRuleAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await rules.FindAsync(number, ct) is not { } rule)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(rule.Version);
        return Ok(AlertRuleAnswer.Of(rule));
    }

    /// <summary>Makes one.</summary>
    [HttpPost(""), AllowRoles("brand_admin", "channel_manager"), Idempotent]
    [ProducesResponseType<AlertRuleAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(AlertRuleTyped body, CancellationToken ct)
    {
        var outcome = await keep.MakeAsync(body, ct);
        if (outcome is not RuleKept.Done(var number, var version))
        {
            return Problem(outcome);
        }

        this.SendVersion(version);
        return Created($"/api/v1/alert-rules/{number}", AlertRuleAnswer.Of((await rules.FindAsync(number, ct))!));
    }

    /// <summary>Changes one; its kind stays.</summary>
    [HttpPut("{number}"), AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<AlertRuleAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, AlertRuleTyped body, CancellationToken ct) =>
        await keep.ChangeAsync(number, version, body, ct) is var outcome and not RuleKept.Done ? Problem(outcome) : await Show(number, ct);

    static ApiProblem Problem(RuleKept outcome) => outcome switch
    {
        RuleKept.Invalid(var problems) => ApiProblem.Invalid(problems),
        RuleKept.Stale => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };
}

/// <summary>An alert as the API tells it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Partner">The partner's number.</param>
/// <param name="Subject">What of the partner it is about: a KPI and its period, a product line, a claim, a seller and a currency.</param>
/// <param name="Figure">The figure: percent or days.</param>
/// <param name="Threshold">From which figure on the rule tells.</param>
/// <param name="State">What the caller's company made of it: open, taken, snoozed, closed; or ended.</param>
/// <param name="SnoozedUntil">The day on which it comes back.</param>
/// <param name="RaisedAt">Since when it holds.</param>
/// <param name="EndedAt">Since when it holds no longer.</param>
/// <param name="Version">How often the caller's company dealt with it.</param>
public sealed record AlertAnswer(
    string Number, string Kind, string Partner, string? Subject, decimal Figure, decimal Threshold, string State, DateOnly? SnoozedUntil, DateTime RaisedAt, DateTime? EndedAt, int Version)
{
    internal static AlertAnswer Of(Alert alert) => new(
        alert.Number, alert.Kind, alert.PartnerNumber, alert.Subject.Length > 0 ? alert.Subject : null, alert.Figure, alert.Threshold, alert.State, alert.SnoozedUntil, alert.RaisedAt, alert.EndedAt, alert.Version);
}

/// <summary>A rule as the API tells it.</summary>
public sealed record AlertRuleAnswer(
    string Number, string Name, string Kind, decimal Threshold, IReadOnlyList<string> PartnerTypes, IReadOnlyList<string> PartnerLevels, IReadOnlyList<string> Territories, bool TellsBrand, string? Owner, bool TellsPartner,
    bool TellsUpstream, DateOnly ActiveFrom, DateOnly? ActiveUntil, int Version)
{
    internal static AlertRuleAnswer Of(AlertRule rule) => new(
        rule.Number, rule.Name, rule.Kind, rule.Threshold, rule.PartnerTypes, rule.PartnerLevels, rule.Territories, rule.TellsBrand, rule.OwnerNumber, rule.TellsPartner, rule.TellsUpstream, rule.ActiveFrom, rule.ActiveUntil, rule.Version);
}
