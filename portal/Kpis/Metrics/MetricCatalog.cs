namespace Portal.Kpis.Metrics;

/// <summary>What a metric is counted in.</summary>
public enum MetricUnit
{
    /// <summary>Money in the brand's currency.</summary>
    Money,

    /// <summary>Pieces of goods.</summary>
    Pieces,

    /// <summary>How often something happened, or how many there are.</summary>
    Count,

    /// <summary>Days.</summary>
    Days,

    /// <summary>A share of something: 0.8 is 80 %.</summary>
    Ratio,
}

/// <summary>How the days of the roll-up make a figure of a period.</summary>
public enum MetricNature
{
    /// <summary>What happened: the days of the period are added up.</summary>
    Flow,

    /// <summary>What there is: all days up to the end of the period are added up, because each day holds what came and went (pipeline, overdue receivables, stock).</summary>
    Balance,
}

/// <summary>Whether more of a metric is good news.</summary>
public enum MetricDirection
{
    /// <summary>More is better.</summary>
    Up,

    /// <summary>Less is better: overdue receivables, deals lost, discounts.</summary>
    Down,

    /// <summary>More is neither: stock, what is due.</summary>
    Neither,
}

/// <summary>A metric that is rolled up by day (指标).</summary>
/// <param name="Name">As the roll-ups and formulas call it; its words on the screen are the text <c>kpis.metric.NAME</c>.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Nature">How its days make a figure.</param>
/// <param name="KnowsProductLines">True where its facts say which product line they belong to.</param>
public sealed record BaseMetric(string Name, MetricUnit Unit, MetricNature Nature = MetricNature.Flow, bool KnowsProductLines = false)
{
    /// <summary>The types of partners that it is about; empty is every partner.</summary>
    public IReadOnlyList<string> For { get; init; } = [];

    /// <summary>Whether more of it is good news.</summary>
    public MetricDirection Direction { get; init; }
}

/// <summary>A metric computed from others; nothing is rolled up for it.</summary>
/// <param name="Name">As formulas call it; its words on the screen are the text <c>kpis.metric.NAME</c>.</param>
/// <param name="Formula">In the language of <c>Formulas/</c>, over base metrics alone.</param>
public sealed record DerivedMetric(string Name, string Formula)
{
    /// <summary>Whether more of it is good news.</summary>
    public MetricDirection Direction { get; init; }
}

/// <summary>
/// Every metric there is. A new one is a line here, its words in texts.json and a branch of <c>kpi_fact_source</c>; the database does not list them a second time.
/// </summary>
public static class MetricCatalog
{
    /// <summary>Those that facts are kept of, in the order in which a person chooses.</summary>
    public static IReadOnlyList<BaseMetric> Base { get; } =
    [
        new(Metric.SellIn, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.SellInUnits, MetricUnit.Pieces, KnowsProductLines: true),
        new(Metric.SellThrough, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.SellThroughUnits, MetricUnit.Pieces, KnowsProductLines: true),
        new(Metric.Purchases, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.SellInList, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.SellInDiscount, MetricUnit.Money, KnowsProductLines: true) { Direction = MetricDirection.Down },
        new(Metric.SellThroughList, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.SellThroughDiscount, MetricUnit.Money, KnowsProductLines: true) { Direction = MetricDirection.Down },
        new(Metric.SellOutUnits, MetricUnit.Pieces, KnowsProductLines: true),
        new(Metric.SellOutUnitsUnreported, MetricUnit.Pieces, KnowsProductLines: true) { Direction = MetricDirection.Neither },
        new(Metric.DealsRegistered, MetricUnit.Count),
        new(Metric.DealsApproved, MetricUnit.Count),
        new(Metric.DealsRejected, MetricUnit.Count) { Direction = MetricDirection.Down },
        new(Metric.DealsDuplicate, MetricUnit.Count) { Direction = MetricDirection.Down },
        new(Metric.DealsWithdrawn, MetricUnit.Count) { Direction = MetricDirection.Down },
        new(Metric.DealsExpired, MetricUnit.Count) { Direction = MetricDirection.Down },
        new(Metric.DealsWon, MetricUnit.Count),
        new(Metric.DealsLost, MetricUnit.Count) { Direction = MetricDirection.Down },
        new(Metric.DealsWonValue, MetricUnit.Money),
        new(Metric.DealConversions, MetricUnit.Count),
        new(Metric.DealConversionDays, MetricUnit.Days) { Direction = MetricDirection.Neither },
        new(Metric.NewCustomers, MetricUnit.Count),
        new(Metric.Pipeline, MetricUnit.Money, MetricNature.Balance),
        new(Metric.QuotesSent, MetricUnit.Count),
        new(Metric.QuotedList, MetricUnit.Money, KnowsProductLines: true),
        new(Metric.QuotedDiscount, MetricUnit.Money, KnowsProductLines: true) { Direction = MetricDirection.Down },
        new(Metric.FillDue, MetricUnit.Pieces, KnowsProductLines: true) { Direction = MetricDirection.Neither },
        new(Metric.FillOnTime, MetricUnit.Pieces, KnowsProductLines: true),
        new(Metric.ReceiptDue, MetricUnit.Pieces, KnowsProductLines: true) { Direction = MetricDirection.Neither },
        new(Metric.ReceiptOnTime, MetricUnit.Pieces, KnowsProductLines: true),
        new(Metric.ReceivablesOpen, MetricUnit.Money, MetricNature.Balance) { Direction = MetricDirection.Neither },
        new(Metric.ReceivablesOverdue, MetricUnit.Money, MetricNature.Balance) { Direction = MetricDirection.Down },
        new(Metric.StockOnHand, MetricUnit.Pieces, MetricNature.Balance, KnowsProductLines: true) { Direction = MetricDirection.Neither },
        new(Metric.StockReported, MetricUnit.Pieces, MetricNature.Balance, KnowsProductLines: true) { Direction = MetricDirection.Neither },
    ];

