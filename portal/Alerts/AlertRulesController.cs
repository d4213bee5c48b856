using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Texts;
using Portal.Documents.Tables;
using Portal.Kpis;
using Portal.Web;

namespace Portal.Alerts;

/// <summary>The brand's alert rules.</summary>
[Route("alerts/rules"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
public sealed class AlertRulesController(AlertRuleStore rules, KeepAlertRule keep, TargetStore targets, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("AlertRuleList", new AlertRuleListPage(await rules.ListAsync(ct), (await calendar.TodayAsync(ct)).Today));

    /// <summary>The same as a file.</summary>
    [HttpGet("export")]
    public async Task Export(CancellationToken ct)
    {
        var all = await rules.ListAsync(ct);
        await Response.SendListAsync(t["alerts.rules"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["alerts.number"]), new(t["alerts.rule.name"], Width: 40), new(t["alerts.kind"], Width: 30), new(t["alerts.threshold"], TableColumnKind.Number, 12), new(t["alerts.rule.told"], Width: 40),
                new(t["alerts.rule.from"], TableColumnKind.Date, 12), new(t["alerts.rule.until"], TableColumnKind.Date, 12), new(t["alerts.rule.standing"], TableColumnKind.Number, 10, 0),
            ],
            all.ToAsyncEnumerable().Select(IReadOnlyList<object?> (rule) =>
                [rule.Number, rule.Name, t["alerts.kind." + rule.Kind].Value, rule.Threshold, AlertRuleWords.Told(t, rule), rule.ActiveFrom, rule.ActiveUntil, rule.Standing]), ct);
    }

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> New(string? kind, CancellationToken ct)
    {
        var chosen = AlertKinds.Find(kind) ?? AlertKinds.RunRate;
        return await FormAsync(new() { Kind = chosen.Name, Threshold = chosen.Usual, ActiveFrom = (await calendar.TodayAsync(ct)).Today.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) }, null, ct);
    }

    /// <summary>Makes it.</summary>
    [HttpPost(""), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Create(AlertRuleForm form, CancellationToken ct) => await AnswerAsync(form, null, ModelState.IsValid ? await keep.MakeAsync(form.Typed, ct) : null, ct);

    /// <summary>One of them, to be read or changed.</summary>
    [HttpGet("{number:regex(^AR-)}")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) => await rules.FindAsync(number, ct) is { } rule ? await FormAsync(AlertRuleForm.Of(rule), rule, ct) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number:regex(^AR-)}"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string number, AlertRuleForm form, CancellationToken ct) =>
        await rules.FindAsync(number, ct) is not { } rule ? NotFound() : await AnswerAsync(form, rule, ModelState.IsValid ? await keep.ChangeAsync(number, form.Version, form.Typed, ct) : null, ct);

    /// <summary>What the rule of the form would raise now.</summary>
    [HttpPost("preview"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Preview(AlertRuleForm form, CancellationToken ct)
    {
        var (problems, found) = await keep.TryAsync(form.Typed, ct);
        var worst = found.OrderByDescending(alert => alert.Ratio).ThenBy(alert => alert.PartnerId).Take(8).ToList();
        var names = await rules.NamesAsync([.. worst.Select(alert => alert.PartnerId).Distinct()], ct);
        return PartialView("_AlertPreview", new AlertPreview([.. problems.Select(problem => problem.Text(t))], found.Count,
            [.. worst.Where(alert => names.ContainsKey(alert.PartnerId)).Select(alert => AlertWords.Said(t, form.Kind!, names[alert.PartnerId], alert.Figure, AlertFacts.Read(alert.Facts)))]));
    }

    async Task<IActionResult> AnswerAsync(AlertRuleForm form, AlertRule? rule, RuleKept? outcome, CancellationToken ct)
    {
        switch (outcome)
        {
            case RuleKept.Done:
                this.Flash(FlashKind.Done, t["alerts.rule.kept", form.Name ?? ""]);
                return RedirectToAction(nameof(Index));
            case RuleKept.Missing:
                return NotFound();
            case RuleKept.Invalid(var problems):
                ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                break;
            case RuleKept.Stale:
                ModelState.AddModelError("", t["alerts.stale"]);
                break;
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return await FormAsync(form, rule, ct);
    }

    async Task<IActionResult> FormAsync(AlertRuleForm form, AlertRule? rule, CancellationToken ct)
    {
        form.Choices = new(rule, await targets.TerritoriesAsync(ct), await rules.OwnersAsync(ct), me.Has("brand_admin", "channel_manager"));
        return View("AlertRuleForm", form);
    }
}

/// <summary>Rules in words.</summary>
static class AlertRuleWords
{
    /// <summary>Who is told.</summary>
    public static string Told(Texts t, AlertRule rule) => string.Join(t["alerts.rule.and"].Value, new[]
    {
        rule.TellsBrand ? t["alerts.rule.brand"].Value : null, rule.OwnerName, rule.TellsPartner ? t["alerts.rule.partner"].Value : null, rule.TellsUpstream ? t["alerts.rule.upstream"].Value : null,
    }.OfType<string>());
}

/// <summary>What <c>AlertRuleList.cshtml</c> shows.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Today">The brand's day.</param>
public sealed record AlertRuleListPage(IReadOnlyList<AlertRule> Rules, DateOnly Today);

/// <summary>What a rule would raise.</summary>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Count">So many alerts.</param>
/// <param name="Worst">The sentences of the worst.</param>
public sealed record AlertPreview(IReadOnlyList<string> Problems, int Count, IReadOnlyList<string> Worst);

/// <summary>What can be chosen in the form of a rule.</summary>
/// <param name="Rule">The rule as it is kept; null for a new one.</param>
/// <param name="Territories">The territories.</param>
/// <param name="Owners">The brand's people.</param>
/// <param name="MayChange">The reader may change it.</param>
public sealed record AlertRuleChoices(AlertRule? Rule, IReadOnlyList<Territory> Territories, IReadOnlyList<RuleOwner> Owners, bool MayChange);

/// <summary>A rule as the form sends it.</summary>
public sealed class AlertRuleForm
{
    /// <summary>What the brand calls it.</summary>
    public string? Name { get; set; }

    /// <summary>The kind.</summary>
    public string? Kind { get; set; }

    /// <summary>From which figure on.</summary>
    public decimal? Threshold { get; set; }

    /// <summary>The types of partners.</summary>
    public List<string> PartnerTypes { get; set; } = [];

    /// <summary>The levels.</summary>
    public List<string> PartnerLevels { get; set; } = [];

    /// <summary>Codes of territories.</summary>
    public List<string> Territories { get; set; } = [];

    /// <summary>The brand's people in charge are told.</summary>
    public bool TellsBrand { get; set; } = true;

    /// <summary>Somebody who is told besides.</summary>
    public string? Owner { get; set; }

    /// <summary>The partner is told.</summary>
    public bool TellsPartner { get; set; }

    /// <summary>The company above it is told.</summary>
    public bool TellsUpstream { get; set; }

    /// <summary>The first day, as a browser sends it.</summary>
    public string? ActiveFrom { get; set; }

    /// <summary>The last day.</summary>
    public string? ActiveUntil { get; set; }

    /// <summary>How it was when the form was opened.</summary>
    public int Version { get; set; }

    /// <summary>What can be chosen; not bound from the form.</summary>
    [BindNever]
    public AlertRuleChoices? Choices { get; set; }

    internal AlertRuleTyped Typed => new()
    {
        Name = Name, Kind = Kind, Threshold = Threshold ?? 0, PartnerTypes = PartnerTypes, PartnerLevels = PartnerLevels, Territories = Territories, TellsBrand = TellsBrand, Owner = Owner, TellsPartner = TellsPartner,
        TellsUpstream = TellsUpstream, ActiveFrom = Web.Typed.Day(ActiveFrom) ?? default, ActiveUntil = string.IsNullOrWhiteSpace(ActiveUntil) ? null : Web.Typed.Day(ActiveUntil) ?? default(DateOnly),
    };

    internal static AlertRuleForm Of(AlertRule rule) => new()
    {
        Name = rule.Name, Kind = rule.Kind, Threshold = rule.Threshold, PartnerTypes = [.. rule.PartnerTypes], PartnerLevels = [.. rule.PartnerLevels], Territories = [.. rule.Territories], TellsBrand = rule.TellsBrand, Owner = rule.OwnerNumber,
        TellsPartner = rule.TellsPartner, TellsUpstream = rule.TellsUpstream, ActiveFrom = Day(rule.ActiveFrom), ActiveUntil = rule.ActiveUntil is { } until ? Day(until) : null, Version = rule.Version,
    };

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
