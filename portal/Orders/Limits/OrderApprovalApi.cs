using Microsoft.AspNetCore.Mvc;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The word on an order that went beyond a limit, for programs.</summary>
[ApiController]
[Route("api/v1/orders/{number}/approval"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class OrderApprovalApi(ApproveOrder approve) : ControllerBase
{
    /// <summary>Hands the order to the seller, or sends it back with a reason.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(string number, ApprovalAsked asked, [IfMatch] int version, CancellationToken ct) =>
        (asked.Approve ? await approve.ApproveAsync(number, version, ct) : await approve.SendBackAsync(number, version, asked.Reason?.Trim(), ct)) switch
        {
            OrderOutcome.Done => Ok(new { number, status = asked.Approve ? OrderStatus.Submitted : OrderStatus.Draft }),
            var outcome => OrderProblems.Of(outcome),
        };

    /// <summary>Takes the order back to change it.</summary>
    [HttpDelete("")]
    public async Task<IActionResult> Delete(string number, [IfMatch] int version, CancellationToken ct) => await approve.RecallAsync(number, version, ct) switch
    {
        OrderOutcome.Done => Ok(new { number, status = OrderStatus.Draft }),
        var outcome => OrderProblems.Of(outcome),
    };
}

/// <summary>What is said to an order that waits for a word.</summary>
/// <param name="Approve">True to hand it to the seller, false to send it back.</param>
/// <param name="Reason">Why it goes back; needed then.</param>
public sealed record ApprovalAsked(bool Approve, string? Reason);
