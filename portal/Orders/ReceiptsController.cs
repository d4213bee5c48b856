using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The buyer takes in a shipment.</summary>
[Route("shipments/{number}/receipts"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class ReceiptsController(OrderStore orders, ReceiveShipment receiveShipment, Texts t) : Controller
{
    /// <summary>What is on the way, ready to be counted.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, CancellationToken ct) => await orders.FindShipmentAsync(number, ct) switch
    {
        { Head: { IsBuyer: true, DropShips: false }, IsUnderWay: true } page => View("ReceiptForm", new ReceiptFormPage(page, ReceiptForm.Of(page), [])),
        { Head: { IsBuyer: true } head } => this.Refuse(head.OrderNumber, new OrderOutcome.NotNow(head.Status), t),
        _ => NotFound(),
    };

    /// <summary>Takes it in.</summary>
    [HttpPost(""), Idempotent, RequestFormLimits(ValueCountLimit = 16 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ReceiptForm form, CancellationToken ct)
    {
        if (await orders.FindShipmentAsync(number, ct) is not { } page)
        {
            return NotFound();
        }

        switch (await receiveShipment.RunAsync(number, form.Version, form.Arrival, ct))
        {
            case OrderOutcome.Done(var order, var receipt):
                this.Flash(FlashKind.Done, t["orders.received", receipt ?? order]);
                return this.ToOrder(order);
            case OrderOutcome.Wrong wrong:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ReceiptForm", new ReceiptFormPage(page, form, wrong.Problems));
            case var outcome:
                return this.Refuse(page.Head.OrderNumber, outcome, t);
        }
    }
}

/// <summary>A goods receipt as it is typed.</summary>
public sealed class ReceiptForm
{
    /// <summary>What the buyer says about all of it.</summary>
    public string? Note { get; set; }

    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>The lines.</summary>
    public List<ReceiptFormLine> Lines { get; set; } = [];

    /// <summary>Everything that is on the way, in good order.</summary>
    public static ReceiptForm Of(ShipmentPage page) => new()
    {
        Version = page.Head.Version,
        Lines = [.. page.Lines.Where(line => line.InTransit > 0).Select(line => new ReceiptFormLine { LineNumber = line.LineNumber, Received = FormattableString.Invariant($"{line.InTransit}") })],
    };

    internal Arrival Arrival => new(Typed.Trimmed(Note), [.. Lines.Select(line => new ArrivedLine(line.LineNumber,
        Count(line.Received), Count(line.Short), Count(line.Damaged), Count(line.Wrong), Count(line.Over), Typed.Trimmed(line.Note)) { Lots = [.. line.Pieces] })]);

    static decimal? Count(string? typed) => string.IsNullOrWhiteSpace(typed) ? 0 : SkuLines.Quantity(typed);
}

/// <summary>A line of a goods receipt as it is typed; nothing is none.</summary>
public sealed class ReceiptFormLine
{
    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>In good order.</summary>
    public string? Received { get; set; }

    /// <summary>Missing.</summary>
    public string? Short { get; set; }

    /// <summary>Not usable.</summary>
    public string? Damaged { get; set; }

    /// <summary>Something else came.</summary>
    public string? Wrong { get; set; }

    /// <summary>More than was sent.</summary>
    public string? Over { get; set; }

    /// <summary>How the pieces of its product are told apart.</summary>
    public string? Tracking { get; set; }

    /// <summary>Which lots or serial numbers came in good order, where not all did.</summary>
    public string? LotsReceived { get; set; }

    /// <summary>Which are missing.</summary>
    public string? LotsShort { get; set; }

    /// <summary>Which are not usable.</summary>
    public string? LotsDamaged { get; set; }

    /// <summary>In place of which something else came.</summary>
    public string? LotsWrong { get; set; }

    internal IEnumerable<ArrivedLot> Pieces =>
    [
        .. Read(LotsReceived).Select(lot => new ArrivedLot(lot.Code, Received: lot.Quantity)), .. Read(LotsShort).Select(lot => new ArrivedLot(lot.Code, Short: lot.Quantity)),
        .. Read(LotsDamaged).Select(lot => new ArrivedLot(lot.Code, Damaged: lot.Quantity)), .. Read(LotsWrong).Select(lot => new ArrivedLot(lot.Code, Wrong: lot.Quantity)),
    ];

    // An unreadable quantity is none that fits: the line says so. Several lots stand in a row of their own each, or with commas between them.
    IEnumerable<(string? Code, decimal Quantity)> Read(string? typed) => Tracking is not (Tracked.Lot or Tracked.Serial) ? []
        : (LotLines.Read(Tracking is Tracked.Serial ? typed : typed?.Replace(',', '\n').Replace('，', '\n').Replace(';', '\n').Replace('；', '\n'), Tracking is Tracked.Serial) ?? []).Select(lot => (lot.Code, lot.IsUnreadable ? -1 : lot.Quantity ?? 1));

    /// <summary>What the buyer says about it.</summary>
    public string? Note { get; set; }
}

/// <summary>The page on which a goods receipt is written.</summary>
/// <param name="Page">The shipment.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record ReceiptFormPage(ShipmentPage Page, ReceiptForm Form, IReadOnlyList<OrderProblem> Problems);
