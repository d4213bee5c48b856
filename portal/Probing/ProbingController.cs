using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Probing;

/// <summary>The alerts on partners that may be fishing, what they asked for, and the numbers of the rule. For the brand only.</summary>
[Route("probing"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class ProbingController(ProbingStore probing, KeepWatch keepWatch, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The alerts, the newest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, ProbingStore.Shape);
        return View("AlertList", new AlertListPage(query, await probing.PageAsync(query, ct), [new SelectListItem(t["probing.open"], "open"), new SelectListItem(t["probing.assessed"], "assessed")]));
    }

    /// <summary>The alerts as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["probing.alerts"], me.PartnerName, clock.GetUtcNow(),
        [new(t["probing.partner"], Width: 30), new(t["probing.day"], TableColumnKind.Date, 12), new(t["probing.patterns"], Width: 50), new(t["probing.asks"], TableColumnKind.Number, 12, 0), new(t["probing.state"])],
        ListQuery.Read(Request, ProbingStore.Shape).AllAsync(query => probing.PageAsync(query, ct)).Select(IReadOnlyList<object?> (alert) =>
        [
            alert.PartnerName, alert.Day, string.Join(" · ", alert.Patterns.Select(pattern => t[$"probing.pattern.{pattern}"].Value)), alert.Asks, t[alert.AssessedAt is null ? "probing.open" : "probing.assessed"].Value,
        ]), ct);

    /// <summary>One alert, with what the partner asked for.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await probing.FindAsync(number, ct) is { } alert ? await PageAsync(alert, ct) : NotFound();

    /// <summary>Notes what the brand made of it.</summary>
    [HttpPost("{number}/assessment"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Assess(string number, [FromForm] string? assessment, CancellationToken ct)
    {
        switch (await keepWatch.AssessAsync(number, assessment, ct))
        {
            case WatchOutcome.Done:
                this.Flash(FlashKind.Done, t["probing.assessment_kept"]);
                return RedirectToAction(nameof(Show), new { number });
            case WatchOutcome.Invalid(var problems):
                ModelState.Explain(problems, t);
                return await PageAsync((await probing.FindAsync(number, ct))!, ct);
            case WatchOutcome.Stale:
                this.Flash(FlashKind.Problem, t["probing.stale"]);
                return RedirectToAction(nameof(Show), new { number });
            default:
                return NotFound();
        }
    }

    /// <summary>The numbers.</summary>
    [HttpGet("rule")]
    public async Task<IActionResult> Rule(CancellationToken ct) => View("RuleForm", ProbingRuleForm.Of(await probing.RuleAsync(ct)));

    /// <summary>Changes them.</summary>
    [HttpPost("rule"), AllowRoles("brand_admin")]
    public async Task<IActionResult> ChangeRule([FromForm] ProbingRuleForm form, CancellationToken ct)
    {
        if (ModelState.IsValid)
        {
            switch (await keepWatch.ChangeAsync(form.Rule(), ct))
            {
                case WatchOutcome.Done:
                    this.Flash(FlashKind.Done, t["probing.rule_kept"]);
                    return RedirectToAction(nameof(Index));
                case WatchOutcome.Invalid(var problems):
                    ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                    break;
                default:
                    ModelState.AddModelError("", t["probing.stale"]);
                    break;
            }
        }

        return View("RuleForm", form);
    }

    async Task<ViewResult> PageAsync(ProbingAlert alert, CancellationToken ct) => View("AlertPage", new AlertPage(alert, await probing.AsksAsync(alert, ct), me.Has("brand_admin", "deal_desk")));
}

/// <summary>What <c>AlertList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The alerts of the page.</param>
/// <param name="States">What can be filtered by.</param>
public sealed record AlertListPage(ListQuery Query, ListPage<ProbingAlert> Page, IReadOnlyList<SelectListItem> States);

/// <summary>What <c>AlertPage.cshtml</c> shows.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Asks">What the partner asked for.</param>
/// <param name="MayAssess">The person may note what came of it.</param>
public sealed record AlertPage(ProbingAlert Alert, IReadOnlyList<Ask> Asks, bool MayAssess);

/// <summary>The numbers as the form sends them.</summary>
public sealed class ProbingRuleForm
{
    /// <summary>Share of the quota, in percent.</summary>
    public int QuotaPercent { get; set; }

    /// <summary>Within so many minutes.</summary>
    public int QuotaMinutes { get; set; }

    /// <summary>So many different companies found taken.</summary>
    public int Hits { get; set; }

    /// <summary>Within so many days.</summary>
    public int HitsDays { get; set; }

    /// <summary>Names of one registration.</summary>
    public int Names { get; set; }

    /// <summary>Within so many days.</summary>
    public int NamesDays { get; set; }

    /// <summary>Screenings in a night.</summary>
    public int NightAsks { get; set; }

    /// <summary>The hour the night begins.</summary>
    public int NightFrom { get; set; }

    /// <summary>The hour it ends.</summary>
    public int NightUntil { get; set; }

    /// <summary>The version that was opened.</summary>
    public int Version { get; set; }

    /// <summary>The form of the numbers that hold.</summary>
    public static ProbingRuleForm Of(ProbingRule rule) => new()
    {
        QuotaPercent = rule.QuotaPercent, QuotaMinutes = rule.QuotaMinutes, Hits = rule.Hits, HitsDays = rule.HitsDays, Names = rule.Names, NamesDays = rule.NamesDays,
        NightAsks = rule.NightAsks, NightFrom = rule.NightFrom, NightUntil = rule.NightUntil, Version = rule.Version,
    };

    /// <summary>The numbers.</summary>
    public ProbingRule Rule() => new(QuotaPercent, QuotaMinutes, Hits, HitsDays, Names, NamesDays, NightAsks, NightFrom, NightUntil, Version);
}
