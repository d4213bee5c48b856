using Dapper;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>An order taken to work on, with what the person at work may do to it.</summary>
public sealed record OrderInHand
{
    /// <summary>The key.</summary>
    public long PurchaseOrderId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Who orders.</summary>
    public long BuyerId { get; init; }

    /// <summary>Who delivers.</summary>
    public long SellerId { get; init; }

    /// <summary>The day its figures count for.</summary>
    public DateOnly OrderedOn { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The sum of the lines.</summary>
    public decimal TotalAmount { get; init; }

    /// <summary>One of <see cref="OrderStatus"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>Where the goods come from; known once it is confirmed.</summary>
    public long? FromPlaceId { get; init; }

    /// <summary>Where the goods go to.</summary>
    public long ToPlaceId { get; init; }

    /// <summary>True where the goods go straight to the buyer of the order below.</summary>
    public bool DropShips { get; init; }

    /// <summary>True for the buyer's people.</summary>
    public bool IsBuyer { get; init; }

    /// <summary>True for the seller's people.</summary>
    public bool IsSeller { get; init; }

    /// <summary>True for the product itself, which acts for either side.</summary>
    public bool IsSystem { get; init; }

    /// <summary>True where the person's roles are a buyer's.</summary>
    public bool MayBuy { get; init; }

    /// <summary>True where the person's roles are a seller's.</summary>
    public bool MaySell { get; init; }

    /// <summary>True when the person at work may act for that side.</summary>
    public bool IsOn(Side side) => IsSystem || (side is Side.Buyer ? IsBuyer : IsSeller);

    /// <summary>True when the person's roles are that side's.</summary>
    public bool HasRoleOf(Side side) => side is Side.Buyer ? MayBuy : MaySell;
}

/// <summary>
/// A line of an order in hand; <c>IsSentAgain</c> for what is sent for nothing in place of pieces that were paid and lost. <c>KeptInStock</c> is said of the product, and asked at the confirmation; <c>FromStock</c> is what the line has been since.
/// </summary>
public sealed record LineInHand(
    long PurchaseOrderLineId, int LineNumber, long ProductId, string Sku, long ProductLineId, int Quantity, int Shipped, int Received, int Lost, int Cancelled, int Reserved, int Direct, DateOnly? RequestedOn, decimal Amount, bool IsSentAgain, string Tracking, string? Configuration,
    DateOnly? TermStart, int? TermMonths, string? Subscription, bool KeptInStock, bool FromStock)
{
    /// <summary>True where its pieces have lots or serial numbers.</summary>
    public bool IsTracked => Tracking is not Tracked.None;

    /// <summary>Still to be sent.</summary>
    public int Open => Quantity - Shipped - Cancelled;

    /// <summary>Still to be sent by the seller itself; the rest is with its upstream, who sends it straight to the buyer.</summary>
    public int OwnOpen => Open - Direct;
}

/// <summary>A line of a shipment in hand.</summary>
public sealed record ShippedLineInHand(
    long ShipmentLineId, long ShipmentId, long PurchaseOrderLineId, int LineNumber, long ProductId, string Sku, int Quantity, int Received, int Lost, bool IsDirect, string Tracking, bool FromStock)
{
    /// <summary>True where its pieces have lots or serial numbers.</summary>
    public bool IsTracked => Tracking is not Tracked.None;

    /// <summary>Still on the way.</summary>
    public int InTransit => Quantity - Received - Lost;
}

/// <summary>A lot or serial number of a shipment line in hand.</summary>
public sealed record ShippedLot(long ShipmentLineId, string Code, int Quantity, int Received, int Lost)
{
    /// <summary>Still on the way.</summary>
    public int InTransit => Quantity - Received - Lost;
}

/// <summary>What a draft says besides its lines.</summary>
public sealed record DraftHead
{
    /// <summary>The buyer's own number.</summary>
    public string? PoNumber { get; init; }

    /// <summary>What the seller should know.</summary>
    public string? Note { get; init; }

    /// <summary>The number of the address.</summary>
    public string? ShipTo { get; init; }

    /// <summary>The coupons named.</summary>
    public string[] Coupons { get; init; } = [];

