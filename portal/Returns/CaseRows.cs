using Portal.Orders;

namespace Portal.Returns;

/// <summary>A discrepancy case.</summary>
public sealed record DiscrepancyCase : BetweenTwo
{
    /// <summary>The key; it never leaves the server.</summary>
    public long DiscrepancyCaseId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The key of the order; it never leaves the server.</summary>
    public long PurchaseOrderId { get; init; }

    /// <summary>The order.</summary>
    public string OrderNumber { get; init; } = "";

    /// <summary>The shipment.</summary>
    public string ShipmentNumber { get; init; } = "";

    /// <summary>The goods receipt that found it.</summary>
    public string ReceiptNumber { get; init; } = "";

    /// <summary>The key of the shipment's line; it never leaves the server.</summary>
    public long ShipmentLineId { get; init; }

    /// <summary>The key of the order's line; it never leaves the server.</summary>
    public long PurchaseOrderLineId { get; init; }

    /// <summary>The order's line.</summary>
    public int LineNumber { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary><c>short</c>, <c>damaged</c>, <c>wrong</c> or <c>over</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>How many pieces.</summary>
    public int Quantity { get; init; }

    /// <summary>What the buyer wants.</summary>
    public string Wanted { get; init; } = "";

    /// <summary>What the seller offers instead.</summary>
    public string? Offered { get; init; }

    /// <summary>One of <see cref="CaseLifecycle.States"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>How it was settled.</summary>
    public string? SettledAs { get; init; }

    /// <summary>Why, in the buyer's words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Until when the side that it waits for should answer.</summary>
    public DateOnly AnswerBy { get; init; }

    /// <summary>True where that day is over and it still waits.</summary>
    public bool IsLate { get; init; }

    /// <summary>When it was filed.</summary>
    public DateTime OpenedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>What somebody with these roles can do now.</summary>
    public IEnumerable<CaseTransition> OpenTo(IReadOnlySet<string> roles) =>
        Side is { } side && OrderLifecycle.RolesOf(side).Any(roles.Contains) ? CaseLifecycle.OpenTo(side, this) : [];
}

/// <summary>A step of a case.</summary>
public sealed record CaseStep(string Act, string Status, string? Path, string? Reason, string? DocumentNumber, string? PartnerName, string? PartnerNameLatin, string? PersonName, DateTime HappenedAt);

/// <summary>A discrepancy that can be settled, or is.</summary>
/// <param name="ReceiptDiscrepancyId">The key; it never leaves the server.</param>
/// <param name="ShipmentLineId">The key of the shipment's line; it never leaves the server.</param>
/// <param name="OrderNumber">The order.</param>
/// <param name="ShipmentNumber">The shipment.</param>
/// <param name="ReceiptNumber">The goods receipt.</param>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Sku">The product.</param>
/// <param name="Kind">What differed.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Note">What the buyer noted at the receipt.</param>
/// <param name="CaseNumber">The case that is open or settled about it.</param>
/// <param name="CaseStatus">Its state.</param>
/// <param name="IsBuyer">True when the person at work is on the buyer's side.</param>
public sealed record FoundDifference(
    long ReceiptDiscrepancyId, long ShipmentLineId, string OrderNumber, string ShipmentNumber, string ReceiptNumber, int LineNumber, string Sku, string Kind, int Quantity, string? Note, string? CaseNumber, string? CaseStatus, bool IsBuyer);
