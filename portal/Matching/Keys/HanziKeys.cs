using Portal.Matching.Hanzi;
using Portal.Matching.Scoring;

namespace Portal.Matching.Keys;

/// <summary>
/// The keys of a name in 汉字: <c>head</c> (how it begins, as it may sound), <c>lead</c> (how it begins, with one more of its characters), <c>placed</c> (how it begins, behind its place), <c>lost</c> (all of it
/// without its first or its second character), <c>pair</c> (how it begins, and its rarest characters two by two, in order).
/// </summary>
static class HanziKeys
{
    // Short names are characters of the whole one, in order, not side by side: 锡装 of 无锡化工装备. Pairs of up to five characters' distance find them.
    const int Pairs = 6, SoughtPairs = 8, Reach = 5;

    // A hundred companies in a million begin with the same two characters; with one more of 恒瑞医药 a handful is left.
    const int Leads = 8;

    // What stands behind any name, also where a character of it was lost: 亚康股份, 路桥份.
    const string BehindAnyName = "股份集团公司";

    // Two characters that are each read in two ways.
    const int Heads = 4;

    // A trade name has so many characters.
    const int LongestTradeName = 4;

    // Two characters swapped say less than what was written.
    const double Swapped = 0.7;

    /// <summary>Those it is stored with.</summary>
    public static IEnumerable<MatchKey> Of(CompanyName name)
    {
        var (core, whole) = (Characters(name.Core), Characters(name.Whole));
        var place = Math.Max(0, whole.Length - core.Length);
        return [.. Both(core, whole, place), .. Lost(core, whole, place), .. PairsOf(whole, Text(core, 2), Pairs).Select(pair => new MatchKey("pair", pair))];
    }

    /// <summary>Those it is looked for by.</summary>
    public static IEnumerable<SoughtKey> Sought(CompanyName name)
    {
        var (core, whole) = (Characters(name.Core), Characters(name.Whole));
        var place = Math.Max(0, whole.Length - core.Length);
        var isShort = core.Length <= 2;
        var beginning = Text(core, 2);
        return
        [
            .. Both(core, whole, place).Select(SoughtKey.Of),
            .. Slips(core, whole),
            .. TradeNames(core),
            // Of a name of two characters nothing else is known, and its place says nothing about it: all who begin like it may be meant.
            .. PairsOf(isShort ? core : whole, beginning, SoughtPairs).Select(pair => new SoughtKey("pair", pair, Always: isShort && string.Equals(pair, beginning, StringComparison.Ordinal))),
        ];
    }

    // The beginning of a name hardly ever changes: the first two characters are equal in 85 of 100 short forms, and what is misspelt sounds the same.
    static IEnumerable<MatchKey> Both(string[] core, string[] whole, int place)
    {
        var beginning = Text(core, 2);
        foreach (var head in HanziTable.Sounds(beginning, Heads).DefaultIfEmpty(beginning))
        {
            yield return new("head", head);
        }

        foreach (var third in core.Skip(2).Where(character => !BehindAnyName.Contains(character, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(Leads))
        {
            yield return new("lead", beginning + third);
        }

        // 宁德时代, 上海雅仕: thousands are called 时代, of 宁德 a few.
        if (place > 0 && core.Length >= 2)
        {
            yield return new("placed", Text(whole, place + 2));
        }
    }

    static IEnumerable<MatchKey> Lost(string[] core, string[] whole, int place)
    {
        if (whole.Length >= 4 && core.Length >= 3)
        {
            yield return new("lost", string.Concat(whole.Where((_, at) => at != place)));
            yield return new("lost", string.Concat(whole.Where((_, at) => at != place + 1)));
        }
    }

    // The first characters in another order, and what it may be when one of them is lacking here.
    static IEnumerable<SoughtKey> Slips(string[] core, string[] whole)
    {
        if (whole.Length >= 3)
        {
            yield return new("lost", string.Concat(whole));
        }

        if (core.Length >= 3)
        {
            yield return new("lead", core[1] + core[0] + core[2], Weight: Swapped);
            yield return new("lead", core[0] + core[2] + core[1], Weight: Swapped);
        }
    }

    // Somebody may have entered the company by its trade name alone.
    static IEnumerable<SoughtKey> TradeNames(string[] core) =>
        from length in Enumerable.Range(2, LongestTradeName - 1)
        where length < core.Length
        from behind in length == 2 ? new[] { "", "股份" } : [""]
        select new SoughtKey("core", Text(core, length) + behind, Always: true);

    static IEnumerable<string> PairsOf(string[] text, string beginning, int most)
    {
        double[] rare = [.. text.Select(character => character.Length == 1 ? Scorer.Learned.Rarity.Of(character[0]) : Rarity.Rarest)];
        var pairs =
            from first in Enumerable.Range(0, Math.Max(0, text.Length - 1))
            from second in Enumerable.Range(first + 1, Math.Min(Reach, text.Length - first - 1))
            let pair = text[first] + text[second]
            orderby string.Equals(pair, beginning, StringComparison.Ordinal) descending, rare[first] + rare[second] descending, second - first, pair
            select pair;
        return pairs.Distinct(StringComparer.Ordinal).Take(most);
    }

    // Rare 汉字 are two chars of a string each.
    static string[] Characters(string text)
    {
        string[] all = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
        var length = all.Length;
        while (length > 2 && BehindAnyName.Contains(all[length - 1], StringComparison.Ordinal))
        {
            length--;
        }

        return all[..length];
    }

    static string Text(string[] characters, int count) => string.Concat(characters.Take(count));
}
