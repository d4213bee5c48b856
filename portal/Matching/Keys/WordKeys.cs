using Portal.Matching.Scoring;

namespace Portal.Matching.Keys;

/// <summary>The keys of a name in Latin letters: <c>stem</c> (how it begins), <c>words</c> (in any order), <c>word</c> (the rarest of them).</summary>
static class WordKeys
{
    // Of the words of a name as many, and none that one company in a hundred has.
    const int Words = 3, ShortestWord = 4;
    const double RareWord = 4.6;

    /// <summary>Those it is stored with.</summary>
    public static IEnumerable<MatchKey> Of(CompanyName name)
    {
        yield return new("stem", Beginning(name.Core, 5));
        if (name.Words.Count > 1)
        {
            var sorted = string.Join('+', name.Words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            yield return new("words", Beginning(sorted, CompanyName.Longest));
        }

        foreach (var word in name.Words.Where(IsRare).Distinct(StringComparer.Ordinal).OrderByDescending(Scorer.Learned.Rarity.Of).ThenByDescending(word => word.Length).ThenBy(word => word, StringComparer.Ordinal).Take(Words))
        {
            yield return new("word", Beginning(word, CompanyName.Longest));
        }
    }

    /// <summary>Those it is looked for by: its own, and its first word where somebody may have entered it by that alone.</summary>
    public static IEnumerable<SoughtKey> Sought(CompanyName name) =>
        Of(name).Select(SoughtKey.Of).Concat(name.Words.Count > 1 && IsRare(name.Words[0]) ? [new("core", Beginning(name.Words[0], CompanyName.Longest), Always: true)] : []);

    static bool IsRare(string word) => word.Length >= ShortestWord && Scorer.Learned.Rarity.Of(word) >= RareWord;

    // So many characters of a text, and never half of one: PostgreSQL takes no half.
    static string Beginning(string text, int characters)
    {
        var end = 0;
        for (var count = 0; count < characters && end < text.Length; count++)
        {
            end += char.IsSurrogatePair(text, end) ? 2 : 1;
        }

        return text[..end];
    }
}
