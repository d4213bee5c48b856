namespace Portal.Deals;

/// <summary>A deal registration as its page and the API show it.</summary>
public sealed class Deal
{
    /// <summary>The key; never leaves the server.</summary>
    public long DealId { get; init; }

    /// <summary>The public number.</summary>
    public required string Number { get; init; }

    /// <summary>Who registered it; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The number of the partner that registered it.</summary>
    public required string PartnerNumber { get; init; }

    /// <summary>The name of the partner that registered it.</summary>
    public required string PartnerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Its commercial rank.</summary>
    public required string PartnerLevel { get; init; }

    /// <summary>The customer; never leaves the server.</summary>
    public long EndCustomerId { get; init; }

    /// <summary>The customer's number.</summary>
    public required string CustomerNumber { get; init; }

    /// <summary>The customer's name.</summary>
    public required string CustomerName { get; init; }

    /// <summary>Which company the customer is over all partners; never leaves the server.</summary>
    public long CustomerClusterId { get; init; }

    /// <summary>The territory; never leaves the server.</summary>
    public long TerritoryId { get; init; }

    /// <summary>The territory's code.</summary>
    public required string Territory { get; init; }

    /// <summary>The territory's name in English.</summary>
    public required string TerritoryName { get; init; }

    /// <summary>The territory's name in Chinese.</summary>
    public required string TerritoryNameZh { get; init; }

    /// <summary>The keys of the product lines, in the order of <see cref="ProductLines"/>; never leave the server.</summary>
    public long[] LineIds { get; init; } = [];

    /// <summary>The codes of the product lines; those that were lost in a dispute stand in <see cref="LostLines"/>.</summary>
    public string[] ProductLines { get; init; } = [];

    /// <summary>Their names in English.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>The keys of the lines that a dispute gave to somebody else, in the order of <see cref="LostLines"/>; never leave the server.</summary>
    public long[] LostLineIds { get; init; } = [];

    /// <summary>Their codes. They are none of <see cref="ProductLines"/>.</summary>
    public string[] LostLines { get; init; } = [];

    /// <summary>Their names in English.</summary>
    public string[] LostLineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] LostLineNamesZh { get; init; } = [];

    /// <summary>Since when each is lost.</summary>
    public DateTime[] LostSince { get; init; } = [];

    /// <summary>By which dispute.</summary>
    public string[] LostIn { get; init; } = [];

    /// <summary>A dispute about it runs.</summary>
    public bool IsDisputed { get; init; }

    /// <summary>One of <see cref="DealLifecycle.States"/>.</summary>
    public required string Status { get; init; }

    /// <summary>What the deal is expected to be worth.</summary>
    public decimal Amount { get; init; }

    /// <summary>In this currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The day it is expected to close.</summary>
    public DateOnly ExpectedClose { get; init; }

    /// <summary>The period asked for, first day.</summary>
    public DateOnly? PeriodFrom { get; init; }

    /// <summary>The period asked for, last day.</summary>
    public DateOnly? PeriodUntil { get; init; }

    /// <summary>The contact at the customer.</summary>
    public string? ContactName { get; init; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; init; }

    /// <summary>What the customer needs.</summary>
    public string? Need { get; init; }

    /// <summary>When the protection began.</summary>
    public DateTime? ProtectedFrom { get; init; }

    /// <summary>The moment the protection ends.</summary>
    public DateTime? ProtectedUntil { get; init; }

    /// <summary>The last day it is protected, for the brand.</summary>
    public DateOnly? LastProtectedDay { get; init; }

    /// <summary>The version of the policy that protects it; never leaves the server.</summary>
    public long? ProtectionPolicyId { get; init; }

    /// <summary>When its claimant was warned that nothing has happened for long.</summary>
    public DateTime? StaleWarnedAt { get; init; }

    /// <summary>When it was first submitted.</summary>
    public DateTime? SubmittedAt { get; init; }

    /// <summary>When the brand decided.</summary>
    public DateTime? DecidedAt { get; init; }

    /// <summary>When it came to its end.</summary>
    public DateTime? ClosedAt { get; init; }

    /// <summary>When it was entered.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>Who is at work: the brand?</summary>
    internal bool CallerIsBrand { get; init; }

    /// <summary>Who is at work: its roles, from the tables.</summary>
    internal string[] CallerRoles { get; init; } = [];

    /// <summary>May whoever is at work do that now?</summary>
    internal bool Allows(string act) => DealLifecycle.Allows(act, Status, CallerIsBrand, CallerRoles.ToHashSet(StringComparer.Ordinal));

    /// <summary>The fields whoever is at work may edit now.</summary>
    internal IReadOnlyList<DealField> EditableFields => DealLifecycle.EditableFields(Status, CallerIsBrand, CallerRoles.ToHashSet(StringComparer.Ordinal));
}

/// <summary>What a claimant learns about its claim: the same members for a hit and a miss, and nothing about anybody else.</summary>
/// <param name="Conflict"><c>none</c>, <c>live_claim</c>, <c>direct_account</c>, <c>own_colleague</c> or <c>recently_expired</c>.</param>
/// <param name="Band">How sure the matcher is: <c>certain</c>, <c>likely</c>, <c>related</c> or <c>none</c>.</param>
/// <param name="MatchedFields">Which of the claimant's own fields matched.</param>
/// <param name="FreeFrom">The earliest day the customer is free, where a protection stands in the way.</param>
/// <param name="OwnDeal">The colleague's deal, where it is the claimant's own company that has it.</param>
/// <param name="Blocked">The claim was not taken in; it waits as a draft.</param>
public sealed record Verdict(string Conflict, string Band, IReadOnlyList<string> MatchedFields, DateOnly? FreeFrom, string? OwnDeal, bool Blocked)
{
    /// <summary>Nothing stands in the way.</summary>
    public static Verdict Clear { get; } = new("none", "none", [], null, null, false);
}
