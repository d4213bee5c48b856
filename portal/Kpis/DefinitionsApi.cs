using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>KPI definitions for programs: what is measured, in which versions, since when.</summary>
[ApiController]
[Route("api/v1/kpis/definitions")]
public sealed class DefinitionsApi(KpiDefinitions definitions, DefineKpi defineKpi, ICurrentPerson me, Texts t) : ControllerBase
{
    /// <summary>All KPIs, as they are measured today.</summary>
    [HttpGet]
    public async Task<IEnumerable<KpiAnswer>> Index(CancellationToken ct) => (await definitions.ListAsync(ct)).Select(KpiAnswer.Of);

    /// <summary>One KPI.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<KpiAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await definitions.FindAsync(number, ct) is { } kpi ? Say(kpi) : ApiProblem.NotFound;

    /// <summary>Its versions, the latest first, each with what changed with it.</summary>
    [HttpGet("{number}/versions")]
    [ProducesResponseType<IReadOnlyList<VersionAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Versions(string number, CancellationToken ct) => await definitions.VersionsAsync(number, ct) is { Count: > 0 } versions
        ? Ok(versions.Select((version, place) => VersionAnswer.Of(version, versions.Skip(place + 1).FirstOrDefault(other => other.Status == "published"))))
        : ApiProblem.NotFound;

    /// <summary>Defines a KPI: in use from its first period on (since ever where none is named), or as a draft.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager"), Idempotent]
    [ProducesResponseType<KpiAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(NewKpi kpi, CancellationToken ct) => await defineKpi.RunAsync(kpi, me.PersonNumber, ct) switch
    {
        KpiDefined.Stored(var defined) => Made(defined, $"/api/v1/kpis/definitions/{defined.Number}"),
        var other => Answer(other),
    };

    /// <summary>Gives a KPI another version: to hold from this or a later period on, or as its draft.</summary>
    /// <param name="number">The KPI.</param>
    /// <param name="version">The KPI's <c>version</c> as it was read.</param>
    /// <param name="body">The new version.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpPost("{number}/versions"), AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<KpiAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Revise(string number, [IfMatch] int version, NewVersion body, CancellationToken ct) =>
        await defineKpi.ReviseAsync(number, version, body.Wanted, !body.Draft, me.PersonNumber, ct) switch
        {
            KpiDefined.Stored(var kpi) => Made(kpi, $"/api/v1/kpis/definitions/{number}/versions"),
            var other => Answer(other),
        };

    /// <summary>Retires a KPI: the period that runs is its last.</summary>
    [HttpPost("{number}/retirement"), AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<KpiAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Retire(string number, [IfMatch] int version, CancellationToken ct) => await defineKpi.RetireAsync(number, version, ct) switch
    {
        KpiDefined.Stored(var kpi) => Say(kpi),
        var other => Answer(other),
    };

    OkObjectResult Say(KpiDefinition kpi)
    {
        this.SendVersion(kpi.Version);
        return Ok(KpiAnswer.Of(kpi));
    }

    CreatedResult Made(KpiDefinition kpi, string address)
    {
        this.SendVersion(kpi.Version);
        return Created(address, KpiAnswer.Of(kpi));
    }

    ApiProblem Answer(KpiDefined outcome) => outcome switch
    {
        KpiDefined.Refused refused => ApiProblem.Invalid(new FieldProblem(refused.Field, refused.Said(t))),
        KpiDefined.ChangedMeanwhile => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };
}

/// <summary>A KPI as the API tells it.</summary>
public sealed record KpiAnswer(string Number, string Name, string NameZh, string Formula, string Unit, string Direction, string Period, string Status, int Version)
{
    /// <summary>The metric, where it measures one as it is.</summary>
    public string? Metric { get; init; }

    /// <summary>Codes of the product lines that count; empty is all.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for; empty is all.</summary>
    public IReadOnlyList<string> Territories { get; init; } = [];

    /// <summary>The attainment from which it is green.</summary>
    public decimal Green { get; init; }

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; }

    internal static KpiAnswer Of(KpiDefinition kpi) => new(kpi.Number, kpi.Name, kpi.NameZh, kpi.Formula, kpi.Unit, kpi.Direction, kpi.Period, kpi.Status, kpi.Version)
    {
        Metric = kpi.IsMetric ? kpi.Formula : null, ProductLines = kpi.ProductLines, PartnerTypes = kpi.PartnerTypes, PartnerLevels = kpi.PartnerLevels, Territories = kpi.Territories, Green = kpi.Green, Amber = kpi.Amber,
    };
}

/// <summary>A version as the API tells it.</summary>
public sealed record VersionAnswer(int Ordinal, string Status, DateOnly? ValidFrom, DateOnly? ValidUntil, string Formula, string Unit, string Direction, string Period, string? Note, IReadOnlyList<VersionChange> Changes)
{
    internal static VersionAnswer Of(KpiVersion version, KpiVersion? before) => new(
        version.Ordinal, version.Status, version.ValidFrom, version.ValidUntil, version.Formula, version.Unit, version.Direction, version.Period, version.Note, VersionChanges.Between(before, version));
}

/// <summary>Another version of a KPI.</summary>
/// <param name="Formula">A metric's name or a formula.</param>
/// <param name="Direction">up or down.</param>
/// <param name="Period">The kind of period.</param>
/// <param name="From">The first period it holds for.</param>
public sealed record NewVersion(string Formula, string Direction, string Period, string? From)
{
    /// <summary>Codes of the product lines that count; empty is all.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for; empty is all.</summary>
    public IReadOnlyList<string> Territories { get; init; } = [];

    /// <summary>The attainment from which it is green.</summary>
    public decimal Green { get; init; } = 1;

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; } = 0.8m;

    /// <summary>Why.</summary>
    public string? Note { get; init; }

    /// <summary>True keeps it as the KPI's draft.</summary>
    public bool Draft { get; init; }

    internal WantedVersion Wanted => new(Formula, Direction, Period)
    {
        ProductLines = ProductLines, PartnerTypes = PartnerTypes, PartnerLevels = PartnerLevels, Territories = Territories, Green = Green, Amber = Amber, From = Typed.Trimmed(From), Note = Typed.Text(Note),
    };
}
