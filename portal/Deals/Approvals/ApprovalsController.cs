using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Audit;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Customers;
using Portal.Start;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Somebody of a queue is away and names who decides for them.</summary>
public sealed class NameDeputies(Db db, ApprovalStore approvals, DealStore deals, ICurrentPerson me, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Names a deputy for a queue one sits in.</summary>
    public async Task<DealOutcome> NameAsync(string? queue, string? deputy, DateOnly? from, DateOnly? until, CancellationToken ct)
    {
        if (queue is null || !ApprovalFacts.Queues.Contains(queue, StringComparer.Ordinal) || !me.Has(queue))
        {
            return new DealOutcome.Invalid([new("queue", "approvals.invalid.own_queue")]);
        }

        var today = await deals.DayAsync(Now, ct);
        if (from is not { } first || until is not { } last || last < first || last < today || last > first.AddDays(366))
        {
            return new DealOutcome.Invalid([new("until", "approvals.invalid.days")]);
        }

        return await db.InTransactionAsync<DealOutcome>(async () =>
        {
            var number = PublicNumber.New("DP");
            if (string.IsNullOrWhiteSpace(deputy) || !await approvals.NameDeputyAsync(number, queue, deputy, first, last, Now, ct))
            {
                return new DealOutcome.Invalid([new("deputy", "approvals.invalid.deputy")]);
            }

            await audit.RecordAsync("approval_deputy.named", "approval_deputy", number, null, new { queue, deputy, from, until }, ct);
            return new DealOutcome.Done(number, 1);
        }, ct);
    }

    /// <summary>Ends it: one is back.</summary>
    public Task<DealOutcome> EndAsync(string number, CancellationToken ct) => db.InTransactionAsync<DealOutcome>(async () =>
    {
        if (!await approvals.EndDeputyAsync(number, Now, ct))
        {
            return new DealOutcome.Missing();
        }

        await audit.RecordAsync("approval_deputy.ended", "approval_deputy", number, null, new { number }, ct);
        return new DealOutcome.Done(number, 1);
    }, ct);
}

