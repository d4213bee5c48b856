using Portal.Matching.Scoring;

namespace Portal.Matching;

/// <summary>What the names of two records say, and what stands beside the names where that was learned with them.</summary>
/// <param name="Name">What the best pair of names says.</param>
/// <param name="IsWhole">It is the whole name in the same place, spelling apart.</param>
/// <param name="IsNearby">It is the whole name, and one place lies in the other: 浙江云栖科技 and 杭州云栖科技 are two entries in two registries, however likely it is that somebody means one.</param>
/// <param name="IsSure">As sure as an answer that blocks must be, by what was learned.</param>
/// <param name="Knows">Address, postal code and telephone number are judged with the names; <paramref name="Reasons"/> holds them all.</param>
/// <param name="Reasons">The evidence, field by field.</param>
/// <param name="AreSisters">They are names of two companies of one group.</param>
sealed record NameEvidence(Evidence Name, bool IsWhole, bool IsNearby, bool IsSure, bool Knows, IReadOnlyList<Evidence> Reasons, bool AreSisters)
{
    const decimal BelowLikely = SameCompany.LikelyFrom - 1;

    // Which field a feature is about; all others are the name's.
    static readonly Dictionary<string, string> FieldOf = new(StringComparer.Ordinal)
    {
        ["phone"] = "phone", ["postal_code"] = "postal_code", ["address"] = "address", ["house_number"] = "address", ["city"] = "city",
    };

    /// <summary>Of two records: the best pair of names counts, a second spelling neither adds nor takes away. Null where one has no name.</summary>
    public static NameEvidence? Of(CompanyProfile asked, CompanyProfile other, bool? samePhone, Scorer scorer)
    {
        var place = PlaceComparison.Of(asked, other, samePhone);
        var best = (Rank: double.NegativeInfinity, Points: 0.0, Comparison: (Comparison?)null, Mine: (CompanyName?)null, Theirs: (CompanyName?)null);
        var areSisters = false;
        foreach (var (mine, theirs) in asked.ParsedNames.SelectMany(mine => other.ParsedNames.Select(theirs => (mine, theirs))))
        {
            var comparison = Comparison.Of(mine, theirs, place, scorer.Rarity);
            var points = scorer.Points(comparison);
            var rank = points + (IsWholeName(mine, theirs) ? 100 : 0);
            areSisters |= SisterCompanies.Are(mine, theirs, scorer.Rarity);
            best = rank > best.Rank ? (rank, points, comparison, mine, theirs) : best;
        }

        return best is { Comparison: { } found, Mine: { } one, Theirs: { } two } ? Of(found, best.Points, one, two, place, areSisters, scorer) : null;
    }

    static NameEvidence Of(Comparison found, double scored, CompanyName mine, CompanyName theirs, PlaceComparison place, bool areSisters, Scorer scorer)
    {
        var points = Rounded(scored);
        var whole = IsWholeName(mine, theirs);
        var knows = found.Family is Family.Record;
        var beside = knows ? Beside(found, scorer) : [];
        // Subsidiaries in two places are two companies, and too few of them were learned from.
        points = found.Family is Family.Latin && !PlaceNames.Agree(mine.Places, theirs.Places) ? Math.Min(points, BelowLikely) : points;
        // One name and one telephone number are one company, also where it has moved.
        points = found.Family is Family.Record && place.Phone >= 1 && IsDistinctName(mine, theirs) ? Math.Max(points, SameCompany.WholeName + SameCompany.SamePhone) : points;
        // What is heard is faint: most of what sounds a little alike is another company.
        var finding = NameFinding.Of(mine, theirs, points >= (found.Family is Family.Sound ? SameCompany.AlikeAtLeast : SameCompany.PossibleFrom));
        // Names of which nothing is alike never speak for it, however little they speak against.
        points -= finding is "different" ? SameCompany.PossibleFrom : 0;
        var name = new Evidence("name", finding, points - beside.Sum(reason => reason.Points));
        // Two companies at one address are two, however sure the address is: their names must agree without it. Another telephone number is a doubt that somebody must look at.
        var sure = knows && place.Phone > 0 && points >= scorer.CertainFrom(found.Family)
            && (whole || name.Finding is "same" or "same_but_legal_form" or "same_but_place" or "same_words" or "short_form"
                || Rounded(scorer.Points(Comparison.Of(mine, theirs, PlaceComparison.Nothing, scorer.Rarity))) >= scorer.CertainFrom(Family.Latin));
        return new(name, whole, !whole && IsNearbyName(mine, theirs), sure, knows, [name, .. beside], areSisters && !whole);
    }

    // What the learned questions about a field have moved the answer by.
    static List<Evidence> Beside(Comparison found, Scorer scorer)
    {
        var features = Comparison.FeaturesOf(found.Family);
        var parts = scorer.Explain(found);
        return [.. Enumerable.Range(0, parts.Length)
            .Where(at => FieldOf.ContainsKey(features[at].Name) && found.Features[at] is not PlaceComparison.Unknown)
            .GroupBy(at => FieldOf[features[at].Name], StringComparer.Ordinal)
            .Select(field => new Evidence(field.Key, Finding(field.Min(at => found.Features[at])), Rounded(field.Sum(at => parts[at]))))
            .Where(reason => reason.Points != 0)];
    }

    static string Finding(double alike) => alike switch { >= 1 => "same", > 0.5 => "similar", _ => "different" };

    /// <summary>
    /// The registry keeps a name apart within its place: the same name, with the same places in it and no other legal form, says it all; a bare trade name says less, and two letters hardly anything.
    /// </summary>
    static bool IsWholeName(CompanyName mine, CompanyName theirs) =>
        IsDistinctName(mine, theirs) && mine.Places.ToHashSet(StringComparer.Ordinal).SetEquals(theirs.Places);

    static bool IsNearbyName(CompanyName mine, CompanyName theirs) =>
        IsDistinctName(mine, theirs) && mine.Places.Count > 0 && theirs.Places.Count > 0 && PlaceNames.Agree(mine.Places, theirs.Places);

    // Not what is cut off at its longest, nor a number, nor a legal form without a name.
    static bool IsDistinctName(CompanyName mine, CompanyName theirs) =>
        string.Equals(mine.Core, theirs.Core, StringComparison.Ordinal) && mine.Core.Length >= (mine.IsChinese ? 4 : 6) && NameFinding.FormsAgree(mine, theirs)
        && mine.Core.Length < CompanyName.Longest - 1 && mine.Core.Any(char.IsLetter) && !LegalForms.IsNothingElse(mine);

    static decimal Rounded(double points) => Math.Round((decimal)Math.Clamp(points, -99, 99), 2);
}
