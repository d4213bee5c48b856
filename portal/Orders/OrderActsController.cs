using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Orders;

/// <summary>What is done to an order from its page: submitting, confirming, rejecting, cancelling, closing.</summary>
[Route("orders/{number}")]
public sealed class OrderActsController(PlaceOrder placeOrder, AnswerOrder answerOrder, CancelOrder cancelOrder, CloseOrder closeOrder, AskForDropShipment askForDropShipment, OrderPages pages, Texts t) : Controller
{
    /// <summary>The buyer hands its draft to the seller.</summary>
    [HttpPost("submission"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Submit(string number, int? version, CancellationToken ct)
    {
        var outcome = await placeOrder.SubmitAsync(number, version, ct);
        return await AnswerAsync(number, outcome, OrderAnswers.SubmittedKey(outcome), ct);
    }

    /// <summary>The seller promises the order.</summary>
    [HttpPost("confirmation"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Confirm(string number, int? version, CancellationToken ct) =>
        await AnswerAsync(number, await answerOrder.ConfirmAsync(number, version, ct), "orders.confirmed", ct);

    /// <summary>The seller turns the order down.</summary>
    [HttpPost("rejection"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Reject(string number, int? version, string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await answerOrder.RejectAsync(number, version, reason?.Trim(), ct), "orders.rejected", ct);

    /// <summary>The seller has what lacks sent straight to the buyer by its own upstream.</summary>
    [HttpPost("drop-shipment"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> DropShip(string number, int? version, CancellationToken ct) => await askForDropShipment.RunAsync(number, version, ct) switch
    {
        OrderOutcome.Done(var upwards, _) done => DropShipped(number, done.WaitsForApproval ? "orders.waits_for_approval" : "orders.drop_shipped", upwards),
        var outcome => await AnswerAsync(number, outcome, "orders.drop_shipped", ct),
    };

    /// <summary>Either side calls off what is open.</summary>
    [HttpPost("cancellation"), Idempotent]
    public async Task<IActionResult> Cancel(string number, int? version, string? reason, CancellationToken ct) =>
        await AnswerAsync(number, await cancelOrder.RunAsync(number, version, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), ct), "orders.called_off", ct);

    /// <summary>Either side puts a received order away.</summary>
    [HttpPost("closing"), Idempotent]
    public async Task<IActionResult> Close(string number, int? version, CancellationToken ct) =>
        await AnswerAsync(number, await closeOrder.RunAsync(number, version, ct), "orders.put_away", ct);

    IActionResult DropShipped(string number, string key, string upwards)
    {
        this.Flash(FlashKind.Done, t[key, upwards]);
        return this.ToOrder(number);
    }

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

/// <summary>The answers that all pages of an order give alike.</summary>
static class OrderAnswers
{
    /// <summary>What is said of an order that was handed in: it is with the seller, or waits inside the company.</summary>
    public static string SubmittedKey(OrderOutcome outcome) => outcome is OrderOutcome.Done { WaitsForApproval: true } ? "orders.waits_for_approval" : "orders.submitted";

    /// <summary>Back to the order's page.</summary>
    public static IActionResult ToOrder(this Controller controller, string number) => controller.RedirectToAction("Show", "Orders", new { number });

    /// <summary>Back to the order's page with a word that it is done, or why it is not.</summary>
    public static IActionResult AnswerTo(this Controller controller, string number, OrderOutcome outcome, string doneKey, Texts t)
    {
        if (outcome is not OrderOutcome.Done)
        {
            return controller.Refuse(number, outcome, t);
        }

        controller.Flash(FlashKind.Done, t[doneKey, number]);
        return controller.ToOrder(number);
    }

    /// <summary>An act was not done, for a reason that is not in the form.</summary>
    public static IActionResult Refuse(this Controller controller, string number, OrderOutcome outcome, Texts t)
    {
        switch (outcome)
        {
            case OrderOutcome.NotFound:
                return controller.NotFound();
            case OrderOutcome.Forbidden:
                return controller.Forbid();
            case OrderOutcome.NotNow(var status):
                controller.Flash(FlashKind.Problem, t["orders.not_now", t["orders.status." + status].Value]);
                return controller.ToOrder(number);
            case OrderOutcome.Stale:
                controller.Flash(FlashKind.Problem, t["orders.changed_meanwhile"]);
                return controller.ToOrder(number);
            default:
                throw new InvalidOperationException($"Nobody has said what to answer to {outcome}.");
        }
    }
}
