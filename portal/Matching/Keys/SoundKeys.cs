using Portal.Matching.Hanzi;

namespace Portal.Matching.Keys;

/// <summary>How a name may be heard, as it is stored: lü is written lv or lu.</summary>
static class SoundKeys
{
    /// <summary>The sounds of a name.</summary>
    public static IEnumerable<string> Of(CompanyName name) => name.Sounds.Where(sound => sound.Length > 0).Select(Written);

    /// <summary>With the places that stand in brackets: who writes 恒玄科技（上海） in pinyin leaves the brackets out.</summary>
    public static IEnumerable<string> WithPlaces(CompanyName name) => !name.IsChinese ? [] :
        name.Places.Where(place => !name.Whole.Contains(place, StringComparison.Ordinal)).SelectMany(place => HanziTable.Sounds(name.Core + place, 2)).Where(sound => sound.Length <= CompanyName.Longest).Select(Written);

    static string Written(string sound) => sound.Replace('v', 'u');
}
