using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Deals;

/// <summary>What waits in one's queues, and the deputies.</summary>
[Route("deals/approvals"), AllowRoles("deal_desk", "channel_manager", "finance", "brand_admin")]
public sealed class ApprovalsController(ApprovalStore approvals, DeputyStore deputies, NameDeputies nameDeputies, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The queue.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return View("/Deals/Approvals/ApprovalQueue.cshtml", new ApprovalQueue(
            await approvals.MineAsync(now, ct), await deputies.ListAsync(now, ct), await deputies.ColleaguesAsync(ct), [.. ApprovalFacts.Queues.Where(queue => me.Has(queue))]));
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

/// <summary>What <c>ApprovalQueue.cshtml</c> shows.</summary>
/// <param name="Deals">What waits.</param>
/// <param name="Deputies">Who decides for whom.</param>
/// <param name="Colleagues">Who can be named.</param>
/// <param name="Queues">The queues of whoever reads.</param>
public sealed record ApprovalQueue(IReadOnlyList<QueuedDeal> Deals, IReadOnlyList<Deputy> Deputies, IReadOnlyList<(string Number, string Name)> Colleagues, IReadOnlyList<string> Queues);
