using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Protection policies for programs of the brand.</summary>
[ApiController]
[Route("api/v1/protection-policies"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class PoliciesApi(PolicyStore policies, KeepPolicies keepPolicies, TimeProvider clock) : ControllerBase
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All versions: drafts, what is to come, what holds, what held.</summary>
    [HttpGet("")]
    [ProducesResponseType<IReadOnlyList<PolicyAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(CancellationToken ct) => Ok((await policies.ListAsync(Now, ct)).Select(PolicyAnswer.Of).ToList());

    /// <summary>One version.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<PolicyAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await policies.FindAsync(number, Now, ct) is not { } policy)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(policy.Version);
        return Ok(PolicyAnswer.Of(policy));
    }

    /// <summary>Drafts a version.</summary>
    [HttpPost(""), AllowRoles("brand_admin"), Idempotent]
    [ProducesResponseType<PolicyAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(PolicyFacts body, CancellationToken ct)
    {
        var outcome = await keepPolicies.DraftAsync(body, ct);
        if (outcome is not DealOutcome.Done { Number: var number })
        {
            return DealAnswers.Problem(outcome);
        }

        var policy = (await policies.FindAsync(number, Now, ct))!;
        this.SendVersion(policy.Version);
        return Created($"/api/v1/protection-policies/{policy.Number}", PolicyAnswer.Of(policy));
    }

    /// <summary>Changes a draft.</summary>
    [HttpPut("{number}"), AllowRoles("brand_admin")]
    [ProducesResponseType<PolicyAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, PolicyFacts body, CancellationToken ct) => await AnswerAsync(number, await keepPolicies.ChangeAsync(number, version, body, ct), ct);

    /// <summary>Publishes a draft; from then on it stays as it is.</summary>
    [HttpPost("{number}/publication"), AllowRoles("brand_admin")]
    [ProducesResponseType<PolicyAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Publish(string number, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(number, await keepPolicies.PublishAsync(number, version, ct), ct);

    /// <summary>Throws a draft away.</summary>
    [HttpDelete("{number}"), AllowRoles("brand_admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Delete(string number, [IfMatch] int version, CancellationToken ct) =>
        await keepPolicies.DiscardAsync(number, version, ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : NoContent();

    async Task<IActionResult> AnswerAsync(string number, DealOutcome outcome, CancellationToken ct) =>
        outcome is DealOutcome.Done ? await Show(number, ct) : DealAnswers.Problem(outcome);
}

/// <summary>A version of a protection policy as a program sees it.</summary>
public sealed record PolicyAnswer(
    string Number, string State, DateOnly EffectiveFrom, string? PartnerLevel, string? ProductLine, decimal? AmountFrom, decimal? AmountUntil, bool Lapses, int ProtectionDays, int ExtensionDays,
    int? ExtensionsAtMost, int ReminderDays, int RecentlyExpiredDays, int ScreeningsPerDay, int? StaleDays, int StaleWarningDays, int BackdatingHours, int? Capacity, int CapacityMonths, int CapacityDecided,
    IReadOnlyList<decimal> CapacityRates, IReadOnlyList<decimal> CapacityFactors, int? CapacityFloor, int? CapacityCeiling, string? Note, DateTime? PublishedAt, long Deals, int Version)
{
    internal static PolicyAnswer Of(PolicyVersion policy) => new(
        policy.Number, policy.State, policy.EffectiveFrom!.Value, policy.PartnerLevel, policy.ProductLine, policy.AmountFrom, policy.AmountUntil, policy.Lapses, policy.ProtectionDays, policy.ExtensionDays,
        policy.ExtensionsAtMost, policy.ReminderDays, policy.RecentlyExpiredDays, policy.ScreeningsPerDay, policy.StaleDays, policy.StaleWarningDays, policy.BackdatingHours, policy.Capacity, policy.CapacityMonths,
        policy.CapacityDecided, policy.CapacityRates, policy.CapacityFactors, policy.CapacityFloor, policy.CapacityCeiling, policy.Note, policy.PublishedAt, policy.Deals, policy.Version);
}
