using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Deals;

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

/// <summary>What <c>ApprovalPolicyForm.cshtml</c> shows beside the form.</summary>
/// <param name="Draft">The draft that is changed; null for a new one.</param>
/// <param name="Choices">What can be chosen.</param>
/// <param name="Currency">The brand's currency.</param>
public sealed record ApprovalFormPage(ApprovalVersion? Draft, DealChoices Choices, string Currency);

/// <summary>What the form sends.</summary>
public sealed class ApprovalForm : PolicyCaseForm
{
    /// <summary>So many steps stand on the form.</summary>
    public const int Most = 4;

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; set; }

    /// <summary>The band.</summary>
    public string? Band { get; set; }

    /// <summary>The policy approves.</summary>
    public bool AutoApprove { get; set; }

    /// <summary>The steps; one without a queue is left out.</summary>
    public List<ApprovalStepForm> Steps { get; set; } = [];

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
