using System.Buffers;

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

        // Dozens of names are compared for each that is typed: no table of its own for each.
        var rented = ArrayPool<double>.Shared.Rent(n + (n + 1) * (m + 1));
        try
        {
            return Of(first, second, rarity, rented.AsSpan(0, n), rented.AsSpan(n, (n + 1) * (m + 1)));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    static Alignment Of(string first, string second, Rarity rarity, Span<double> weights, Span<double> best)
    {
        var (n, m) = (first.Length, second.Length);
        for (var i = 0; i < n; i++)
        {
            weights[i] = Math.Max(Least, rarity.Of(first[i]));
        }

        // A row for each character of the first and one behind it; what lies behind either end shares nothing.
        best[(n * (m + 1))..].Clear();
        for (var i = n - 1; i >= 0; i--)
        {
            var row = best.Slice(i * (m + 1), m + 1);
            var below = best.Slice((i + 1) * (m + 1), m + 1);
            row[m] = 0;
            for (var j = m - 1; j >= 0; j--)
            {
                row[j] = first[i] == second[j] ? below[j + 1] + weights[i] : Math.Max(below[j], row[j + 1]);
            }
        }

        return Walk(first, second, weights, best, rarity);
    }

    static Alignment Walk(string first, string second, ReadOnlySpan<double> weights, ReadOnlySpan<double> best, Rarity rarity)
    {
        var width = second.Length + 1;
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
            else if (j == second.Length || (i < first.Length && best[(i + 1) * width + j] >= best[i * width + j + 1]))
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

        var sum = best[0];
        return new(lackingSecond == 0, sum / (sum + lackingSecond), sum / (sum + lackingFirst), sum, rarestSecond, lackingSecond, rarestFirst, lackingFirst,
            shared == 0 ? 0 : end - start + 1 - shared, firstLacking < 0 ? 1 : (double)firstLacking / second.Length);
    }
}
