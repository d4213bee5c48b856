namespace Portal.Disputes;

/// <summary>A dispute as its page and the API show it: whoever is of one side sees that side of it only.</summary>
public sealed class Dispute
{
    /// <summary>The key; never leaves the server.</summary>
    public long DisputeId { get; init; }

    /// <summary>The public number.</summary>
    public required string Number { get; init; }

    /// <summary><c>claim</c>: filed by a claimant that was refused. <c>meeting</c>: two live claims met when their companies became one.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="DisputeLifecycle.States"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The side whose evidence is awaited.</summary>
    public string? AskedSide { get; init; }

    /// <summary>When it began.</summary>
    public DateTime OpenedAt { get; init; }

    /// <summary>The moment by which the brand decides.</summary>
    public DateTime DueAt { get; init; }

    /// <summary>The last day on which it is decided in time, for the brand.</summary>
    public DateOnly DueDay { get; init; }

    /// <summary>Working days left after today: 0 on the last one, -1 when it is overdue.</summary>
    public int DaysLeft { get; init; }

    /// <summary>When the brand's administrators were told that it is overdue.</summary>
    public DateTime? EscalatedAt { get; init; }

    /// <summary>Why it ended as it did; for a void one the key of the sentence.</summary>
    public string? Decision { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>When something last happened to it.</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>The sides the caller may see: its own, both for the brand.</summary>
    public IReadOnlyList<DisputeSide> Sides { get; internal set; } = [];

    /// <summary>Who is at work: the brand?</summary>
    internal bool CallerIsBrand { get; init; }

    /// <summary>Who is at work: its roles, from the tables.</summary>
    internal string[] CallerRoles { get; init; } = [];

    /// <summary>Must be decided and is late.</summary>
    public bool IsOverdue => DisputeLifecycle.IsRunning(Status) && DaysLeft < 0;

    /// <summary>May whoever is at work do that now?</summary>
    internal bool Allows(string act) => DisputeLifecycle.Allows(act, this);

    /// <summary>The claimant's side, where the caller may see it.</summary>
    internal DisputeSide? Claimant => Sides.FirstOrDefault(side => side.Side is "claimant");
}

/// <summary>One side of a dispute.</summary>
public sealed class DisputeSide
{
    /// <summary>The dispute; never leaves the server.</summary>
    public long DisputeId { get; init; }

    /// <summary><c>claimant</c> or <c>holder</c>.</summary>
    public string Side { get; init; } = "";

    /// <summary>Whose side it is; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>Whose side it is, by number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>Whose side it is, by name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Its deal.</summary>
    public string DealNumber { get; init; } = "";

    /// <summary>The state of its deal.</summary>
    public string DealStatus { get; init; } = "";

    /// <summary>The customer; never leaves the server.</summary>
    public long EndCustomerId { get; init; }

    /// <summary>The customer's number.</summary>
    public string CustomerNumber { get; init; } = "";

    /// <summary>The customer as this side calls it.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>Which company it is; never leaves the server.</summary>
    public long CustomerClusterId { get; init; }

    /// <summary>The territory; never leaves the server.</summary>
    public long TerritoryId { get; init; }

    /// <summary>The territory's code.</summary>
    public string Territory { get; init; } = "";

    /// <summary>The product lines; never leave the server.</summary>
    public long[] LineIds { get; init; } = [];

    /// <summary>The codes of the product lines.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>This side filed the dispute.</summary>
    public bool Filed { get; init; }

    /// <summary>The deal under which the claimant goes on.</summary>
    public string? AwardedDeal { get; init; }
}

/// <summary>What somebody said in a dispute.</summary>
/// <param name="Side">The side that says it, or that the brand speaks to: <c>claimant</c> or <c>holder</c>; <c>brand</c> for what the brand keeps to itself.</param>
/// <param name="Body">The words.</param>
/// <param name="ByBrand">The brand said it.</param>
/// <param name="Person">Who, where the reader may know.</param>
/// <param name="WrittenAt">When.</param>
public sealed record DisputeStatement(string Side, string Body, bool ByBrand, string? Person, DateTime WrittenAt);

/// <summary>A dispute in the list, with the side the reader may see; the claimant's for the brand.</summary>
public sealed class DisputeRow
{
    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The state.</summary>
    public string Status { get; init; } = "";

    /// <summary>The side.</summary>
    public string Side { get; init; } = "";

    /// <summary>Its deal.</summary>
    public string DealNumber { get; init; } = "";

    /// <summary>Its partner.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The customer as this side calls it.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>When it began.</summary>
    public DateTime OpenedAt { get; init; }

    /// <summary>The last day on which it is decided in time.</summary>
    public DateOnly DueDay { get; init; }

    /// <summary>Working days left; -1 when overdue.</summary>
    public int DaysLeft { get; init; }

    /// <summary>When something last happened.</summary>
    public DateTime UpdatedAt { get; init; }
}
