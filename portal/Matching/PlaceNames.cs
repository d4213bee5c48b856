using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Portal.Matching.Hanzi;
using Portal.Matching.Tables;

namespace Portal.Matching;

/// <summary>
/// Provinces, cities and districts of China as they begin a company's name, and countries as they end one (<c>Tables/places.tsv</c>, <c>countries.tsv</c>): enough to see
/// that 杭州云栖科技 and 浙江云栖科技 may be one company and that 北京云栖科技 and 上海云栖科技 are probably two.
/// </summary>
static partial class PlaceNames
{
    static readonly string[] Endings = ["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "地区", "省", "市", "盟"];

    // What is cut off by its short name, each with the province it lies in (itself for a province).
    static readonly FrozenDictionary<string, string> ProvinceOf = Divisions("province", "city").Append(("中国", "中国")).Append(("全国", "中国"))
        .DistinctBy(place => place.Item1).ToFrozenDictionary(place => place.Item1, place => place.Item2, StringComparer.Ordinal);

    // Districts and counties have names that are words of trade, too (东方, 朝阳, 鼓楼): they are places only with their 区, 县 or 市.
    static readonly FrozenDictionary<string, string> DistrictOf = Table.Rows("Tables/places.tsv").Where(row => row is [_, "district", _]).Select(row => (row[0], Short(row[2])))
        .DistinctBy(place => place.Item1).ToFrozenDictionary(place => place.Item1, place => place.Item2, StringComparer.Ordinal);

    static readonly FrozenSet<string> ShortDistricts = DistrictOf.Keys.Where(name => name.Length > 2).Select(name => name.TrimEnd('市', '县', '区')).Where(name => name.Length >= 2).ToFrozenSet(StringComparer.Ordinal);

    // Words of trade: what stays when a place is cut must be more than one of these, or the place was the name (台湾水泥, 北京银行).
    static readonly FrozenSet<string> Trades = new[]
    {
        "水泥", "银行", "科技", "钢铁", "汽车", "电力", "石油", "机场", "地产", "航空", "大学", "医院", "地铁", "燃气", "港口", "高速", "证券", "保险", "信托", "能源", "电信", "移动", "联通", "铁路", "烟草", "水务",
        "电子", "网络", "贸易", "实业", "建设", "投资", "控股", "发展", "工业", "化工", "医药", "食品", "旅游", "传媒", "文化", "教育", "物流", "电气", "机械", "集团", "股份", "技术", "信息", "钢管", "重工", "啤酒", "城建",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Each with its code, so that Holland and the Netherlands are one; besides the table, what is written like a country, and China's provinces and cities in pinyin.
    static readonly FrozenDictionary<string, string> Countries = Table.Rows("Tables/countries.tsv").Where(row => row.Length == 2 && !row[0].Contains(' ', StringComparison.Ordinal)).Select(row => (row[0], row[1]))
        .Concat([("prc", "CN"), ("hongkong", "HK"), ("asia", "asia"), ("europe", "europe"), ("europa", "europe"), ("holland", "NL"), ("korea", "KR"), ("uk", "GB"), ("usa", "US"), ("us", "US"), ("america", "US")])
        .Concat(ProvinceOf.Keys.SelectMany(place => HanziTable.Sounds(place, 4).Select(sound => (sound, place))).Where(place => place.Item1.Length >= 6))
        .DistinctBy(place => place.Item1).ToFrozenDictionary(place => place.Item1, place => place.Item2, StringComparer.Ordinal);

    /// <summary>
    /// A place in the form in which places are compared, null where it is none: a province, a city or 中国, with or without its 省 or 市, and a district with its 区 or 县, by its short name; what is written
    /// in Latin letters as <see cref="Country"/> has it.
    /// </summary>
    public static string? Known(string text) => ProvinceOf.ContainsKey(WithoutEnding(text)) || DistrictOf.ContainsKey(text) ? WithoutEnding(text) : Countries.GetValueOrDefault(text);

    /// <summary>True for a country, or a province or city of China, in Latin letters; and for a country in 汉字.</summary>
    public static bool IsCountry(string word) => Countries.ContainsKey(word);

    /// <summary>True for a province or city of China in pinyin.</summary>
    public static bool IsChinese(string word) => Countries.TryGetValue(word, out var place) && ProvinceOf.ContainsKey(place);

    /// <summary>What <see cref="IsCountry"/> says is one, in the form in which places are compared: the country's code, the city in 汉字.</summary>
    public static string Country(string word) => Countries[word];

    /// <summary>True for the name of a district or county without its 区, 县 or 市: it may as well be a trade name.</summary>
    public static bool IsShortDistrict(string name) => ShortDistricts.Contains(name);

    /// <summary>The short name of a place: 浙江省 is 浙江.</summary>
    public static string Short(string place) => WithoutEnding(place);

    /// <summary>Cuts places off the beginning of a Chinese name, as long as more than a word of trade remains.</summary>
    public static (string Left, IReadOnlyList<string> Places) CutChinese(string name)
    {
        var cut = new List<string>();
        while (LengthOfPlaceAtStart(name) is var length and > 0 && IsMoreThanATrade(name[length..]))
        {
            cut.Add(WithoutEnding(name[..length]));
            name = name[length..];
        }

        return (name, cut);
    }

    /// <summary>False only where both name a place and neither lies in the other.</summary>
    public static bool Agree(IReadOnlyCollection<string> mine, IReadOnlyCollection<string> theirs) =>
        mine.Count == 0 || theirs.Count == 0 || mine.Any(place => theirs.Any(other => Overlap(place, other)));

    static bool Overlap(string one, string other) =>
        string.Equals(one, other, StringComparison.Ordinal)
        || string.Equals(ProvinceOfAny(one), other, StringComparison.Ordinal)
        || string.Equals(ProvinceOfAny(other), one, StringComparison.Ordinal);

    static string? ProvinceOfAny(string place) => ProvinceOf.GetValueOrDefault(place) ?? DistrictOf.GetValueOrDefault(place);

    static int LengthOfPlaceAtStart(string name)
    {
        for (var length = Math.Min(12, name.Length - 1); length >= 2; length--)
        {
            if (DistrictOf.ContainsKey(name[..length]))
            {
                return length;
            }

            if (ProvinceOf.ContainsKey(name[..length]))
            {
                var ending = Endings.FirstOrDefault(ending => name.AsSpan(length).StartsWith(ending, StringComparison.Ordinal));
                return length + (ending?.Length ?? 0);
            }
        }

        return 0;
    }

    static bool IsMoreThanATrade(string rest) =>
        rest.Length >= 2 && !Trades.Contains(rest) && !(rest.Length == 4 && Trades.Contains(rest[..2]) && Trades.Contains(rest[2..]));

    static IEnumerable<(string, string)> Divisions(params string[] kinds) =>
        from row in Table.Rows("Tables/places.tsv")
        where row.Length == 3 && kinds.Contains(row[1], StringComparer.Ordinal)
        from name in new[] { WithoutEnding(row[0]), string.Equals(row[2], "台湾省", StringComparison.Ordinal) ? row[0].TrimEnd('县', '市') : WithoutEnding(row[0]) }.Distinct(StringComparer.Ordinal)
        where name.Length >= 2
        select (name, WithoutEnding(row[2]));

    // 延边朝鲜族自治州 is 延边 in a name.
    static string WithoutEnding(string place) =>
        Autonomous().Match(place) is { Success: true } found ? found.Groups["name"].Value
        : Endings.FirstOrDefault(ending => place.Length > ending.Length + 1 && place.EndsWith(ending, StringComparison.Ordinal)) is { } cut ? place[..^cut.Length] : place;

    [GeneratedRegex("^(?<name>.{2,4}?).{1,8}族自治州$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Autonomous();
}
