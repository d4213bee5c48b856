using System.Runtime.InteropServices;
using Portal.Kpis.Metrics;

namespace Portal.Kpis.Formulas;

/// <summary>What a figure is counted in: powers of money, pieces, counts and days, each -1, 0 or 1. All 0 is a ratio; money 1 and pieces -1 is money per piece.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Unit(int Money, int Pieces, int Count, int Days)
{
    /// <summary>A share of something.</summary>
    public static Unit Ratio { get; }

    /// <summary>The unit of a base metric.</summary>
    public static Unit Of(MetricUnit unit) => unit switch
    {
        MetricUnit.Money => new(1, 0, 0, 0),
        MetricUnit.Pieces => new(0, 1, 0, 0),
        MetricUnit.Count => new(0, 0, 1, 0),
        MetricUnit.Days => new(0, 0, 0, 1),
        _ => Ratio,
    };

    /// <summary>True for figures that are shown in the brand's currency.</summary>
    public bool IsMoney => Money == 1;

    /// <summary>False for what nobody has a word for, such as money times money.</summary>
    public bool HasMeaning => Powers.All(power => power is >= -1 and <= 1);

    /// <summary>The words of what stands above the line and below it: money, pieces, count, days.</summary>
    public (IReadOnlyList<string> Above, IReadOnlyList<string> Below) Words
    {
        get
        {
            var named = Powers.Zip(["money", "pieces", "count", "days"]).ToList();
            return ([.. named.Where(unit => unit.First > 0).Select(unit => unit.Second)], [.. named.Where(unit => unit.First < 0).Select(unit => unit.Second)]);
        }
    }

    int[] Powers => [Money, Pieces, Count, Days];

    /// <summary>The unit of a product.</summary>
    public Unit Times(Unit other) => new(Money + other.Money, Pieces + other.Pieces, Count + other.Count, Days + other.Days);

    /// <summary>The unit of a quotient.</summary>
    public Unit Over(Unit other) => new(Money - other.Money, Pieces - other.Pieces, Count - other.Count, Days - other.Days);

    /// <summary>As tables and the API have it: ratio, money, money/pieces.</summary>
    public override string ToString()
    {
        var (above, below) = Words;
        return (above.Count, below.Count) switch
        {
            (0, 0) => "ratio",
            (_, 0) => string.Join('*', above),
            (0, _) => "1/" + string.Join('*', below),
            _ => $"{string.Join('*', above)}/{string.Join('*', below)}",
        };
    }
}
