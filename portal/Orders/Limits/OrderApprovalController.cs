using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The word on an order that went beyond a limit: handing it on, sending it back, taking it back.</summary>
[Route("orders/{number}/approval"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class OrderApprovalController(ApproveOrder approve, OrderPages pages, Texts t) : Controller
{
    /// <summary>Hands it to the seller.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(string number, int? version, CancellationToken ct) =>
        await AnswerAsync(number, await approve.ApproveAsync(number, version, ct), "orders.approved", ct);

    /// <summary>Sends it back to whoever wrote it.</summary>
    [HttpPost("refusal"), Idempotent]
    public async Task<IActionResult> Refuse(string number, int? version, string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await approve.SendBackAsync(number, version, reason?.Trim(), ct), "orders.sent_back", ct);

    /// <summary>Takes it back to change it.</summary>
    [HttpPost("recall"), Idempotent]
    public async Task<IActionResult> Recall(string number, int? version, CancellationToken ct) =>
        await AnswerAsync(number, await approve.RecallAsync(number, version, ct), "orders.recalled", ct);

    async Task<IActionResult> AnswerAsync(string number, OrderOutcome outcome, string doneKey, CancellationToken ct)
    {
        if (outcome is OrderOutcome.Wrong wrong && await pages.FindAsync(number, wrong.Problems, ct) is { } page)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("OrderPage", page);
        }

        return this.AnswerTo(number, outcome, doneKey, t);
    }
}
