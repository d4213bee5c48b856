using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>The brand's reviews of levels: run, read, decided on.</summary>
[Route("kpis/levels"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
public sealed class LevelReviewsController(LevelStore levels, ReviewLevels reviewLevels, DecideOnLevels decide, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int Shown = 50;

    /// <summary>The rules that hold, and the reviews.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var today = (await calendar.TodayAsync(ct)).Today;
        var rules = await levels.RulesAsync(today, ct);
        return View("LevelReviewList", new LevelReviewListPage(rules, await levels.ReviewsAsync(Shown, ct), rules is null ? [] : Finished(rules, today)));
    }

    /// <summary>The reviews as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(CancellationToken ct)
    {
        await Response.SendListAsync(t["kpis.reviews"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.number"], Width: 20), new(t["kpis.period"]), new(t["kpis.review.scored"], TableColumnKind.Number, 12, 0), new(t["kpis.review.open"], TableColumnKind.Number, 12, 0),
                new(t["kpis.review.confirmed"], TableColumnKind.Number, 12, 0), new(t["kpis.review.rejected"], TableColumnKind.Number, 12, 0), new(t["kpis.review.run_by"], Width: 24),
            ],
            (await levels.ReviewsAsync(int.MaxValue, ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (review) =>
                [review.Number, review.Last.ToString(), review.Scored, review.Open, review.Confirmed, review.Rejected, review.RunByName]), ct);
        return new EmptyResult();
    }

    /// <summary>Runs a review.</summary>
    [HttpPost(""), AllowRoles("brand_admin", "channel_manager"), Idempotent]
    public async Task<IActionResult> Create(string? period, CancellationToken ct)
    {
        switch (await reviewLevels.RunAsync(period, me.PersonNumber, ct))
        {
            case LevelsReviewed.Done(var number, var added):
                this.Flash(FlashKind.Done, t["kpis.review.done", added]);
                return RedirectToAction(nameof(Show), new { number });
            case LevelsReviewed.Refused(var reason):
                this.Flash(FlashKind.Problem, t[reason]);
                return RedirectToAction(nameof(Index));
            default:
                throw new InvalidOperationException("A review is run or refused.");
        }
    }

    /// <summary>What a review proposes.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await PageAsync(number, new(), ct) is { } page ? View("LevelReviewPage", page) : NotFound();

    /// <summary>What a review proposes, and what was decided, as a file.</summary>
    [HttpGet("{number}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportOne(string number, CancellationToken ct)
    {
        if (await levels.ReviewAsync(number, ct) is not { } review)
        {
            return NotFound();
        }

        await Response.SendListAsync($"{t["kpis.reviews"].Value} {review.Last}", me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.partner"], Width: 30), new(t["kpis.review.from"]), new(t["kpis.review.to"]), new(t["kpis.review.average"], TableColumnKind.Number), new(t["kpis.review.limit"], TableColumnKind.Number),
                new(t["kpis.review.why"], Width: 60), new(t["kpis.status"]), new(t["kpis.review.effective_on"]), new(t["kpis.review.reason"], Width: 40), new(t["kpis.review.decided_by"], Width: 24),
            ],
            (await levels.ProposalsAsync(number, ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (proposal) =>
            [
                proposal.PartnerName, t["kpis.level." + proposal.FromLevel].Value, t["kpis.level." + proposal.ToLevel].Value, proposal.Score, proposal.LimitScore, Why(proposal, t), t["kpis.review.status." + proposal.Status].Value,
                proposal.EffectiveOn, proposal.Reason, proposal.DecidedByName,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>Confirms or rejects the chosen ones.</summary>
    [HttpPost("{number}/decisions"), AllowRoles("brand_admin", "channel_manager"), Idempotent]
    public async Task<IActionResult> Update(string number, LevelDecisionForm form, CancellationToken ct)
    {
        var outcome = form.Verdict == "reject"
            ? await decide.RejectAsync(form.Proposals, form.Reason, me.PersonNumber, ct)
            : Typed.Day(form.EffectiveOn) is null && !string.IsNullOrWhiteSpace(form.EffectiveOn)
                ? new LevelsDecided.Refused("effective_on", "kpis.refused.effective_on")
                : await decide.ConfirmAsync(form.Proposals, Typed.Day(form.EffectiveOn), form.Reason, me.PersonNumber, ct);
        switch (outcome)
        {
            case LevelsDecided.Done(var count):
                this.Flash(FlashKind.Done, t[form.Verdict == "reject" ? "kpis.review.rejected_now" : "kpis.review.confirmed_now", count]);
                return RedirectToAction(nameof(Show), new { number });
            case LevelsDecided.ChangedMeanwhile(var partner):
                this.Flash(FlashKind.Problem, t["kpis.review.changed_meanwhile", partner]);
                return RedirectToAction(nameof(Show), new { number });
            case LevelsDecided.Refused(var field, var reason):
                ModelState.AddModelError(field switch { "effective_on" => nameof(form.EffectiveOn), "reason" => nameof(form.Reason), _ => nameof(form.Proposals) }, t[reason]);
                break;
            default:
                return NotFound();
        }

        if (await PageAsync(number, form, ct) is not { } page)
        {
            return NotFound();
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("LevelReviewPage", page);
    }

    /// <summary>Why a step is proposed, in words.</summary>
    internal static string Why(LevelProposal proposal, Texts t) => t[
        proposal.IsPromotion ? "kpis.review.why.up" : "kpis.review.why.down",
        Portal.Web.Display.Formats.Number(proposal.Score, 2, 2), proposal.Scores.Length, t["kpis.level." + (proposal.IsPromotion ? proposal.ToLevel : proposal.FromLevel)].Value, Portal.Web.Display.Formats.Number(proposal.LimitScore, 0, 2)];

    static IReadOnlyList<Period> Finished(LevelRules rules, DateOnly today) => [.. Period.Until(Period.Of(rules.Kind, today).Previous, 8).Reverse()];

    async Task<LevelReviewPage?> PageAsync(string number, LevelDecisionForm form, CancellationToken ct) => await levels.ReviewAsync(number, ct) is not { } review ? null
        : new LevelReviewPage(review, await levels.ProposalsAsync(number, ct), form, (await calendar.TodayAsync(ct)).Today, me.Has("brand_admin", "channel_manager"));
}

/// <summary>The brand's rules for levels.</summary>
[Route("kpis/level-rules"), AllowRoles("brand_admin")]
public sealed class LevelRulesController(LevelStore levels, KeepLevelRules keepRules, BrandCalendar calendar, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The form, filled with the rules that hold.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(CancellationToken ct)
    {
        var today = (await calendar.TodayAsync(ct)).Today;
        return View("LevelRulesForm", LevelRulesForm.Of(await levels.RulesAsync(today, ct)) with { From = Period.Of(PeriodKind.Quarter, today).Start });
    }

    /// <summary>Keeps them.</summary>
    [HttpPost("new"), Idempotent]
    public async Task<IActionResult> Create(LevelRulesForm form, CancellationToken ct)
    {
        if (ModelState.IsValid)
        {
            switch (await keepRules.RunAsync(form.Asked, me.PersonNumber, ct))
            {
                case LevelRulesKept.Stored:
                    this.Flash(FlashKind.Done, t["kpis.level_rules.stored"]);
                    return RedirectToAction(nameof(LevelReviewsController.Index), "LevelReviews");
                case LevelRulesKept.Refused(var field, var reason):
                    ModelState.AddModelError(field, t[reason]);
                    break;
                default:
                    throw new InvalidOperationException("Rules are kept or refused.");
            }
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("LevelRulesForm", form);
    }
}

/// <summary>The form for rules.</summary>
public sealed record LevelRulesForm : LevelLimitsForm
{
    /// <summary>The form as it is opened, or sent.</summary>
    public LevelRulesForm()
    {
    }

    /// <summary>The form with limits that were tried out.</summary>
    internal LevelRulesForm(LevelLimitsForm limits)
        : base(limits)
    {
    }

    /// <summary>The first day they hold.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public DateOnly? From { get; set; }

    /// <summary>The rules as asked for.</summary>
    internal NewLevelRules Asked => Rules(From);

    /// <summary>The form as rules have it, or as a beginning.</summary>
    internal static LevelRulesForm Of(LevelRules? rules) => rules is null ? new() : new()
    {
        Period = rules.Period, Window = rules.WindowPeriods, Least = rules.LeastPeriods, SilverReach = rules.SilverReach, SilverKeep = rules.SilverKeep, GoldReach = rules.GoldReach, GoldKeep = rules.GoldKeep,
        PlatinumReach = rules.PlatinumReach, PlatinumKeep = rules.PlatinumKeep,
    };
}

/// <summary>The limits of the levels as a form has them.</summary>
public record LevelLimitsForm
{
    /// <summary>The kind of period.</summary>
    public string? Period { get; set; } = "quarter";

    /// <summary>How many periods the window has.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public int? Window { get; set; } = 4;

    /// <summary>In so many of them a partner must have been scored.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public int? Least { get; set; } = 2;

    /// <summary>The average that reaches Silver.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? SilverReach { get; set; } = 60;

    /// <summary>The average that keeps it.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? SilverKeep { get; set; } = 40;

    /// <summary>The average that reaches Gold.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? GoldReach { get; set; } = 80;

    /// <summary>The average that keeps it.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? GoldKeep { get; set; } = 60;

    /// <summary>The average that reaches Platinum.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? PlatinumReach { get; set; } = 100;

    /// <summary>The average that keeps it.</summary>
    [System.ComponentModel.DataAnnotations.Required]
    public decimal? PlatinumKeep { get; set; } = 80;

    /// <summary>The rules these limits make.</summary>
    internal NewLevelRules Rules(DateOnly? from) => new(
        Period ?? "", Window ?? 0, Least ?? 0, from, SilverReach ?? 0, SilverKeep ?? 0, GoldReach ?? 0, GoldKeep ?? 0, PlatinumReach ?? 0, PlatinumKeep ?? 0);

    /// <summary>The kinds of period to choose from.</summary>
    internal static IEnumerable<SelectListItem> Kinds(Texts t) => new[] { "month", "quarter", "half", "year" }.Select(kind => new SelectListItem(t["kpis.period." + kind], kind));
}

/// <summary>A decision as a form sends it.</summary>
public sealed class LevelDecisionForm
{
    /// <summary>The chosen proposals.</summary>
    public List<string> Proposals { get; set; } = [];

    /// <summary>confirm or reject.</summary>
    public string? Verdict { get; set; }

    /// <summary>The first day of the new levels, as typed.</summary>
    public string? EffectiveOn { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }
}

/// <summary>The page of the reviews.</summary>
public sealed record LevelReviewListPage(LevelRules? Rules, IReadOnlyList<LevelReview> Reviews, IReadOnlyList<Period> Finished);

/// <summary>The page of one review.</summary>
public sealed record LevelReviewPage(LevelReview Review, IReadOnlyList<LevelProposal> Proposals, LevelDecisionForm Form, DateOnly Today, bool MayDecide);
