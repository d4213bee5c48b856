using Portal.Matching.Hanzi;

namespace Portal.Matching.Scoring;

/// <summary>What a name in 汉字 and one in Latin letters have in common when the first is read aloud, in numbers.</summary>
static class SoundFeatures
{
    /// <summary>The features, in the order of <see cref="Of"/>.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("text_edit_share", -1), new("core_edit_share", -1), new("core_edits", -1), new("trade_name_begins", 1), new("core_equal", 1), new("initials", 1), new("syllables_shared", 1), new("jaro_winkler", 1), new("common_part", 1),
        new("syllables", 0), new("letters", 0), new("first_syllable", 1), new("trade_name_sound_in_text", 1), new("syllables_lacking", -1),
    ];

    /// <summary>The features of two names, of which one is in 汉字; where the other is, too, or neither is, there is nothing to compare.</summary>
    public static double[] Of(CompanyName one, CompanyName other)
    {
        var (hanzi, latin) = one.IsChinese ? (one, other) : (other, one);
        // 重庆银行 keeps its place, for 银行 is nobody's name; so does Chongqing Yinhang beside it.
        var written = hanzi.Places.Count == 0 ? latin.Whole : latin.Core;
        var (read, text) = (HanziTable.Syllables(hanzi.Core, written), HanziTable.Syllables(hanzi.Text, latin.Text));
        var (core, whole) = (string.Concat(read), string.Concat(text));
        var all = latin.Text;
        var trade = string.Concat(read.Take(2));
        var coreEdits = TextSimilarity.Edits(core, written);
        var (shared, lacking) = Syllables(read, written);
        return
        [
            TextSimilarity.Edits(whole, all) / Math.Max(1, Math.Max(whole.Length, all.Length)),
            coreEdits / Math.Max(1, Math.Max(core.Length, written.Length)),
            Math.Min(coreEdits, 12),
            trade.Length > 0 && written.StartsWith(trade, StringComparison.Ordinal) ? 1 : 0,
            string.Equals(core, written, StringComparison.Ordinal) ? 1 : 0,
            string.Concat(read.Select(syllable => syllable[0])) is var initials && initials.StartsWith(written, StringComparison.Ordinal) && written.Length >= 2 ? Math.Min(1, (double)written.Length / initials.Length + 0.3) : 0,
            shared,
            TextSimilarity.JaroWinkler(core, written),
            (double)TextSimilarity.LongestCommonPart(core, written) / Math.Max(1, Math.Min(core.Length, written.Length)),
            read.Count,
            Math.Min(written.Length, 40),
            read.Count > 0 && written.StartsWith(read[0], StringComparison.Ordinal) ? 1 : 0,
            trade.Length > 0 && all.Contains(trade, StringComparison.Ordinal) ? 1 : 0,
            lacking,
        ];
    }

    // Syllable after syllable, as far as they are found in order: the letters of those that are, as a share of what is written, and how many are not.
    static (double Shared, int Lacking) Syllables(IReadOnlyList<string> read, string written)
    {
        int at = 0, letters = 0, lacking = 0;
        foreach (var syllable in read)
        {
            var found = written.IndexOf(syllable, at, Math.Min(written.Length - at, syllable.Length + 6), StringComparison.Ordinal);
            if (found >= 0)
            {
                (at, letters) = (found + syllable.Length, letters + syllable.Length);
            }
            else
            {
                lacking++;
            }
        }

        return ((double)letters / Math.Max(1, written.Length), lacking);
    }
}
