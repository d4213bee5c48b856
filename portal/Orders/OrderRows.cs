namespace Portal.Orders;

/// <summary>The head of one order.</summary>
public sealed record OrderHead
{
    /// <summary>The key; it never leaves the server.</summary>
    public long PurchaseOrderId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The buyer's own number.</summary>
    public string? PoNumber { get; init; }

    /// <summary>The number it had where it was imported from.</summary>
    public string? ExternalNumber { get; init; }

    /// <summary><c>portal</c>, or <c>history</c> for what happened before.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The day it counts for, in the brand's zone.</summary>
    public DateOnly OrderedOn { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The sum of the lines.</summary>
    public decimal TotalAmount { get; init; }

    /// <summary>How many lines.</summary>
    public int LineCount { get; init; }

    /// <summary>One of <see cref="OrderStatus"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>What the buyer adds.</summary>
    public string? Note { get; init; }

    /// <summary>Where the goods go, as it is stored.</summary>
    public string? ShipToJson { get; init; }

    /// <summary>Where the goods go, as the address was when the order was written; null where the buyer named none.</summary>
    public ShipTo? ShipTo => Orders.ShipTo.Of(ShipToJson);

    /// <summary>True where the goods go straight to the buyer of the order below.</summary>
    public bool DropShips { get; init; }

    /// <summary>The coupons the buyer named.</summary>
    public string[] Coupons { get; init; } = [];

    /// <summary>The deal whose special prices its lines have.</summary>
    public string? Deal { get; init; }

    /// <summary>The reader may look at the deal.</summary>
    public bool SeesDeal { get; init; }

    /// <summary>When the seller got it.</summary>
    public DateTime? SubmittedAt { get; init; }

    /// <summary>When the seller promised it.</summary>
    public DateTime? ConfirmedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>The buyer's name.</summary>
    public string? BuyerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? BuyerNameLatin { get; init; }

    /// <summary>The buyer's public number.</summary>
    public string? BuyerNumber { get; init; }

    /// <summary>The seller's name.</summary>
    public string? SellerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? SellerNameLatin { get; init; }

    /// <summary>The seller's public number.</summary>
    public string? SellerNumber { get; init; }

    /// <summary>True when the person at work is on the buyer's side.</summary>
    public bool IsBuyer { get; init; }

    /// <summary>True when the person at work is on the seller's side.</summary>
    public bool IsSeller { get; init; }

    /// <summary>The side of the person at work; null for the brand looking at its partners' order.</summary>
    public Side? Side => IsBuyer ? Orders.Side.Buyer : IsSeller ? Orders.Side.Seller : null;

    /// <summary>What somebody with these roles can do now.</summary>
    public IEnumerable<Transition> OpenTo(IReadOnlySet<string> roles) =>
        Side is { } side && OrderLifecycle.RolesOf(side).Any(roles.Contains) ? OrderLifecycle.Open(side, Status) : [];
}

/// <summary>A line of an order.</summary>
public sealed record OrderLineRow
{
    /// <summary>Its place in the order, from 1.</summary>
    public int LineNumber { get; init; }

    /// <summary>The product's key; it never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What one is.</summary>
    public string Unit { get; init; } = "";

    /// <summary>How its pieces are told apart: none, lot or serial.</summary>
    public string Tracking { get; init; } = Stock.Tracked.None;

    /// <summary>True where its pieces have lots or serial numbers.</summary>
    public bool IsTracked => Tracking is not Stock.Tracked.None;

    /// <summary>Ordered.</summary>
    public int Quantity { get; init; }

    /// <summary>Sent so far.</summary>
    public int Shipped { get; init; }

    /// <summary>Arrived in good order.</summary>
    public int Received { get; init; }

    /// <summary>Sent and never arrived, or not usable.</summary>
    public int Lost { get; init; }

    /// <summary>Called off.</summary>
    public int Cancelled { get; init; }

    /// <summary>Set aside at the seller's place, of what is open.</summary>
    public int Reserved { get; init; }

    /// <summary>Of what is open, with the seller's own upstream, who sends it straight to the buyer.</summary>
    public int Direct { get; init; }

    /// <summary>By which day the buyer wants it.</summary>
    public DateOnly? RequestedOn { get; init; }

    /// <summary>When the seller means to send what is open.</summary>
    public DateOnly? PromisedOn { get; init; }

