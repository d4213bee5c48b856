using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Who decides on deals, for programs.</summary>
[ApiController]
[Route("api/v1")]
public sealed class ApprovalsApi(
    ApprovalStore approvals, DeputyStore deputies, ApprovalPolicyStore policies, KeepApprovalPolicies keepPolicies, NameDeputies nameDeputies, DealStore deals, ICurrentPerson me, TimeProvider clock) : ControllerBase
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The steps of a deal's approval; of a draft, those that it would take if its screening finds nothing. Who decided is told to the brand only.</summary>
    [HttpGet("deals/{number}/approval")]
    [ProducesResponseType<ApprovalAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        return Ok(new ApprovalAnswer(deal.Status is "draft", deal.Status is "draft" ? await approvals.PreviewAsync(deal, Now, ct) : await approvals.StepsAsync(deal.DealId, Now, ct),
            me.IsBrand ? await approvals.DecisionsAsync(deal.DealId, ct) : []));
    }

    /// <summary>What waits in one's queues, the most overdue first.</summary>
    [HttpGet("approvals"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
    [ProducesResponseType<IReadOnlyList<QueuedDeal>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Mine(CancellationToken ct) => Ok(await approvals.MineAsync(Now, ct));

    /// <summary>Who decides for whom, now and later.</summary>
    [HttpGet("approval-deputies"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
    [ProducesResponseType<IReadOnlyList<Deputy>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Deputies(CancellationToken ct) => Ok(await deputies.ListAsync(Now, ct));

    /// <summary>Names a deputy for a queue one sits in.</summary>
    [HttpPost("approval-deputies"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Name(DeputyBody body, CancellationToken ct) => Answer(await nameDeputies.NameAsync(body.Queue, body.Deputy, body.From, body.Until, ct));

    /// <summary>Ends it.</summary>
    [HttpDelete("approval-deputies/{deputy}"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> End(string deputy, CancellationToken ct) => Answer(await nameDeputies.EndAsync(deputy, ct));

    /// <summary>All versions of approval policies.</summary>
    [HttpGet("approval-policies"), AllowRoles("brand_admin", "deal_desk", "channel_manager", "finance")]
    [ProducesResponseType<IReadOnlyList<ApprovalVersion>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Policies(CancellationToken ct) => Ok(await policies.ListAsync(Now, ct));

    /// <summary>One version.</summary>
    [HttpGet("approval-policies/{policy}"), AllowRoles("brand_admin", "deal_desk", "channel_manager", "finance")]
    [ProducesResponseType<ApprovalVersion>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Policy(string policy, CancellationToken ct)
    {
        if (await policies.FindAsync(policy, Now, ct) is not { } found)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(found.Version);
        return Ok(found);
    }

    /// <summary>Drafts a version.</summary>
    [HttpPost("approval-policies"), AllowRoles("brand_admin"), Idempotent]
    [ProducesResponseType<ApprovalVersion>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Draft(ApprovalFacts body, CancellationToken ct)
    {
        var outcome = await keepPolicies.DraftAsync(body, ct);
        if (outcome is not DealOutcome.Done { Number: var number })
        {
            return DealAnswers.Problem(outcome);
        }

        this.SendVersion(1);
        return Created($"/api/v1/approval-policies/{number}", await policies.FindAsync(number, Now, ct));
    }

    /// <summary>Changes a draft.</summary>
    [HttpPut("approval-policies/{policy}"), AllowRoles("brand_admin")]
    [ProducesResponseType<ApprovalVersion>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Change(string policy, [IfMatch] int version, ApprovalFacts body, CancellationToken ct) => await KeptAsync(policy, await keepPolicies.ChangeAsync(policy, version, body, ct), ct);

    /// <summary>Publishes a draft; from then on it stays as it is.</summary>
    [HttpPost("approval-policies/{policy}/publication"), AllowRoles("brand_admin")]
    [ProducesResponseType<ApprovalVersion>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Publish(string policy, [IfMatch] int version, CancellationToken ct) => await KeptAsync(policy, await keepPolicies.PublishAsync(policy, version, ct), ct);

    /// <summary>Throws a draft away.</summary>
    [HttpDelete("approval-policies/{policy}"), AllowRoles("brand_admin")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Discard(string policy, [IfMatch] int version, CancellationToken ct) => Answer(await keepPolicies.DiscardAsync(policy, version, ct));

    async Task<IActionResult> KeptAsync(string policy, DealOutcome outcome, CancellationToken ct) => outcome is DealOutcome.Done ? await Policy(policy, ct) : DealAnswers.Problem(outcome);

    IActionResult Answer(DealOutcome outcome) => outcome is DealOutcome.Done ? NoContent() : DealAnswers.Problem(outcome);
}

/// <summary>Who decides on a deal.</summary>
/// <param name="IsPreview">The deal is a draft: this is who would decide.</param>
/// <param name="Steps">The steps, queues and no names.</param>
/// <param name="Decisions">Who decided; for the brand.</param>
public sealed record ApprovalAnswer(bool IsPreview, IReadOnlyList<ApprovalStep> Steps, IReadOnlyList<StepDecision> Decisions);

/// <summary>A deputy as a program names one.</summary>
public sealed record DeputyBody
{
    /// <summary>The queue.</summary>
    public string? Queue { get; init; }

    /// <summary>The number of the person who decides.</summary>
    public string? Deputy { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? Until { get; init; }
}
