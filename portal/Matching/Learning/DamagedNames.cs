namespace Portal.Matching.Learning;

/// <summary>
/// Examples made of names in Latin letters that are known: the name against itself with what people do to names (a slip, a word cut short or moved, the legal form left out), and against the one of another company
/// that looks most like it. Labelled pairs in Latin letters are of few companies; these teach of thousands how little changes a name and how little makes another one.
/// </summary>
static class DamagedNames
{
    /// <summary>The set they stand in.</summary>
    public const string Set = "damaged";

    // A word that more companies have finds too many that look alike.
    const int CommonestWord = 40;

    const int ShortestCore = 5;

    // Two names of more likeness than this are one name in two lists.
    const double TooAlike = 0.995;

    /// <summary>Two for each company that has a name to damage: a pair that is the same company, and one that is not.</summary>
    /// <param name="companies">The names of each company.</param>
    /// <returns>The examples, each with the numbers of its two companies.</returns>
    public static IEnumerable<(Example Example, int One, int Other)> Of(IReadOnlyList<IReadOnlyList<string>> companies)
    {
        var named = companies.Select((names, company) => (Company: company, Name: OneOf(names, company))).Where(entry => entry.Name is not null).Select(entry => (entry.Company, Name: entry.Name!, Parsed: CompanyName.Parse(entry.Name!))).ToList();
        var byWord = named.SelectMany((entry, at) => Keys(entry.Parsed).Select(key => (key, at))).GroupBy(pair => pair.key, pair => pair.at, StringComparer.Ordinal)
            .Where(group => group.Count() is > 1 and <= CommonestWord).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        for (var at = 0; at < named.Count; at++)
        {
            var (company, name, parsed) = named[at];
            if (Damaged(name, new Random(company)) is var damaged && !string.Equals(damaged, name, StringComparison.Ordinal))
            {
                yield return (new(Set, -1, Named(name), Named(damaged), IsSame: true), company, company);
            }

            var nearest = Keys(parsed).SelectMany(key => byWord.GetValueOrDefault(key) ?? []).Distinct().Where(other => other != at)
                .Select(other => (Other: other, Alike: TextSimilarity.JaroWinkler(parsed.Core, named[other].Parsed.Core))).Where(other => other.Alike < TooAlike)
                .OrderByDescending(other => other.Alike).ThenBy(other => other.Other).FirstOrDefault((-1, 0));
            if (nearest.Other >= 0)
            {
                yield return (new(Set, -1, Named(name), Named(named[nearest.Other].Name), IsSame: false), company, named[nearest.Other].Company);
            }
        }
    }

    static CompanyProfile Named(string name) => new([name], "");

    static string? OneOf(IReadOnlyList<string> names, int company)
    {
        var latin = names.Distinct(StringComparer.Ordinal).Where(name => CompanyName.Parse(name) is { IsChinese: false, Core.Length: >= ShortestCore }).Order(StringComparer.Ordinal).ToList();
        return latin.Count == 0 ? null : latin[new Random(company).Next(latin.Count)];
    }

    static IEnumerable<string> Keys(CompanyName name) => name.Words.Where(word => word.Length > 2).Append("^" + name.Core[..Math.Min(4, name.Core.Length)]).Distinct(StringComparer.Ordinal);

    static string Damaged(string name, Random random)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        return random.Next(10) switch
        {
            0 => WithoutForm(words, random),
            1 => string.Join(' ', Moved(words)),
            2 => string.Join(' ', CutShort(words, random)),
            3 => Joined(words, random),
            4 => Slip(WithoutForm(words, random), random),
            5 => Slip(Slip(name, random), random),
            _ => Slip(name, random),
        };
    }

    // The last words that are a legal form.
    static string WithoutForm(List<string> words, Random random)
    {
        var kept = words.Count;
        while (kept > 1 && LegalForms.HasForm(["", .. CompanyName.Parse(words[kept - 1]).AllWords]))
        {
            kept--;
        }

        return kept == words.Count ? Slip(string.Join(' ', words), random) : string.Join(' ', words.Take(kept)).TrimEnd(',');
    }

    // "Philips, Koninklijke" stands in a register under P.
    static List<string> Moved(List<string> words) => words.Count < 2 ? words : [.. words.Skip(1), words[0]];

    static List<string> CutShort(List<string> words, Random random)
    {
        var longer = Enumerable.Range(1, Math.Max(0, words.Count - 1)).Where(at => words[at].Length >= 7).ToList();
        if (longer.Count == 0)
        {
            return words;
        }

        var cut = longer[random.Next(longer.Count)];
        return [.. words.Take(cut), words[cut][..random.Next(3, 6)] + ".", .. words.Skip(cut + 1)];
    }

    static string Joined(List<string> words, Random random)
    {
        var at = words.Count < 3 ? 0 : random.Next(words.Count - 1);
        return words.Count < 2 ? words[0] : string.Join(' ', words.Take(at).Append(words[at] + words[at + 1].ToLowerInvariant()).Concat(words.Skip(at + 2)));
    }

    // A letter lacking, twice, another, or two swapped: never the first, which hardly anybody gets wrong.
    static string Slip(string name, Random random)
    {
        var letters = Enumerable.Range(1, Math.Max(0, name.Length - 2)).Where(at => char.IsLetter(name[at]) && char.IsLetter(name[at + 1])).ToList();
        if (letters.Count == 0)
        {
            return name;
        }

        var at = letters[random.Next(letters.Count)];
        return random.Next(4) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, name[at].ToString()),
            2 => name[..at] + (char)('a' + random.Next(26)) + name[(at + 1)..],
            _ => name[..at] + name[at + 1] + name[at] + name[(at + 2)..],
        };
    }
}
