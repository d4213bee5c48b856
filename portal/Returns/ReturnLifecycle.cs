using Portal.Orders;

namespace Portal.Returns;

/// <summary>
/// The life of a return: which act leads from which state to which, who may do it, and whether it needs a reason. The one place where this stands; pages, API and acts all ask here.
/// </summary>
public static class ReturnLifecycle
{
    /// <summary>The buyer asks to send goods back.</summary>
    public const string Request = "request";

    /// <summary>The seller lets them come, whole or by line.</summary>
    public const string Approve = "approve";

    /// <summary>The seller does not.</summary>
    public const string Refuse = "refuse";

    /// <summary>The buyer keeps them after all.</summary>
    public const string Withdraw = "withdraw";

    /// <summary>The buyer sends them.</summary>
    public const string Send = "send";

    /// <summary>The seller has looked at what came; it is in stock or written off, and credited.</summary>
    public const string Inspect = "inspect";

    /// <summary>Waits for the seller's answer.</summary>
    public const string Requested = "requested";

    /// <summary>Waits for the buyer to send the goods.</summary>
    public const string Approved = "approved";

    /// <summary>Turned down.</summary>
    public const string Refused = "refused";

    /// <summary>Given up.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>On its way back.</summary>
    public const string Sent = "sent";

    /// <summary>Back, and credited.</summary>
    public const string Settled = "settled";

    /// <summary>The states, in the order of a return's life.</summary>
    public static IReadOnlyList<string> States { get; } = [Requested, Approved, Sent, Settled, Refused, Withdrawn];

    /// <summary>Goods come back because something is wrong with them, or they are not needed; or slow goods are rotated.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["return", "rotation"];

    /// <summary>Why goods come back.</summary>
    public static IReadOnlyList<string> CausesOf(string? kind) => kind is "rotation" ? ["slow"] : ["faulty", "wrong", "not_needed"];

    /// <summary>Every step that exists after the request.</summary>
    public static IReadOnlyList<ReturnTransition> Transitions { get; } =
    [
        new(Approve, Side.Seller, [Requested], Approved),
        new(Refuse, Side.Seller, [Requested, Approved], Refused) { NeedsReason = true },
        new(Send, Side.Buyer, [Approved], Sent),
        new(Withdraw, Side.Buyer, [Requested, Approved], Withdrawn) { NeedsReason = true },
        new(Inspect, Side.Seller, [Sent], Settled),
    ];

    /// <summary>The step an act would be for that side in that state, or null where it may not be done.</summary>
    public static ReturnTransition? Find(string act, Side side, string status) => Transitions.FirstOrDefault(step => step.Act == act && step.By == side && step.From.Contains(status));

    /// <summary>True when the act has been done already, so that doing it again (a double click) changes nothing and is no error.</summary>
    public static bool IsDone(string act, string status) => act switch
    {
        Approve => status is Approved or Sent or Settled,
        Refuse => status is Refused,
        Send => status is Sent or Settled,
        Withdraw => status is Withdrawn,
        Inspect => status is Settled,
        _ => false,
    };
}

/// <summary>One step of a return's life.</summary>
/// <param name="Act">What is done.</param>
/// <param name="By">Which side does it.</param>
/// <param name="From">The states it may be done in.</param>
/// <param name="To">The state it leads to.</param>
public sealed record ReturnTransition(string Act, Side By, IReadOnlyList<string> From, string To)
{
    /// <summary>True for the negative acts: they are not done without saying why.</summary>
    public bool NeedsReason { get; init; }
}
