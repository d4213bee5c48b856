using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The seller sends goods of an order.</summary>
[Route("orders/{number}/shipments"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ShipmentsController(OrderStore orders, ShipOrder shipOrder, LotsToShip lots, Texts t) : Controller
{
    /// <summary>What is reserved, ready to be sent.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, CancellationToken ct)
    {
        if (await orders.FindAsync(number, ct) is not { Order.IsSeller: true } page)
        {
            return NotFound();
        }

        return OrderLifecycle.Find(OrderLifecycle.Ship, Side.Seller, page.Order.Status) is null
            ? this.Refuse(number, new OrderOutcome.NotNow(page.Order.Status), t)
            : View("ShipmentForm", new ShipmentFormPage(page, ShipmentForm.Of(page).WithLots(page, await lots.ProposedAsync(page, ct)), []) { There = await lots.ThereAsync(page, ct) });
    }

    /// <summary>The same form with one more parcel; what was typed stays.</summary>
    [HttpPost("parcels"), RequestFormLimits(ValueCountLimit = 20 * SkuLines.Most)]
    public async Task<IActionResult> AddParcel(string number, ShipmentForm form, CancellationToken ct) =>
        await orders.FindAsync(number, ct) is { Order.IsSeller: true } page ? View("ShipmentForm", new ShipmentFormPage(page, form.WithOneMore(), []) { There = await lots.ThereAsync(page, ct) }) : NotFound();

    /// <summary>Sends them.</summary>
    [HttpPost(""), Idempotent, RequestFormLimits(ValueCountLimit = 20 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ShipmentForm form, CancellationToken ct)
    {
        switch (await shipOrder.RunAsync(number, form.Version, form.Dispatch, ct))
        {
            case OrderOutcome.Done(_, var shipment):
                this.Flash(FlashKind.Done, t["orders.shipped", shipment ?? number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await orders.FindAsync(number, ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ShipmentForm", new ShipmentFormPage(page, form, wrong.Problems) { There = await lots.ThereAsync(page, ct) });
            case var outcome:
                return this.Refuse(number, outcome, t);
        }
    }
}

/// <summary>The page on which a shipment is written.</summary>
/// <param name="Page">The order.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record ShipmentFormPage(OrderPage Page, ShipmentForm Form, IReadOnlyList<OrderProblem> Problems)
{
    /// <summary>What is there of its tracked products, by lot.</summary>
    public ILookup<long, LotThere> There { get; init; } = Array.Empty<LotThere>().ToLookup(lot => lot.ProductId);
}
