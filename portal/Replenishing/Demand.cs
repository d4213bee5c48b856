using System.Globalization;

namespace Portal.Replenishing;

/// <summary>
/// What levels follow from what went out, week by week. A question with an answer, from what it is given:
/// <c>safety = z × deviation of a week × √((lead + review) / 7)</c>, <c>reorder point = mean of a day × lead + safety</c>, <c>target = mean of a day × (lead + review) + safety</c>, each
/// rounded up; z is the normal quantile of the service level, the days between orders (review) count because what is not ordered today waits for the next order.
/// </summary>
/// <param name="Mean">Pieces a week.</param>
/// <param name="Deviation">Standard deviation of a week's pieces.</param>
/// <param name="LeadDays">Days from the order until the goods are there.</param>
/// <param name="ReviewDays">Days between orders.</param>
/// <param name="ServicePercent">How sure one wants to be not to run out.</param>
public sealed record Demand(decimal Mean, decimal Deviation, int LeadDays, int ReviewDays, decimal ServicePercent)
{
    /// <summary>The quantile z of each service level that can be chosen.</summary>
    public static IReadOnlyDictionary<decimal, decimal> Quantiles { get; } = new SortedDictionary<decimal, decimal> { [80m] = 0.84m, [85m] = 1.04m, [90m] = 1.28m, [95m] = 1.65m, [97.5m] = 1.96m, [99m] = 2.33m };

    /// <summary>The quantile of the service level.</summary>
    public decimal Z => Quantiles[ServicePercent];

    /// <summary>What is held against variation.</summary>
    public int Safety => Up(Z * Deviation * (decimal)Math.Sqrt((LeadDays + ReviewDays) / 7.0));

    /// <summary>At or below this it is ordered.</summary>
    public int ReorderPoint => Up((Mean / 7 * LeadDays) + Safety);

    /// <summary>What is ordered up to.</summary>
    public int Target => Math.Max(1, Up((Mean / 7 * (LeadDays + ReviewDays)) + Safety));

    /// <summary>Of the pieces of each week; weeks in which nothing went out count too.</summary>
    public static Demand Of(IReadOnlyCollection<decimal> weeks, int leadDays, int reviewDays, decimal servicePercent)
    {
        var mean = weeks.Average();
        var spread = weeks.Count < 2 ? 0 : weeks.Sum(week => (week - mean) * (week - mean)) / (weeks.Count - 1);
        return new(mean, (decimal)Math.Sqrt((double)spread), leadDays, reviewDays, servicePercent);
    }

    /// <summary>The figures as they stand in the explanation of a line.</summary>
    public object[] Explained(int weeks) =>
    [
        weeks, Mean.ToString("0.#", CultureInfo.CurrentCulture), Deviation.ToString("0.#", CultureInfo.CurrentCulture), LeadDays, ReviewDays, ServicePercent.ToString("0.#", CultureInfo.CurrentCulture),
        Z.ToString("0.00", CultureInfo.CurrentCulture), Safety, ReorderPoint, Target,
    ];

    static int Up(decimal pieces) => (int)Math.Min(1_000_000, Math.Ceiling(Math.Round(pieces, 6)));
}
