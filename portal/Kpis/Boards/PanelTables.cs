using Platform.Texts;
using Portal.Documents.Tables;

namespace Portal.Kpis.Boards;

/// <summary>A panel's table as files have it.</summary>
static class PanelTables
{
    /// <summary>Its columns; figures of several units have a column for the unit beside them.</summary>
    public static IReadOnlyList<TableColumn> Columns(PanelFigures figures, string currency) =>
    [
        .. figures.Table.Columns.Select(column => new TableColumn(
            column.Kind == PanelValue.Money ? $"{column.Head} ({currency})" : column.Head,
            column.Kind switch { PanelValue.Text => TableColumnKind.Text, PanelValue.Share or PanelValue.Change => TableColumnKind.Percent, _ => TableColumnKind.Number },
            column.Kind == PanelValue.Text ? 28 : 16, column.Kind == PanelValue.Number ? 0 : 2)),
        .. HasUnits(figures) ? [new TableColumn("")] : Array.Empty<TableColumn>(),
    ];

    /// <summary>Its rows.</summary>
    public static IEnumerable<IReadOnlyList<object?>> Rows(PanelFigures figures, Texts t, string currency) => figures.Table.Rows.Select(IReadOnlyList<object?> (row) =>
    [
        .. row.Select(cell => cell.Value),
        .. HasUnits(figures) ? [row.Select(cell => cell.Unit).FirstOrDefault(unit => unit is not null) is { } unit ? UnitName(unit, t, currency) : null] : Array.Empty<object?>(),
    ]);

    /// <summary>What a figure is counted in, in words.</summary>
    public static string UnitName(string unit, Texts t, string currency) => unit switch
    {
        "money" => currency,
        "days" => t["kpis.unit.days_after"],
        "weeks" => t["kpis.unit.weeks"],
        "ratio" => t["kpis.unit.ratio"],
        _ => Formulas.UnitWords.Of(Named.Unit(unit), t),
    };

    static bool HasUnits(PanelFigures figures) => figures.Table.Columns.Any(column => column.Kind == PanelValue.Figure);
}
