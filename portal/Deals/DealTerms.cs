namespace Portal.Deals;

/// <summary>What a registration is checked against.</summary>
public sealed record DealTerms
{
    /// <summary>The lines that exist among those named.</summary>
    public long[] LineIds { get; init; } = [];

    /// <summary>The territory, null where there is none of that code.</summary>
    public long? TerritoryId { get; init; }

    /// <summary>The day it is for the brand.</summary>
    public DateOnly Today { get; init; }

    /// <summary>The names of the company of whoever is at work.</summary>
    public string[]? OwnNames { get; init; }

    /// <summary>The company of whoever is at work.</summary>
    public long? PartnerId { get; init; }

    /// <summary>The brand is at work.</summary>
    public bool CallerIsBrand { get; init; }

    /// <summary>The roles of whoever is at work.</summary>
    public string[] CallerRoles { get; init; } = [];

    /// <summary>For which company whoever is at work may register deals; null for who may not.</summary>
    internal long? Registrant => DealLifecycle.EditableFields("draft", CallerIsBrand, CallerRoles.ToHashSet(StringComparer.Ordinal)).Count > 0 ? PartnerId : null;
}

/// <summary>A deal as it is entered, checked.</summary>
public sealed record DealDraft(
    string Number, long PartnerId, long EndCustomerId, long TerritoryId, IReadOnlyList<long> LineIds, decimal Amount, string Currency, DateOnly ExpectedClose,
    DateOnly? PeriodFrom, DateOnly? PeriodUntil, string? ContactName, string? ContactEmail, string? ContactPhone, string? Need);
