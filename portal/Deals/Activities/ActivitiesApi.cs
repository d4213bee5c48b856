using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Activities for programs.</summary>
[ApiController]
[Route("api/v1/deals/{number}/activities")]
public sealed class ActivitiesApi(DealStore deals, ActivityStore activities, RecordActivity recordActivity) : ControllerBase
{
    /// <summary>What the claimant did for the deal, the newest first; what was corrected stands as it holds now.</summary>
    [HttpGet("")]
    [ProducesResponseType<ActivitiesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return ApiProblem.NotFound;
        }

        return Ok(new ActivitiesAnswer(await activities.ListAsync(deal.DealId, ct), await activities.LastAsync(deal.DealId, ct)));
    }

    /// <summary>Records a <c>call</c>, <c>meeting</c>, <c>visit</c> or <c>mail</c>; with <c>corrects</c> it takes the place of another one.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType<ActivitiesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Create(string number, ActivityBody body, CancellationToken ct) =>
        await recordActivity.RunAsync(number, body.Typed(), ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : await Index(number, ct);

    /// <summary>Takes one back, with a reason.</summary>
    [HttpPost("{activity}/retraction"), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType<ActivitiesAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Retract(string number, string activity, ReasonBody body, CancellationToken ct) =>
        await recordActivity.RetractAsync(number, activity, body.Reason, ct) is var outcome and not DealOutcome.Done ? DealAnswers.Problem(outcome) : await Index(number, ct);
}

/// <summary>A deal's activities, and which of them (or which quote or order) last kept its claim alive.</summary>
/// <param name="Items">The activities.</param>
/// <param name="AliveBy">The last meeting, visit, quote or order.</param>
public sealed record ActivitiesAnswer(IReadOnlyList<DealActivity> Items, AliveBy? AliveBy);

/// <summary>An activity as a program sends it.</summary>
public sealed record ActivityBody
{
    /// <summary><c>call</c>, <c>meeting</c>, <c>visit</c> or <c>mail</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>When it took place; now where nothing is said.</summary>
    public DateTimeOffset? HappenedAt { get; init; }

    /// <summary>With whom.</summary>
    public string? WithWhom { get; init; }

    /// <summary>What was said and found.</summary>
    public string? Note { get; init; }

    /// <summary>What comes next.</summary>
    public string? NextStep { get; init; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; init; }

    /// <summary>The number of the activity that this one corrects.</summary>
    public string? Corrects { get; init; }

    internal ActivityTyped Typed() => new()
    {
        Kind = Kind, HappenedAt = HappenedAt?.UtcDateTime, WithWhom = WithWhom, Note = Note, NextStep = NextStep, NextStepDue = NextStepDue, Corrects = Corrects,
    };
}
