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
        var form = new ScorecardForm { Name = held.IsEmpty ? null : held.Name, NameZh = held.IsEmpty ? null : held.NameZh, From = from.ToString(), MostPoints = held.MostPoints, Unmet = held.Unmet };
        form.Lines.AddRange((await ChoicesAsync(from, ct)).Select(kpi => ScorecardFormLine.Of(kpi, held)));

        return View("ScorecardForm", await WithKpisAsync(form, ct));
    }

    /// <summary>Makes the card.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Create(ScorecardForm form, CancellationToken ct)
    {
        if (ModelState.IsValid)
        {
            switch (await keepScorecard.RunAsync(Asked(await WithKpisAsync(form, ct)), ct))
            {
                case ScorecardKept.Stored:
                    this.Flash(FlashKind.Done, t["kpis.scorecard.stored", form.From!]);
                    return RedirectToAction(nameof(ScorecardsController.Index), "Scorecards", new { period = form.From });
                case ScorecardKept.Refused(var field, var reason) refused:
                    ModelState.AddModelError(form.KeyOf(field, refused.Kpi), t[reason]);
                    break;
                default:
                    throw new InvalidOperationException("A scorecard is either kept or refused.");
            }
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("ScorecardForm", await WithKpisAsync(form, ct));
    }

    static NewScorecard Asked(ScorecardForm form) => new(form.Name!.Trim(), form.NameZh!.Trim(), form.From!, form.AskedLines) { MostPoints = form.MostPoints ?? 200, Unmet = form.Unmet ?? Card.NoPoints, Conditions = form.AskedConditions };

    async Task<List<KpiDefinition>> ChoicesAsync(Period period, CancellationToken ct) =>
        [.. (await definitions.ListAsync(ct)).Where(kpi => kpi.Status == "published" && kpi.Period == period.KindName)];

    async Task<ScorecardForm> WithKpisAsync(ScorecardForm form, CancellationToken ct)
    {
        form.Kpis = (await definitions.ListAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);
        return form;
    }
}

/// <summary>The form for a scorecard.</summary>
public sealed class ScorecardForm : CardForm
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
}

/// <summary>What a form says about a card: its lines, its conditions, its bonus cap. The form of a card has it, and so has what is only tried out.</summary>
public class CardForm
{
    /// <summary>The bonus cap in points.</summary>
    [Required, Range(100, 200)]
    public decimal? MostPoints { get; set; } = 200;

    /// <summary>What follows where a condition is not met.</summary>
    public string? Unmet { get; set; } = Card.NoPoints;

    /// <summary>A row per KPI of that kind of period; those without a weight are left out.</summary>
    public List<ScorecardFormLine> Lines { get; set; } = [];

    /// <summary>The KPIs by number; not bound from the form.</summary>
    [BindNever]
    public IReadOnlyDictionary<string, KpiDefinition> Kpis { get; set; } = new Dictionary<string, KpiDefinition>(StringComparer.Ordinal);

    /// <summary>The weighted lines as they are asked for.</summary>
    internal IReadOnlyList<NewScorecardLine> AskedLines => [.. Lines.Where(line => line.Weight is > 0).Select(line => line.Asked)];

    /// <summary>The conditions as they are asked for.</summary>
    internal IReadOnlyList<NewCondition> AskedConditions => [.. Lines.Where(line => line.Bound is not null).Select(line => new NewCondition(line.Kpi, line.Bound!.Value / (IsRatio(line.Kpi) ? 100 : 1)))];

    /// <summary>The field of the form that a refusal is about.</summary>
    internal string KeyOf(string field, string? kpi) => kpi is null ? PropertyOf(field) : $"Lines[{Lines.FindIndex(line => line.Kpi == kpi)}].{PropertyOf(field)}";

    static string PropertyOf(string field) => field switch
    {
        "name" => nameof(ScorecardForm.Name),
        "name_zh" => nameof(ScorecardForm.NameZh),
        "from" => nameof(ScorecardForm.From),
        "most_points" => nameof(ScorecardForm.MostPoints),
        "unmet" => nameof(ScorecardForm.Unmet),
        "weight" => nameof(ScorecardFormLine.Weight),
        "threshold" => nameof(ScorecardFormLine.Threshold),
        "cap" => nameof(ScorecardFormLine.Cap),
        "below" => nameof(ScorecardFormLine.Below),
        "below_share" => nameof(ScorecardFormLine.BelowShare),
        "bound" => nameof(ScorecardFormLine.Bound),
        "target_percent" => nameof(ScorecardFormLine.TargetPercent),
        "periods" => "Periods",
        ['l', 'i', 'm', 'i', 't', 's', '.', .. var limit] => "Limits." + limit,
        _ => "",
    };

    /// <summary>True where a KPI's figures are typed in percent.</summary>
    public bool IsRatio(string kpi) => Kpis.GetValueOrDefault(kpi)?.Unit == "ratio";
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

    /// <summary>From it on the attainment counts as it is.</summary>
    [Range(0, 100)]
    public decimal? Threshold { get; set; }

    /// <summary>Above it no more is earned.</summary>
    [Range(100, 200)]
    public decimal? Cap { get; set; }

    /// <summary>What is earned below the threshold.</summary>
    public string? Below { get; set; } = Credit.Nothing;

    /// <summary>The share that is earned there.</summary>
    [Range(0, 100)]
    public decimal? BelowShare { get; set; }

    /// <summary>The figure must be more than this (less, where less is better), a ratio in percent; nothing asks nothing.</summary>
    public decimal? Bound { get; set; }

    /// <summary>Which part of the targets is tried out, in percent; only where something is tried.</summary>
    public decimal? TargetPercent { get; set; }

    /// <summary>The line as it is asked for.</summary>
    internal NewScorecardLine Asked => new(Kpi, Weight ?? 0, Threshold ?? 0, Cap ?? 100) { Below = Below ?? Credit.Nothing, BelowShare = BelowShare ?? 0 };

    /// <summary>The row of a KPI as a card has it.</summary>
    internal static ScorecardFormLine Of(KpiDefinition kpi, Card card)
    {
        var line = card.Lines.FirstOrDefault(line => line.KpiNumber == kpi.Number);
        return new()
        {
            Kpi = kpi.Number, Weight = line?.Weight, Threshold = (line?.Threshold ?? 0) * 100, Cap = (line?.Cap ?? 1) * 100, Below = line?.Below ?? Credit.Nothing, BelowShare = line is { BelowShare: > 0 } ? line.BelowShare * 100 : null,
            Bound = card.Conditions.FirstOrDefault(condition => condition.KpiNumber == kpi.Number)?.Bound * (kpi.Unit == "ratio" ? 100 : 1),
        };
    }
}
