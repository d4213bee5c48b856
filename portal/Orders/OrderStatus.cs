namespace Portal.Orders;

/// <summary>The states of an order (订单状态), as the table has them.</summary>
public static class OrderStatus
{
    /// <summary>Being written by the buyer; nobody else sees it.</summary>
    public const string Draft = "draft";

    /// <summary>With the seller, waiting for an answer.</summary>
    public const string Submitted = "submitted";

    /// <summary>Beyond a limit of whoever wrote it, and waiting for a word inside the buyer's company; the seller does not see it yet.</summary>
    public const string PendingApproval = "pending_approval";

    /// <summary>Promised by the seller, its stock reserved.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>Some of it has left the seller, some is still open.</summary>
    public const string PartiallyShipped = "partially_shipped";

    /// <summary>Nothing is open any more, something is in transit.</summary>
    public const string Shipped = "shipped";

    /// <summary>Nothing is open or in transit.</summary>
    public const string Received = "received";

    /// <summary>Received and done with.</summary>
    public const string Closed = "closed";

    /// <summary>Called off before anything was shipped.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Turned down by the seller.</summary>
    public const string Rejected = "rejected";

    /// <summary>All of them, in the order of an order's life.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Draft, Submitted, PendingApproval, Confirmed, PartiallyShipped, Shipped, Received, Closed, Cancelled, Rejected];

    /// <summary>What a seller can ship: something is reserved and may leave, as a filter of lists.</summary>
    public const string ToShip = "to_ship";

    /// <summary>Orders of which something is on its way to the buyer, as a filter of lists.</summary>
    public const string ToReceive = "to_receive";

    /// <summary>Orders of which the other side asked a change, as a filter of lists.</summary>
    public const string ToAnswer = "to_answer";

    /// <summary>The states that a filter of lists stands for: <see cref="ToShip"/> and <see cref="ToReceive"/> those two in which it can be, <see cref="ToAnswer"/> those in which something may be changed, a state is itself.</summary>
    public static string[] In(string filter) => filter switch
    {
        ToShip => [Confirmed, PartiallyShipped],
        ToReceive => [PartiallyShipped, Shipped],
        ToAnswer => [Submitted, Confirmed, PartiallyShipped],
        _ => [filter],
    };

    /// <summary>The way of an order that nothing happens to, for the chain on its page.</summary>
    public static IReadOnlyList<string> Chain { get; } = [Draft, Submitted, Confirmed, Shipped, Received, Closed];

    /// <summary>States that nothing leads out of.</summary>
    public static IReadOnlyList<string> Final { get; } = [Closed, Cancelled, Rejected];
}
