namespace Portal.Ubl;

/// <summary>What UBL documents say, in the words of this product: what is written is made of these, and what is read becomes these again.</summary>
public static class UblKinds
{
    /// <summary>An order (UBL Order).</summary>
    public const string Order = "Order";

    /// <summary>The seller's answer by line (UBL OrderResponse).</summary>
    public const string OrderResponse = "OrderResponse";

    /// <summary>The seller's answer to all of it: yes or no (UBL OrderResponseSimple).</summary>
    public const string OrderResponseSimple = "OrderResponseSimple";

    /// <summary>What was sent (UBL DespatchAdvice).</summary>
    public const string DespatchAdvice = "DespatchAdvice";

    /// <summary>An invoice (UBL Invoice).</summary>
    public const string Invoice = "Invoice";

    /// <summary>A credit note (UBL CreditNote).</summary>
    public const string CreditNote = "CreditNote";

    /// <summary>Those that are taken in.</summary>
    public static IReadOnlyList<string> Received { get; } = [Order, OrderResponse, OrderResponseSimple, DespatchAdvice, Invoice];
}

/// <summary>A company in a document.</summary>
/// <param name="Number">Its public number here; null where the document does not say it.</param>
/// <param name="Code">The brand's code for it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is.</param>
public sealed record UblParty(string? Number, string? Code, string? Name, UblAddress? Address = null);

/// <summary>An address in a document.</summary>
/// <param name="Id">Its number in the buyer's address book.</param>
/// <param name="Street">Street and house.</param>
/// <param name="City">City.</param>
/// <param name="PostalCode">Postal code.</param>
/// <param name="State">State or province.</param>
/// <param name="Country">ISO 3166-1, two letters.</param>
public sealed record UblAddress(string? Id, string? Street, string? City, string? PostalCode, string? State, string? Country);

/// <summary>What a line is about.</summary>
/// <param name="Sku">The seller's number of the product.</param>
/// <param name="Gtin">Its GTIN.</param>
/// <param name="Name">Its name.</param>
public sealed record UblItem(string? Sku, string? Gtin, string? Name);

/// <summary>A quantity with its unit (UNECE Recommendation 20); null where it is no number.</summary>
public sealed record UblQuantity(decimal? Value, string? Unit);

/// <summary>An order.</summary>
/// <param name="Id">The buyer's own number; the portal's where it has none.</param>
/// <param name="SalesOrderId">The portal's number.</param>
/// <param name="IssuedOn">The day it counts for.</param>
/// <param name="Note">What the buyer adds.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Buyer">Who orders.</param>
/// <param name="Seller">Who delivers.</param>
/// <param name="Delivery">Where the goods go.</param>
/// <param name="RequestedOn">The day by which all of it is wanted.</param>
/// <param name="Total">The sum of the lines.</param>
/// <param name="Lines">What is wanted.</param>
public sealed record UblOrder(
    string Id, string? SalesOrderId, DateOnly IssuedOn, string? Note, string? Currency, UblParty Buyer, UblParty Seller, UblAddress? Delivery, DateOnly? RequestedOn, decimal? Total, IReadOnlyList<UblOrderLine> Lines);

/// <summary>A line of an order, or of an answer to it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Item">What.</param>
/// <param name="Quantity">How many; in an answer, how many will be delivered.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Amount">Quantity times price, rounded.</param>
/// <param name="Day">By which day it is wanted; in an answer, promised.</param>
public sealed record UblOrderLine(string Id, UblItem Item, UblQuantity Quantity, decimal? UnitPrice = null, decimal? Amount = null, DateOnly? Day = null)
{
    /// <summary>What the seller says of the line (UNECE 1229): 5 as ordered, 3 changed, 7 not delivered.</summary>
    public string? Status { get; init; }

    /// <summary>Why not all of it.</summary>
    public string? Note { get; init; }

    /// <summary>In an answer: what comes, or would come, instead of what is not delivered of the line.</summary>
    public IReadOnlyList<UblOrderLine> Substitutes { get; init; } = [];
}

/// <summary>The seller's answer to an order.</summary>
/// <param name="Id">The answer's number.</param>
/// <param name="OrderId">The buyer's number of the order.</param>
/// <param name="SalesOrderId">The portal's.</param>
/// <param name="IssuedOn">The day of the answer.</param>
/// <param name="Code">AP accepted, CA accepted with changes, RE turned down (UNECE 4343).</param>
/// <param name="Note">Why it is turned down.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Seller">Who answers.</param>
/// <param name="Buyer">Who ordered.</param>
/// <param name="Lines">Line by line.</param>
/// <param name="IsSimple">Yes or no to all of it (OrderResponseSimple).</param>
public sealed record UblOrderResponse(
    string Id, string? OrderId, string? SalesOrderId, DateOnly IssuedOn, string? Code, string? Note, string? Currency, UblParty Seller, UblParty Buyer, IReadOnlyList<UblOrderLine> Lines, bool IsSimple);

