using System.Globalization;
using Benchmarks.Stage;
using Portal.Matching;
using Portal.Matching.Evaluation;

namespace Benchmarks.Claims;

/// <summary>
/// Companies by the thousand: those of the public names, and as many more as are asked for, each put together from the place, the trade name and the trade of some of them. The same number always makes the
/// same names. Needs the data beside the repository.
/// <para>
/// How often two companies share a trade name is as among the public ones. Of 3,351 in 汉字 two begin with the same two characters in 1.7 of 10,000 pairs, in 0.9 where the dozen that half of these come from
/// (东方, 航天, 中信: groups and their companies) are left out. One trade name in three is therefore another company's; the others are put together from the first character of one and the second of another,
/// which alone meet in 0.3 of 10,000.
/// </para>
/// </summary>
sealed class PublicNames
{
    // Characters that few companies are called by.
    const string Unheard = "鼗鬻鼍罄罅鬲鬶鼐鼒鼋鼌鼖黻黼黹黢黩黯黧麴麸麝麂麈鹾鹱鹯鹨鹩鹧鹥鹣鹡鹠鹞鹗鹛鹚鹙鹘鹕鹔鹒鹑鹎鹋鹊鹇鹆鹅鹄鹃鹂鹁鸾鸿鸻鸼鸷鸶鸵鸱鸲鸰鸯鸮鸬鸫鸪鸩鸨鸧";

    readonly List<(string Id, string Name)> real;
    readonly List<(string Place, string Trade, string Work)> parts;
    readonly List<string> english;

    PublicNames(List<(string, string)> real, List<string> english)
    {
        (this.real, this.english) = (real, english);
        parts = [.. real.Select(company => CompanyName.Parse(company.Item2)).Where(name => name.IsChinese && name.Core.Length >= 4)
            .Select(name => (name.Places.Count > 0 ? name.Places[0] : "", name.Core[..2], name.Core[2..]))];
    }

    /// <summary>How many real companies there are; they come first.</summary>
    public int Real => real.Count;

    /// <summary>Reads them.</summary>
    public static PublicNames Read(string folder)
    {
        var rows = RecordsFile.Rows(Path.Combine(folder, "zh_entities.csv"), "entity_id", "full_name", "en_name").ToList();
        return new([.. rows.Select(row => (row[0], row[1]))], [.. rows.Select(row => row[2]).Where(name => name.Length > 0)]);
    }

    /// <summary>The name of a company, by its number; one in ten is in Latin letters.</summary>
    public string Name(int number)
    {
        if (number < real.Count)
        {
            return real[number].Name;
        }

        // Steps that share no divisor with each other pass through all combinations before one comes again.
        var at = (long)number;
        if (number % 10 == 9)
        {
            var (first, second) = (Words(english[(int)(at * 7919 % english.Count)]), Words(english[(int)(at * 104729 / 13 % english.Count)]));
            return $"{first[0]}{(number % 3 == 0 ? "" : " " + second[^1])} {second[0]} {(number % 2 == 0 ? "Co., Ltd." : "Ltd")}".Trim();
        }

        var (place, trade, rest) = (parts[(int)(at * 15485863 % parts.Count)].Place, parts[(int)(at * 6700417 / 7 % parts.Count)].Trade, parts[(int)(at * 32452843 / 11 % parts.Count)].Work);
        trade = number % 3 == 1 ? trade : trade[..1] + parts[(int)(at * 49979687 / 13 % parts.Count)].Trade[1..];
        return $"{place}{trade}{rest}{(number % 4 == 0 ? "股份有限公司" : "有限公司")}";
    }

    /// <summary>Other ways to write real companies, each with the number of its company: short names, slips, other characters, other forms, pinyin.</summary>
    public IReadOnlyList<(string Alias, int Number)> Aliases(string folder, int most)
    {
        var numbers = real.Select((company, number) => (company.Id, number)).ToDictionary(pair => pair.Id, pair => pair.number, StringComparer.Ordinal);
        List<(string, int)> all =
        [
            .. RecordsFile.Rows(Path.Combine(folder, "zh_pairs.csv"), "kind", "entity_a", "entity_b", "name_a", "label")
                .Where(row => row is [not ("en_name" or "en_short"), var one, var other, _, "1"] && string.Equals(one, other, StringComparison.Ordinal) && numbers.ContainsKey(one))
                .Select(row => (row[3], numbers[row[1]])),
        ];
        return [.. Enumerable.Range(0, Math.Min(most, all.Count)).Select(place => all[(int)((long)place * all.Count / Math.Min(most, all.Count))])];
    }

    /// <summary>Twenty ways in which people write one company that nobody has, and that resembles no other round's: who resembles a live claim is not approved without a person.</summary>
    public static IReadOnlyList<string> Spellings(int round)
    {
        var number = round.ToString("D3", CultureInfo.InvariantCulture);
        // Any two of a hundred rounds share at most one of the three characters.
        const int Third = 24;
        var (at, turn) = (round % Third, round / Third);
        var name = $"{Unheard[at]}{Unheard[Third + (at + turn) % Third]}{Unheard[2 * Third + (at + 2 * turn) % Third]}";
        var core = $"{name}{number}竞渡";
        return
        [
            $"杭州{core}有限公司", $"杭州 {core}有限公司", $"杭州{core}（有限公司）", $"杭州{core}(有限公司)", $"杭州市{core}有限公司", $"杭州{core}有限责任公司", $"杭州{core} 有限公司 ", $"杭州 {core} 有限公司",
            $"杭州{name}{number}競渡有限公司", $"杭州市{name}{number}競渡有限公司", $"杭州　{core}有限公司", $"杭州{core}有限公司。", $"【杭州】{core}有限公司", $"杭州·{core}有限公司", $"杭州-{core}有限公司", $"杭州市 {core}（有限责任公司）",
            $"杭州{Wide(core)}有限公司", $"杭州\u200b{core}有限公司", $"杭州{core}責任有限公司", $"“杭州{core}有限公司”",
        ];
    }

    /// <summary>The folder of the data.</summary>
    public static string Folder()
    {
        var data = Path.GetFullPath(Path.Combine(Installation.Repository(), "..", "shared", "data", "matching"));
        return Directory.Exists(data) ? data : throw new CannotMeasureException($"The public names are not beside the repository ({data}): there is nothing to measure with.");
    }

    static string[] Words(string name) => CompanyName.Parse(name).Words is { Count: > 0 } words ? [.. words] : ["north"];

    static string Wide(string text) => string.Concat(text.Select(letter => letter is >= '0' and <= '9' ? (char)(letter - '0' + '０') : letter));
}
