using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;
using Portal.Web.Charts;

namespace Portal.Deals;

/// <summary>Replays of drafts of protection policies, on the pages.</summary>
[Route("deals/policies"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class ReplaysController(ReplayPolicy replayPolicy, Texts t) : Controller
{
    /// <summary>Asks for one.</summary>
    [HttpPost("{number}/replays"), AllowRoles("brand_admin"), Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(string number, int? months, CancellationToken ct)
    {
        var outcome = await replayPolicy.AskAsync(number, months, ct);
        return outcome is DealOutcome.Done { Number: var replay } ? Redirect($"/deals/policies/replays/{replay}") : this.Back("", outcome, t, "", $"/deals/policies/{number}");
    }

    /// <summary>What it found, or how far it is.</summary>
    [HttpGet("replays/{replay}")]
    public async Task<IActionResult> Show(string replay, CancellationToken ct) => await replayPolicy.FindAsync(replay, ct) is { } found ? View("/Deals/Replay/ReplayPage.cshtml", found) : NotFound();

    /// <summary>How far it is, for the page to ask again and again; once it is done the page is loaded anew.</summary>
    [HttpGet("replays/{replay}/progress")]
    public async Task<IActionResult> Progress(string replay, CancellationToken ct)
    {
        if (await replayPolicy.FindAsync(replay, ct) is not { } found)
        {
            return NotFound();
        }

        if (found.Status is "done")
        {
            Response.Headers["HX-Refresh"] = "true";
        }

        return PartialView("/Deals/Replay/_ReplayProgress.cshtml", found);
    }

    /// <summary>The numbers of a replay as a chart.</summary>
    internal static Chart ChartOf(ReplayResult result, Texts t) => new([.. result.Levels.Select(level => t[$"partners.level.{level.Level}"].Value)],
    [
        new(t["replays.gained"], [.. result.Levels.Select(level => (decimal?)level.Gained)]), new(t["replays.lost"], [.. result.Levels.Select(level => (decimal?)level.Lost)]),
        new(t["replays.created"], [.. result.Levels.Select(level => (decimal?)level.ConflictsCreated)]), new(t["replays.avoided"], [.. result.Levels.Select(level => (decimal?)level.ConflictsAvoided)]),
    ]);
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class ReplaysApi(ReplayPolicy replayPolicy) : ControllerBase
{
    /// <summary>Plays the registrations of the last 3 to 24 months through a draft. A long one is still at work when this answers.</summary>
    [HttpPost("protection-policies/{number}/replays"), AllowRoles("brand_admin"), Idempotent, EnableRateLimiting(RateLimits.Costly)]
    [ProducesResponseType<ReplayAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(string number, ReplayBody body, CancellationToken ct)
    {
        var outcome = await replayPolicy.AskAsync(number, body.Months, ct);
        return outcome is DealOutcome.Done { Number: var replay } ? Created($"/api/v1/policy-replays/{replay}", ReplayAnswer.Of((await replayPolicy.FindAsync(replay, ct))!)) : DealAnswers.Problem(outcome);
    }

    /// <summary>What it found, or how far it is.</summary>
    [HttpGet("policy-replays/{replay}")]
    [ProducesResponseType<ReplayAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string replay, CancellationToken ct) => await replayPolicy.FindAsync(replay, ct) is { } found ? Ok(ReplayAnswer.Of(found)) : ApiProblem.NotFound;
}

/// <summary>A replay as a program asks for it.</summary>
public sealed record ReplayBody
{
    /// <summary>How many months back, 3 to 24.</summary>
    public int? Months { get; init; }
}

/// <summary>A replay as a program sees it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Policy">The draft.</param>
/// <param name="Months">How many months back.</param>
/// <param name="Status"><c>waiting</c>, <c>running</c> or <c>done</c>.</param>
/// <param name="Progress">The share that is done.</param>
/// <param name="Result">What it found.</param>
public sealed record ReplayAnswer(string Number, string Policy, int Months, string Status, decimal Progress, ReplayResult? Result)
{
    internal static ReplayAnswer Of(PolicyReplay replay) => new(replay.Number, replay.PolicyNumber, replay.Months, replay.Status, replay.Progress, replay.Result);
}
