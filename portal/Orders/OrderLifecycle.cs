namespace Portal.Orders;

/// <summary>Which side of an order somebody is on.</summary>
public enum Side
{
    /// <summary>The partner that orders (买方).</summary>
    Buyer,

    /// <summary>Its upstream, which delivers (卖方).</summary>
    Seller,
}

/// <summary>
/// The life of an order: which act leads from which state to which, who may do it, and whether it needs a reason. The one place
/// where this stands; pages, API and acts all ask here.
/// </summary>
public static class OrderLifecycle
{
    /// <summary>Replaces a draft's lines.</summary>
    public const string Edit = "edit";

    /// <summary>Hands the draft to the seller.</summary>
    public const string Submit = "submit";

    /// <summary>Hands an order that went beyond somebody's limit to the seller.</summary>
    public const string Approve = "approve";

    /// <summary>Gives such an order back to whoever wrote it.</summary>
    public const string SendBack = "send_back";

    /// <summary>Takes such an order back to change it.</summary>
    public const string Recall = "recall";

    /// <summary>Promises the order, and reserves what there is.</summary>
    public const string Confirm = "confirm";

    /// <summary>Reserves goods that have come for what waits for them.</summary>
    public const string Allocate = "allocate";

    /// <summary>Has what lacks sent to the buyer by one's own upstream.</summary>
    public const string DropShip = "drop_ship";

    /// <summary>Takes back what is reserved: the goods are not there, or the reservation has run out.</summary>
    public const string Unreserve = "unreserve";

    /// <summary>Turns the order down.</summary>
    public const string Reject = "reject";

    /// <summary>Sends goods, all or a part.</summary>
    public const string Ship = "ship";

    /// <summary>Takes a shipment in, all or a part.</summary>
    public const string Receive = "receive";

    /// <summary>Sends lost pieces again, because both sides agreed to it.</summary>
    public const string SendAgain = "send_again";

    /// <summary>Hands a surplus over, because both sides agreed to it.</summary>
    public const string TakeOver = "take_over";

    /// <summary>Calls off what is still open.</summary>
    public const string Cancel = "cancel";

    /// <summary>Asks the other side to agree to a change of an order that was handed in.</summary>
    public const string AskForChange = "ask_change";

    /// <summary>Agrees to such a change: what was asked becomes of the order.</summary>
    public const string Change = "change";

    /// <summary>Puts a received order away.</summary>
    public const string Close = "close";

    // Handed in, and not all of it sent: either side may ask the other for a change.
    internal static readonly string[] AtWork = [OrderStatus.Submitted, OrderStatus.Confirmed, OrderStatus.PartiallyShipped];

    /// <summary>Every step that exists.</summary>
    public static IReadOnlyList<Transition> Transitions { get; } =
    [
        new(Edit, Side.Buyer, [OrderStatus.Draft], [OrderStatus.Draft]),
        new(Submit, Side.Buyer, [OrderStatus.Draft], [OrderStatus.Submitted, OrderStatus.PendingApproval]),
        new(Approve, Side.Buyer, [OrderStatus.PendingApproval], [OrderStatus.Submitted]),
        new(SendBack, Side.Buyer, [OrderStatus.PendingApproval], [OrderStatus.Draft]) { NeedsReason = true },
        new(Recall, Side.Buyer, [OrderStatus.PendingApproval], [OrderStatus.Draft]),
        new(Cancel, Side.Buyer, [OrderStatus.Draft], [OrderStatus.Cancelled]),
        new(Cancel, Side.Buyer, [OrderStatus.Submitted], [OrderStatus.Cancelled]) { NeedsReason = true },
        new(Confirm, Side.Seller, [OrderStatus.Submitted], [OrderStatus.Confirmed]),
        new(Reject, Side.Seller, [OrderStatus.Submitted], [OrderStatus.Rejected]) { NeedsReason = true },
        new(Allocate, Side.Seller, [OrderStatus.Confirmed, OrderStatus.PartiallyShipped], [OrderStatus.Confirmed, OrderStatus.PartiallyShipped]),
        new(DropShip, Side.Seller, [OrderStatus.Confirmed, OrderStatus.PartiallyShipped], [OrderStatus.Confirmed, OrderStatus.PartiallyShipped]),
        new(Unreserve, Side.Seller, [OrderStatus.Confirmed, OrderStatus.PartiallyShipped], [OrderStatus.Confirmed, OrderStatus.PartiallyShipped]),
        new(Ship, Side.Seller, [OrderStatus.Confirmed, OrderStatus.PartiallyShipped], [OrderStatus.PartiallyShipped, OrderStatus.Shipped]),
        new(Cancel, Side.Seller, [OrderStatus.Confirmed], [OrderStatus.Cancelled]) { NeedsReason = true },
        new(Cancel, Side.Seller, [OrderStatus.PartiallyShipped], [OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Received]) { NeedsReason = true },
        new(Receive, Side.Buyer, [OrderStatus.PartiallyShipped, OrderStatus.Shipped], [OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Received]),
        new(SendAgain, Side.Seller, [OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Received], [OrderStatus.PartiallyShipped]),
        new(TakeOver, Side.Seller, [OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Received], [OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Received]),
        new(AskForChange, Side.Buyer, AtWork, AtWork),
        new(AskForChange, Side.Seller, AtWork, AtWork),
        new(Change, Side.Buyer, AtWork, [.. AtWork, OrderStatus.Shipped, OrderStatus.Received, OrderStatus.Cancelled]),
        new(Change, Side.Seller, AtWork, [.. AtWork, OrderStatus.Shipped, OrderStatus.Received, OrderStatus.Cancelled]),
        new(Close, Side.Buyer, [OrderStatus.Received], [OrderStatus.Closed]),
        new(Close, Side.Seller, [OrderStatus.Received], [OrderStatus.Closed]),
    ];

