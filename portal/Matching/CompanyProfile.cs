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
    string? Phone = null)
{
    IReadOnlyList<CompanyName>? parsed;

    /// <summary>The names taken apart.</summary>
    public IReadOnlyList<CompanyName> ParsedNames => parsed ??= [.. Names.Select(CompanyName.Parse).Where(name => name.Core.Length > 0)];
}

/// <summary>A key a company can be looked up by; two records that share one are candidates for each other.</summary>
/// <param name="Kind"><c>whole</c>, <c>core</c>, <c>words</c>, <c>stem</c>, <c>sound</c>, <c>credit_code</c>, <c>vat_number</c>, <c>duns</c>, <c>domain</c> or <c>phone</c>.</param>
public sealed record MatchKey(string Kind, string Key)
{
    /// <summary>Which making of keys this is. Raised when the same company would get other keys: those that are stored are then made anew.</summary>
    public const int Version = 2;

    static readonly string[] Deciding = ["core", "credit_code", "vat_number", "duns", "domain"];

    /// <summary>True where sharing the key can make two records the same company with certainty: writers of the same key wait for each other.</summary>
    public bool Decides => Deciding.Contains(Kind);

    /// <summary>All keys of a company.</summary>
    public static IReadOnlyList<MatchKey> Of(CompanyProfile company) => [.. NameKeys(company).Concat(IdentifierKeys(company)).Distinct()];

    static IEnumerable<MatchKey> NameKeys(CompanyProfile company)
    {
        foreach (var name in company.ParsedNames)
        {
            yield return new("whole", name.Whole);
            yield return new("core", name.Core);
            yield return new("stem", Stem(name));
            if (name.Sound.Length >= CompanyName.ShortestSound)
            {
                yield return new("sound", name.Sound);
            }

            if (name.Words.Count > 1)
            {
                var sorted = string.Join('+', name.Words.Distinct().Order(StringComparer.Ordinal));
                yield return new("words", sorted[..Math.Min(sorted.Length, 200)]);
            }
        }
    }

    // The beginning of a name hardly ever changes: the first two characters of a Chinese core are equal in 85 of 100 short forms.
    static string Stem(CompanyName name) =>
        name.IsChinese ? name.Core[..Math.Min(2, name.Core.Length)] : name.Core[..Math.Min(5, name.Core.Length)];

    static IEnumerable<MatchKey> IdentifierKeys(CompanyProfile company)
    {
        if (company.CreditCode is { } creditCode)
        {
            yield return new("credit_code", creditCode);
        }

        if (company.VatNumber is { } vatNumber)
        {
            yield return new("vat_number", vatNumber);
        }

        if (company.Duns is { } duns)
        {
            yield return new("duns", duns);
        }

        if (company.Domain is { } domain && !Identifiers.IsFreeMail(domain))
        {
            yield return new("domain", domain);
        }

        if (company.Phone is { } phone)
        {
            yield return new("phone", phone);
        }
    }
}
