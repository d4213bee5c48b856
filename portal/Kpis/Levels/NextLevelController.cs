using Microsoft.AspNetCore.Mvc;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>A partner's level: where it stands, what the next one asks, and what was decided.</summary>
[Route("kpis/level")]
public sealed class NextLevelController(NextLevel nextLevel, LevelStore levels, PartnerNames partners, ICurrentPerson me) : Controller
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
}

/// <summary>The page of a partner's level.</summary>
public sealed record NextLevelPage(PartnerName Partner, LevelNeed? Need, IReadOnlyList<LevelProposal> Decided);
