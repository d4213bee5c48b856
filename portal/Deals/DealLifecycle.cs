namespace Portal.Deals;

/// <summary>
/// The life of a deal registration, declared once: which act leads from which state to which, who may carry it out, which need a
/// reason, and which fields each side may still edit. Screens show what it answers, acts ask it before they write, the API answers it.
/// The database guards the same ends on its own: what is over stays, and only the deal desk decides.
/// </summary>
public static class DealLifecycle
{
    static readonly string[] Claimant = ["sales", "partner_admin"];
    static readonly string[] DealDesk = ["deal_desk"];

    // Whoever sits in the queue of the step that waits has this role for the deal, whatever else they are; see DealStore.FindAsync.
    static readonly string[] Approver = ["deal_desk", "approver"];
    static readonly string[] Open = ["submitted", "under_review"];
    static readonly string[] Pending = ["submitted", "under_review", "information_requested"];
    static readonly string[] Protected = ["approved", "converted"];

    /// <summary>All states, in the order of a deal's life.</summary>
    public static IReadOnlyList<string> States { get; } =
    [
        "draft", "submitted", "under_review", "information_requested", "approved", "converted", "won", "lost", "rejected", "duplicate", "withdrawn", "expired",
    ];

    /// <summary>The states that are the end; a deal in one of them never changes again.</summary>
    public static IReadOnlyList<string> Terminal { get; } = ["rejected", "duplicate", "withdrawn", "expired", "won", "lost"];

    /// <summary>All acts.</summary>
    public static IReadOnlyList<DealAct> Acts { get; } =
    [
        new("submit", ["draft"], "submitted", DealSide.Claimant, Claimant),
        new("answer", ["information_requested"], "under_review", DealSide.Claimant, Claimant),
        new("take_up", ["submitted"], "under_review", DealSide.Brand, DealDesk),
        new("approve", Open, "approved", DealSide.Brand, Approver),
        new("request_information", Open, "information_requested", DealSide.Brand, Approver, NeedsReason: true),
        new("reject", Pending, "rejected", DealSide.Brand, Approver, NeedsReason: true),
        new("mark_duplicate", Pending, "duplicate", DealSide.Brand, DealDesk, NeedsReason: true),
        new("convert", ["approved"], "converted", DealSide.Claimant, Claimant),
        new("win", Protected, "won", DealSide.Claimant, Claimant),
        new("lose", Protected, "lost", DealSide.Claimant, Claimant, NeedsReason: true),
        new("withdraw", ["draft", .. Pending, .. Protected], "withdrawn", DealSide.Claimant, Claimant, NeedsReason: true),
        new("request_extension", Protected, null, DealSide.Claimant, Claimant, NeedsReason: true),
        new("grant_extension", Protected, null, DealSide.Brand, DealDesk),
        new("refuse_extension", Protected, null, DealSide.Brand, DealDesk, NeedsReason: true),
        new("request_amendment", Protected, null, DealSide.Claimant, Claimant, NeedsReason: true),
        new("grant_amendment", Protected, null, DealSide.Brand, DealDesk),
        new("refuse_amendment", Protected, null, DealSide.Brand, DealDesk, NeedsReason: true),
        new("request_special_price", Protected, null, DealSide.Claimant, Claimant, NeedsReason: true),
        new("withdraw_special_price", Protected, null, DealSide.Claimant, Claimant),
        new("grant_special_price", Protected, null, DealSide.Brand, DealDesk),
        new("refuse_special_price", Protected, null, DealSide.Brand, DealDesk, NeedsReason: true),
        new("report_win", Protected, null, DealSide.Claimant, Claimant),
        new("confirm_win", Protected, "won", DealSide.Brand, DealDesk),
        new("refuse_win", Protected, null, DealSide.Brand, DealDesk, NeedsReason: true),
        new("comment", ["draft", .. Pending, .. Protected], null, DealSide.Both, [.. Claimant, .. DealDesk, "channel_manager", "brand_admin"]),
        new("record_activity", ["draft", .. Pending, .. Protected], null, DealSide.Claimant, Claimant),
        new("move_stage", [.. Pending, .. Protected], null, DealSide.Claimant, Claimant),
        new("expire", Protected, "expired", DealSide.Product, []),
        // What the decision of a dispute brings about: the customer goes to the other side, wholly or on some lines, or a stopped draft goes on under a new number.
        new("lose_dispute", Protected, "expired", DealSide.Product, [], NeedsReason: true),
        new("lose_lines", Protected, null, DealSide.Product, [], NeedsReason: true),
        new("go_on", ["draft"], "withdrawn", DealSide.Product, [], NeedsReason: true),
        new("approve_step", Open, "under_review", DealSide.Brand, []),
        new("warn_stale", Protected, null, DealSide.Product, []),
        new("release", Protected, "expired", DealSide.Product, []),
    ];

