using System.Globalization;
using Benchmarks.Stage;
using Portal.Matching;
using Portal.Matching.Evaluation;

namespace Benchmarks.Claims;

/// <summary>
/// Companies by the thousand: those of the public names, and as many more as are asked for, each put together from the place, the trade name and the trade of three of them. The same number always makes the
/// same names. Needs the data beside the repository.
/// </summary>
sealed class PublicNames
{
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
        using var file = new RecordsFile(Path.Combine(folder, "zh_entities.csv"), "entity_id", "full_name", "en_name");
        var (real, english) = (new List<(string, string)>(), new List<string>());
        while (file.Read())
        {
            real.Add((file.Field("entity_id")!, file.Field("full_name")!));
            if (file.Field("en_name") is { } name)
            {
                english.Add(name);
            }
        }

        return new(real, english);
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
        return $"{place}{trade}{rest}{(number % 4 == 0 ? "股份有限公司" : "有限公司")}";
    }

    /// <summary>Other ways to write real companies, each with the number of its company: short names, slips, other characters, other forms, pinyin.</summary>
    public IReadOnlyList<(string Alias, int Number)> Aliases(string folder, int most)
    {
        var numbers = real.Select((company, number) => (company.Id, number)).ToDictionary(pair => pair.Id, pair => pair.number, StringComparer.Ordinal);
        using var file = new RecordsFile(Path.Combine(folder, "zh_pairs.csv"), "kind", "entity_a", "entity_b", "name_a", "label");
        var all = new List<(string, int)>();
        while (file.Read())
        {
            if (file.Field("label") is "1" && file.Field("kind") is not ("en_name" or "en_short") && string.Equals(file.Field("entity_a"), file.Field("entity_b"), StringComparison.Ordinal) && numbers.TryGetValue(file.Field("entity_a")!, out var number))
            {
                all.Add((file.Field("name_a")!, number));
            }
        }

        return [.. Enumerable.Range(0, Math.Min(most, all.Count)).Select(place => all[(int)((long)place * all.Count / Math.Min(most, all.Count))])];
    }

    /// <summary>Twenty ways in which people write one company that nobody has.</summary>
    public static IReadOnlyList<string> Spellings(int round)
    {
        var number = round.ToString("D3", CultureInfo.InvariantCulture);
        var core = $"争先{number}竞渡智造";
        return
        [
            $"杭州{core}有限公司", $"杭州 {core}有限公司", $"杭州{core}（有限公司）", $"杭州{core}(有限公司)", $"杭州市{core}有限公司", $"杭州{core}有限责任公司", $"杭州{core} 有限公司 ", $"杭州 {core} 有限公司",
            $"杭州爭先{number}競渡智造有限公司", $"杭州争先{number}競渡智造有限公司", $"杭州　{core}有限公司", $"杭州{core}有限公司。", $"【杭州】{core}有限公司", $"杭州·{core}有限公司", $"杭州-{core}有限公司", $"杭州市 {core}（有限责任公司）",
            $"杭州{Wide(core)}有限公司", $"杭州\u200b{core}有限公司", $"杭州{core}責任有限公司", $"“杭州{core}有限公司”",
        ];
    }

    /// <summary>The folder of the data.</summary>
    public static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "data", "matching") is var data && Directory.Exists(data))
            {
                return data;
            }
        }

        throw new CannotMeasureException("The public names are not beside the repository (../shared/data/matching): there is nothing to measure with.");
    }

    static string[] Words(string name) => CompanyName.Parse(name).Words is { Count: > 0 } words ? [.. words] : ["north"];

    static string Wide(string text) => string.Concat(text.Select(letter => letter is >= '0' and <= '9' ? (char)(letter - '0' + '０') : letter));
}
