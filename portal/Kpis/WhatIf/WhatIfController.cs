using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>The brand tries out other weights, thresholds, caps, targets and limits over the real history.</summary>
[Route("kpis/what-if"), AllowRoles("brand_admin", "channel_manager")]
public sealed class WhatIfController(
    TryCard tryCard, KpiStore kpis, KpiDefinitions definitions, LevelStore levels, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The form, filled with the card and the rules that hold: nothing is changed yet.</summary>
    /// <param name="period">The last period of the history; the last one that is over where it is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Show(string? period, CancellationToken ct)
    {
        if (period is not null && Period.Parse(period) is not { IsRolling: false })
        {
            return NotFound();
        }

        var today = (await calendar.TodayAsync(ct)).Today;
        var last = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, today).Previous;
        var held = await kpis.ScorecardAsync(last, ct);
        var limits = LevelRulesForm.Of(await levels.RulesAsync(today, ct));
        var form = new WhatIfForm
        {
            Last = last.ToString(), Periods = TryCard.MostMonths / last.Months, MostPoints = held.MostPoints, Unmet = held.Unmet, Limits = limits with { Period = last.KindName, Window = Math.Min(limits.Window ?? 1, TryCard.MostMonths / last.Months) },
        };
        form.Lines.AddRange((await definitions.ListAsync(ct)).Where(kpi => kpi.Status == "published" && kpi.Period == last.KindName).Select(kpi => ScorecardFormLine.Of(kpi, held)));
        return View("WhatIf", await PageAsync(form, null, ct));
    }

    /// <summary>Tries it; nothing is stored.</summary>
    [HttpPost(""), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Try(WhatIfForm form, CancellationToken ct)
    {
        var trial = await TriedAsync(form, ct);
        Response.StatusCode = trial is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        return View("WhatIf", await PageAsync(form, trial, ct));
    }

    /// <summary>Who would move, as a file.</summary>
    [HttpPost("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(WhatIfForm form, CancellationToken ct)
    {
        if (await TriedAsync(form, ct) is not { } trial)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("WhatIf", await PageAsync(form, null, ct));
        }

        await Response.SendListAsync(t["kpis.what_if"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.partner"], Width: 30), new(t["kpis.partner_level"]), new(t["kpis.what_if.level_before"]), new(t["kpis.what_if.level_after"]), new(t["kpis.what_if.before"], TableColumnKind.Number), new(t["kpis.what_if.after"], TableColumnKind.Number),
                new(t["kpis.what_if.rank_before"], TableColumnKind.Number, 10, 0), new(t["kpis.what_if.rank_after"], TableColumnKind.Number, 10, 0), new(t["kpis.rank_change"], TableColumnKind.Number, 10, 0),
            ],
            trial.Rows.ToAsyncEnumerable().Select(IReadOnlyList<object?> (row) =>
            [
                row.Partner.Name, t["kpis.level." + row.Partner.PartnerLevel].Value, t["kpis.level." + row.LevelBefore].Value, t["kpis.level." + row.LevelAfter].Value, row.Before, row.After, row.RankBefore, row.RankAfter, row.RankChange,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>Makes a draft of it: the form of a scorecard with what was tried, which stores nothing until it is sent.</summary>
    [HttpPost("card"), AllowRoles("brand_admin")]
    public async Task<IActionResult> DraftCard(WhatIfForm form, CancellationToken ct)
    {
        var today = (await calendar.TodayAsync(ct)).Today;
        var last = Period.Parse(form.Last) ?? Period.Of(PeriodKind.Quarter, today);
        var (held, next) = (await kpis.ScorecardAsync(Period.Of(last.Kind, today), ct), Period.Of(last.Kind, today).Following);
        ModelState.Clear();
        return View("ScorecardForm", new ScorecardForm
        {
            Name = held.IsEmpty ? null : held.Name, NameZh = held.IsEmpty ? null : held.NameZh, From = next.ToString(), MostPoints = form.MostPoints, Unmet = form.Unmet, Lines = form.Lines, Kpis = await KnownAsync(ct),
        });
    }

    /// <summary>The same with the limits: the form of the rules for levels.</summary>
    [HttpPost("limits"), AllowRoles("brand_admin")]
    public async Task<IActionResult> DraftLimits(WhatIfForm form, CancellationToken ct)
    {
        var today = (await calendar.TodayAsync(ct)).Today;
        ModelState.Clear();
        return View("LevelRulesForm", new LevelRulesForm(form.Limits) { From = Period.Of(PeriodKind.Quarter, today).Following.Start, Period = Period.Parse(form.Last)?.KindName ?? "quarter" });
    }

    async Task<Trial?> TriedAsync(WhatIfForm form, CancellationToken ct)
    {
        form.Kpis = await KnownAsync(ct);
        if (Period.Parse(form.Last) is not { } last)
        {
            ModelState.AddModelError(nameof(form.Last), t["kpis.refused.period"]);
            return null;
        }

        if (!ModelState.IsValid)
        {
            return null;
        }

        form.Limits.Period = last.KindName;
        switch (await tryCard.RunAsync(new(last, form.Periods ?? 0, form.AskedLines, form.AskedConditions, form.MostPoints ?? 200, form.Unmet ?? "", form.AskedFactors, form.Limits.Rules(null)), ct))
        {
            case CardTried.Done(var trial):
                return trial;
            case CardTried.Refused(var field, var reason) refused:
                ModelState.AddModelError(form.KeyOf(field, refused.Kpi), t[reason]);
                return null;
            default:
                throw new InvalidOperationException("A card is tried or refused.");
        }
    }

    async Task<IReadOnlyDictionary<string, KpiDefinition>> KnownAsync(CancellationToken ct) => (await definitions.ListAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);

    async Task<WhatIfPage> PageAsync(WhatIfForm form, Trial? trial, CancellationToken ct)
    {
        form.Kpis = form.Kpis.Count == 0 ? await KnownAsync(ct) : form.Kpis;
        return new WhatIfPage(form, trial);
    }
}

/// <summary>What is tried, as a form has it.</summary>
public sealed class WhatIfForm : CardForm
{
    /// <summary>The last period of the history.</summary>
    [Required, StringLength(11)]
    public string? Last { get; set; }

    /// <summary>How many periods are scored again.</summary>
    [Required, Range(1, 24)]
    public int? Periods { get; set; }

    /// <summary>The limits of the levels.</summary>
    public LevelLimitsForm Limits { get; set; } = new();

    /// <summary>What the targets of the KPIs are changed to, where they are changed.</summary>
    [BindNever]
    internal IReadOnlyDictionary<string, decimal> AskedFactors => Lines.Where(line => line.TargetPercent is not (null or 100)).DistinctBy(line => line.Kpi, StringComparer.Ordinal).ToDictionary(line => line.Kpi, line => line.TargetPercent!.Value, StringComparer.Ordinal);
}

/// <summary>The page of the trial.</summary>
/// <param name="Form">What was asked.</param>
/// <param name="Trial">What came of it; null before, and where something was wrong.</param>
public sealed record WhatIfPage(WhatIfForm Form, Trial? Trial)
{
    /// <summary>How many partners a list of the page has; the file has all.</summary>
    public const int Shown = 100;
}

/// <summary>Partners of a trial, as <c>_TrialRows.cshtml</c> lists them.</summary>
/// <param name="Rows">The partners.</param>
/// <param name="Last">The last period of the trial.</param>
public sealed record TrialRows(IReadOnlyList<TrialRow> Rows, Period Last);
