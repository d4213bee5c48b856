namespace Portal.Kpis;

/// <summary>Figures against targets, as a table.</summary>
/// <param name="Rows">One per KPI.</param>
/// <param name="Currency">Of all money in it.</param>
public sealed record ReachedTable(IEnumerable<Reached> Rows, string Currency);

/// <summary>A figure in its unit.</summary>
/// <param name="Value">The figure, or none.</param>
/// <param name="Unit">As the tables have it: money, ratio, money/pieces.</param>
/// <param name="Currency">The brand's.</param>
public sealed record FigureOf(decimal? Value, string Unit, string Currency)
{
    /// <summary>Without the currency, where that stands beside.</summary>
    public bool IsBare { get; init; }

    /// <summary>Says that there is none, and why, where a dash would look like nothing was measured.</summary>
    public bool SaysNone { get; init; }
}

/// <summary>An attainment with the thresholds it is judged by.</summary>
/// <param name="Share">1 at the target; null without one.</param>
/// <param name="Green">From which it is green.</param>
/// <param name="Amber">Below which it is red.</param>
public sealed record AttainmentOf(decimal? Share, decimal Green, decimal Amber)
{
    /// <summary>Of a row; nothing where there is none.</summary>
    public static AttainmentOf Row(Reached? row) => row is null ? new(null, 1, 0.8m) : new(row.Attainment, row.Green, row.Amber);
}

/// <summary>The minimum conditions of a card with what was reached of them.</summary>
/// <param name="Scored">The scored card.</param>
/// <param name="Currency">The brand's.</param>
public sealed record ConditionsPart(ScoredCard Scored, string Currency);
