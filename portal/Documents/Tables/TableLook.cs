namespace Portal.Documents.Tables;

/// <summary>Where in a workbook the table stands, and how much of a workbook it may be; for files that the product gave out itself and gets back.</summary>
public sealed record TableLook
{
    /// <summary>How far down the column names are looked for.</summary>
    public const int MostRowsAbove = 200;

    /// <summary>The first visible sheet, its first row that is not empty, and no formula that was not calculated.</summary>
    public static TableLook Plain { get; } = new();

    /// <summary>The sheet of that name, hidden or not; null for the first visible one.</summary>
    public string? Sheet { get; init; }

    /// <summary>Knows the row of the column names by its cells; the rows above it are left out. Null for the first row that is not empty.</summary>
    public Func<IReadOnlyList<string?>, bool>? IsHead { get; init; }

    /// <summary>Formulas that no program has calculated are read as <c>=…</c>; else they refuse the file. For tables whose calculated cells nobody reads.</summary>
    public bool TakesOpenFormulas { get; init; }
}