    /// <summary>Those that are computed from them.</summary>
    public static IReadOnlyList<DerivedMetric> Derived { get; } =
    [
        new("approval_rate", "deals_approved / (deals_approved + deals_rejected + deals_duplicate)"),
        new("win_rate", "deals_won / (deals_won + deals_lost + deals_expired)"),
        new("conversion_days", "deal_conversion_days / deal_conversions") { Direction = MetricDirection.Down },
        new("sell_in_discount_rate", "sell_in_discount / sell_in_list") { Direction = MetricDirection.Down },
        new("sell_through_discount_rate", "sell_through_discount / sell_through_list") { Direction = MetricDirection.Down },
        new("quoted_discount_rate", "quoted_discount / quoted_list") { Direction = MetricDirection.Down },
        new("fill_rate", "fill_on_time / fill_due"),
        new("on_time_receipt", "receipt_on_time / receipt_due"),
        new("overdue_share", "receivables_overdue / receivables_open") { Direction = MetricDirection.Down },
        new("sell_in_price", "sell_in / sell_in_units") { Direction = MetricDirection.Neither },
        new("sell_through_price", "sell_through / sell_through_units") { Direction = MetricDirection.Neither },
    ];

    /// <summary>The names of the balances: their facts are changes, their value on a day is the sum of all changes up to it. Read by <see cref="KpiLevels"/>; the database knows them too (<c>kpi_is_level</c>).</summary>
    public static IReadOnlyList<string> Balances { get; } = [.. Base.Where(metric => metric.Nature == MetricNature.Balance).Select(metric => metric.Name)];

    static readonly Dictionary<string, BaseMetric> ByName = Base.ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    static readonly Dictionary<string, DerivedMetric> DerivedByName = Derived.ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>The base metric of that name, or null.</summary>
    public static BaseMetric? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);

    /// <summary>The derived metric of that name, or null.</summary>
    public static DerivedMetric? FindDerived(string? name) => name is null ? null : DerivedByName.GetValueOrDefault(name);

    /// <summary>Whether more of a metric, base or derived, is good news; of one that the catalogue does not have nobody knows.</summary>
    public static MetricDirection DirectionOf(string? name) => Find(name)?.Direction ?? FindDerived(name)?.Direction ?? MetricDirection.Neither;

    /// <summary>True for the name of a metric, base or derived.</summary>
    public static bool Lists(string? name) => Find(name) is not null || FindDerived(name) is not null;

    /// <summary>True for base metrics that are money in the brand's currency.</summary>
    public static bool IsMoney(string? name) => Find(name)?.Unit == MetricUnit.Money;
}
