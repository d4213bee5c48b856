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

    /// <summary>Sets what was typed, and takes away what was emptied: a target that came after the grid was read was not seen and stays.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string kpi, int year, string? q, int? page, DateTimeOffset? seen, [FromForm] Dictionary<string, string?> cells, CancellationToken ct)
    {
        if (await GridAsync(kpi, year, q, page ?? 1, ct) is not { Kpi: not null } grid)
        {
            return NotFound();
        }

        var asked = cells.Select(cell => TypedCell.Read(cell.Key, cell.Value)).Where(cell => cell.Changes(grid.TargetAt(cell.Owner, cell.Period), seen)).ToList();
        var outcome = await setTargets.RunAsync([.. asked.Select(cell => cell.Asked(kpi))], me.PersonNumber, ct);
        switch (outcome)
        {
            case TargetsSet.Stored(var changed):
                var removed = changed.Count(target => target.Value is null);
                this.Flash(FlashKind.Done, removed == 0 ? t["kpis.targets.stored", changed.Count] : t["kpis.targets.stored_and_removed", changed.Count - removed, removed]);
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

    sealed record TypedCell(string Key, string Owner, string Period, bool IsEmpty, decimal? Value)
    {
        public static TypedCell Read(string key, string? text)
        {
            var parts = key.Split('|');
            decimal? value = decimal.TryParse(text, NumberStyles.Number, CultureInfo.CurrentCulture, out var read) ? read : null;
            return new(key, parts[0], parts.Length > 1 ? parts[1] : "", string.IsNullOrWhiteSpace(text), value);
        }

        public bool Changes(GridTarget? held, DateTimeOffset? seen) => IsEmpty ? held?.SetAt <= seen?.UtcDateTime : held is null || held.Value != Value;

        public AskedTarget Asked(string kpi) => Owner.StartsWith("level:", StringComparison.Ordinal)
            ? new(kpi, null, Owner["level:".Length..], Period, Value, null) { Removed = IsEmpty }
            : new(kpi, Owner, null, Period, Value, null) { Removed = IsEmpty };
    }
}
