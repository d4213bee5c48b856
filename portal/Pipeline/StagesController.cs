using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Deals;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>What the claimant does on a card: moves it, says what comes next, says how it ended.</summary>
[Route("pipeline/{number}"), AllowRoles("sales", "partner_admin")]
public sealed class StagesController(MoveStage moveStage, CloseDeal closeDeal, DealStore deals, PipelineStore pipeline, Texts t) : Controller
{
    /// <summary>Moves it to a stage; the board shows it there, the deal's page where it was asked from there.</summary>
    [HttpPost("stage")]
    public async Task<IActionResult> Move(string number, int? version, string? stage, string? from, CancellationToken ct) =>
        Back(number, from, await moveStage.RunAsync(number, version, stage, null, ct), "pipeline.moved");

    /// <summary>Says what comes next.</summary>
    [HttpPost("next-step")]
    public async Task<IActionResult> Say(string number, int? version, string? step, DateOnly? due, string? from, CancellationToken ct) =>
        Back(number, from, await moveStage.RunAsync(number, version, null, new NextStep(step, due), ct), "pipeline.step_said");

    /// <summary>The form that asks how it ended.</summary>
    [HttpGet("closing")]
    public async Task<IActionResult> Close(string number, string? outcome, CancellationToken ct) =>
        await deals.FindAsync(number, ct) is { } deal && (deal.Allows("win") || deal.Allows("lose"))
            ? await FormAsync(deal, new ClosingForm { Outcome = outcome is "won" ? "won" : "lost", Version = deal.Version }, ct)
            : NotFound();

    /// <summary>Ends it.</summary>
    [HttpPost("closing")]
    public async Task<IActionResult> Create(string number, [FromForm] ClosingForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        var outcome = await closeDeal.RunAsync(number, form.Version, form.Outcome, form.Reason, form.Note, form.Competitor, ct);
        return this.Leads(outcome, t, form.Outcome is "won" ? "deals.won" : "deals.lost") ?? await FormAsync(deal, form, ct);
    }

    async Task<IActionResult> FormAsync(Deal deal, ClosingForm form, CancellationToken ct)
    {
        ViewData["Deal"] = deal;
        ViewData["Reasons"] = (await pipeline.ReasonsAsync(ct)).Where(reason => reason.Outcome == form.Outcome && !reason.IsRetired).ToList();
        return View("ClosingForm", form);
    }

    IActionResult Back(string number, string? from, DealOutcome outcome, string doneKey)
    {
        var page = from is "deal" ? $"/deals/{number}" : "/pipeline";
        return this.Back(number, outcome, t, doneKey, page, _ => page);
    }
}

/// <summary>How a deal ended.</summary>
public sealed class ClosingForm
{
    /// <summary><c>won</c> or <c>lost</c>.</summary>
    public string Outcome { get; set; } = "lost";

    /// <summary>The reason's code.</summary>
    public string? Reason { get; set; }

    /// <summary>What else there is to say.</summary>
    public string? Note { get; set; }

    /// <summary>Who got it.</summary>
    public string? Competitor { get; set; }

    /// <summary>The deal's version that was seen.</summary>
    public int? Version { get; set; }
}
