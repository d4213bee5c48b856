using Portal.Matching;

namespace Portal.Customers;

/// <summary>An end customer.</summary>
public sealed class Customer
{
    /// <summary>The key; never leaves the server.</summary>
    public long EndCustomerId { get; init; }

    /// <summary>The public number.</summary>
    public required string Number { get; init; }

    /// <summary>Whose it is; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>Whose it is.</summary>
    public required string PartnerNumber { get; init; }

    /// <summary>Whose it is, by name.</summary>
    public required string PartnerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Which company it is, over all partners; never leaves the server.</summary>
    public long CustomerClusterId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Other spellings and scripts.</summary>
    public string[] OtherNames { get; init; } = [];

    /// <summary>What each of <see cref="OtherNames"/> is; empty where nobody has said.</summary>
    public string[] OtherNameKinds { get; init; } = [];

    /// <summary>The names it had before.</summary>
    public string[] FormerNames { get; init; } = [];

    /// <summary>All names but the present one, each with its kind, without repetition.</summary>
    public IReadOnlyList<CustomerName> Aliases =>
        [.. OtherNames.Select((name, at) => new CustomerName(name, at < OtherNameKinds.Length ? OtherNameKinds[at] : "other")).Concat(FormerNames.Select(name => new CustomerName(name, "former")))
            .Where(alias => !string.Equals(alias.Name, Name, StringComparison.Ordinal)).DistinctBy(alias => alias.Name, StringComparer.Ordinal)];

    /// <summary>The country.</summary>
    public required string CountryCode { get; init; }

    /// <summary>The state or province.</summary>
    public string? State { get; init; }

    /// <summary>The city.</summary>
    public string? City { get; init; }

    /// <summary>The postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and house.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The D-U-N-S number.</summary>
    public string? Duns { get; init; }

    /// <summary>The registered domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The telephone, E.164.</summary>
    public string? Phone { get; init; }

    /// <summary>Served by the brand itself.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>The brand's own.</summary>
    internal bool OfBrand { get; init; }

    /// <summary>Belongs to the company of whoever is at work: what is said of it is theirs to say.</summary>
    internal bool Mine { get; init; }

    /// <summary>When it was entered.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>What the matcher looks at.</summary>
    public CompanyProfile Profile => new([Name, .. OtherNames, .. FormerNames], CountryCode, City, Address, CreditCode, VatNumber, Duns, Domain, Phone);
}
