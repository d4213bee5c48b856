namespace Portal.Matching;

/// <summary>What the matcher looks at: a company's names and the identifiers given for it, already in their stored form (<see cref="Identifiers"/>).</summary>
/// <param name="Names">The name and its other spellings and scripts, at least one.</param>
public sealed record CompanyProfile(
    IReadOnlyList<string> Names,
    string CountryCode,
    string? City = null,
    string? Address = null,
    string? CreditCode = null,
    string? VatNumber = null,
    string? Duns = null,
    string? Domain = null,
    string? Phone = null,
    string? PostalCode = null)
{
    IReadOnlyList<CompanyName>? parsed;
    IReadOnlyList<MatchKey>? keys;
    IReadOnlyList<SoughtKey>? sought;

    /// <summary>The names taken apart.</summary>
    public IReadOnlyList<CompanyName> ParsedNames => parsed ??= [.. Names.Select(CompanyName.Parse).Where(name => name.Core.Length > 0)];

    /// <summary>What it is found by; stored with it.</summary>
    public IReadOnlyList<MatchKey> Keys => keys ??= MatchKey.Of(this);

    /// <summary>What others are looked for by that may be this company.</summary>
    public IReadOnlyList<SoughtKey> Sought => sought ??= SoughtKey.Of(this);
}
