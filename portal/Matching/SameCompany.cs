namespace Portal.Matching;

/// <summary>
/// The one judge of "is this the same company?", for the screen, the API and the import alike. Adds up points for and against;
/// the sum falls into a <see cref="Band"/>. The points are written by hand; a learned set takes their place under another <see cref="Version"/>.
/// </summary>
public static class SameCompany
{
    /// <summary>Which set of points judged, kept with every verdict.</summary>
    public const string Version = "hand-2";

    const decimal CertainFrom = 9.5m;
    const decimal LikelyFrom = 6m;
    const decimal PossibleFrom = 3m;

    // Letters of pinyin: four characters or so.
    const int DistinctSound = 10;

    /// <summary>Judges what is asked about against another record.</summary>
    /// <param name="asked">The company somebody claims or enters.</param>
    /// <param name="other">The record it may be; its identifiers may be left out, <paramref name="shared"/> and <paramref name="held"/> say what matters of them.</param>
    /// <param name="shared">Kinds of keys that both have.</param>
    /// <param name="held">Kinds of identifiers the other record has.</param>
    public static Judgement Judge(CompanyProfile asked, CompanyProfile other, IReadOnlyCollection<string> shared, IReadOnlyCollection<string> held)
    {
        var reasons = new List<Evidence>();
        reasons.AddRange(Identifier("credit_code", asked.CreditCode, shared, held, 12, -9));
        reasons.AddRange(Identifier("vat_number", asked.VatNumber, shared, held, 12, -5));
        reasons.AddRange(Identifier("duns", asked.Duns, shared, held, 12, -5));
        reasons.AddRange(Identifier("domain", asked.Domain is { } domain && Identifiers.IsFreeMail(domain) ? null : asked.Domain, shared, held, 6.5m, -0.5m));
        reasons.AddRange(Identifier("phone", asked.Phone, shared, held, 4.5m, 0));
        reasons.AddRange(Name(asked, other));
        reasons.AddRange(Place(asked, other));
        var score = reasons.Sum(reason => reason.Points);
        return new(BandOf(score, reasons), score, reasons);
    }

    /// <summary>Judges two whole records.</summary>
    public static Judgement Judge(CompanyProfile asked, CompanyProfile other)
    {
        var shared = MatchKey.Of(asked).Intersect(MatchKey.Of(other)).Select(key => key.Kind).ToHashSet();
        return Judge(asked, other, shared, Held(other));
    }

    // Two different companies never share a registration number; a score can still not lift a record past a contradiction of one.
    static Band BandOf(decimal score, List<Evidence> reasons)
    {
        var contradicted = reasons.Exists(reason => reason is { Field: "credit_code" or "vat_number" or "duns", Finding: "different" });
        var registered = reasons.Exists(reason => reason is { Field: "credit_code" or "vat_number" or "duns", Finding: "same" });
        return score switch
        {
            >= CertainFrom when !contradicted || registered => Band.Certain,
            >= LikelyFrom => Band.Likely,
            >= PossibleFrom => Band.Possible,
            _ => Band.None,
        };
    }

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

    // The best pair of names counts; a second spelling neither adds nor takes away.
    static IEnumerable<Evidence> Name(CompanyProfile asked, CompanyProfile other)
    {
        var best = asked.ParsedNames
            .SelectMany(mine => other.ParsedNames.Select(theirs => Compare(mine, theirs)))
            .MaxBy(reason => reason?.Points ?? 0);
        return best is null ? [] : [best];
    }

    static Evidence? Compare(CompanyName mine, CompanyName theirs)
    {
        if (Equal(mine.Core, theirs.Core))
        {
            return SameCore(mine, theirs);
        }

        if (Equal(mine.Whole, theirs.Whole))
        {
            return new("name", "same", 7m);
        }

        if (mine.IsChinese != theirs.IsChinese)
        {
            // Somebody wrote it in pinyin. Others sound the same: it is worth a look, no more.
            return mine.Sound.Length >= CompanyName.ShortestSound && Equal(mine.Sound, theirs.Sound) ? new("name", "same_sound", mine.Sound.Length >= DistinctSound ? 4m : 3m) : null;
        }

        if (mine.Words.Count > 1 && mine.Words.Count == theirs.Words.Count && mine.Words.Order(StringComparer.Ordinal).SequenceEqual(theirs.Words.Order(StringComparer.Ordinal)))
        {
            return new("name", "same_words", 6m);
        }

        return Alike(mine, theirs);
    }

    static Evidence SameCore(CompanyName mine, CompanyName theirs)
    {
        if (!PlaceNames.Agree(mine.Places, theirs.Places))
        {
            return new("name", "same_but_place", 3m);
        }

        // The registry keeps a name apart within its place: the whole name says it all, a bare trade name less, two letters hardly anything.
        var distinct = mine.Core.Length >= (mine.IsChinese ? 4 : 6);
        var formsDiffer = mine.LegalForm is { } form && theirs.LegalForm is { } otherForm && !Equal(form, otherForm) && form is not "company" && otherForm is not "company";
        if (formsDiffer)
        {
            return new("name", "same_but_legal_form", distinct ? 6.5m : 4m);
        }

        // 浙江云栖科技 and 杭州云栖科技 are two entries in two registries, however likely it is that somebody means one.
        return mine.Places.ToHashSet().SetEquals(theirs.Places)
            ? new("name", "same", distinct ? 9m : 6m)
            : new("name", "same_but_place", distinct ? 7m : 5m);
    }

    static Evidence? Alike(CompanyName mine, CompanyName theirs)
    {
        var alike = TextSimilarity.JaroWinkler(mine.Core, theirs.Core);
        var shortest = Math.Min(mine.Core.Length, theirs.Core.Length);
        if (mine.IsChinese && TextSimilarity.IsShortForm(mine.Core, theirs.Core) && PlaceNames.Agree(mine.Places, theirs.Places))
        {
            return new("name", "short_form", shortest >= 4 ? 5.5m : shortest == 3 ? 4.5m : 3.5m);
        }

        if (!mine.IsChinese && Begins(mine, theirs))
        {
            return new("name", "short_form", 4m);
        }

        return alike switch
        {
            >= 0.95 when shortest >= 6 => new("name", "similar", 5.5m),
            >= 0.92 when shortest >= 5 => new("name", "similar", 4.5m),
            >= 0.88 when shortest >= 4 => new("name", "similar", 3m),
            _ => null,
        };
    }

    // "Northlight Office" for "Northlight Office Equipment": all words of the shorter begin the longer.
    static bool Begins(CompanyName mine, CompanyName theirs)
    {
        var (shorter, longer) = mine.Words.Count <= theirs.Words.Count ? (mine.Words, theirs.Words) : (theirs.Words, mine.Words);
        return shorter.Count < longer.Count && shorter.SequenceEqual(longer.Take(shorter.Count)) && shorter.Sum(word => word.Length) >= 5;
    }

    static IEnumerable<Evidence> Place(CompanyProfile asked, CompanyProfile other)
    {
        if (!Equal(asked.CountryCode, other.CountryCode))
        {
            yield return new("country", "different", -2.5m);
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