/// <summary>What was sent.</summary>
/// <param name="Id">The shipment's number at whoever sends it.</param>
/// <param name="OrderId">The buyer's number of the order.</param>
/// <param name="SalesOrderId">The portal's.</param>
/// <param name="IssuedOn">The day it left.</param>
/// <param name="Seller">Who sends.</param>
/// <param name="Buyer">Who gets it.</param>
/// <param name="Delivery">Where it goes.</param>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="Lines">What is in it.</param>
public sealed record UblDespatchAdvice(
    string Id, string? OrderId, string? SalesOrderId, DateOnly IssuedOn, UblParty Seller, UblParty Buyer, UblAddress? Delivery, string? Carrier, string? TrackingNumber, IReadOnlyList<UblDespatchLine> Lines)
{
    /// <summary>How it is packed; nothing where it goes as one piece or nothing is said of what is in which.</summary>
    public IReadOnlyList<UblParcel> Parcels { get; init; } = [];
}

/// <summary>A parcel of what was sent (UBL TransportHandlingUnit).</summary>
/// <param name="Id">Its number.</param>
/// <param name="Carrier">Who carries it, where it is another than the one of the whole.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="WeightKg">What it weighs, in kilograms.</param>
/// <param name="Lines">What is in it.</param>
public sealed record UblParcel(string Id, string? Carrier, string? TrackingNumber, decimal? WeightKg, IReadOnlyList<UblDespatchLine> Lines);

/// <summary>A line of what was sent.</summary>
/// <param name="Id">Its number.</param>
/// <param name="OrderLineId">The order's line.</param>
/// <param name="Item">What.</param>
/// <param name="Delivered">How many.</param>
/// <param name="Outstanding">How many are still to come.</param>
public sealed record UblDespatchLine(string Id, string? OrderLineId, UblItem Item, UblQuantity Delivered, decimal? Outstanding = null)
{
    /// <summary>The lot of the line, or its serial numbers (UBL ItemInstance); an order's line that goes in several lots is several lines, for the standard knows no quantity of a lot.</summary>
    public IReadOnlyList<UblItemInstance> Instances { get; init; } = [];
}

/// <summary>A lot or a single piece.</summary>
/// <param name="Serial">The serial number of a piece.</param>
/// <param name="Lot">The number of a lot.</param>
/// <param name="BestBefore">The lot's best-before day.</param>
/// <param name="MadeOn">The day it was made.</param>
public sealed record UblItemInstance(string? Serial, string? Lot, DateOnly? BestBefore = null, DateOnly? MadeOn = null);

/// <summary>An invoice or a credit note.</summary>
/// <param name="Id">The legal number.</param>
/// <param name="Number">The portal's number.</param>
/// <param name="IssuedOn">The day of the document.</param>
/// <param name="DueOn">When it is to be paid; of an invoice.</param>
/// <param name="Note">Why; of a credit note.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="OrderId">The buyer's number of the order.</param>
/// <param name="SalesOrderId">The portal's.</param>
/// <param name="InvoiceId">The legal number of the invoice that a credit note takes back of.</param>
/// <param name="ShipmentId">The shipment; of an invoice.</param>
/// <param name="Seller">Who is owed.</param>
/// <param name="Buyer">Who owes.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Tax">The tax.</param>
/// <param name="Gross">With tax.</param>
/// <param name="Taxes">The tax by category and rate.</param>
/// <param name="Lines">For what.</param>
/// <param name="IsCreditNote">True for a credit note.</param>
public sealed record UblInvoice(
    string Id, string? Number, DateOnly IssuedOn, DateOnly? DueOn, string? Note, string? Currency, string? OrderId, string? SalesOrderId, string? InvoiceId, string? ShipmentId, UblParty Seller, UblParty Buyer,
    decimal? Net, decimal? Tax, decimal? Gross, IReadOnlyList<UblTax> Taxes, IReadOnlyList<UblInvoiceLine> Lines, bool IsCreditNote);

/// <summary>The tax of a category and rate.</summary>
/// <param name="Category">UNECE 5305: S taxed, Z at 0 %, AE reverse charge, G export, E exempt, O outside.</param>
/// <param name="Percent">The rate in percent.</param>
/// <param name="Taxable">Of how much.</param>
/// <param name="Amount">How much.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record UblTax(string? Category, decimal? Percent, decimal? Taxable, decimal? Amount, string? Reason);

/// <summary>A line of an invoice or a credit note.</summary>
/// <param name="Id">Its number.</param>
/// <param name="OrderLineId">The order's line.</param>
/// <param name="Item">What.</param>
/// <param name="Quantity">How many; null where only money goes back.</param>
/// <param name="UnitPrice">What one costs.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Category">The tax category.</param>
/// <param name="Percent">The rate in percent.</param>
public sealed record UblInvoiceLine(string Id, string? OrderLineId, UblItem Item, UblQuantity? Quantity, decimal? UnitPrice, decimal? Net, string? Category, decimal? Percent);
