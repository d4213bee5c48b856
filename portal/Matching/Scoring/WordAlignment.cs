namespace Portal.Matching.Scoring;

/// <summary>Which words two names share, misspelt, shortened or not, each weighed by how rare it is.</summary>
/// <param name="SharedOfFirst">The shared weight, as a share of the first's (0 to 1).</param>
/// <param name="SharedOfSecond">The same of the second's.</param>
/// <param name="SharedSum">The shared weight.</param>
/// <param name="RarestLackingInSecond">The rarest word of the first that the second lacks; 0 where none is lacking.</param>
/// <param name="SumLackingInSecond">Their sum.</param>
/// <param name="RarestLackingInFirst">The other way round.</param>
/// <param name="SumLackingInFirst">Their sum.</param>
/// <param name="InOrder">The share of the shared words that stand in the same order.</param>
sealed record WordAlignment(
    double SharedOfFirst, double SharedOfSecond, double SharedSum, double RarestLackingInSecond, double SumLackingInSecond, double RarestLackingInFirst, double SumLackingInFirst, double InOrder)
{
    const double Least = 0.05;
    const int Most = 30;

    /// <summary>Aligns the words of two names, the most alike first; words less alike than <paramref name="alike"/> are different ones.</summary>
    public static WordAlignment Of(IReadOnlyList<string> first, IReadOnlyList<string> second, Rarity rarity, double alike)
    {
        var (n, m) = (Math.Min(first.Count, Most), Math.Min(second.Count, Most));
        var pairs = new List<(double Likeness, int I, int J)>();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < m; j++)
            {
                if (Likeness(first[i], second[j]) is var likeness && likeness >= alike)
                {
                    pairs.Add((likeness, i, j));
                }
            }
        }

        var (mine, theirs) = (new int[n], new bool[m]);
        Array.Fill(mine, -1);
        double sharedFirst = 0, sharedSecond = 0;
        foreach (var (likeness, i, j) in pairs.OrderByDescending(pair => pair.Likeness).ThenBy(pair => pair.I).ThenBy(pair => Math.Abs(pair.J - pair.I)))
        {
            if (mine[i] < 0 && !theirs[j])
            {
                (mine[i], theirs[j]) = (j, true);
                sharedFirst += likeness * Weight(first[i], rarity);
                sharedSecond += likeness * Weight(second[j], rarity);
            }
        }

        var lackingSecond = Enumerable.Range(0, n).Where(i => mine[i] < 0).Select(i => Weight(first[i], rarity)).ToList();
        var lackingFirst = Enumerable.Range(0, m).Where(j => !theirs[j]).Select(j => Weight(second[j], rarity)).ToList();
        return new(
            Share(sharedFirst, lackingSecond.Sum()), Share(sharedSecond, lackingFirst.Sum()), Math.Min(sharedFirst, sharedSecond), lackingSecond.DefaultIfEmpty().Max(), lackingSecond.Sum(),
            lackingFirst.DefaultIfEmpty().Max(), lackingFirst.Sum(), Ordered(mine));
    }

    static double Share(double shared, double lacking) => shared + lacking <= 0 ? 0 : shared / (shared + lacking);

    static double Weight(string word, Rarity rarity) => Math.Max(Least, rarity.Of(word)) * (word.Length <= 1 ? 0.5 : 1);

    // "tech" for "technologies" and "ind" for "industries" are cut short; two letters begin too many words.
    static double Likeness(string one, string other) =>
        string.Equals(one, other, StringComparison.Ordinal) ? 1
        : Math.Min(one.Length, other.Length) >= 3 && (one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal)) ? 0.9
        : Math.Min(one.Length, other.Length) >= 4 && !one.Any(char.IsDigit) ? TextSimilarity.JaroWinkler(one, other) : 0;

    static double Ordered(int[] places)
    {
        var found = places.Where(place => place >= 0).ToList();
        return found.Count < 2 ? 1 : (double)found.Zip(found.Skip(1)).Count(pair => pair.First < pair.Second) / (found.Count - 1);
    }
}
