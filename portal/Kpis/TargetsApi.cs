using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;
using Refusal = Platform.Web.ApiProblem;

namespace Portal.Kpis;

/// <summary>Targets for programs that read them: a partner's own and its branch's, those of levels, and those of territories it has a partner in; the brand's all.</summary>
[ApiController]
[Route("api/v1/kpis/targets")]
public sealed class TargetsApi(TargetStore targets, KpiDefinitions kpis, ICurrentPerson me) : ControllerBase
{
    /// <summary>The targets that hold, by KPI, period and whom they are for.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="kpi">A KPI's number.</param>
    /// <param name="year">The year that the periods lie in, rolling ones the year they end in.</param>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
    /// <param name="owner">A partner's number, <c>level:gold</c> or <c>territory:CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    [ProducesResponseType<Page<TargetAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? kpi = null, int? year = null, string? period = null, string? owner = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<HeldTargetKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        if (year is < 1990 or > 2100)
        {
            return Refusal.Invalid(new FieldProblem("year", "kpis.refused.year"));
        }

        return await RefusedAsync(kpi, period, ct)
            ?? Ok(page.Cut(await targets.HeldAsync(kpi, owner, year, Period.Parse(period), after, page.Take(), ct), target => new HeldTargetKey(target.KpiNumber, target.StartsOn, target.Period, target.Owner))
                .Select(target => TargetAnswer.Of(target, me.IsBrand)));
    }

    /// <summary>Every target a KPI had, those that were replaced or taken away too, the last set first: who set it, when, and why, and who ended it.</summary>
    /// <param name="page">Which page.</param>
    /// <param name="kpi">The KPI's number.</param>
    /// <param name="owner">A partner's number, <c>level:gold</c> or <c>territory:CN</c>.</param>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("history")]
    [ProducesResponseType<Page<PastTargetAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> History([FromQuery] PageRequest page, string kpi, string? owner = null, string? period = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<PastTargetKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        return await RefusedAsync(kpi, period, ct)
            ?? Ok(page.Cut(await targets.HistoryAsync(kpi, owner, Period.Parse(period), page.Take(), ct, after), target => new PastTargetKey(target.SetAt, target.KpiTargetId))
                .Select(target => PastTargetAnswer.Of(kpi, target, me.IsBrand)));
    }

    async Task<IActionResult?> RefusedAsync(string? kpi, string? period, CancellationToken ct) =>
        kpi is not null && await kpis.FindAsync(kpi, ct) is null ? Refusal.Invalid(new FieldProblem("kpi", "kpis.refused.unknown_kpi"))
        : period is not null && Period.Parse(period) is null ? Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"))
        : null;
}

/// <summary>A target that holds; of partner, level and territory one is named, as whoever sets it names it.</summary>
/// <param name="Kpi">The KPI's number.</param>
/// <param name="Partner">The partner it is for.</param>
/// <param name="Level">The level it is for.</param>
/// <param name="Territory">The territory it is for.</param>
/// <param name="Period">The period.</param>
/// <param name="Value">Money in the brand's currency, a ratio as a share.</param>
/// <param name="Note">Why it was set.</param>
/// <param name="SetAt">When.</param>
/// <param name="SetBy">By whom; absent where the caller does not know that person.</param>
public sealed record TargetAnswer(string Kpi, string? Partner, string? Level, string? Territory, string Period, decimal Value, string? Note, DateTime SetAt, string? SetBy)
{
    internal static TargetAnswer Of(HeldTarget target, bool forTheBrand)
    {
        var (partner, level, territory) = TypedTarget.Owner(target.Owner);
        return new(target.KpiNumber, partner, level, territory, Kpis.Period.From(Kpis.Period.ParseKind(target.Period)!.Value, target.StartsOn).ToString(), target.Value, target.Note, target.SetAt,
            target.SetByName ?? (forTheBrand ? target.SetBy : null));
    }
}

/// <summary>A target that holds or held; of partner, level and territory one is named.</summary>
/// <param name="Kpi">The KPI's number.</param>
/// <param name="Partner">The partner it is for.</param>
/// <param name="Level">The level it is for.</param>
/// <param name="Territory">The territory it is for.</param>
/// <param name="Period">The period.</param>
/// <param name="Value">Money in the brand's currency, a ratio as a share.</param>
/// <param name="Note">Why it was set.</param>
/// <param name="SetAt">When.</param>
/// <param name="SetBy">By whom; absent where the caller does not know that person.</param>
/// <param name="EndedAt">When it was replaced or taken away; absent while it holds.</param>
/// <param name="EndedBy">By whom.</param>
/// <param name="EndedWhy">Why.</param>
public sealed record PastTargetAnswer(
    string Kpi, string? Partner, string? Level, string? Territory, string Period, decimal Value, string? Note, DateTime SetAt, string? SetBy, DateTime? EndedAt, string? EndedBy, string? EndedWhy)
{
    internal static PastTargetAnswer Of(string kpi, PastTarget target, bool forTheBrand)
    {
        var (partner, level, territory) = TypedTarget.Owner(target.Owner);
        return new(kpi, partner, level, territory, Kpis.Period.From(Kpis.Period.ParseKind(target.Period)!.Value, target.StartsOn).ToString(), target.Value, target.Note, target.SetAt,
            target.SetByName ?? (forTheBrand ? target.SetBy : null), target.SupersededAt, target.SupersededByName ?? (forTheBrand ? target.SupersededBy : null), target.SupersededWhy);
    }
}
