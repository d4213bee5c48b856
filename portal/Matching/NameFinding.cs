namespace Portal.Matching;

/// <summary>In one word, for the reviewer, how two names compare.</summary>
static class NameFinding
{
    /// <summary>The word; see <see cref="Evidence.Finding"/>.</summary>
    public static string Of(CompanyName mine, CompanyName theirs, bool areAlike) =>
        Equal(mine.Whole, theirs.Whole) && FormsAgree(mine, theirs) ? "same"
        : Equal(mine.Core, theirs.Core) ? SameCore(mine, theirs)
        : mine.IsChinese != theirs.IsChinese ? SoundTheSame(mine, theirs) ? "same_sound" : areAlike ? "similar_sound" : "different"
        : SameWords(mine, theirs) ? "same_words"
        : areAlike && IsShortForm(mine, theirs) ? "short_form"
        : areAlike ? "similar"
        : SameTradeName(mine, theirs) ? "same_trade_name" : "different";

    /// <summary>False where both tell a legal form and they are two: Ltd and Limited are one, AG is another; 公司 and group say nothing.</summary>
    public static bool FormsAgree(CompanyName mine, CompanyName theirs) =>
        mine.LegalForm is not { } form || theirs.LegalForm is not { } other || Equal(form, other) || form is "company" || other is "company";

    // Each name in one of its readings.
    static bool SoundTheSame(CompanyName mine, CompanyName theirs)
    {
        foreach (var sound in mine.Sounds)
        {
            if (sound.Length > 0 && theirs.Sounds.Contains(sound, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    static string SameCore(CompanyName mine, CompanyName theirs) =>
        !mine.Places.ToHashSet(StringComparer.Ordinal).SetEquals(theirs.Places) ? "same_but_place" : FormsAgree(mine, theirs) ? "same" : "same_but_legal_form";

    static bool SameWords(CompanyName mine, CompanyName theirs) =>
        mine.Words.Count > 1 && mine.Words.Count == theirs.Words.Count && mine.Words.Order(StringComparer.Ordinal).SequenceEqual(theirs.Words.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    static bool IsShortForm(CompanyName mine, CompanyName theirs)
    {
        if (mine.IsChinese)
        {
            return TextSimilarity.IsShortForm(mine.Core, theirs.Core) || TextSimilarity.IsPartOf(mine.Text, theirs.Text);
        }

        var (shorter, longer) = mine.Words.Count <= theirs.Words.Count ? (mine.Words, theirs.Words) : (theirs.Words, mine.Words);
        return shorter.Count < longer.Count && shorter.All(word => longer.Contains(word, StringComparer.Ordinal));
    }

    // Where the one's is not told from the trade after it (三一 and 三一重能), it begins like the other's.
    static bool SameTradeName(CompanyName mine, CompanyName theirs)
    {
        var (shorter, longer) = mine.TradeName.Length <= theirs.TradeName.Length ? (mine.TradeName, theirs.TradeName) : (theirs.TradeName, mine.TradeName);
        return mine.IsChinese ? shorter.Length >= 2 && longer.StartsWith(shorter, StringComparison.Ordinal) : Equal(mine.TradeName, theirs.TradeName);
    }

    static bool Equal(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