    /// <summary>Why the seller does not deliver all of it.</summary>
    public string? RefusedBecause { get; init; }

    /// <summary>Still to be sent.</summary>
    public int Open => Quantity - Shipped - Cancelled;

    /// <summary>Promised, and waiting for goods.</summary>
    public int Waiting => Open - Reserved - Direct;

    /// <summary>On the way.</summary>
    public int InTransit => Shipped - Received - Lost;

    /// <summary>The price of one.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Quantity times price, rounded.</summary>
    public decimal Amount { get; init; }

    /// <summary>How the price came about, as JSON.</summary>
    public string PriceSteps { get; init; } = "[]";

    /// <summary>The number of the buyer's configuration that it comes from.</summary>
    public string? Configuration { get; init; }

    /// <summary>The first day of its term; null for what is not sold by the term.</summary>
    public DateOnly? TermStart { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? TermEnd { get; init; }

    /// <summary>For how many months; null where it ends with the subscription that it adds to.</summary>
    public int? TermMonths { get; init; }

    /// <summary>The number of the buyer's subscription that it renews or adds to.</summary>
    public string? Subscription { get; init; }

    /// <summary>False for services and what is sold by the term: they are performed, not sent from stock.</summary>
    public bool NeedsStock { get; init; } = true;
}

/// <summary>The head of a shipment.</summary>
public sealed record ShipmentHead(
    long ShipmentId, string Number, string OrderNumber, DateTime ShippedAt, string? Carrier, string? TrackingNumber, bool IsBuyer, string Status, int Version, bool IsDirect, bool DropShips);

/// <summary>A line of a shipment with what became of it.</summary>
public sealed record ShipmentLineRow(string ShipmentNumber, int LineNumber, string Sku, string Name, string NameZh, string Unit, int Quantity, int Received, int Lost, string Tracking, bool FromStock)
{
    /// <summary>Still on the way.</summary>
    public int InTransit => Quantity - Received - Lost;
}

/// <summary>A shipment with its lines.</summary>
public sealed record ShipmentPage(ShipmentHead Head, IReadOnlyList<ShipmentLineRow> Lines)
{
    /// <summary>How it is packed; nothing where it goes as one piece.</summary>
    public IReadOnlyList<ParcelShown> Parcels { get; init; } = [];

    /// <summary>The lots and serial numbers of its tracked products.</summary>
    public IReadOnlyList<LotOfLine> Lots { get; init; } = [];

    /// <summary>The lots and serial numbers of one line.</summary>
    public IReadOnlyList<LotShown> LotsOf(int lineNumber) => [.. Lots.Where(lot => lot.LineNumber == lineNumber).Select(lot => new LotShown(lot.Code, lot.Quantity, lot.Received, lot.Lost, lot.MadeOn, lot.BestBefore))];

    /// <summary>True where all of it was performed, and nothing sent.</summary>
    public bool IsPerformance => Lines.All(line => !line.FromStock);

    /// <summary>True while something of it is on the way.</summary>
    public bool IsUnderWay => Lines.Any(line => line.InTransit > 0);
}

/// <summary>What differed at a receipt.</summary>
public sealed record DiscrepancyRow(string ReceiptNumber, string ShipmentNumber, int LineNumber, string Sku, string Kind, int Quantity, string? Note);

/// <summary>One step in the history of an order.</summary>
public sealed record StepRow(string Act, string Status, string? PartnerName, string? PartnerNameLatin, string? PersonName, string? DocumentNumber, string? Reason, DateTime HappenedAt);

/// <summary>An order with all that hangs on it.</summary>
public sealed record OrderPage(
    OrderHead Order, IReadOnlyList<OrderLineRow> Lines, IReadOnlyList<ShipmentPage> Shipments, IReadOnlyList<DiscrepancyRow> Discrepancies, IReadOnlyList<StepRow> Steps)
{
    /// <summary>True where nothing of it is sent from stock: it is performed.</summary>
    public bool IsPerformance => Lines.Count > 0 && Lines.All(line => !line.NeedsStock);

    /// <summary>True while something that was promised is to be performed.</summary>
    public bool IsToPerform => Order.Status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped && Lines.Any(line => line is { NeedsStock: false, Reserved: > 0 });

    /// <summary>True while something that was promised waits for goods.</summary>
    public bool IsWaitingForGoods => Order.Status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped && Lines.Any(line => line.Waiting > 0);
}
