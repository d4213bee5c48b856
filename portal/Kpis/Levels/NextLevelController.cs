using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis.Boards;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>A partner's level: where it stands, what the next one asks, and what was decided.</summary>
[Route("kpis/level")]
public sealed class NextLevelController(NextLevel nextLevel, LevelStore levels, PartnerNames partners, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The page.</summary>
    /// <param name="partner">A partner's number, for whoever it is in the branch of; one's own where it is left out.</param>
    /// <param name="to">The level to look at.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public async Task<IActionResult> Show(string? partner, string? to, CancellationToken ct)
    {
        if (partner is null && me.IsBrand)
        {
            // The brand has no level of its own: it chooses a partner.
            return LocalRedirect("/kpis/scorecards");
        }

        var one = partner is null ? await partners.FindAsync(me.PartnerId, ct) : await partners.FindAsync(partner, ct);
        return one is null or { PartnerType: "brand" } ? NotFound() : View("NextLevel", new NextLevelPage(one, await nextLevel.ReadAsync(one, to, ct), await levels.OfPartnerAsync(one.PartnerId, ct)));
    }

    /// <summary>What each line could still bring, as a file.</summary>
    /// <param name="partner">A partner's number, for whoever it is in the branch of; one's own where it is left out.</param>
    /// <param name="to">The level to look at.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string? partner, string? to, CancellationToken ct)
    {
        var one = partner is null ? await partners.FindAsync(me.PartnerId, ct) : await partners.FindAsync(partner, ct);
        if (one is null or { PartnerType: "brand" } || await nextLevel.ReadAsync(one, to, ct) is not { } need)
        {
            return NotFound();
        }

        await Response.SendListAsync($"{t["kpis.level.of", Web.Display.Formats.Company(one.Name, one.NameLatin)].Value} {need.Running}", me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.kpi"], Width: 30), new(t["kpis.actual"], TableColumnKind.Number), new(t["kpis.target"], TableColumnKind.Number), new(t["kpis.unit"]), new(t["kpis.points"], TableColumnKind.Number),
                new(t["kpis.level.to_target"], TableColumnKind.Number), new(t["kpis.level.brings_target"], TableColumnKind.Number), new(t["kpis.level.brings_most"], TableColumnKind.Number), new(t["kpis.level.alone"], TableColumnKind.Number),
            ],
            need.Lines.ToAsyncEnumerable().Select(IReadOnlyList<object?> (line) =>
            [
                Named.In(line.Line.Line.KpiName, line.Line.Line.KpiNameZh), line.Line.Reached!.Actual, line.Line.Reached.Target, PanelTables.UnitName(line.Line.Line.Unit, t, need.Currency), line.Line.Points,
                line.ToTarget, line.PointsAtTarget, line.MostPoints, line.Alone,
            ]), ct);
        return new EmptyResult();
    }
}

/// <summary>The page of a partner's level.</summary>
public sealed record NextLevelPage(PartnerName Partner, LevelNeed? Need, IReadOnlyList<LevelProposal> Decided);
