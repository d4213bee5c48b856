namespace Portal.Kpis;

/// <summary>Figures against targets, as a table.</summary>
/// <param name="Rows">One per KPI.</param>
/// <param name="Currency">Of all money in it.</param>
public sealed record ReachedTable(IEnumerable<Reached> Rows, string Currency);
