using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>What partners shall reach, in a grid of partners and periods; the brand types into it, others read theirs.</summary>
[Route("kpis/targets")]
public sealed class KpiTargetsController(KpiStore kpis, TargetGrids grids, SetTargets setTargets, BrandCalendar calendar, Texts t, ICurrentPerson me) : Controller
{
    /// <summary>The grid of one KPI in one year.</summary>
    [HttpGet]
    public async Task<IActionResult> Edit(string? kpi, int? year, string? q, int? page, CancellationToken ct) =>
        await GridAsync(kpi, year, q, page ?? 1, ct) is { } grid ? View("TargetGrid", grid) : NotFound();

    /// <summary>Sets what was typed; empty cells stay as they are.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string kpi, int year, string? q, int? page, [FromForm] Dictionary<string, string?> cells, CancellationToken ct)
    {
        if (await GridAsync(kpi, year, q, page ?? 1, ct) is not { Kpi: not null } grid)
        {
            return NotFound();
        }

        var typed = cells.Where(cell => !string.IsNullOrWhiteSpace(cell.Value)).Select(cell => TypedCell.Read(cell.Key, cell.Value!)).ToList();
        var asked = typed.Where(cell => grid.ValueAt(cell.Owner, cell.Period) is not { } held || held != cell.Value).ToList();
        var outcome = await setTargets.RunAsync([.. asked.Select(cell => cell.Asked(kpi))], me.PersonNumber, ct);
        switch (outcome)
        {
            case TargetsSet.Stored(var changed):
                this.Flash(FlashKind.Done, t["kpis.targets.stored", changed.Count]);
                return RedirectToAction(nameof(Edit), new { kpi, year, q, page });
            case TargetsSet.Refused(var refusals):
                foreach (var refusal in refusals)
                {
                    ModelState.AddModelError($"cells[{asked[refusal.Row].Key}]", t[refusal.TextKey]);
                }

                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("TargetGrid", grid with { Typed = cells });
            default:
                throw new InvalidOperationException("Targets are either stored or refused.");
        }
    }

    async Task<TargetGrid?> GridAsync(string? number, int? year, string? words, int page, CancellationToken ct)
    {
        var definitions = await kpis.DefinitionsAsync(ct);
        var chosen = number is null ? definitions.Find(kpi => kpi.Status == "published") : definitions.Find(kpi => kpi.Number == number);
        if ((number is not null && chosen is null) || year is < 1990 or > 2100)
        {
            return null;
        }

        var (today, currency) = await calendar.TodayAsync(ct);
        return await grids.ReadAsync(definitions, chosen, year ?? today.Year, currency, words, Math.Max(page, 1), ct);
    }

    sealed record TypedCell(string Key, string Owner, string Period, decimal? Value)
    {
        public static TypedCell Read(string key, string text)
        {
            var parts = key.Split('|');
            decimal? value = decimal.TryParse(text, NumberStyles.Number, CultureInfo.CurrentCulture, out var read) ? read : null;
            return new(key, parts[0], parts.Length > 1 ? parts[1] : "", value);
        }

        public AskedTarget Asked(string kpi) => Owner.StartsWith("level:", StringComparison.Ordinal)
            ? new(kpi, null, Owner["level:".Length..], Period, Value, null)
            : new(kpi, Owner, null, Period, Value, null);
    }
}
