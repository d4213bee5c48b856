namespace Portal.Kpis;

/// <summary>Divides an amount into parts that add up to it exactly.</summary>
public static class Spread
{
    /// <summary>Divides by weights: each part is rounded down to whole steps, and the steps that are left go to the parts that lost most (the largest remainders), the earlier first.</summary>
    /// <param name="amount">At least 0, a multiple of <paramref name="step"/>.</param>
    /// <param name="weights">What is below 0 counts as 0; all of them 0 is evenly.</param>
    /// <param name="step">The smallest part: 1, or 0.01.</param>
    public static IReadOnlyList<decimal> Of(decimal amount, IReadOnlyList<decimal> weights, decimal step)
    {
        var shares = weights.Select(weight => Math.Max(weight, 0)).ToList();
        shares = shares.Sum() == 0 ? [.. shares.Select(_ => 1m)] : shares;
        var total = shares.Sum();
        var exact = shares.Select(share => amount / step * (share / total)).ToList();
        var parts = exact.Select(part => decimal.Floor(part)).ToList();
        var left = (int)((amount / step) - parts.Sum());
        foreach (var place in Enumerable.Range(0, parts.Count).OrderByDescending(place => exact[place] - parts[place]).ThenBy(place => place).Take(Math.Max(left, 0)))
        {
            parts[place]++;
        }

        return [.. parts.Select(part => part * step)];
    }
}
