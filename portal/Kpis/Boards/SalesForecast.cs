namespace Portal.Kpis.Boards;

/// <summary>
/// What the coming months will probably bring, by a rule a person can follow: the same month a year before, times how the last six whole months compare with the same six a year before. Where there is no year to
/// compare with, the mean of the last six. The band holds four of five outcomes, by how far the same rule was off in the months that are over (a normal spread, 1.2816 standard deviations to either side), and grows with the
/// square root of how far ahead a month is.
/// </summary>
public static class SalesForecast
{
    /// <summary>How many whole months the pace is measured over.</summary>
    public const int PaceMonths = 6;

    // Eight of ten outcomes of a normal spread lie within this many standard deviations of its middle.
    const double EightOfTen = 1.2816;

    /// <summary>Forecasts the months after the last.</summary>
    /// <param name="history">Whole months, the oldest first, without a gap.</param>
    /// <param name="ahead">How many months.</param>
    /// <returns>The months in order; none where nothing was ever sold, or less than three months are known.</returns>
    public static IReadOnlyList<ForecastMonth> Of(IReadOnlyList<decimal> history, int ahead)
    {
        var begun = history.SkipWhile(value => value == 0).ToList();
        if (begun.Count < 3)
        {
            return [];
        }

        var off = Enumerable.Range(0, begun.Count).Where(month => month >= Math.Min(begun.Count - 1, PaceMonths)).Select(month => (double)(begun[month] - Next(begun.Take(month).ToList(), 1)[0])).ToList();
        var spread = off.Count < 2 ? (double)begun.TakeLast(PaceMonths).Average() / 2 : Math.Sqrt(off.TakeLast(12).Average(miss => miss * miss));
        return
        [
            .. Next(begun, ahead).Select((value, month) =>
            {
                var reach = (decimal)(EightOfTen * spread * Math.Sqrt(1 + (month / (double)PaceMonths)));
                return new ForecastMonth(decimal.Round(value), decimal.Round(Math.Max(0, value - reach)), decimal.Round(value + reach));
            }),
        ];
    }

    // The rule without its band.
    static List<decimal> Next(List<decimal> known, int ahead)
    {
        var last = known.TakeLast(PaceMonths).ToList();
        if (last.Count == 0)
        {
            return [.. Enumerable.Repeat(0m, ahead)];
        }

        // The year before must be there for the months that are forecast and for those the pace is measured over.
        if (known.Count < 12 + last.Count || known.Skip(known.Count - 12 - last.Count).Take(last.Count).Sum() is var then && then <= 0)
        {
            return [.. Enumerable.Repeat(last.Average(), ahead)];
        }

        var pace = last.Sum() / then;
        return [.. Enumerable.Range(0, ahead).Select(month => known[known.Count - 12 + (month % 12)] * pace)];
    }
}

/// <summary>A month that is to come.</summary>
/// <param name="Value">What it will most probably bring.</param>
/// <param name="Low">Nine of ten outcomes are more.</param>
/// <param name="High">Nine of ten outcomes are less.</param>
public sealed record ForecastMonth(decimal Value, decimal Low, decimal High);
