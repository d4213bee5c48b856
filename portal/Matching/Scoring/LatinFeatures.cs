namespace Portal.Matching.Scoring;

/// <summary>What two names in Latin letters (or another script with spaces), and the addresses with them, have in common and what sets them apart, in numbers.</summary>
static class LatinFeatures
{
    // Two words are one, misspelt, from this likeness on.
    const double Alike = 0.88;

    /// <summary>The features, in the order of <see cref="Of"/>.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("core_equal", 1), new("whole_equal", 1), new("jaro_winkler", 1), new("sorted_words_alike", 1), new("core_edit_share", -1), new("core_edits", -1), new("text_edit_share", -1),
        new("words_shared_of_shorter", 1), new("words_shared_of_longer", 1), new("first_word", 1), new("rarest_lacking_in_longer", -1), new("rarest_lacking_in_shorter", -1), new("sum_lacking_in_longer", -1), new("sum_lacking_in_shorter", -1),
        new("shared_rarity", 1), new("initials", 1), new("numbers", 1), new("legal_forms", 1), new("places", 1), new("shorter_words", 0), new("shorter_length", 0), new("common_part", 1), new("begins_alike", 1), new("words_alike_in_order", 1),
        new("phone", 1), new("postal_code", 1), new("address", 1), new("house_number", 1), new("city", 1),
        new("misspelt", -1), new("sounds_alike", 1), new("first_word_rarity", 1), new("rarest_lacking_in_both", -1),
    ];

    /// <summary>The features of two names. Their order does not matter.</summary>
    public static double[] Of(CompanyName one, CompanyName other, Rarity rarity, PlaceComparison place)
    {
        var (s, l) = one.Core.Length < other.Core.Length || (one.Core.Length == other.Core.Length && string.CompareOrdinal(one.Text, other.Text) <= 0) ? (one, other) : (other, one);
        var words = WordAlignment.Of(s.Words, l.Words, rarity, Alike);
        var edits = TextSimilarity.Edits(s.Core, l.Core);
        var longest = Math.Max(1, Math.Max(s.Core.Length, l.Core.Length));
        return
        [
            Same(s.Core, l.Core),
            Same(s.Whole, l.Whole),
            TextSimilarity.JaroWinkler(s.Core, l.Core),
            TextSimilarity.JaroWinkler(Sorted(s), Sorted(l)),
            edits / longest,
            Math.Min(edits, 10),
            TextSimilarity.Edits(s.Text, l.Text) / Math.Max(1, Math.Max(s.Text.Length, l.Text.Length)),
            words.SharedOfFirst,
            words.SharedOfSecond,
            TextSimilarity.JaroWinkler(s.Words[0], l.Words[0]),
            words.RarestLackingInSecond,
            words.RarestLackingInFirst,
            words.SumLackingInSecond,
            words.SumLackingInFirst,
            words.SharedSum,
            Initials(s, l) || Initials(l, s) ? 1 : 0,
            Numbers(s, l),
            s.LegalForm is null || l.LegalForm is null ? 0.5 : Same(s.LegalForm, l.LegalForm),
            s.Places.Count == 0 && l.Places.Count == 0 ? 0.5 : s.Places.Count == 0 || l.Places.Count == 0 ? 0.4 : PlaceNames.Agree(s.Places, l.Places) ? 1 : 0,
            Math.Min(s.Words.Count, l.Words.Count),
            Math.Min(s.Core.Length, 30),
            (double)TextSimilarity.LongestCommonPart(s.Core, l.Core) / Math.Max(1, s.Core.Length),
            l.Core.StartsWith(s.Core, StringComparison.Ordinal) ? 1 : 0,
            words.InOrder,
            place.Phone,
            place.PostalCode,
            place.Address,
            place.HouseNumber,
            place.City,
            words.Misspelt,
            TextSimilarity.JaroWinkler(s.Heard, l.Heard),
            string.Equals(s.Words[0], l.Words[0], StringComparison.Ordinal) ? rarity.Of(s.Words[0]) : 0,
            Math.Min(words.RarestLackingInFirst, words.RarestLackingInSecond),
        ];
    }

    static double Same(string one, string other) => string.Equals(one, other, StringComparison.Ordinal) ? 1 : 0;

    static string Sorted(CompanyName name) => string.Concat(name.Words.Order(StringComparer.Ordinal));

    static bool Initials(CompanyName abbreviated, CompanyName whole) =>
        whole.Words.Count > 1 && abbreviated.Words.Any(word => word.Length >= 2 && word.Length <= whole.Words.Count && string.Concat(whole.Words.Take(word.Length).Select(part => part[0])).Equals(word, StringComparison.Ordinal));

    // Fund II and Fund III, Trust 2006-2 and 2007-2: 1 where the same numbers stand in both, 0 where others do, between where only one has any.
    static double Numbers(CompanyName one, CompanyName other)
    {
        var (mine, theirs) = (NumbersOf(one), NumbersOf(other));
        return mine.Count == 0 && theirs.Count == 0 ? 0.5 : mine.Count == 0 || theirs.Count == 0 ? 0.4 : mine.SetEquals(theirs) ? 1 : 0;
    }

    static HashSet<string> NumbersOf(CompanyName name) => [.. name.Words.Where(word => word.Any(char.IsDigit) || word is "ii" or "iii" or "iv" or "vi" or "vii" or "viii" or "ix")];
}