    /// <summary>The deal it is for.</summary>
    public string? Deal { get; init; }
}

/// <summary>Who orders from whom, and how much the person at work may order alone: <c>PerOrder</c> and <c>PerMonth</c>, null for no limit.</summary>
public sealed record Parties(
    long BuyerId, long? SellerId, string? SellerName, string? SellerStatus, string Currency, DateOnly Today, bool MayBuy, bool WatchesCredit, decimal? PerOrder, decimal? PerMonth);

/// <summary>An order as it is written.</summary>
public sealed record NewOrder(
    string Number, long BuyerId, long SellerId, string? PoNumber, DateOnly OrderedOn, string Currency, string? Note, string Status, IReadOnlyList<PricedLine> Lines)
{
    /// <summary>The number of the address where the goods go; null for the buyer's default.</summary>
    public string? ShipTo { get; init; }

    /// <summary>The coupons named, as they are kept.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>The deal whose special prices its lines have; null for none.</summary>
    public string? Deal { get; init; }

    /// <summary>The sum of the rounded lines.</summary>
    public decimal Total => Lines.Sum(line => line.Amount);

    internal DynamicParameters Arguments(DateTime now)
    {
        var arguments = new DynamicParameters(new
        {
            Number, BuyerId, SellerId, PoNumber, OrderedOn, Currency, Note, Status, ShipTo, Total, now, Coupons = Coupons.ToArray(), Deal,
            LineCount = Lines.Count,
        });
        arguments.Add("LineNumbers", Enumerable.Range(1, Lines.Count).ToArray());
        arguments.Add("Products", Lines.Select(line => line.ProductId).ToArray());
        arguments.Add("Quantities", Lines.Select(line => line.Quantity).ToArray());
        arguments.Add("UnitPrices", Lines.Select(line => line.UnitPrice).ToArray());
        arguments.Add("Amounts", Lines.Select(line => line.Amount).ToArray());
        arguments.Add("RequestedOn", Lines.Select(line => line.RequestedOn).ToArray());
        arguments.Add("Configurations", Lines.Select(line => line.Configuration).ToArray());
        arguments.Add("TermStarts", Lines.Select(line => line.TermStart).ToArray());
        arguments.Add("TermEnds", Lines.Select(line => line.TermEnd).ToArray());
        arguments.Add("TermMonths", Lines.Select(line => line.TermMonths).ToArray());
        arguments.Add("Subscriptions", Lines.Select(line => line.Subscription).ToArray());
        arguments.Add("PriceSteps", Lines.Select(line => line.PriceSteps).ToArray());
        return arguments;
    }
}

/// <summary>A line with its price, ready to be written.</summary>
/// <param name="ProductId">The product's key.</param>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Unit">What one is.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Amount">Quantity times price, rounded to the currency's minor unit.</param>
/// <param name="PriceSteps">How the price came about, as JSON.</param>
public sealed record PricedLine(
    long ProductId, string Sku, string Name, string NameZh, string Unit, int Quantity, decimal UnitPrice, decimal Amount, string PriceSteps)
{
    /// <summary>The day by which it is wanted.</summary>
    public DateOnly? RequestedOn { get; init; }

    /// <summary>The number of the configuration that it comes from.</summary>
    public string? Configuration { get; init; }

    /// <summary>The first day of its term; null for what is not sold by the term.</summary>
    public DateOnly? TermStart { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? TermEnd { get; init; }

    /// <summary>For how many months; null where it ends with the subscription that it adds to.</summary>
    public int? TermMonths { get; init; }

    /// <summary>The number of the subscription that it renews or adds to.</summary>
    public string? Subscription { get; init; }
}

/// <summary>A shipment as it is written.</summary>
public sealed record NewShipment(string Number, string? Carrier, string? TrackingNumber, IReadOnlyList<(LineInHand Line, int Quantity)> Lines)
{
    /// <summary>True for goods that the seller's own upstream sent straight to the buyer.</summary>
    public bool IsDirect { get; init; }
}

/// <summary>A goods receipt as it is written.</summary>
public sealed record NewReceipt(string Number, long ShipmentId, string? Note, IReadOnlyList<ReceivedLine> Lines)
{
    /// <summary>What differed, of all lines.</summary>
    public IReadOnlyList<FoundDiscrepancy> Discrepancies { get; } = [.. Lines.SelectMany(line => line.Discrepancies)];
}

/// <summary>What came of a shipment line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Received">In good order.</param>
/// <param name="Short">Missing.</param>
/// <param name="Damaged">Not usable.</param>
/// <param name="Wrong">Something else came instead.</param>
/// <param name="Over">More than was sent; noted only.</param>
/// <param name="Note">What the buyer says about it.</param>
public sealed record ReceivedLine(ShippedLineInHand Line, int Received, int Short, int Damaged, int Wrong, int Over, string? Note)
{
    /// <summary>What was sent and cannot be put into stock.</summary>
    public int Lost => Short + Damaged + Wrong;

    /// <summary>The differences as rows.</summary>
    public IEnumerable<FoundDiscrepancy> Discrepancies =>
        new[] { ("short", Short), ("damaged", Damaged), ("wrong", Wrong), ("over", Over) }
            .Where(found => found.Item2 > 0)
            .Select(found => new FoundDiscrepancy(Line.ShipmentLineId, found.Item1, found.Item2, Note));
}

/// <summary>One difference.</summary>
public sealed record FoundDiscrepancy(long ShipmentLineId, string Kind, int Quantity, string? Note);
