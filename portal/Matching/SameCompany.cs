using Portal.Matching.Scoring;

namespace Portal.Matching;

/// <summary>
/// The one judge of "is this the same company?", for the screen, the API and the import alike. Adds up points for and against; the sum falls into a <see cref="Band"/>.
/// What names say is learned from pairs whose truth is known (<see cref="Scorer"/>); what identifiers say is how often they are the same for one company and for two.
/// </summary>
public static class SameCompany
{
    /// <summary>From so many points on it is certain.</summary>
    public const decimal CertainFrom = 9.5m;

    /// <summary>From so many points on it is likely.</summary>
    public const decimal LikelyFrom = 6m;

    /// <summary>From so many points on it is possible.</summary>
    public const decimal PossibleFrom = 3m;

    // A whole name in the same place is one entry of one registry.
    internal const decimal WholeName = 9m;

    // 991 of 1,000 companies keep their number for nine months, 22 of 1,000 share it with another.
    internal const decimal SamePhone = 4.5m;

    // Names that are only alike are never certain by themselves (26 of 100 companies sound like another): what exceeds the one does not count towards it, and what is below the other does not at all.
    internal const decimal AlikeAtMost = 8m, AlikeAtLeast = 4.5m;

    // 5 of 100 companies change their name in five years: a quite different name takes no more than this from an identifier that is the same.
    const decimal AnotherName = -3m;

    /// <summary>Which learning and which set of points judged, kept with every verdict.</summary>
    public static string Version => Scorer.Learned.Version;

    /// <summary>Judges what is asked about against another record.</summary>
    /// <param name="asked">The company somebody claims or enters.</param>
    /// <param name="other">The record it may be; its identifiers may be left out, <paramref name="shared"/> and <paramref name="held"/> say what matters of them.</param>
    /// <param name="shared">Kinds of keys that both have.</param>
    /// <param name="held">Kinds of identifiers the other record has.</param>
    public static Judgement Judge(CompanyProfile asked, CompanyProfile other, IReadOnlyCollection<string> shared, IReadOnlyCollection<string> held) =>
        Judge(asked, other, shared, held, Scorer.Learned);

    /// <summary>Judges two whole records.</summary>
    public static Judgement Judge(CompanyProfile asked, CompanyProfile other) => Judge(asked, other, Scorer.Learned);

    internal static Judgement Judge(CompanyProfile asked, CompanyProfile other, Scorer scorer)
    {
        var shared = MatchKey.OfIdentifiers(asked).Intersect(MatchKey.OfIdentifiers(other)).Select(key => key.Kind).ToHashSet(StringComparer.Ordinal);
        return Judge(asked, other, shared, Held(other), scorer);
    }

    internal static Judgement Judge(CompanyProfile asked, CompanyProfile other, IReadOnlyCollection<string> shared, IReadOnlyCollection<string> held, Scorer scorer)
    {
        var names = NameEvidence.Of(asked, other, HaveOnePhone(asked, shared, held), scorer);
        var reasons = new List<Evidence>();
        reasons.AddRange(Identifier("credit_code", asked.CreditCode, shared, held, 12, -9));
        reasons.AddRange(Identifier("vat_number", asked.VatNumber, shared, held, 12, -5));
        reasons.AddRange(Identifier("duns", asked.Duns, shared, held, 12, -5));
        reasons.AddRange(Identifier("domain", asked.Domain is { } domain && Identifiers.IsFreeMail(domain) ? null : asked.Domain, shared, held, 8.5m, -0.5m));
        if (names is { Knows: true })
        {
            reasons.AddRange(names.Reasons);
        }
        else
        {
            reasons.AddRange(Identifier("phone", asked.Phone, shared, held, SamePhone, 0));
            reasons.AddRange(Bounded(names, reasons.Exists(reason => reason.Points > 0)));
            reasons.AddRange(Place(asked, other));
        }

        if (!Equal(asked.CountryCode, other.CountryCode))
        {
            reasons.Add(new("country", "different", -2.5m));
        }

        return Banded(reasons, names);
    }

