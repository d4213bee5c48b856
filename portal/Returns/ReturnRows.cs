using Portal.Orders;

namespace Portal.Returns;

/// <summary>A return.</summary>
public sealed record ReturnHead : BetweenTwo
{
    /// <summary>The key; it never leaves the server.</summary>
    public long ReturnOrderId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>return</c> or <c>rotation</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Why: <c>faulty</c>, <c>wrong</c>, <c>not_needed</c> or <c>slow</c>.</summary>
    public string Cause { get; init; } = "";

    /// <summary>Why, in the buyer's words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The buyer says that nothing of it was opened.</summary>
    public bool IsUnopened { get; init; }

    /// <summary>The order against which slow goods are rotated.</summary>
    public string? AgainstOrder { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What was asked back, at the prices that were paid, without tax.</summary>
    public decimal Amount { get; init; }

    /// <summary>One of <see cref="ReturnLifecycle.States"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>The seller's place to which the goods went; it never leaves the server.</summary>
    public long? ToPlaceId { get; init; }

    /// <summary>Who carries it back.</summary>
    public string? Carrier { get; init; }

    /// <summary>The carrier's number.</summary>
    public string? TrackingNumber { get; init; }

    /// <summary>The credit notes that were written.</summary>
    public string? CreditNotes { get; init; }

    /// <summary>Until when the side that it waits for should act.</summary>
    public DateOnly AnswerBy { get; init; }

    /// <summary>True where that day is over and it still waits.</summary>
    public bool IsLate { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTime RequestedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }

    /// <summary>True when the person's roles are those of its side.</summary>
    public bool May { get; init; }

    /// <summary>True when the person at work can do it now.</summary>
    public bool Allows(string act) => May && Side is { } side && ReturnLifecycle.Find(act, side, Status) is not null;
}

/// <summary>A line of a return.</summary>
public sealed record ReturnLine
{
    /// <summary>The key; it never leaves the server.</summary>
    public long ReturnOrderLineId { get; init; }

    /// <summary>Its place, from 1.</summary>
    public int LineNumber { get; init; }

    /// <summary>The key of the shipment's line; it never leaves the server.</summary>
    public long ShipmentLineId { get; init; }

    /// <summary>The product's key; it never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>False for what was performed, not sent: nothing of it goes back, only what was paid.</summary>
    public bool FromStock { get; init; } = true;

    /// <summary>The order it came with.</summary>
    public string OrderNumber { get; init; } = "";

    /// <summary>The shipment it came with.</summary>
    public string ShipmentNumber { get; init; } = "";

    /// <summary>The key of the buyer's place that it came to, or of its default place where that one is closed or another company's; it never leaves the server.</summary>
    public long HeldInPlaceId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>How its pieces are told apart: none, lot or serial.</summary>
    public string Tracking { get; init; } = Stock.Tracked.None;

    /// <summary>True where its pieces have lots or serial numbers.</summary>
    public bool IsTracked => Tracking is not Stock.Tracked.None;

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What one cost.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Asked.</summary>
    public int Quantity { get; init; }

    /// <summary>Approved by the seller.</summary>
    public int? Approved { get; init; }

    /// <summary>Why not all of it.</summary>
    public string? RefusedBecause { get; init; }

    /// <summary>Sent back.</summary>
    public int? Sent { get; init; }

    /// <summary>Came back in good order.</summary>
    public int? Sound { get; init; }

    /// <summary>Came back damaged; written off.</summary>
    public int? Damaged { get; init; }

    /// <summary>Credited.</summary>
    public int? Credited { get; init; }
}

/// <summary>A return with all that hangs on it.</summary>
public sealed record ReturnPage(ReturnHead Head, IReadOnlyList<ReturnLine> Lines, IReadOnlyList<CaseStep> Steps)
{
    /// <summary>The lots and serial numbers that were sent, by the key of their line.</summary>
    public ILookup<long, ReturnedLot> Lots { get; init; } = Array.Empty<ReturnedLot>().ToLookup(lot => lot.ReturnOrderLineId);
}

/// <summary>What a buyer can send back of a shipment line.</summary>
public sealed record Returnable
{
    /// <summary>The key; it never leaves the server.</summary>
    public long ShipmentLineId { get; init; }

    /// <summary>The shipment.</summary>
    public string ShipmentNumber { get; init; } = "";

    /// <summary>The order.</summary>
    public string OrderNumber { get; init; } = "";

    /// <summary>The order's line.</summary>
    public int LineNumber { get; init; }

    /// <summary>The product's key; it never leaves the server.</summary>
    public long ProductId { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>The code of its product line.</summary>
    public string ProductLine { get; init; } = "";

    /// <summary>The seller's key; it never leaves the server.</summary>
    public long SellerId { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What one cost.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>How many can still go back.</summary>
    public int Left { get; init; }

    /// <summary>When the last of them arrived.</summary>
    public DateOnly ReceivedOn { get; init; }
}
