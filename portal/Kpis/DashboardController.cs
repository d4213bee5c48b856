using Microsoft.AspNetCore.Mvc;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>Where the channel, or one partner's branch of it, stands.</summary>
[Route("kpis")]
public sealed class DashboardController(Dashboard dashboard, PartnerNames partners, BrandCalendar calendar, ICurrentPerson me) : Controller
{
    /// <summary>The dashboard; the address says which branch and period.</summary>
    /// <param name="partner">A partner's number; one's own (for the brand the whole channel) where it is left out.</param>
    /// <param name="period">2026-07, 2026-Q3 or 2026.</param>
    /// <param name="by">month, quarter or year, where no period is named.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public async Task<IActionResult> Show(string? partner, string? period, string? by, CancellationToken ct)
    {
        var root = partner is null ? new(me.PartnerId, me.PartnerNumber, me.PartnerName, me.PartnerNameLatin, me.PartnerType) : await FindAsync(partner, ct);
        if (root is null || (period is not null && Period.Parse(period) is null))
        {
            return NotFound();
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        var figures = await dashboard.ReadAsync(root, Period.Parse(period), Period.ParseKind(by) ?? PeriodKind.Quarter, today, ct);
        return View("KpiDashboard", new KpiDashboardPage(figures, currency, partner is not null && root.PartnerId != me.PartnerId));
    }

    async Task<BranchRoot?> FindAsync(string partner, CancellationToken ct) =>
        await partners.FindAsync(partner, ct) is { } found ? new(found.PartnerId, found.Number, found.Name, found.NameLatin, found.PartnerType) : null;
}

/// <summary>The dashboard's page.</summary>
/// <param name="Figures">What it shows.</param>
/// <param name="Currency">The brand's currency, in which all money stands.</param>
/// <param name="IsSomebodyElses">True when a branch below one's own was opened.</param>
public sealed record KpiDashboardPage(DashboardFigures Figures, string Currency, bool IsSomebodyElses);