    static readonly Dictionary<(string Status, DealSide Side), DealField[]> Editable = new()
    {
        [("draft", DealSide.Claimant)] = Enum.GetValues<DealField>(),
        [("information_requested", DealSide.Claimant)] = Enum.GetValues<DealField>(),
        [("submitted", DealSide.Claimant)] = [DealField.ExpectedClose, DealField.Contact, DealField.Need],
        [("under_review", DealSide.Claimant)] = [DealField.Contact, DealField.Need],
        [("approved", DealSide.Claimant)] = [DealField.ExpectedClose, DealField.Contact, DealField.Need],
        [("converted", DealSide.Claimant)] = [DealField.ExpectedClose, DealField.Contact, DealField.Need],
    };

    /// <summary>
    /// What a protected deal may be amended in. While a dispute about it runs only the amount: what is disputed is decided on as it was when the dispute began, so neither side gives
    /// up a line or territory to somebody third, takes one on, or moves away from the other; that holds for granting as for asking.
    /// </summary>
    public static IReadOnlyList<DealField> AmendableFields(bool isDisputed) => isDisputed ? [DealField.Amount] : [DealField.Amount, DealField.ProductLines, DealField.Territory];

    /// <summary>The act of that name; another name is a bug.</summary>
    public static DealAct Act(string name) => Acts.Single(act => string.Equals(act.Name, name, StringComparison.Ordinal));

    /// <summary>What somebody with these roles may do with a deal in that state; the product's own acts are nobody's.</summary>
    public static IReadOnlyList<DealAct> ActsAllowed(string status, bool isBrand, IReadOnlySet<string> roles) =>
        [.. Acts.Where(act => act.From.Contains(status, StringComparer.Ordinal) && MayCarryOut(act, isBrand, roles))];

    /// <summary>May somebody with these roles do that with a deal in that state?</summary>
    public static bool Allows(string act, string status, bool isBrand, IReadOnlySet<string> roles) =>
        ActsAllowed(status, isBrand, roles).Contains(Act(act));

    /// <summary>The fields somebody with these roles may edit while a deal is in that state.</summary>
    public static IReadOnlyList<DealField> EditableFields(string status, bool isBrand, IReadOnlySet<string> roles) =>
        !isBrand && Claimant.Any(roles.Contains) && Editable.TryGetValue((status, DealSide.Claimant), out var fields) ? fields : [];

    /// <summary>True while the deal's customer is protected, as far as its state says; the clock says the rest.</summary>
    public static bool IsProtected(string status) => Protected.Contains(status, StringComparer.Ordinal);

    /// <summary>True when nothing can change any more.</summary>
    public static bool IsOver(string status) => Terminal.Contains(status, StringComparer.Ordinal);

    static bool MayCarryOut(DealAct act, bool isBrand, IReadOnlySet<string> roles) => act.Side switch
    {
        DealSide.Product => false,
        DealSide.Claimant => !isBrand && act.Roles.Any(roles.Contains),
        DealSide.Brand => isBrand && act.Roles.Any(roles.Contains),
        _ => act.Roles.Any(roles.Contains),
    };
}

/// <summary>Something that can be done with a deal.</summary>
/// <param name="Name">Its name in the API, the timeline and the texts.</param>
/// <param name="From">The states it is possible in.</param>
/// <param name="To">The state it leads to; null where the state stays.</param>
/// <param name="Side">Which side does it.</param>
/// <param name="Roles">The roles, one of which is needed.</param>
/// <param name="NeedsReason">A negative act says why.</param>
public sealed record DealAct(string Name, IReadOnlyList<string> From, string? To, DealSide Side, IReadOnlyList<string> Roles, bool NeedsReason = false);

/// <summary>Who does something with a deal.</summary>
public enum DealSide
{
    /// <summary>The partner that registered it.</summary>
    Claimant,

    /// <summary>The brand.</summary>
    Brand,

    /// <summary>Either.</summary>
    Both,

    /// <summary>The product by itself, when the time has come.</summary>
    Product,
}

/// <summary>The parts of a deal that can be edited, each on its own conditions.</summary>
public enum DealField
{
    /// <summary>Which customer it is about.</summary>
    Customer,

    /// <summary>The product lines it claims.</summary>
    ProductLines,

    /// <summary>The territory it claims.</summary>
    Territory,

    /// <summary>Amount and currency.</summary>
    Amount,

    /// <summary>When it is expected to close.</summary>
    ExpectedClose,

    /// <summary>The period asked for.</summary>
    Period,

    /// <summary>The contact at the customer.</summary>
    Contact,

    /// <summary>What the customer needs.</summary>
    Need,
}
