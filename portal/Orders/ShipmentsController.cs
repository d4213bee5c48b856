using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The seller sends goods of an order.</summary>
[Route("orders/{number}/shipments"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ShipmentsController(OrderStore orders, ShipOrder shipOrder, Texts t) : Controller
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
            : View("ShipmentForm", new ShipmentFormPage(page, ShipmentForm.Of(page), []));
    }

    /// <summary>Sends them.</summary>
    [HttpPost(""), Idempotent, RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ShipmentForm form, CancellationToken ct)
    {
        switch (await shipOrder.RunAsync(number, form.Version, form.Dispatch, ct))
        {
            case OrderOutcome.Done(_, var shipment):
                this.Flash(FlashKind.Done, t["orders.shipped", shipment ?? number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await orders.FindAsync(number, ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ShipmentForm", new ShipmentFormPage(page, form, wrong.Problems));
            case var outcome:
                return this.Refuse(number, outcome, t);
        }
    }
}

/// <summary>A shipment as it is typed.</summary>
public sealed class ShipmentForm
{
    /// <summary>Who carries it.</summary>
    public string? Carrier { get; set; }

    /// <summary>The carrier's number.</summary>
    public string? TrackingNumber { get; set; }

    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>The lines.</summary>
    public List<ShipmentFormLine> Lines { get; set; } = [];

    /// <summary>Everything that is reserved.</summary>
    public static ShipmentForm Of(OrderPage page) => new()
    {
        Version = page.Order.Version,
        Lines = [.. page.Lines.Where(line => line.Open > 0).Select(line => new ShipmentFormLine { LineNumber = line.LineNumber, Quantity = FormattableString.Invariant($"{line.Reserved}") })],
    };

    internal Dispatch Dispatch => new(Text(Carrier), Text(TrackingNumber), [.. Lines.Select(line => new DispatchedLine(line.LineNumber, SkuLines.Quantity(line.Quantity ?? "0")))]);

    static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}

/// <summary>A line of a shipment as it is typed.</summary>
public sealed class ShipmentFormLine
{
    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many; nothing is none.</summary>
    public string? Quantity { get; set; }
}

/// <summary>The page on which a shipment is written.</summary>
/// <param name="Page">The order.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record ShipmentFormPage(OrderPage Page, ShipmentForm Form, IReadOnlyList<OrderProblem> Problems);
