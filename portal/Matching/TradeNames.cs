using System.Collections.Frozen;
using Portal.Matching.Tables;

namespace Portal.Matching;

/// <summary>
/// The trade name (字号) in a Chinese name: what stands before the words that say what a company does. 云栖 of 云栖科技, 乐逍遥 of 乐逍遥日化用品生活馆. What such a word is says a dictionary (<c>Tables/words.tsv</c>);
/// a trade name may be a word, too (阳光, 新月), so the shortest beginning of two characters or more is taken after which only words come.
/// </summary>
static class TradeNames
{
    // A trade name has two to four characters, hardly ever five.
    const int Shortest = 2, Longest = 5;

    const int LongestWord = 4;

    // What a shop, a works or an institute is called after the word for what it sells or does.
    const string Endings = "店厂行部社院所站场馆坊屋城业";

    // So many characters must be left where a district's name without its 县 or 区 (番禺, 天台) is taken for a place.
    const int LeastAfterDistrict = 4;

    static readonly FrozenSet<string> Words = Table.Rows("Tables/words.tsv").Select(row => row[0]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The trade name of a name without its places and legal form; all of it where it is short and no word is known in it.</summary>
    public static string Of(string core)
    {
        var name = WithoutDistrict(core);
        var words = OnlyWordsFrom(name);
        for (var length = Shortest; length <= Math.Min(Longest, name.Length); length++)
        {
            if (words[length])
            {
                return name[..length];
            }
        }

        return name.Length > LongestWord ? name[..Shortest] : name;
    }

    static string WithoutDistrict(string core)
    {
        for (var length = LongestWord; length >= 2; length--)
        {
            if (core.Length - length >= LeastAfterDistrict && PlaceNames.IsShortDistrict(core[..length]) && !Words.Contains(core[..length]))
            {
                core = core[length..];
                break;
            }
        }

        // 千灯镇南野智能科技店
        var town = core.AsSpan(0, Math.Min(core.Length, 5)).IndexOfAny('镇', '乡');
        return town >= 2 && core.Length - town - 1 >= LeastAfterDistrict ? core[(town + 1)..] : core;
    }

    // For each place in the name whether nothing but words comes from there on.
    static bool[] OnlyWordsFrom(string name)
    {
        var only = new bool[name.Length + 1];
        only[name.Length] = true;
        for (var at = name.Length - 1; at > 0; at--)
        {
            only[at] = only[at + 1] && Endings.Contains(name[at], StringComparison.Ordinal);
            for (var length = 2; !only[at] && length <= Math.Min(LongestWord, name.Length - at); length++)
            {
                only[at] = only[at + length] && Words.Contains(name.Substring(at, length));
            }
        }

        return only;
    }
}
