namespace Portal.Quotes;

/// <summary>Who works on a quote.</summary>
public enum QuoteSide
{
    /// <summary>The partner that offers.</summary>
    Seller,

    /// <summary>The brand's deal desk, which approves what goes beyond a partner's authority.</summary>
    DealDesk,

    /// <summary>The partner's purchasing, which orders what was sold.</summary>
    Buyer,
}

/// <summary>The life of a quote: which act leads from which state to which and who may do it. Pages, API and acts all ask here.</summary>
public static class QuoteLifecycle
{
    /// <summary>Changes the draft.</summary>
    public const string Edit = "edit";

    /// <summary>Freezes the revision and gives it out; beyond the authority it goes to the deal desk first.</summary>
    public const string Send = "send";

    /// <summary>Lets a discount beyond the partner's authority pass.</summary>
    public const string Approve = "approve";

    /// <summary>Gives it back to the partner, with the reason.</summary>
    public const string Reject = "reject";

    /// <summary>Begins a new revision of what was sent.</summary>
    public const string Revise = "revise";

    /// <summary>Mails it, or gives out a link to it; the quote stays as it is.</summary>
    public const string Mail = "mail";

    /// <summary>The customer took it.</summary>
    public const string Accept = "accept";

    /// <summary>The customer did not take it.</summary>
    public const string Decline = "decline";

    /// <summary>Takes it back.</summary>
    public const string Withdraw = "withdraw";

    /// <summary>The partner orders the goods from the company above it.</summary>
    public const string Order = "order";

    /// <summary>Every step that exists.</summary>
    public static IReadOnlyList<QuoteStep> Steps { get; } =
    [
        new(Edit, QuoteSide.Seller, ["draft"], ["draft"]),
        new(Send, QuoteSide.Seller, ["draft"], ["pending_approval", "sent"]),
        new(Send, QuoteSide.Seller, ["approved"], ["sent"]),
        new(Approve, QuoteSide.DealDesk, ["pending_approval"], ["approved"]),
        new(Reject, QuoteSide.DealDesk, ["pending_approval"], ["draft"]) { NeedsReason = true },
        new(Mail, QuoteSide.Seller, ["sent"], ["sent"]),
        new(Accept, QuoteSide.Seller, ["sent"], ["accepted"]),
        new(Decline, QuoteSide.Seller, ["sent"], ["declined"]) { NeedsReason = true },
        new(Order, QuoteSide.Buyer, ["accepted", "ordered"], ["ordered"]),
        new(Revise, QuoteSide.Seller, ["sent", "expired", "declined", "approved"], ["draft"]),
        new(Withdraw, QuoteSide.Seller, ["draft", "pending_approval", "approved", "sent"], ["withdrawn"]) { NeedsReason = true },
    ];

    /// <summary>The roles that act for a side.</summary>
    public static IReadOnlyList<string> RolesOf(QuoteSide side) =>
        side is QuoteSide.Buyer ? ["purchasing", "partner_admin"] : side is QuoteSide.Seller ? ["sales", "partner_admin", "deal_desk", "brand_admin", "channel_manager"] : ["deal_desk", "brand_admin"];

    /// <summary>The step an act would be in that state, or null where it may not be done.</summary>
    public static QuoteStep? Find(string act, string status) => Steps.FirstOrDefault(step => step.Act == act && step.From.Contains(status, StringComparer.Ordinal));

    /// <summary>What can be done in a state, in the order a page shows it.</summary>
    public static IEnumerable<QuoteStep> Open(string status) => Steps.Where(step => step.From.Contains(status, StringComparer.Ordinal));
}

/// <summary>One act that leads from some states to others.</summary>
/// <param name="Act">What is done.</param>
/// <param name="By">Who does it.</param>
/// <param name="From">The states it can be done in.</param>
/// <param name="To">The states it can lead to.</param>
public sealed record QuoteStep(string Act, QuoteSide By, IReadOnlyList<string> From, IReadOnlyList<string> To)
{
    /// <summary>A negative act says why.</summary>
    public bool NeedsReason { get; init; }
}
