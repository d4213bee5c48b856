namespace Portal.Matching.Scoring;

/// <summary>Which words two names share, misspelt, shortened, run together or not, each weighed by how rare it is.</summary>
/// <param name="SharedOfFirst">The shared weight, as a share of the first's (0 to 1).</param>
/// <param name="SharedOfSecond">The same of the second's.</param>
/// <param name="SharedSum">The shared weight.</param>
/// <param name="RarestLackingInSecond">The rarest word of the first that the second lacks; 0 where none is lacking.</param>
/// <param name="SumLackingInSecond">Their sum.</param>
/// <param name="RarestLackingInFirst">The other way round.</param>
/// <param name="SumLackingInFirst">Their sum.</param>
/// <param name="InOrder">The share of the shared words that stand in the same order.</param>
/// <param name="Misspelt">The rarest of the shared words that are not spelt alike, by how little alike they are; 0 where all are.</param>
sealed record WordAlignment(
    double SharedOfFirst, double SharedOfSecond, double SharedSum, double RarestLackingInSecond, double SumLackingInSecond, double RarestLackingInFirst, double SumLackingInFirst, double InOrder, double Misspelt)
{
    const double Least = 0.05;
    const int Most = 30;

    // A word cut short, and one that sounds the same, are nearly the word.
    const double Shortened = 0.9, SoundsTheSame = 0.9;

    // Less alike than this no two spellings of one sound are.
    const double MayBeHeard = 0.65;

    /// <summary>Aligns the words of two names, the most alike first; words less alike than <paramref name="alike"/> are different ones.</summary>
    public static WordAlignment Of(IReadOnlyList<string> first, IReadOnlyList<string> second, Rarity rarity, double alike)
    {
        (first, second) = (RunTogether(first, second), RunTogether(second, first));
        var (n, m) = (Math.Min(first.Count, Most), Math.Min(second.Count, Most));
        var pairs = new List<(double Likeness, int I, int J)>();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < m; j++)
            {
                if (Likeness(first[i], second[j], rarity) is var likeness && likeness >= alike)
                {
                    pairs.Add((likeness, i, j));
                }
            }
        }

        pairs.Sort((one, other) => (-one.Likeness, one.I, Math.Abs(one.J - one.I)).CompareTo((-other.Likeness, other.I, Math.Abs(other.J - other.I))));
        var (mine, theirs) = (new int[n], new bool[m]);
        Array.Fill(mine, -1);
        double sharedFirst = 0, sharedSecond = 0, misspelt = 0;
        foreach (var (likeness, i, j) in pairs)
        {
            if (mine[i] < 0 && !theirs[j])
            {
                (mine[i], theirs[j]) = (j, true);
                var (weight, other) = (Weight(first[i], rarity), Weight(second[j], rarity));
                sharedFirst += likeness * weight;
                sharedSecond += likeness * other;
                misspelt = Math.Max(misspelt, (1 - likeness) * Math.Max(weight, other));
            }
        }

        var (rarestSecond, sumSecond) = Lacking(first, n, at => mine[at] < 0, rarity);
        var (rarestFirst, sumFirst) = Lacking(second, m, at => !theirs[at], rarity);
        return new(Share(sharedFirst, sumSecond), Share(sharedSecond, sumFirst), Math.Min(sharedFirst, sharedSecond), rarestSecond, sumSecond, rarestFirst, sumFirst, Ordered(mine), misspelt);
    }

    // "Hitachiglobal Storage" and "Hitachi Global Storage": two words that are one of the other name are taken as it.
    static IReadOnlyList<string> RunTogether(IReadOnlyList<string> words, IReadOnlyList<string> others)
    {
        List<string>? joined = null;
        for (var at = 0; at + 1 < words.Count; at++)
        {
            var length = words[at].Length + words[at + 1].Length;
            foreach (var other in others)
            {
                if (other.Length == length && other.StartsWith(words[at], StringComparison.Ordinal) && other.EndsWith(words[at + 1], StringComparison.Ordinal))
                {
                    joined ??= [.. words];
                    var taken = joined.Count - words.Count;
                    joined[at + taken] = other;
                    joined.RemoveAt(at + taken + 1);
                    at++;
                    break;
                }
            }
        }

        return joined ?? words;
    }

    static (double Rarest, double Sum) Lacking(IReadOnlyList<string> words, int count, Func<int, bool> isLacking, Rarity rarity)
    {
        double rarest = 0, sum = 0;
        for (var at = 0; at < count; at++)
        {
            if (isLacking(at))
            {
                var weight = Weight(words[at], rarity);
                (rarest, sum) = (Math.Max(rarest, weight), sum + weight);
            }
        }

        return (rarest, sum);
    }

    static double Share(double shared, double lacking) => shared + lacking <= 0 ? 0 : shared / (shared + lacking);

    static double Weight(string word, Rarity rarity) => Math.Max(Least, rarity.Of(word)) * (word.Length <= 1 ? 0.5 : 1);

    static double Likeness(string one, string other, Rarity rarity)
    {
        if (string.Equals(one, other, StringComparison.Ordinal))
        {
            return 1;
        }

        var (shorter, longer) = one.Length <= other.Length ? (one, other) : (other, one);
        if (shorter.Length < 3 || char.IsAsciiDigit(shorter[0]))
        {
            return NumberWords.AreSame(one, other) ? 1 : 0;
        }

        // What is cut short is a word that many have ("tech", "ind", "intl"), never the name itself: DSM is not DSMIP.
        if (rarity.Of(longer) < Rarity.Rarest && TextSimilarity.Abbreviates(shorter, longer))
        {
            return Shortened;
        }

        var alike = shorter.Length < 4 ? 0 : TextSimilarity.JaroWinkler(one, other);
        return alike is > MayBeHeard and < SoundsTheSame && LatinSound.AreSame(one, other) ? SoundsTheSame : alike;
    }

    static double Ordered(int[] places)
    {
        var (found, ordered, last) = (0, 0, -1);
        foreach (var place in places)
        {
            if (place >= 0)
            {
                ordered += found > 0 && last < place ? 1 : 0;
                (found, last) = (found + 1, place);
            }
        }

        return found < 2 ? 1 : (double)ordered / (found - 1);
    }
}