    // Two different companies never share a registration number; a score can still not lift a record past a contradiction of one.
    static Judgement Banded(List<Evidence> reasons, NameEvidence? names)
    {
        var registered = reasons.Exists(reason => reason is { Field: "credit_code" or "vat_number" or "duns", Finding: "same" });
        var contradicted = !registered && reasons.Exists(reason => reason is { Field: "credit_code" or "vat_number" or "duns", Finding: "different" });
        var sum = reasons.Sum(reason => reason.Points);
        var score = registered ? Math.Max(sum, CertainFrom) : sum;
        var alike = reasons.Where(reason => reason.Field is "name").Sum(reason => reason.Points);
        var certain = names switch
        {
            { IsSure: true } => score >= LikelyFrom,
            { Knows: false, IsWhole: true } or null => score >= CertainFrom,
            { Knows: true } => registered || (score >= CertainFrom && reasons.Exists(reason => reason is { Field: "domain", Finding: "same" })),
            _ => registered || score - Math.Max(0, alike - (alike < AlikeAtLeast ? 0 : AlikeAtMost)) >= CertainFrom,
        };
        var band = certain && !contradicted ? Band.Certain : score >= LikelyFrom ? Band.Likely : score >= PossibleFrom ? Band.Possible : Band.None;
        return new(names?.AreSisters is true && band is not Band.Certain ? Band.Related : band, score, reasons);
    }

    static bool? HaveOnePhone(CompanyProfile asked, IReadOnlyCollection<string> shared, IReadOnlyCollection<string> held) =>
        asked.Phone is null || !held.Contains("phone") ? null : shared.Contains("phone");

    static HashSet<string> Held(CompanyProfile company)
    {
        var held = new HashSet<string>();
        foreach (var (kind, value) in new[] { ("credit_code", company.CreditCode), ("vat_number", company.VatNumber), ("duns", company.Duns), ("domain", company.Domain), ("phone", company.Phone) })
        {
            if (value is not null)
            {
                held.Add(kind);
            }
        }

        return held;
    }

    static IEnumerable<Evidence> Identifier(string kind, string? mine, IReadOnlyCollection<string> shared, IReadOnlyCollection<string> held, decimal same, decimal different)
    {
        if (mine is not null && shared.Contains(kind))
        {
            yield return new(kind, "same", same);
        }
        else if (mine is not null && held.Contains(kind) && different != 0)
        {
            yield return new(kind, "different", different);
        }
    }

    static IEnumerable<Evidence> Bounded(NameEvidence? names, bool somethingElseIsTheSame)
    {
        if (names is null)
        {
            yield break;
        }

        var least = names.IsWhole ? WholeName : names.IsNearby ? LikelyFrom : somethingElseIsTheSame ? AnotherName : decimal.MinValue;
        yield return names.Name with { Points = Math.Max(names.Name.Points, least) };
    }

    static IEnumerable<Evidence> Place(CompanyProfile asked, CompanyProfile other)
    {
        if (!Equal(asked.CountryCode, other.CountryCode))
        {
            yield break;
        }

        if (asked.City is { Length: > 0 } city && other.City is { Length: > 0 } otherCity)
        {
            yield return Equal(CompanyName.Parse(PlaceNames.Short(city)).Whole, CompanyName.Parse(PlaceNames.Short(otherCity)).Whole)
                ? new("city", "same", 0.5m)
                : new("city", "different", -1m);
        }

        if (asked.Address is { Length: >= 6 } address && other.Address is { } otherAddress && Equal(CompanyName.Parse(address).Whole, CompanyName.Parse(otherAddress).Whole))
        {
            yield return new("address", "same", 2m);
        }
        else
        {
            yield return new("country", "same", 0.5m);
        }
    }

    static bool Equal(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
