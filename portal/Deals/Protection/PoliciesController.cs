using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Deals;

/// <summary>The pages on which the brand keeps its protection policies.</summary>
[Route("deals/policies"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class PoliciesController(PolicyStore policies, KeepPolicies keepPolicies, ReplayPolicy replayPolicy, DealPages pages, DealStore deals, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All versions.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Deals/Protection/PolicyList.cshtml", await policies.ListAsync(Now, ct));

    /// <summary>One version, beside the one it takes the place of.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await policies.FindAsync(number, Now, ct) is { } policy
        ? View("/Deals/Protection/PolicyPage.cshtml", new PolicyPage(policy, await policies.BeforeAsync(policy, Now, ct), await policies.OfCaseAsync(policy, Now, ct), await replayPolicy.OfPolicyAsync(number, ct), me.Has("brand_admin")))
        : NotFound();

    /// <summary>The form for a new draft, which begins as a copy of <paramref name="from"/>.</summary>
    [HttpGet("new"), AllowRoles("brand_admin")]
    public async Task<IActionResult> New(string? from, CancellationToken ct)
    {
        var copied = from is null ? null : await policies.FindAsync(from, Now, ct);
        var tomorrow = (await deals.DayAsync(Now, ct)).AddDays(1);
        return await FormAsync(PolicyForm.Of((copied ?? new PolicyFacts()) with { EffectiveFrom = tomorrow, Note = null }), null, ct);
    }

    /// <summary>Drafts it.</summary>
    [HttpPost(""), AllowRoles("brand_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] PolicyForm form, CancellationToken ct) =>
        ModelState.IsValid && this.Leads(await keepPolicies.DraftAsync(form.Facts(), ct), t, "policies.drafted", PageOf) is { } page ? page : await FormAsync(form, null, ct);

    /// <summary>The form of a draft.</summary>
    [HttpGet("{number}/edit"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await policies.FindAsync(number, Now, ct) is { IsDraft: true } draft ? await FormAsync(PolicyForm.Of(draft), draft, ct) : NotFound();

    /// <summary>Changes a draft.</summary>
    [HttpPost("{number}"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Update(string number, [FromForm] PolicyForm form, CancellationToken ct)
    {
        if (await policies.FindAsync(number, Now, ct) is not { } draft)
        {
            return NotFound();
        }

        return ModelState.IsValid && this.Leads(await keepPolicies.ChangeAsync(number, form.Version ?? 0, form.Facts(), ct), t, "policies.changed", PageOf) is { } page ? page : await FormAsync(form, draft, ct);
    }

    /// <summary>Publishes a draft.</summary>
    [HttpPost("{number}/publication"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Publish(string number, int version, CancellationToken ct) =>
        this.Back(number, await keepPolicies.PublishAsync(number, version, ct), t, "policies.published", PageOf(number), PageOf);

    /// <summary>Throws a draft away.</summary>
    [HttpPost("{number}/removal"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Discard(string number, int version, CancellationToken ct) =>
        this.Back(number, await keepPolicies.DiscardAsync(number, version, ct), t, "policies.discarded", PageOf(number), _ => "/deals/policies");

    static string PageOf(string number) => $"/deals/policies/{number}";

    async Task<IActionResult> FormAsync(PolicyForm form, PolicyVersion? draft, CancellationToken ct)
    {
        ViewData["Page"] = new PolicyFormPage(draft, await pages.ChoicesAsync(ct));
        return View("/Deals/Protection/PolicyForm.cshtml", form);
    }
}

/// <summary>What <c>PolicyPage.cshtml</c> shows.</summary>
/// <param name="Policy">The version.</param>
/// <param name="Before">The version it takes the place of.</param>
/// <param name="OfCase">All versions of the case.</param>
/// <param name="Replays">The last replays of it.</param>
/// <param name="MayKeep">The reader keeps policies.</param>
public sealed record PolicyPage(PolicyVersion Policy, PolicyVersion? Before, IReadOnlyList<PolicyVersion> OfCase, IReadOnlyList<PolicyReplay> Replays, bool MayKeep);

/// <summary>What <c>PolicyForm.cshtml</c> shows beside the form.</summary>
/// <param name="Draft">The draft that is changed; null for a new one.</param>
/// <param name="Choices">The product lines.</param>
public sealed record PolicyFormPage(PolicyVersion? Draft, DealChoices Choices);

/// <summary>What the form sends.</summary>
public sealed class PolicyForm : PolicyCaseForm
{
    /// <summary>So many steps of win rates stand on the form.</summary>
    public const int Steps = 5;

    /// <summary>Days of protection.</summary>
    [Required]
    public int? ProtectionDays { get; set; }

    /// <summary>Days of an extension.</summary>
    [Required]
    public int? ExtensionDays { get; set; }

    /// <summary>How many extensions.</summary>
    public int? ExtensionsAtMost { get; set; }

    /// <summary>Days of a reminder.</summary>
    [Required]
    public int? ReminderDays { get; set; }

    /// <summary>Days of recently expired.</summary>
    [Required]
    public int? RecentlyExpiredDays { get; set; }

    /// <summary>Screenings a day.</summary>
    [Required]
    public int? ScreeningsPerDay { get; set; }

    /// <summary>Days without activity.</summary>
    public int? StaleDays { get; set; }

    /// <summary>Days from warning to release.</summary>
    [Required]
    public int? StaleWarningDays { get; set; }

    /// <summary>Hours in which a win is looked at.</summary>
    [Required]
    public int? BackdatingHours { get; set; }

    /// <summary>Open claims.</summary>
    public int? Capacity { get; set; }

    /// <summary>Months of the win rate.</summary>
    [Required]
    public int? CapacityMonths { get; set; }

    /// <summary>Decided deals from which it counts.</summary>
    [Required]
    public int? CapacityDecided { get; set; }

    /// <summary>Win rates in per cent.</summary>
    public List<decimal?> Rates { get; set; } = [];

    /// <summary>Factors, one for each.</summary>
    public List<decimal?> Factors { get; set; } = [];

    /// <summary>The least.</summary>
    public int? CapacityFloor { get; set; }

    /// <summary>The most.</summary>
    public int? CapacityCeiling { get; set; }

    /// <summary>The form of a version.</summary>
    public static PolicyForm Of(PolicyFacts policy) => new()
    {
        EffectiveFrom = policy.EffectiveFrom, PartnerLevel = policy.PartnerLevel, ProductLine = policy.ProductLine, AmountFrom = policy.AmountFrom, AmountUntil = policy.AmountUntil, Lapses = policy.Lapses,
        ProtectionDays = policy.ProtectionDays, ExtensionDays = policy.ExtensionDays, ExtensionsAtMost = policy.ExtensionsAtMost, ReminderDays = policy.ReminderDays,
        RecentlyExpiredDays = policy.RecentlyExpiredDays, ScreeningsPerDay = policy.ScreeningsPerDay, StaleDays = policy.StaleDays, StaleWarningDays = policy.StaleWarningDays,
        BackdatingHours = policy.BackdatingHours, Capacity = policy.Capacity, CapacityMonths = policy.CapacityMonths, CapacityDecided = policy.CapacityDecided,
        Rates = [.. policy.CapacityRates.Select(rate => (decimal?)(rate * 100))], Factors = [.. policy.CapacityFactors.Select(factor => (decimal?)factor)],
        CapacityFloor = policy.CapacityFloor, CapacityCeiling = policy.CapacityCeiling, Note = policy.Note, Version = (policy as PolicyVersion)?.Version,
    };

    /// <summary>What was typed. Steps that were left empty are left out; half of one makes all of them wrong, for the check to say so.</summary>
    public PolicyFacts Facts()
    {
        var steps = Enumerable.Range(0, Math.Max(Rates.Count, Factors.Count)).Select(step => (Rate: Rates.ElementAtOrDefault(step), Factor: Factors.ElementAtOrDefault(step))).ToList();
        var isWhole = steps.TrueForAll(step => step.Rate is null == step.Factor is null);
        return Facts([.. steps.Where(step => step.Rate is not null).Select(step => step.Rate!.Value / 100)], isWhole ? [.. steps.Where(step => step.Factor is not null).Select(step => step.Factor!.Value)] : [1, .. steps.Select(_ => 1m)]);
    }

    PolicyFacts Facts(decimal[] rates, decimal[] factors) => new()
    {
        EffectiveFrom = EffectiveFrom, PartnerLevel = DealTyped.Text(PartnerLevel), ProductLine = DealTyped.Text(ProductLine), AmountFrom = AmountFrom, AmountUntil = AmountUntil, Lapses = Lapses,
        ProtectionDays = ProtectionDays ?? 0, ExtensionDays = ExtensionDays ?? 0, ExtensionsAtMost = ExtensionsAtMost, ReminderDays = ReminderDays ?? 0, RecentlyExpiredDays = RecentlyExpiredDays ?? 0,
        ScreeningsPerDay = ScreeningsPerDay ?? 0, StaleDays = StaleDays, StaleWarningDays = StaleWarningDays ?? 0, BackdatingHours = BackdatingHours ?? 0, Capacity = Capacity,
        CapacityMonths = CapacityMonths ?? 0, CapacityDecided = CapacityDecided ?? 0, CapacityRates = rates, CapacityFactors = factors,
        CapacityFloor = CapacityFloor, CapacityCeiling = CapacityCeiling, Note = Note,
    };
}
