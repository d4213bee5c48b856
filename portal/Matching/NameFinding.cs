namespace Portal.Matching;

/// <summary>In one word, for the reviewer, how two names compare.</summary>
static class NameFinding
{
    /// <summary>The word; see <see cref="Evidence.Finding"/>.</summary>
    public static string Of(CompanyName mine, CompanyName theirs, bool areAlike) =>
        Equal(mine.Whole, theirs.Whole) && FormsAgree(mine, theirs) ? "same"
        : Equal(mine.Core, theirs.Core) ? SameCore(mine, theirs)
        : mine.IsChinese != theirs.IsChinese ? Equal(mine.Sound, theirs.Sound) && mine.Sound.Length > 0 ? "same_sound" : areAlike ? "similar_sound" : "different"
        : SameWords(mine, theirs) ? "same_words"
        : areAlike && IsShortForm(mine, theirs) ? "short_form"
        : areAlike ? "similar"
        : SameBeginning(mine, theirs) ? "same_trade_name" : "different";

    /// <summary>False where both tell a legal form and they are two: Ltd and Limited are one, AG is another; 公司 and group say nothing.</summary>
    public static bool FormsAgree(CompanyName mine, CompanyName theirs) =>
        mine.LegalForm is not { } form || theirs.LegalForm is not { } other || Equal(form, other) || form is "company" || other is "company";

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

    static bool SameBeginning(CompanyName mine, CompanyName theirs) =>
        mine.IsChinese ? mine.Core.Length >= 2 && theirs.Core.StartsWith(mine.Core[..2], StringComparison.Ordinal) : Equal(mine.Words[0], theirs.Words[0]);

    static bool Equal(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
