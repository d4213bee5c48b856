using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Web;
using Portal.Web;
using Refusal = Platform.Web.ApiProblem;

namespace Portal.Kpis;

/// <summary>KPIs for programs: targets, attainment, scores and series.</summary>
[ApiController]
[Route("api/v1/kpis")]
public sealed class KpisApi(KpiStore kpis, Standings standings, Attainments attainments, SetTargets setTargets, PartnerNames partners, BrandCalendar calendar, ICurrentPerson me) : ControllerBase
{
    /// <summary>Sets targets: all of them or, when one is refused, none. Setting the same again changes nothing.</summary>
    [HttpPut("targets"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> SetTargets(IReadOnlyList<AskedTarget> targets, CancellationToken ct) => await setTargets.RunAsync(targets, me.PersonNumber, ct) switch
    {
        TargetsSet.Stored(var changed) => Ok(new { changed = changed.Count }),
        TargetsSet.Refused(var refusals) => Refusal.Invalid([.. refusals.Select(refusal => new FieldProblem($"/{refusal.Row}/{refusal.Field}", refusal.TextKey))]),
        _ => throw new InvalidOperationException("Targets are either stored or refused."),
    };

    /// <summary>What the partners one may see have reached of each KPI in a period, with their targets.</summary>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
    /// <param name="partner">One partner's number.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("attainment")]
    public async Task<IActionResult> Attainment(string period, string? partner, CancellationToken ct)
    {
        if (Period.Parse(period) is not { } shown)
        {
            return Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"));
        }

        var one = partner is null ? null : await partners.FindAsync(partner, ct);
        if (partner is not null && one is null)
        {
            return Refusal.NotFound;
        }

        var (_, currency) = await calendar.TodayAsync(ct);
        return Ok((await attainments.ReachedAsync(shown, one?.PartnerId, ct)).Select(row => new
        {
            partner = row.PartnerNumber, kpi = row.KpiNumber, unit = row.Unit == "money" ? currency : row.Unit, row.Actual, row.Target, row.Attainment,
        }));
    }

    /// <summary>The points of the partners one may see, best first. The brand sees every place, a partner its own among all.</summary>
    [HttpGet("scores")]
    public async Task<IActionResult> Scores(string period, CancellationToken ct)
    {
        if (Period.Parse(period) is not { } shown)
        {
            return Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"));
        }

        var scores = await kpis.ScoresAsync(shown, await kpis.ScorecardAsync(shown, ct), ct);
        var own = me.IsBrand || scores.Count == 0 ? null : (await standings.OfAsync(me.PartnerId, shown, ct))[^1];
        return Ok(scores.Select(score => new
        {
            partner = score.PartnerNumber, name = score.PartnerName, score.Points, rank = me.IsBrand ? score.Rank : score.PartnerNumber == me.PartnerNumber ? own?.Rank : null, of = me.IsBrand ? scores.Count : own?.Of,
            lines = score.Lines.Select(line => new { kpi = line.Line.KpiNumber, line.Line.Weight, line.Reached?.Attainment, line.Points }),
            conditions = score.Card.Conditions.Select(condition => new { kpi = condition.Condition.KpiNumber, condition.Condition.Bound, condition.Actual, met = condition.IsMet }),
        }));
    }

    /// <summary>One partner's points and places over the eight periods that end with one, the first to the last; a partner asks for its own.</summary>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
    /// <param name="partner">A partner's number, for the brand; one's own where it is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("standing")]
    public async Task<IActionResult> Standing(string period, string? partner, CancellationToken ct)
    {
        if (Period.Parse(period) is not { } shown)
        {
            return Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"));
        }

        var one = partner is null ? await partners.FindAsync(me.PartnerId, ct) : await partners.FindAsync(partner, ct);
        return one is null || (!me.IsBrand && one.PartnerId != me.PartnerId) ? Refusal.NotFound
            : Ok((await standings.OfAsync(one.PartnerId, shown, ct)).Select(standing => new { period = standing.Period.ToString(), standing.Points, standing.Rank, standing.Of }));
    }

    /// <summary>A partner's scorecard of a period as PDF.</summary>
    /// <param name="partner">The partner's number.</param>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>; that of the request where nothing is said.</param>
    /// <param name="paper">Makes it.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("scorecards/{partner}/pdf"), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public async Task<IActionResult> ScorecardPdf(string partner, string period, string? language, [FromServices] Papers.ScorecardPaper paper, CancellationToken ct) =>
        Period.Parse(period) is not { } shown ? Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"))
        : await partners.FindAsync(partner, ct) is { } one ? await paper.AnswerAsync(one, shown, language, ct) : Refusal.NotFound;

    /// <summary>A branch by month, metric and product line; money in the brand's currency.</summary>
    /// <param name="partner">The branch's root; one's own where it is left out.</param>
    /// <param name="from">The first month, 2026-01.</param>
    /// <param name="until">The last month.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("series")]
    public async Task<IActionResult> Series(string? partner, string from, string until, CancellationToken ct)
    {
        if (Period.Parse(from) is not { Kind: PeriodKind.Month } first || Period.Parse(until) is not { Kind: PeriodKind.Month } last || last.Start < first.Start)
        {
            return Refusal.Invalid(new FieldProblem("from", "kpis.refused.months"));
        }

        var root = partner is null ? await partners.FindAsync(me.PartnerId, ct) : await partners.FindAsync(partner, ct);
        return root is null ? Refusal.NotFound : Ok((await kpis.BranchMonthsAsync(root.PartnerId, first.Start, last.End, ct)).Select(month => new
        {
            month = Period.Of(PeriodKind.Month, month.Month).ToString(), month.Metric, productLine = month.ProductLine, month.Value,
        }));
    }
}
