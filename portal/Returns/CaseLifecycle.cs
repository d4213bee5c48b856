using Portal.Orders;

namespace Portal.Returns;

/// <summary>
/// The life of a discrepancy case: which act leads from which state to which, who may do it, and whether it needs a reason. The one place where this stands; pages, API and
/// acts all ask here. What one side wants or offers is carried out when the other says yes.
/// </summary>
public static class CaseLifecycle
{
    /// <summary>The buyer says what it wants.</summary>
    public const string File = "file";

    /// <summary>The seller says yes, and it is done.</summary>
    public const string Accept = "accept";

    /// <summary>The seller says no, why, and perhaps what it offers instead.</summary>
    public const string Dispute = "dispute";

    /// <summary>The buyer takes what the seller offers, and it is done.</summary>
    public const string Agree = "agree";

    /// <summary>The buyer asks again, for the same or for something else.</summary>
    public const string Renew = "renew";

    /// <summary>The buyer asks no longer.</summary>
    public const string Withdraw = "withdraw";

    /// <summary>Waits for the seller.</summary>
    public const string Open = "open";

    /// <summary>Waits for the buyer.</summary>
    public const string Disputed = "disputed";

    /// <summary>Agreed and done.</summary>
    public const string Settled = "settled";

    /// <summary>Given up by the buyer.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>The states, in the order of a case's life.</summary>
    public static IReadOnlyList<string> States { get; } = [Open, Disputed, Settled, Withdrawn];

    /// <summary>Every step that exists after the filing.</summary>
    public static IReadOnlyList<CaseTransition> Transitions { get; } =
    [
        new(Accept, Side.Seller, [Open, Disputed], Settled),
        new(Dispute, Side.Seller, [Open], Disputed) { NeedsReason = true },
        new(Agree, Side.Buyer, [Disputed], Settled) { NeedsOffer = true },
        new(Renew, Side.Buyer, [Disputed], Open) { NeedsReason = true },
        new(Withdraw, Side.Buyer, [Open, Disputed], Withdrawn) { NeedsReason = true },
    ];

    /// <summary>How a discrepancy of that kind can be settled.</summary>
    public static IReadOnlyList<string> PathsOf(string kind) => kind is "over" ? ["take_over", "send_back"] : ["send_again", "credit", "write_off"];

    /// <summary>The step an act would be, or null where it may not be done.</summary>
    public static CaseTransition? Find(string act, Side side, DiscrepancyCase found) => OpenTo(side, found).FirstOrDefault(step => step.Act == act);

    /// <summary>What a side can do now.</summary>
    public static IEnumerable<CaseTransition> OpenTo(Side side, DiscrepancyCase found) =>
        Transitions.Where(step => step.By == side && step.From.Contains(found.Status) && (!step.NeedsOffer || found.Offered is not null));

    /// <summary>True when the act has been done already, so that doing it again (a double click) changes nothing and is no error.</summary>
    public static bool IsDone(string act, string status) => act switch
    {
        Accept or Agree => status is Settled,
        Withdraw => status is Withdrawn,
        _ => false,
    };
}

/// <summary>One step of a case's life.</summary>
/// <param name="Act">What is done.</param>
/// <param name="By">Which side does it.</param>
/// <param name="From">The states it may be done in.</param>
/// <param name="To">The state it leads to.</param>
public sealed record CaseTransition(string Act, Side By, IReadOnlyList<string> From, string To)
{
    /// <summary>True for what is not done without saying why.</summary>
    public bool NeedsReason { get; init; }

    /// <summary>True where the other side must have offered something.</summary>
    public bool NeedsOffer { get; init; }
}