/// <summary>What waits in one's queues, and the deputies.</summary>
[Route("deals/approvals"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
public sealed class ApprovalsController(ApprovalStore approvals, NameDeputies nameDeputies, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The queue.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return View("/Deals/Approvals/ApprovalQueue.cshtml", new ApprovalQueue(
            await approvals.MineAsync(now, ct), await approvals.DeputiesAsync(now, ct), await approvals.ColleaguesAsync(ct), [.. ApprovalFacts.Queues.Where(queue => me.Has(queue))]));
    }

    /// <summary>Names a deputy.</summary>
    [HttpPost("deputies"), Idempotent]
    public async Task<IActionResult> Name(string? queue, string? deputy, DateOnly? from, DateOnly? until, CancellationToken ct) =>
        Back(await nameDeputies.NameAsync(queue, deputy, from, until, ct), "approvals.deputy_named");

    /// <summary>Ends it.</summary>
    [HttpPost("deputies/{number}/end")]
    public async Task<IActionResult> End(string number, CancellationToken ct) => Back(await nameDeputies.EndAsync(number, ct), "approvals.deputy_ended");

    IActionResult Back(DealOutcome outcome, string doneKey) => this.Back("", outcome, t, doneKey, "/deals/approvals", _ => "/deals/approvals");
}

/// <summary>The pages on which the brand keeps its approval policies.</summary>
[Route("deals/approvals/policies"), AllowRoles("brand_admin", "deal_desk", "channel_manager", "finance")]
public sealed class ApprovalPoliciesController(ApprovalPolicyStore policies, KeepApprovalPolicies keepPolicies, DealPages pages, DealStore deals, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All versions.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Deals/Approvals/ApprovalPolicyList.cshtml", await policies.ListAsync(Now, ct));

    /// <summary>One version.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await policies.FindAsync(number, Now, ct) is { } policy
        ? View("/Deals/Approvals/ApprovalPolicyPage.cshtml", policy)
        : NotFound();

    /// <summary>The form for a new draft, which begins as a copy of <paramref name="from"/>.</summary>
    [HttpGet("new"), AllowRoles("brand_admin")]
    public async Task<IActionResult> New(string? from, CancellationToken ct)
    {
        var copied = from is null ? null : await policies.FindAsync(from, Now, ct);
        return await FormAsync(ApprovalForm.Of((copied ?? new ApprovalFacts { Steps = [new() { Queue = "deal_desk" }] }) with { EffectiveFrom = (await deals.DayAsync(Now, ct)).AddDays(1), Note = null }), null, ct);
    }

    /// <summary>Drafts it.</summary>
    [HttpPost(""), AllowRoles("brand_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] ApprovalForm form, CancellationToken ct) =>
        ModelState.IsValid && this.Leads(await keepPolicies.DraftAsync(form.Facts(), ct), t, "policies.drafted", PageOf) is { } page ? page : await FormAsync(form, null, ct);

    /// <summary>The form of a draft.</summary>
    [HttpGet("{number}/edit"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await policies.FindAsync(number, Now, ct) is { IsDraft: true } draft ? await FormAsync(ApprovalForm.Of(draft), draft, ct) : NotFound();

    /// <summary>Changes a draft.</summary>
    [HttpPost("{number}"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Update(string number, [FromForm] ApprovalForm form, CancellationToken ct) => await policies.FindAsync(number, Now, ct) is not { } draft ? NotFound()
        : ModelState.IsValid && this.Leads(await keepPolicies.ChangeAsync(number, form.Version ?? 0, form.Facts(), ct), t, "policies.changed", PageOf) is { } page ? page : await FormAsync(form, draft, ct);

    /// <summary>Publishes a draft.</summary>
    [HttpPost("{number}/publication"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Publish(string number, int version, CancellationToken ct) =>
        this.Back(number, await keepPolicies.PublishAsync(number, version, ct), t, "policies.published", PageOf(number), PageOf);

    /// <summary>Throws a draft away.</summary>
    [HttpPost("{number}/removal"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Discard(string number, int version, CancellationToken ct) =>
        this.Back(number, await keepPolicies.DiscardAsync(number, version, ct), t, "policies.discarded", PageOf(number), _ => "/deals/approvals/policies");

    static string PageOf(string number) => $"/deals/approvals/policies/{number}";

    async Task<IActionResult> FormAsync(ApprovalForm form, ApprovalVersion? draft, CancellationToken ct)
    {
        ViewData["Page"] = new ApprovalFormPage(draft, await pages.ChoicesAsync(ct), me.Currency);
        return View("/Deals/Approvals/ApprovalPolicyForm.cshtml", form);
    }
}

/// <summary>What <c>ApprovalQueue.cshtml</c> shows.</summary>
/// <param name="Deals">What waits.</param>
/// <param name="Deputies">Who decides for whom.</param>
/// <param name="Colleagues">Who can be named.</param>
/// <param name="Queues">The queues of whoever reads.</param>
public sealed record ApprovalQueue(IReadOnlyList<QueuedDeal> Deals, IReadOnlyList<Deputy> Deputies, IReadOnlyList<(string Number, string Name)> Colleagues, IReadOnlyList<string> Queues);

/// <summary>What <c>ApprovalPolicyForm.cshtml</c> shows beside the form.</summary>
/// <param name="Draft">The draft that is changed; null for a new one.</param>
/// <param name="Choices">What can be chosen.</param>
/// <param name="Currency">The brand's currency.</param>
public sealed record ApprovalFormPage(ApprovalVersion? Draft, DealChoices Choices, string Currency);

/// <summary>What the form sends.</summary>
public sealed class ApprovalForm
{
    /// <summary>So many steps stand on the form.</summary>
    public const int Most = 4;

    /// <summary>The first day.</summary>
    public DateOnly? EffectiveFrom { get; set; }

    /// <summary>The level.</summary>
    public string? PartnerLevel { get; set; }

    /// <summary>The code of the line.</summary>
    public string? ProductLine { get; set; }

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; set; }

    /// <summary>From this amount.</summary>
    public decimal? AmountFrom { get; set; }

    /// <summary>Below this amount.</summary>
    public decimal? AmountUntil { get; set; }

    /// <summary>The band.</summary>
    public string? Band { get; set; }

    /// <summary>Nothing special from that day on.</summary>
    public bool Lapses { get; set; }

    /// <summary>The policy approves.</summary>
    public bool AutoApprove { get; set; }

    /// <summary>The steps; one without a queue is left out.</summary>
    public List<ApprovalStepForm> Steps { get; set; } = [];

    /// <summary>Why.</summary>
    [StringLength(2000)]
    public string? Note { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }

    /// <summary>The form of a version.</summary>
    public static ApprovalForm Of(ApprovalFacts policy) => new()
    {
        EffectiveFrom = policy.EffectiveFrom, PartnerLevel = policy.PartnerLevel, ProductLine = policy.ProductLine, Territory = policy.Territory, AmountFrom = policy.AmountFrom, AmountUntil = policy.AmountUntil,
        Band = policy.Band, Lapses = policy.Lapses, AutoApprove = policy.AutoApprove, Note = policy.Note, Version = (policy as ApprovalVersion)?.Version,
        Steps = [.. policy.Steps.Select(step => new ApprovalStepForm { Queue = step.Queue, Approvers = step.Approvers, Hours = step.Hours, Working = step.Working, EscalateTo = step.EscalateTo })],
    };

    /// <summary>What was typed.</summary>
    public ApprovalFacts Facts() => new()
    {
        EffectiveFrom = EffectiveFrom, PartnerLevel = DealTyped.Text(PartnerLevel), ProductLine = DealTyped.Text(ProductLine), Territory = DealTyped.Text(Territory), AmountFrom = AmountFrom, AmountUntil = AmountUntil,
        Band = DealTyped.Text(Band), Lapses = Lapses, AutoApprove = AutoApprove, Note = Note,
        Steps = [.. Steps.Where(step => DealTyped.Text(step.Queue) is not null).Select(step => new PolicyStep { Queue = step.Queue, Approvers = step.Approvers ?? 0, Hours = step.Hours ?? 0, Working = step.Working, EscalateTo = step.EscalateTo })],
    };
}

/// <summary>A step on the form.</summary>
public sealed class ApprovalStepForm
{
    /// <summary>The queue.</summary>
    public string? Queue { get; set; }

    /// <summary>How many.</summary>
    public int? Approvers { get; set; } = 1;

    /// <summary>In so many hours.</summary>
    public int? Hours { get; set; } = 16;

    /// <summary>Of work.</summary>
    public bool Working { get; set; }

    /// <summary>To whom else.</summary>
    public string? EscalateTo { get; set; }
}

/// <summary>Who decides, on a deal's page: steps, clock, and for the brand who decided.</summary>
sealed class ApprovalPart(ApprovalStore approvals, ICurrentPerson me, TimeProvider clock) : IDealPart
{
    public bool IsAside => true;

    public int Order => 5;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var steps = deal.Status is "draft" ? await approvals.PreviewAsync(deal, now, ct) : await approvals.StepsAsync(deal.DealId, now, ct);
        return steps.Count == 0 ? null : new("/Deals/Approvals/_ApprovalPart.cshtml", new ApprovalShown(deal.Status is "draft", steps, me.IsBrand ? await approvals.DecisionsAsync(deal.DealId, ct) : []));
    }
}

/// <summary>What <c>_ApprovalPart.cshtml</c> shows.</summary>
/// <param name="IsPreview">The deal is a draft: this is who would decide.</param>
/// <param name="Steps">The steps.</param>
/// <param name="Decisions">Who decided; for the brand.</param>
public sealed record ApprovalShown(bool IsPreview, IReadOnlyList<ApprovalStep> Steps, IReadOnlyList<StepDecision> Decisions);

/// <summary>Approvals that wait for people who are not of the deal desk, which has its own queue.</summary>
sealed class ApprovalsWaiting(ApprovalStore approvals, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (!me.IsBrand || me.Has("deal_desk"))
        {
            return [];
        }

        var (count, isOverdue) = await approvals.WaitingAsync(clock.GetUtcNow().UtcDateTime, ct);
        return [new Waiting("approvals.waiting", count, "/deals/approvals", "list-check") { IsUrgent = isOverdue }];
    }
}
