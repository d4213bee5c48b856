using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Texts;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>The brand weighs its KPIs.</summary>
[Route("kpis/scorecard")]
[AllowRoles("brand_admin")]
public sealed class ScorecardFormController(KpiStore kpis, KpiDefinitions definitions, KeepScorecard keepScorecard, BrandCalendar calendar, Texts t) : Controller
{
    /// <summary>The form, filled with the card that holds.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string? period, CancellationToken ct)
    {
        var (today, _) = await calendar.TodayAsync(ct);
        var from = Period.Parse(period) ?? Period.Of(PeriodKind.Quarter, today);
        var held = await kpis.ScorecardAsync(from, ct);
        var form = new ScorecardForm { Name = held.Count > 0 ? held[0].ScorecardName : null, NameZh = held.Count > 0 ? held[0].ScorecardNameZh : null, From = from.ToString() };
        foreach (var kpi in await ChoicesAsync(from, ct))
        {
            var line = held.Find(line => line.KpiNumber == kpi.Number);
            form.Lines.Add(new() { Kpi = kpi.Number, Weight = line?.Weight, Threshold = (line?.Threshold ?? 0) * 100, Cap = (line?.Cap ?? 1) * 100 });
        }

        return View("ScorecardForm", await WithKpisAsync(form, ct));
    }

    /// <summary>Makes the card.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Create(ScorecardForm form, CancellationToken ct)
    {
        if (ModelState.IsValid)
        {
            var lines = form.Lines.Where(line => line.Weight is > 0).Select(line => new NewScorecardLine(line.Kpi, line.Weight!.Value, line.Threshold ?? 0, line.Cap ?? 100)).ToList();
            switch (await keepScorecard.RunAsync(new(form.Name!.Trim(), form.NameZh!.Trim(), form.From!, lines), ct))
            {
                case ScorecardKept.Stored:
                    this.Flash(FlashKind.Done, t["kpis.scorecard.stored", form.From!]);
                    return RedirectToAction(nameof(ScorecardsController.Index), "Scorecards", new { period = form.From });
                case ScorecardKept.Refused(var field, var reason):
                    ModelState.AddModelError(field switch { "name" => nameof(form.Name), "name_zh" => nameof(form.NameZh), "from" => nameof(form.From), _ => "" }, t[reason]);
                    break;
                default:
                    throw new InvalidOperationException("A scorecard is either kept or refused.");
            }
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("ScorecardForm", await WithKpisAsync(form, ct));
    }

    async Task<List<KpiDefinition>> ChoicesAsync(Period period, CancellationToken ct) =>
        [.. (await definitions.ListAsync(ct)).Where(kpi => kpi.Status == "published" && kpi.Period == period.KindName)];

    async Task<ScorecardForm> WithKpisAsync(ScorecardForm form, CancellationToken ct)
    {
        form.Kpis = (await definitions.ListAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);
        return form;
    }
}

/// <summary>The form for a scorecard.</summary>
public sealed class ScorecardForm
{
    /// <summary>Its name in English.</summary>
    [Required, StringLength(120)]
    public string? Name { get; set; }

    /// <summary>Its name in Chinese.</summary>
    [Required, StringLength(120)]
    public string? NameZh { get; set; }

    /// <summary>The first period it holds for.</summary>
    [Required, StringLength(11)]
    public string? From { get; set; }

    /// <summary>A row per KPI of that kind of period; those without a weight are left out.</summary>
    public List<ScorecardFormLine> Lines { get; set; } = [];

    /// <summary>The KPIs by number; not bound from the form.</summary>
    [BindNever]
    public IReadOnlyDictionary<string, KpiDefinition> Kpis { get; set; } = new Dictionary<string, KpiDefinition>(StringComparer.Ordinal);
}

/// <summary>One row of the form, in percent.</summary>
public sealed class ScorecardFormLine
{
    /// <summary>The KPI's number.</summary>
    [Required]
    public string Kpi { get; set; } = "";

    /// <summary>Its weight.</summary>
    [Range(0, 100)]
    public decimal? Weight { get; set; }

    /// <summary>Below it nothing is earned.</summary>
    [Range(0, 100)]
    public decimal? Threshold { get; set; }

    /// <summary>Above it no more is earned.</summary>
    [Range(100, 200)]
    public decimal? Cap { get; set; }
}