    /// <summary>The roles that act for a side; the same list stands in the statement that takes an order to work on (OrderStore).</summary>
    public static IReadOnlyList<string> RolesOf(Side side) => side is Side.Buyer ? BuyerRoles.All : SellerRoles.All;

    /// <summary>The step an act would be for that side in that state, or null where it may not be done.</summary>
    public static Transition? Find(string act, Side side, string status) =>
        Transitions.FirstOrDefault(transition => transition.Act == act && transition.By == side && transition.From.Contains(status));

    /// <summary>What a side can do in a state, in the order a page shows it.</summary>
    public static IEnumerable<Transition> Open(Side side, string status) =>
        Transitions.Where(transition => transition.By == side && transition.From.Contains(status));

    /// <summary>True when the act has been done already, so that doing it again (a double click) changes nothing and is no error.</summary>
    public static bool IsDone(string act, string status) => act switch
    {
        Submit => status is not (OrderStatus.Draft or OrderStatus.Cancelled),
        Approve => status is OrderStatus.Submitted,
        Confirm => status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Received or OrderStatus.Closed,
        Reject => status is OrderStatus.Rejected,
        Cancel => status is OrderStatus.Cancelled,
        Close => status is OrderStatus.Closed,
        _ => false,
    };

    /// <summary>The state that the lines of a confirmed order make, with what comes to them just now.</summary>
    internal static string After(IReadOnlyCollection<LineInHand> lines, long shipped = 0, long received = 0, long lost = 0, long cancelled = 0) => After(
        lines.Sum(line => (long)line.Quantity), lines.Sum(line => (long)line.Shipped) + shipped, lines.Sum(line => (long)line.Received) + received,
        lines.Sum(line => (long)line.Lost) + lost, lines.Sum(line => (long)line.Cancelled) + cancelled);

    /// <summary>The state that the quantities of a confirmed order make: the sums over all its lines.</summary>
    public static string After(long ordered, long shipped, long received, long lost, long cancelled)
    {
        var open = ordered - shipped - cancelled;
        var inTransit = shipped - received - lost;
        return (open, shipped, inTransit) switch
        {
            (> 0, 0, _) => OrderStatus.Confirmed,
            (> 0, _, _) => OrderStatus.PartiallyShipped,
            (_, 0, _) => OrderStatus.Cancelled,
            (_, _, > 0) => OrderStatus.Shipped,
            _ => OrderStatus.Received,
        };
    }
}

/// <summary>One step of an order's life.</summary>
/// <param name="Act">What is done.</param>
/// <param name="By">Which side does it.</param>
/// <param name="From">The states it may be done in.</param>
/// <param name="To">The states it may lead to; the quantities decide where there are several.</param>
public sealed record Transition(string Act, Side By, IReadOnlyList<string> From, IReadOnlyList<string> To)
{
    /// <summary>True for the negative acts: they are not done without saying why.</summary>
    public bool NeedsReason { get; init; }
}

/// <summary>Who orders for a buyer.</summary>
public static class BuyerRoles
{
    /// <summary>Purchasing.</summary>
    public const string Purchasing = "purchasing";

    /// <summary>The partner's own administrator.</summary>
    public const string Admin = "partner_admin";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Purchasing, Admin];
}

/// <summary>Who answers and delivers for a seller.</summary>
public static class SellerRoles
{
    /// <summary>A partner's sales.</summary>
    public const string Sales = "sales";

    /// <summary>A partner's own administrator.</summary>
    public const string Admin = "partner_admin";

    /// <summary>The brand's administrator, where the brand sells.</summary>
    public const string BrandAdmin = "brand_admin";

    /// <summary>The brand's channel manager, where the brand sells.</summary>
    public const string ChannelManager = "channel_manager";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Sales, Admin, BrandAdmin, ChannelManager];
}
