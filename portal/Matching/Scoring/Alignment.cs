namespace Portal.Matching.Scoring;

/// <summary>The longest common subsequence of two texts, each character weighed by how rare it is: what both share in the same order, and what one has alone.</summary>
/// <param name="IsSubsequence">All of the first is in the second.</param>
/// <param name="SharedOfFirst">The shared weight, as a share of the first's (0 to 1).</param>
/// <param name="SharedOfSecond">The same of the second's.</param>
/// <param name="SharedSum">The shared weight.</param>
/// <param name="RarestLackingInSecond">The rarest character of the first that the second lacks; 0 where none is lacking.</param>
/// <param name="SumLackingInSecond">Their sum.</param>
/// <param name="RarestLackingInFirst">The other way round.</param>
/// <param name="SumLackingInFirst">Their sum.</param>
/// <param name="Skipped">How many characters of the second lie between the first and the last shared one and are not shared.</param>
/// <param name="FirstLacking">Where in the second the first character stands that is not shared, as a share of its length; 1 where all are.</param>
sealed record Alignment(
    bool IsSubsequence, double SharedOfFirst, double SharedOfSecond, double SharedSum, double RarestLackingInSecond, double SumLackingInSecond, double RarestLackingInFirst, double SumLackingInFirst, int Skipped, double FirstLacking)
{
    // A character that everybody has still counts a little, or two names of nothing else would share nothing.
    const double Least = 0.05;

    /// <summary>Aligns two texts of up to a few hundred characters.</summary>
    public static Alignment Of(string first, string second, Rarity rarity)
    {
        var (n, m) = (first.Length, second.Length);
        if (n == 0 || m == 0)
        {
            return new(n == 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        var weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            weights[i] = Math.Max(Least, rarity.Of(first[i]));
        }

        var best = new double[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = m - 1; j >= 0; j--)
            {
                best[i, j] = first[i] == second[j] ? best[i + 1, j + 1] + weights[i] : Math.Max(best[i + 1, j], best[i, j + 1]);
            }
        }

        return Walk(first, second, weights, best, rarity);
    }

    static Alignment Walk(string first, string second, double[] weights, double[,] best, Rarity rarity)
    {
        double lackingSecond = 0, rarestSecond = 0, lackingFirst = 0, rarestFirst = 0;
        int i = 0, j = 0, shared = 0, start = -1, end = -1, firstLacking = -1;
        while (i < first.Length || j < second.Length)
        {
            if (i < first.Length && j < second.Length && first[i] == second[j])
            {
                start = start < 0 ? j : start;
                (end, shared) = (j, shared + 1);
                i++;
                j++;
            }
            else if (j == second.Length || (i < first.Length && best[i + 1, j] >= best[i, j + 1]))
            {
                lackingSecond += weights[i];
                rarestSecond = Math.Max(rarestSecond, weights[i]);
                i++;
            }
            else
            {
                var weight = Math.Max(Least, rarity.Of(second[j]));
                firstLacking = firstLacking < 0 ? j : firstLacking;
                lackingFirst += weight;
                rarestFirst = Math.Max(rarestFirst, weight);
                j++;
            }
        }

        var sum = best[0, 0];
        return new(lackingSecond == 0, sum / (sum + lackingSecond), sum / (sum + lackingFirst), sum, rarestSecond, lackingSecond, rarestFirst, lackingFirst,
            shared == 0 ? 0 : end - start + 1 - shared, firstLacking < 0 ? 1 : (double)firstLacking / second.Length);
    }
}
