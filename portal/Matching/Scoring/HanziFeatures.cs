using Portal.Matching.Hanzi;

namespace Portal.Matching.Scoring;

/// <summary>What two names in 汉字 (kana, hangul) have in common and what sets them apart, in numbers.</summary>
static class HanziFeatures
{
    /// <summary>The features, in the order of <see cref="Of"/>: how each is called, and whether more of it may only speak for (1) or against (-1) the same company, or either (0).</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("text_is_short_form", 1), new("core_is_short_form", 1), new("text_shared_of_shorter", 1), new("text_shared_of_longer", 1), new("core_shared_of_shorter", 1), new("core_shared_of_longer", 1),
        new("equal_beginning", 1), new("jaro_winkler", 1), new("text_edits", -1), new("text_edit_share", -1), new("core_edit_share", -1),
        new("rarest_lacking_in_longer", -1), new("sum_lacking_in_longer", -1), new("rarest_lacking_in_shorter", -1), new("sum_lacking_in_shorter", -1), new("shared_rarity", 1), new("trade_name_rarity", 1),
        new("places", 1), new("shorter_length", 0), new("longer_length", 0), new("common_part", 1), new("legal_forms", 1), new("trade_name_sounds_alike", 1), new("sound_shared_of_shorter", 1),
        new("first_equal", 1), new("last_equal", 1), new("skipped", 0), new("pairs_shared", 1), new("core_equal", 1), new("trade_name_shared_of_shorter", 1), new("first_lacking", 0),
    ];

    /// <summary>The features of two names. Their order does not matter.</summary>
    public static double[] Of(CompanyName one, CompanyName other, Rarity rarity)
    {
        var (shorter, longer) = one.Core.Length < other.Core.Length || (one.Core.Length == other.Core.Length && string.CompareOrdinal(one.Text, other.Text) <= 0) ? (one, other) : (other, one);
        var (s, l) = (shorter.Core, longer.Core);
        // The shorter one is the alias: 股份 of 锡装股份 is found in the longer's legal form.
        var (st, lt) = shorter.Text.Length <= longer.Text.Length ? (shorter.Text, longer.Text) : (longer.Text, shorter.Text);
        var text = Alignment.Of(st, lt, rarity);
        var core = Alignment.Of(s, l, rarity);
        var edits = TextSimilarity.Edits(st, lt, HanziTable.SoundAlike);
        var coreEdits = TextSimilarity.Edits(s, l, HanziTable.SoundAlike);
        var tradeLength = Math.Min(2, s.Length);
        var tradeEqual = s.Length >= 2 && l.Length >= 2 && string.CompareOrdinal(s, 0, l, 0, 2) == 0;
        return
        [
            text.IsSubsequence ? 1 : 0,
            core.IsSubsequence ? 1 : 0,
            text.SharedOfFirst,
            text.SharedOfSecond,
            core.SharedOfFirst,
            core.SharedOfSecond,
            Math.Min(4, TextSimilarity.CommonBeginning(s, l)),
            TextSimilarity.JaroWinkler(s, l),
            Math.Min(edits, 10),
            edits / Math.Max(1, lt.Length),
            coreEdits / Math.Max(1, l.Length),
            text.RarestLackingInSecond,
            text.SumLackingInSecond,
            core.RarestLackingInFirst,
            core.SumLackingInFirst,
            text.SharedSum,
            tradeEqual ? rarity.Sum(s.AsSpan(0, 2)) : 0,
            Places(shorter, longer),
            s.Length,
            l.Length,
            (double)TextSimilarity.LongestCommonPart(s, l) / Math.Max(1, s.Length),
            Forms(shorter, longer),
            Sounds(s, l, tradeLength) ? 1 : 0,
            SoundShared(s, l),
            s.Length > 0 && l.Length > 0 && s[0] == l[0] ? 1 : 0,
            s.Length > 0 && l.Length > 0 && s[^1] == l[^1] ? 1 : 0,
            core.Skipped,
            TextSimilarity.PairsShared(s, l),
            string.Equals(s, l, StringComparison.Ordinal) ? 1 : 0,
            Alignment.Of(s[..tradeLength], l, rarity).SharedOfFirst,
            core.FirstLacking,
        ];
    }

    static double Places(CompanyName one, CompanyName other) =>
        one.Places.Count == 0 || other.Places.Count == 0 ? (one.Places.Count == other.Places.Count ? 0.4 : 0.5)
        : one.Places.ToHashSet(StringComparer.Ordinal).SetEquals(other.Places) ? 1
        : PlaceNames.Agree(one.Places, other.Places) ? 0.7 : 0;

    static double Forms(CompanyName one, CompanyName other) =>
        one.LegalForm is null || other.LegalForm is null ? 0.5 : string.Equals(one.LegalForm, other.LegalForm, StringComparison.Ordinal) ? 1 : 0;

    static bool Sounds(string one, string other, int length) =>
        one.Length >= length && other.Length >= length && length > 0 && Enumerable.Range(0, length).All(at => HanziTable.SoundAlike(one[at], other[at]));

    static double SoundShared(string shorter, string longer)
    {
        int at = 0, found = 0;
        foreach (var character in shorter)
        {
            for (var next = at; next < longer.Length; next++)
            {
                if (HanziTable.SoundAlike(longer[next], character))
                {
                    (at, found) = (next + 1, found + 1);
                    break;
                }
            }
        }

        return (double)found / Math.Max(1, shorter.Length);
    }
}
