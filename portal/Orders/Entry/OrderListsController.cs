using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The lists of lines that a company orders again and again.</summary>
[Route("orders/lists"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class OrderListsController(OrderLists lists, Texts t) : Controller
{
    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Orders/Entry/OrderLists.cshtml", await lists.AllAsync(ct));

    /// <summary>Drops one.</summary>
    [HttpPost("{number}/delete"), Idempotent]
    public async Task<IActionResult> Delete(string number, CancellationToken ct)
    {
        await lists.DropAsync(number, ct);
        this.Flash(FlashKind.Done, t["orders.list_dropped"]);
        return RedirectToAction(nameof(Index));
    }
}
