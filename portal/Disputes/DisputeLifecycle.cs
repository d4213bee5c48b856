namespace Portal.Disputes;

/// <summary>
/// The life of a dispute, declared once: which act leads from which state to which, who may carry it out, and which need a reason. Pages
/// show what it answers, acts ask it before they write. The database guards the same ends: what is over stays, and the deal desk decides.
/// </summary>
public static class DisputeLifecycle
{
    /// <summary>How many working days the brand has.</summary>
    public const int WorkingDays = 5;

    static readonly string[] Running = ["open", "awaiting_evidence"];
    static readonly string[] Party = ["sales", "partner_admin"];
    static readonly string[] DealDesk = ["deal_desk"];

    /// <summary>All states, in the order of a dispute's life.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "awaiting_evidence", "upheld", "overturned", "withdrawn", "void"];

    /// <summary>All acts.</summary>
    public static IReadOnlyList<DisputeAct> Acts { get; } =
    [
        new("state", Running, "open", DisputeParty.Side, Party),
        new("ask", ["open"], "awaiting_evidence", DisputeParty.Brand, DealDesk, NeedsReason: true),
        new("note", Running, null, DisputeParty.Brand, [.. DealDesk, "channel_manager", "brand_admin"], NeedsReason: true),
        // A file that one side reads, and the brand adds for it: what speaks for somebody is not kept from them.
        new("add_evidence", Running, null, DisputeParty.Brand, DealDesk),
        new("uphold", Running, "upheld", DisputeParty.Brand, DealDesk, NeedsReason: true),
        new("overturn", Running, "overturned", DisputeParty.Brand, DealDesk, NeedsReason: true),
        new("withdraw", Running, "withdrawn", DisputeParty.Filer, Party, NeedsReason: true),
        new("void", Running, "void", DisputeParty.Product, []),
    ];

    /// <summary>The act of that name; another name is a bug.</summary>
    public static DisputeAct Act(string name) => Acts.Single(act => string.Equals(act.Name, name, StringComparison.Ordinal));

    /// <summary>True while nothing is decided.</summary>
    public static bool IsRunning(string status) => Running.Contains(status, StringComparer.Ordinal);

    /// <summary>May whoever is at work do that with the dispute now?</summary>
    public static bool Allows(string act, Dispute dispute) => Act(act) is var declared
        && declared.From.Contains(dispute.Status, StringComparer.Ordinal)
        && declared.Roles.Any(role => dispute.CallerRoles.Contains(role, StringComparer.Ordinal))
        && declared.Party switch
        {
            DisputeParty.Brand => dispute.CallerIsBrand,
            DisputeParty.Side => !dispute.CallerIsBrand && dispute.Sides.Count > 0,
            DisputeParty.Filer => !dispute.CallerIsBrand && dispute.Sides.Any(side => side.Filed),
            _ => false,
        };
}

/// <summary>Something that can be done with a dispute.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">The states it is possible in.</param>
/// <param name="To">The state it leads to; null where the state stays.</param>
/// <param name="Party">Who does it.</param>
/// <param name="Roles">The roles, one of which is needed.</param>
/// <param name="NeedsReason">It needs words.</param>
public sealed record DisputeAct(string Name, IReadOnlyList<string> From, string? To, DisputeParty Party, IReadOnlyList<string> Roles, bool NeedsReason = false);

/// <summary>Who does something with a dispute.</summary>
public enum DisputeParty
{
    /// <summary>Either of the sides.</summary>
    Side,

    /// <summary>The claimant that filed it.</summary>
    Filer,

    /// <summary>The brand.</summary>
    Brand,

    /// <summary>The product by itself.</summary>
    Product,
}
