namespace Portal.Leads;

/// <summary>
/// The life of a lead, declared once: which act leads from which state to which, who may carry it out, which need a reason. Screens, acts and the API ask it; the
/// database's own functions and policies say the same.
/// </summary>
public static class LeadLifecycle
{
    static readonly string[] Brand = ["channel_manager", "deal_desk", "brand_admin"];
    static readonly string[] Partner = ["sales", "partner_admin"];

    /// <summary>All states.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "offered", "pool", "accepted", "discarded"];

    /// <summary>All acts.</summary>
    public static IReadOnlyList<LeadAct> Acts { get; } =
    [
        new("edit", ["new"], null, LeadSide.Brand, Brand),
        new("offer", ["new", "pool"], "offered", LeadSide.Brand, Brand),
        new("open", ["new"], "pool", LeadSide.Brand, Brand),
        new("pull_back", ["offered", "pool"], "new", LeadSide.Brand, Brand, NeedsReason: true),
        new("discard", ["new"], "discarded", LeadSide.Brand, Brand, NeedsReason: true),
        new("take", ["pool"], "accepted", LeadSide.Partner, Partner),
        new("accept", ["offered"], "accepted", LeadSide.Partner, Partner),
        new("decline", ["offered"], "new", LeadSide.Partner, Partner, NeedsReason: true),
        new("return", ["offered"], "new", LeadSide.Product, []),
    ];

    /// <summary>The act of that name; another name is a bug.</summary>
    public static LeadAct Act(string name) => Acts.Single(act => string.Equals(act.Name, name, StringComparison.Ordinal));

    /// <summary>May somebody with these roles do that with a lead in that state?</summary>
    public static bool Allows(string act, string status, bool isBrand, IReadOnlySet<string> roles) => Act(act) is var declared
        && declared.From.Contains(status, StringComparer.Ordinal) && declared.Side == (isBrand ? LeadSide.Brand : LeadSide.Partner) && declared.Roles.Any(roles.Contains);
}

/// <summary>Something that can be done with a lead.</summary>
/// <param name="Name">Its name in the API, the history and the texts.</param>
/// <param name="From">The states it is possible in.</param>
/// <param name="To">The state it leads to; null where the state stays.</param>
/// <param name="Side">Which side does it.</param>
/// <param name="Roles">The roles, one of which is needed.</param>
/// <param name="NeedsReason">A negative act says why.</param>
public sealed record LeadAct(string Name, IReadOnlyList<string> From, string? To, LeadSide Side, IReadOnlyList<string> Roles, bool NeedsReason = false);

/// <summary>Who does something with a lead.</summary>
public enum LeadSide
{
    /// <summary>The brand that hands it out.</summary>
    Brand,

    /// <summary>The partner that gets it.</summary>
    Partner,

    /// <summary>The product by itself, when the time has come.</summary>
    Product,
}
