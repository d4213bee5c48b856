using Portal.Matching.Hanzi;
using Portal.Matching.Scoring;

namespace Portal.Matching;

/// <summary>
/// Do two names belong to two companies of one group? They begin with the same trade name (字号) and go on differently: 三一重工 and 三一重能, Bowne of Boston and Bowne of Atlanta.
/// A name that only lacks something is a short form; a character that only sounds the same, or two that are swapped, is a typing error.
/// </summary>
static class SisterCompanies
{
    // A trade name that a tenth of all companies begin with (东方, global) is nobody's. Logarithms of one over the share, see Rarity.
    const double RareInHanzi = 4.5, RareInLatin = 3.5;

    // Words that look like one, misspelt.
    const double Alike = 0.8;

    // 鹄份 and 积团 are a legal form misspelt.
    const string OfLegalForms = "股份集团";

    // So much must be different: words that everybody has (科技, group) do not make another company.
    const double Substantial = 1.5;

    /// <summary>True where the names say so.</summary>
    public static bool Are(CompanyName one, CompanyName other, Rarity rarity) =>
        one.IsChinese == other.IsChinese && (one.IsChinese ? InHanzi(one, other, rarity) : InLatin(one, other, rarity));

    static bool InHanzi(CompanyName one, CompanyName other, Rarity rarity)
    {
        var (a, b) = (one.Core, other.Core);
        var begins = TextSimilarity.CommonBeginning(a, b);
        if (begins < 2 || rarity.Sum(a.AsSpan(0, begins)) < RareInHanzi)
        {
            return false;
        }

        if (a.Length == begins && b.Length == begins)
        {
            return !PlaceNames.Agree(one.Places, other.Places);
        }

        var (mine, theirs) = (Lacking(one, begins, other, rarity), Lacking(other, begins, one, rarity));
        return (mine > 0 && theirs > 0) || (one.LegalForm is not null && other.LegalForm is not null && Math.Max(mine, theirs) >= 2);
    }

    // What comes after the trade name and is nowhere in the other name, also not as it sounds. Registered names are whole: 苏豪弘业期货 is not short for 苏豪弘业.
    static int Lacking(CompanyName one, int begins, CompanyName other, Rarity rarity) =>
        one.Core.Skip(begins).Count(character => rarity.Of(character) >= Substantial && !other.Text.Contains(character, StringComparison.Ordinal) && !(other.Core + OfLegalForms).Any(theirs => HanziTable.SoundAlike(character, theirs)));

    static bool InLatin(CompanyName one, CompanyName other, Rarity rarity)
    {
        var first = one.Words[0];
        if (first.Length < 3 || !string.Equals(first, other.Words[0], StringComparison.Ordinal) || rarity.Of(first) < RareInLatin)
        {
            return false;
        }

        var words = WordAlignment.Of([.. one.Words.Skip(1)], [.. other.Words.Skip(1)], rarity, Alike);
        var registered = one.LegalForm is not null && other.LegalForm is not null;
        return (words.SumLackingInSecond >= Substantial && words.SumLackingInFirst >= Substantial)
            || (registered && Math.Max(words.SumLackingInFirst, words.SumLackingInSecond) >= Rarity.Rarest)
            || (one.Places.Count > 0 && other.Places.Count > 0 && !PlaceNames.Agree(one.Places, other.Places));
    }
}
