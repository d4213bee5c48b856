namespace Portal.Orders;

/// <summary>A change as it is asked for.</summary>
/// <param name="Number">Its public number.</param>
/// <param name="OrderNumber">The order.</param>
/// <param name="By">Which side asks.</param>
/// <param name="Reason">Why, in words that the other side reads; null where the product says that goods come later.</param>
/// <param name="Lines">What shall be different.</param>
public sealed record NewChange(string Number, string OrderNumber, Side By, string? Reason, IReadOnlyList<NewChangedLine> Lines)
{
    /// <summary>The change of the order below that waits for this one.</summary>
    public string? PassedUpFrom { get; init; }
}

/// <summary>What shall be different of a line.</summary>
/// <param name="LineId">The line's key.</param>
/// <param name="CallOff">How many pieces are called off.</param>
/// <param name="NewDay">The day for what stays; null where it stays as it is.</param>
/// <param name="Substitute">What comes instead of what is called off.</param>
public sealed record NewChangedLine(long LineId, int CallOff, DateOnly? NewDay, PricedLine? Substitute = null);

/// <summary>A change that is open.</summary>
public sealed record OpenChange
{
    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>buyer</c> or <c>seller</c>.</summary>
    public string AskedBySide { get; init; } = "";

    /// <summary>Why; null where the product says that goods come later.</summary>
    public string? Reason { get; init; }

    /// <summary>True while the seller waits for a word of its own upstream.</summary>
    public bool WaitsForUpstream { get; init; }

    /// <summary>The order.</summary>
    public string OrderNumber { get; init; } = "";

    /// <summary>The change below that waits for this one.</summary>
    public string? PassedUpFrom { get; init; }

    /// <summary>What shall be different.</summary>
    public IReadOnlyList<ChangedLine> Lines { get; init; } = [];

    /// <summary>Who asked.</summary>
    internal Side By => AskedBySide is "buyer" ? Side.Buyer : Side.Seller;

    /// <summary>Who answers.</summary>
    internal Side To => By is Side.Buyer ? Side.Seller : Side.Buyer;
}

/// <summary>A line of a change that is open.</summary>
public sealed record ChangedLine(long LineId, int CallOff, DateOnly? NewDay, long? SubstituteId, decimal? UnitPrice, decimal? Amount, string? PriceSteps, DateOnly? TermStart, DateOnly? TermEnd, int? TermMonths);

/// <summary>A line of an order upwards that a change below concerns.</summary>
public sealed record UpwardsLine(string OrderNumber, long LineId, int CallOff);

/// <summary>A line below whose goods come later.</summary>
public sealed record LaterLine(string OrderNumber, long LineId, DateOnly NewDay);

/// <summary>A change on the page of its order.</summary>
public sealed record ChangeRow
{
    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>buyer</c> or <c>seller</c>.</summary>
    public string AskedBySide { get; init; } = "";

    /// <summary>Why; null where the product says that goods come later.</summary>
    public string? Reason { get; init; }

    /// <summary><c>open</c>, <c>accepted</c>, <c>declined</c> or <c>withdrawn</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>What the other side said.</summary>
    public string? Answer { get; init; }

    /// <summary>True while the seller waits for a word of its own upstream.</summary>
    public bool WaitsForUpstream { get; init; }

    /// <summary>Who asked, where the reader may see people of that company.</summary>
    public string? AskedBy { get; init; }

    /// <summary>When.</summary>
    public DateTime AskedAt { get; init; }

    /// <summary>Who answered.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When.</summary>
    public DateTime? AnsweredAt { get; init; }

    /// <summary>True where it was asked for because somebody further down asked.</summary>
    public bool WasPassedUp { get; init; }

    /// <summary>True where the company of the person at work has to answer.</summary>
    public bool IsToAnswer { get; init; }

    /// <summary>True where the company of the person at work asked.</summary>
    public bool IsMine { get; init; }

    /// <summary>What shall be different.</summary>
    public IReadOnlyList<ChangedLineRow> Lines { get; init; } = [];

    /// <summary>The own orders upwards that it concerns, for the seller.</summary>
    public IReadOnlyList<string> OrdersUpwards { get; init; } = [];
}

/// <summary>A line of a change on the page of its order.</summary>
public sealed record ChangedLineRow(
    string Number, int LineNumber, string Sku, string Name, string NameZh, int CallOff, DateOnly? NewDay, DateOnly? Day, string? Substitute, string? SubstituteName, string? SubstituteNameZh, decimal? UnitPrice, decimal PriceBefore, string Currency,
    DateOnly? TermStart, DateOnly? TermEnd, int? TermMonths);
