using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Pricing;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>Orders for programs: placing, answering, shipping, receiving.</summary>
[ApiController]
[Route("api/v1/orders")]
public sealed class OrdersApi(OrderStore orders, PlaceOrder placeOrder, AnswerOrder answerOrder, CancelOrder cancelOrder, CloseOrder closeOrder, ShipOrder shipOrder, OrderFromQuote orderFromQuote) : ControllerBase
{
    /// <summary>The orders of a side, the newest first.</summary>
    /// <param name="side"><c>buyer</c> (what one ordered), <c>seller</c> (what one sold) or, for the brand, <c>channel</c>.</param>
    /// <param name="status">Only those in this state.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string side = "buyer", string? status = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<OrderCursor>(out var after))
        {
            return PageRequest.BadCursor;
        }

        if (side is not ("buyer" or "seller" or "channel"))
        {
            return ApiProblem.Invalid(new FieldProblem("side", "orders.problem.side"));
        }

        if (status is not null && !OrderStatus.All.Contains(status))
        {
            return ApiProblem.Invalid(new FieldProblem("status", "orders.problem.status"));
        }

        return Ok(page.Cut(await orders.AfterAsync(side, status, after?.Number, page.Take(), ct), row => new OrderCursor(row.Number)));
    }

    /// <summary>One order with lines, shipments and history.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await orders.FindAsync(number, ct) is { } page ? Versioned(page) : ApiProblem.NotFound;

    /// <summary>Places an order: kept as a draft, or with <c>submit</c> handed to the seller at once.</summary>
    [HttpPost(""), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Create(OrderAsked asked, CancellationToken ct) => await PlaceAsync(asked, ct) switch
    {
        OrderOutcome.Done done => Placed(done.Number, !asked.Submit ? OrderStatus.Draft : done.WaitsForApproval ? OrderStatus.PendingApproval : OrderStatus.Submitted),
        var outcome => OrderProblems.Of(outcome),
    };

    /// <summary>Replaces what a draft holds.</summary>
    [HttpPut("{number}"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Update(string number, OrderAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(await placeOrder.UpdateAsync(number, version, asked.Request, asked.Submit, ct), ct);

    /// <summary>Hands a draft to the seller.</summary>
    [HttpPost("{number}/submission"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Submit(string number, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(await placeOrder.SubmitAsync(number, version, ct), ct);

    /// <summary>Promises the order: the whole of it from stock, or line by line what is delivered now or later.</summary>
    [HttpPost("{number}/confirmation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Confirm(
        string number, [IfMatch] int version, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] ConfirmationAsked? asked, CancellationToken ct) => await AnswerAsync(
        asked?.Lines is { } lines
            ? await answerOrder.ConfirmAsync(number, version, [.. lines.OfType<LineConfirmationAsked>().Select(line => new SaidOfLine(line.LineNumber, line.Quantity, line.PromisedOn, line.Reason))], ct, asked.FromPlace)
            : await answerOrder.ConfirmAsync(number, version, ct, asked?.FromPlace), ct);

    /// <summary>Turns the order down.</summary>
    [HttpPost("{number}/rejection"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Reject(string number, ReasonAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(await answerOrder.RejectAsync(number, version, asked.Reason, ct), ct);

    /// <summary>Calls off what is open.</summary>
    [HttpPost("{number}/cancellation")]
    public async Task<IActionResult> Cancel(string number, ReasonAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(await cancelOrder.RunAsync(number, version, asked.Reason, ct), ct);

    /// <summary>Puts a received order away.</summary>
    [HttpPost("{number}/closing")]
    public async Task<IActionResult> Close(string number, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(await closeOrder.RunAsync(number, version, ct), ct);

    /// <summary>Has what an order waits for sent straight to its buyer by one's own upstream; answers the order upwards.</summary>
    [HttpPost("{number}/drop-shipment"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> DropShip(string number, [FromServices] AskForDropShipment askForDropShipment, CancellationToken ct) => await askForDropShipment.RunAsync(number, null, ct) switch
    {
        OrderOutcome.Done(var upwards, _) => Created(new Uri($"/api/v1/orders/{upwards}", UriKind.Relative), new { number = upwards }),
        var outcome => OrderProblems.Of(outcome),
    };

    /// <summary>Sends goods of a confirmed order, all that is reserved or a part.</summary>
    [HttpPost("{number}/shipments"), Idempotent, AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Ship(string number, ShipmentAsked asked, CancellationToken ct) => await shipOrder.RunAsync(number, null, asked.Dispatch, ct) switch
    {
        OrderOutcome.Done(_, { } shipment) => Created(new Uri($"/api/v1/shipments/{shipment}", UriKind.Relative), new { number = shipment, order = number }),
        var outcome => OrderProblems.Of(outcome),
    };

    async Task<OrderOutcome> PlaceAsync(OrderAsked asked, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(asked.Quote))
        {
            return await placeOrder.CreateAsync(asked.Request, asked.Submit, ct);
        }

        var quote = asked.Quote.Trim();
        var goods = await orderFromQuote.FindAsync(quote, ct);
        var lines = asked.Lines is { Count: > 0 } ? asked.Request.Lines : goods?.Lines ?? [];
        return await orderFromQuote.CreateAsync(quote, asked.Request with { Lines = lines, Deal = asked.Request.Deal ?? goods?.Deal, DealIfItHelps = asked.Request.Deal is null }, asked.Submit, ct);
    }

    async Task<IActionResult> AnswerAsync(OrderOutcome outcome, CancellationToken ct) => outcome is OrderOutcome.Done(var number, _)
        ? await Show(number, ct)
        : OrderProblems.Of(outcome);

    OkObjectResult Versioned(OrderPage page)
    {
        this.SendVersion(page.Order.Version);
        return Ok(OrderAnswer.Of(page));
    }

    CreatedAtActionResult Placed(string number, string status)
    {
        this.SendVersion(1);
        return CreatedAtAction(nameof(Show), new { number }, new { number, status, version = 1 });
    }
}

/// <summary>Shipments for programs: looking at one and taking it in.</summary>
[ApiController]
[Route("api/v1/shipments")]
public sealed class ShipmentsApi(OrderStore orders, ReceiveShipment receiveShipment, DeliveryNotes notes, Texts t) : ControllerBase
{
    /// <summary>One shipment with its lines.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await orders.FindShipmentAsync(number, ct) is { } page ? Ok(ShipmentAnswer.Of(page)) : ApiProblem.NotFound;

    /// <summary>The delivery note of a shipment: a PDF, the same bytes at every download.</summary>
    [HttpGet("{number}/delivery-note"), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public Task<IActionResult> DeliveryNote(string number, string? language, CancellationToken ct) => DeliveryNoteDownload.AnswerAsync(this, notes, t, number, language, ct);

    /// <summary>Takes a shipment in, whole or a part, with what differed.</summary>
    [HttpPost("{number}/receipts"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Receive(string number, ReceiptAsked asked, CancellationToken ct) => await receiveShipment.RunAsync(number, null, asked.Arrival, ct) switch
    {
        OrderOutcome.Done(var order, { } receipt) => Created(new Uri($"/api/v1/orders/{order}", UriKind.Relative), new { number = receipt, shipment = number, order }),
        var outcome => OrderProblems.Of(outcome),
    };
}

/// <summary>What a seller's buyers wait for, for programs.</summary>
[ApiController]
[Route("api/v1/orders/waiting")]
public sealed class WaitingApi(WaitingLines waiting, AllocateGoods allocate, OrderUpwards orderUpwards) : ControllerBase
{
    /// <summary>What lacks: promised, not in stock and not ordered upwards, summed by product.</summary>
    [HttpGet("missing")]
    public async Task<IActionResult> Missing(CancellationToken ct) =>
        Ok(new { items = (await waiting.MissingAsync(null, null, ct)).GroupBy(line => line.Sku, StringComparer.Ordinal).Select(sku => new { sku = sku.Key, quantity = sku.Sum(line => line.Quantity) }) });

    /// <summary>Reserves what there is for the lines that wait; they are served in the order of the seller's policy.</summary>
    [HttpPost("allocation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Allocate(CancellationToken ct) => Ok(new { lines = await allocate.RunAsync(null, ct) });

    /// <summary>Orders upwards what lacks, for one sales order or for all: an order (<c>numbers</c>) for each place from which it is to be sent.</summary>
    [HttpPost("order"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Order(UpwardsAsked asked, CancellationToken ct) => await orderUpwards.RunAsync(asked.Order, asked.Submit, null, ct) switch
    {
        OrderOutcome.Done done => Created(new Uri($"/api/v1/orders/{done.Number}", UriKind.Relative), new { done.Number, done.Numbers }),
        var outcome => OrderProblems.Of(outcome),
    };
}

/// <summary>What is to be ordered upwards.</summary>
/// <param name="Order">For this sales order alone; nothing for all that wait.</param>
/// <param name="Submit">True to hand the order to the upstream at once.</param>
public sealed record UpwardsAsked(string? Order, bool Submit);

/// <summary>An order as a program asks for it.</summary>
/// <param name="PoNumber">One's own number; used once.</param>
/// <param name="Note">What the seller should know.</param>
/// <param name="Currency">The currency expected; another one than one's own is refused.</param>
/// <param name="ExpectedTotal">The total expected; a different one stops the submission.</param>
/// <param name="Submit">True to hand it to the seller at once.</param>
/// <param name="Lines">What is wanted.</param>
/// <param name="RequestedOn">The day by which it is wanted; a line may say another.</param>
/// <param name="ShipTo">The number of the address where the goods go, of <c>/api/v1/ship-to-addresses</c>; the company's default where left out.</param>
/// <param name="Quote">The number of an own accepted quote that is ordered with it; once. Only for a new order; lines left out are the quote's.</param>
/// <param name="Coupons">Codes of coupons, 10 at most; one by which nothing comes off is refused when the order is handed in.</param>
/// <param name="Deal">The number of the deal whose special prices count; one of which none holds for a line is refused when the order is handed in.</param>
public sealed record OrderAsked(
    string? PoNumber, string? Note, string? Currency, decimal? ExpectedTotal, bool Submit, IReadOnlyList<OrderLineAsked>? Lines, DateOnly? RequestedOn = null, string? ShipTo = null, string? Quote = null, IReadOnlyList<string>? Coupons = null, string? Deal = null)
{
    internal OrderRequest Request => new(Typed.Trimmed(PoNumber), Typed.Trimmed(Note), Currency, ExpectedTotal, [.. (Lines ?? []).OfType<OrderLineAsked>().Select(line => new SkuLine(line.Sku?.Trim() ?? "", line.Quantity) { Day = line.RequestedOn, Configuration = Typed.Trimmed(line.Configuration), Start = line.Start, Months = line.Months, Subscription = Typed.Trimmed(line.Subscription) })]) { RequestedOn = RequestedOn, ShipTo = Typed.Trimmed(ShipTo), Coupons = Coupons ?? [], Deal = Typed.Trimmed(Deal)?.ToUpperInvariant() };
}

/// <summary>A line that is asked for.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many, whole pieces.</param>
/// <param name="RequestedOn">The day by which it is wanted.</param>
/// <param name="Configuration">The own configuration that it comes from.</param>
/// <param name="Start">Of what is sold by the term: the first day; the first of next month where it is left out.</param>
/// <param name="Months">For how many months; the usual ones where it is left out. Left out with a subscription: until that one's end.</param>
/// <param name="Subscription">The number of the own subscription that the line renews, or adds to where no months are said.</param>
public sealed record OrderLineAsked(string? Sku, decimal? Quantity, DateOnly? RequestedOn = null, string? Configuration = null, DateOnly? Start = null, int? Months = null, string? Subscription = null);

/// <summary>Why.</summary>
/// <param name="Reason">In words that the other side reads.</param>
public sealed record ReasonAsked(string? Reason);

/// <summary>An answer to an order as a program gives it.</summary>
/// <param name="Lines">What is said of which line; a line that is not named is promised in full. Without lines the whole order must be in stock.</param>
/// <param name="FromPlace">The code of the place that it is sent from; the default one where left out.</param>
public sealed record ConfirmationAsked(IReadOnlyList<LineConfirmationAsked>? Lines, string? FromPlace = null);

/// <summary>What is promised of a line.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Quantity">How many will be delivered, now or later; what is in stock is reserved at once, the rest waits for goods.</param>
/// <param name="PromisedOn">By which day.</param>
/// <param name="Reason">Why not all of it; needed then.</param>
public sealed record LineConfirmationAsked(int LineNumber, decimal? Quantity, DateOnly? PromisedOn, string? Reason);

/// <summary>A shipment as a program reports it.</summary>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="Lines">How much of which line; may be left out where the parcels say it.</param>
/// <param name="Parcels">How it is packed; nothing where it goes as one piece. A single parcel without lines holds all of it.</param>
public sealed record ShipmentAsked(string? Carrier, string? TrackingNumber, IReadOnlyList<DispatchedLine>? Lines, IReadOnlyList<ParcelAsked>? Parcels = null)
{
    internal Dispatch Dispatch => new(Carrier, TrackingNumber, [.. (Lines ?? []).OfType<DispatchedLine>()]) { Parcels = [.. (Parcels ?? []).OfType<ParcelAsked>().Select(parcel => parcel.Parcel)] };
}

/// <summary>A parcel as a program reports it.</summary>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="WeightKg">What it weighs, in kilograms, to the gram.</param>
/// <param name="Lines">How much of which line it holds.</param>
public sealed record ParcelAsked(string? Carrier, string? TrackingNumber, decimal? WeightKg, IReadOnlyList<DispatchedLine>? Lines)
{
    internal DispatchedParcel Parcel => new(Carrier, TrackingNumber, WeightKg, [.. (Lines ?? []).OfType<DispatchedLine>()]);
}

/// <summary>A goods receipt as a program reports it.</summary>
/// <param name="Note">About all of it.</param>
/// <param name="Lines">Line by line.</param>
public sealed record ReceiptAsked(string? Note, IReadOnlyList<ReceiptLineAsked> Lines)
{
    internal Arrival Arrival => new(Note, [.. (Lines ?? []).Select(line => new ArrivedLine(
        line.LineNumber, line.Received ?? 0, line.Short ?? 0, line.Damaged ?? 0, line.Wrong ?? 0, line.Over ?? 0, line.Note) { Lots = [.. (line.Lots ?? []).OfType<ArrivedLot>()] })]);
}

/// <summary>What came of a line.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Received">In good order.</param>
/// <param name="Short">Missing.</param>
/// <param name="Damaged">Not usable.</param>
/// <param name="Wrong">Something else came.</param>
/// <param name="Over">More than was sent.</param>
/// <param name="Note">About it.</param>
/// <param name="Lots">What became of which lots or serial numbers of a tracked product; needed where a part of several differs or stays on the way.</param>
public sealed record ReceiptLineAsked(int LineNumber, decimal? Received, decimal? Short, decimal? Damaged, decimal? Wrong, decimal? Over, string? Note, IReadOnlyList<ArrivedLot>? Lots = null);

/// <summary>An order as the API tells it.</summary>
public sealed record OrderAnswer(
    string Number, string? PoNumber, string? ExternalNumber, string Status, int Version, DateOnly OrderedOn, string? Buyer, string? Seller, string Currency, decimal TotalAmount, string? Note, ShipTo? ShipTo, bool DropShips, IReadOnlyList<string> Coupons,
    DateTime? SubmittedAt, DateTime? ConfirmedAt, IReadOnlyList<OrderLineAnswer> Lines, IReadOnlyList<ShipmentAnswer> Shipments, IReadOnlyList<StepAnswer> History)
{
    /// <summary>The deal whose special prices its lines have.</summary>
    public string? Deal { get; init; }

    internal static OrderAnswer Of(OrderPage page) => new(
        page.Order.Number, page.Order.PoNumber, page.Order.ExternalNumber, page.Order.Status, page.Order.Version, page.Order.OrderedOn, page.Order.BuyerNumber, page.Order.SellerNumber,
        page.Order.Currency, page.Order.TotalAmount, page.Order.Note, page.Order.ShipTo, page.Order.DropShips, page.Order.Coupons, page.Order.SubmittedAt, page.Order.ConfirmedAt,
        [.. page.Lines.Select(line => OrderLineAnswer.Of(line, page.Order))], [.. page.Shipments.Select(ShipmentAnswer.Of)], [.. page.Steps.Select(step => new StepAnswer(step.Act, step.Status, step.HappenedAt, step.DocumentNumber, step.Reason))]) { Deal = page.Order.Deal };
}

/// <summary>A line as the API tells it; <c>Direct</c>, what the seller's upstream sends straight to the buyer, to the seller alone, <c>Configuration</c>, the number of the configuration it comes from, to the buyer alone.</summary>
public sealed record OrderLineAnswer(
    int LineNumber, string Sku, string Name, int Quantity, int Open, int Reserved, int? Direct, DateOnly? RequestedOn, DateOnly? PromisedOn, int Shipped, int InTransit, int Received, int Lost, int Cancelled, string? RefusedBecause, decimal UnitPrice, decimal Amount, IReadOnlyList<PriceStep> PriceSteps, DateOnly? Start, DateOnly? End, int? Months, string? Subscription,
    string? Configuration)
{
    internal static OrderLineAnswer Of(OrderLineRow line, OrderHead order) => new(
        line.LineNumber, line.Sku, line.Name, line.Quantity, line.Open, line.Reserved, order.IsSeller ? line.Direct : null, line.RequestedOn, line.PromisedOn, line.Shipped, line.InTransit, line.Received, line.Lost, line.Cancelled, line.RefusedBecause, line.UnitPrice, line.Amount, KeptSteps.Read(line.PriceSteps), line.TermStart, line.TermEnd, line.TermMonths, line.Subscription,
        order.IsBuyer ? line.Configuration : null);
}

/// <summary>A shipment as the API tells it.</summary>
public sealed record ShipmentAnswer(string Number, string Order, DateTime ShippedAt, string? Carrier, string? TrackingNumber, bool IsDirect, IReadOnlyList<ShipmentLineAnswer> Lines, IReadOnlyList<ParcelShown> Parcels)
{
    internal static ShipmentAnswer Of(ShipmentPage page) => new(page.Head.Number, page.Head.OrderNumber, page.Head.ShippedAt, page.Head.Carrier, page.Head.TrackingNumber, page.Head.IsDirect,
        [.. page.Lines.Select(line => new ShipmentLineAnswer(line.LineNumber, line.Sku, line.Quantity, line.InTransit, line.Received, line.Lost, page.LotsOf(line.LineNumber)))], page.Parcels);
}

/// <summary>A line of a shipment as the API tells it.</summary>
public sealed record ShipmentLineAnswer(int LineNumber, string Sku, int Quantity, int InTransit, int Received, int Lost, IReadOnlyList<LotShown> Lots);

/// <summary>A step of an order's life as the API tells it.</summary>
public sealed record StepAnswer(string Act, string Status, DateTime HappenedAt, string? DocumentNumber, string? Reason);

/// <summary>Where a page of orders ended.</summary>
sealed record OrderCursor(string Number);

/// <summary>What the API says when an act was not done.</summary>
static class OrderProblems
{
    public static ApiProblem Of(OrderOutcome outcome) => outcome switch
    {
        OrderOutcome.NotFound => ApiProblem.NotFound,
        OrderOutcome.Forbidden => ApiProblem.Forbidden,
        OrderOutcome.Stale => ApiProblem.Stale,
        OrderOutcome.NotNow(var status) => ApiProblem.Conflict("order-state", "orders.api.not_now") with { More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["orderStatus"] = status } },
        OrderOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => throw new InvalidOperationException($"Nobody has said what to answer to {outcome}."),
    };
}
