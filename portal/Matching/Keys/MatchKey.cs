using Portal.Matching.Keys;

namespace Portal.Matching;

/// <summary>A key a company can be looked up by; two records that share one are candidates for each other (<see cref="SoughtKey"/>).</summary>
/// <param name="Kind">
/// <c>whole</c> and <c>core</c> (<see cref="CompanyName"/>), <c>sound</c> (all of it, read aloud), those of <see cref="HanziKeys"/> and <see cref="WordKeys"/>; <c>credit_code</c>, <c>vat_number</c>, <c>duns</c>,
/// <c>domain</c>, <c>phone</c>.
/// </param>
public sealed record MatchKey(string Kind, string Key)
{
    /// <summary>Which making of keys this is. Raised when the same company would get other keys (also by another model, for what is rare): those that are stored are then made anew.</summary>
    public const int Version = 6;

    static readonly string[] Deciding = ["core", "credit_code", "vat_number", "duns", "domain", "phone"];

    /// <summary>True where sharing the key can make two records the same company with certainty: writers of the same key wait for each other.</summary>
    public bool Decides => Deciding.Contains(Kind);

    /// <summary>All keys of a company.</summary>
    public static IReadOnlyList<MatchKey> Of(CompanyProfile company) => [.. company.ParsedNames.SelectMany(OfName).Concat(OfIdentifiers(company)).Distinct()];

    static IEnumerable<MatchKey> OfName(CompanyName name) =>
    [
        new("whole", name.Whole), new("core", name.Core), .. SoundKeys.Of(name).Concat(SoundKeys.WithPlaces(name)).Select(sound => new MatchKey("sound", sound)), .. name.IsChinese ? HanziKeys.Of(name) : WordKeys.Of(name),
    ];

    /// <summary>The keys of its identifiers alone.</summary>
    public static IEnumerable<MatchKey> OfIdentifiers(CompanyProfile company)
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
