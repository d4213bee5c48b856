using Microsoft.Extensions.Localization;
using Portal.Documents.Tables;

namespace Portal.Stock;

/// <summary>
/// Reads the rows of a CSV file or a workbook by the names of its columns, whichever of the known ones it uses, in either language. What is in the cells is taken as it
/// stands and judged like what is typed; rows that cannot be read are named.
/// </summary>
public sealed class StockSheet(TableReader reader)
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>No file has more rows than this.</summary>
    public const int MostRows = 20_000;

    /// <summary>The product.</summary>
    public static SheetColumn Sku { get; } = new("sku", ["sku", "sku code", "item", "item number", "article", "product code", "part number", "产品编码", "商品编码", "物料编码", "货号", "型号", "编码"]);

    /// <summary>What somebody says about the row.</summary>
    public static SheetColumn Note { get; } = new("note", ["note", "notes", "comment", "remark", "备注", "说明"]);

    /// <summary>Reads it; the first column is needed, and so is the second.</summary>
    /// <param name="content">The file, seekable.</param>
    /// <param name="fileName">Its name; the ending says what it is.</param>
    /// <param name="columns">The columns that are looked for.</param>
    /// <param name="texts">The language in which is said what was noticed.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<SheetRows> ReadAsync(Stream content, string fileName, IReadOnlyList<SheetColumn> columns, IStringLocalizer texts, CancellationToken ct)
    {
        switch (await reader.OpenAsync(content, fileName, ct))
        {
            case TableOpening.Opened(var table):
                await using (table)
                {
                    return await ReadAsync(table, columns, texts, ct);
                }

            case TableOpening.Refused(var refusal):
                return new([], [refusal.Describe(texts)]);
            case var other:
                throw new InvalidOperationException($"A file is opened or refused, not {other}.");
        }
    }

    static async Task<SheetRows> ReadAsync(Table table, IReadOnlyList<SheetColumn> columns, IStringLocalizer texts, CancellationToken ct)
    {
        var noticed = table.Notes.Select(note => note.Describe(texts)).ToList();
        var places = columns.Select(column => column.In(table.Columns)).ToArray();
        if (places[0] is null || places[1] is null)
        {
            return new([], [.. noticed, texts["stock.file.no_columns", columns[0].Known[0], columns[1].Known[0]]]);
        }

        var rows = new List<SheetRow>();
        await foreach (var line in table.LinesAsync(ct))
        {
            if (rows.Count == MostRows)
            {
                noticed.Add(texts["stock.file.too_many_rows", MostRows]);
                break;
            }

            if (line is TableLine.Broken broken)
            {
                noticed.Add(broken.Refusal.Describe(texts));
            }
            else if (line is TableLine.Row(var number, var cells) && Row(number, columns, places, cells) is { } row)
            {
                rows.Add(row);
            }
        }

        return new(rows, noticed);
    }

    static SheetRow? Row(long number, IReadOnlyList<SheetColumn> columns, int?[] places, IReadOnlyList<string?> cells)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < columns.Count; index++)
        {
            if (places[index] is { } place && place < cells.Count && !string.IsNullOrWhiteSpace(cells[place]))
            {
                said[columns[index].Name] = cells[place]!.Trim();
            }
        }

        return said.Count == 0 ? null : new(number, said);
    }
}

/// <summary>A column that is looked for.</summary>
/// <param name="Name">What the code calls it.</param>
/// <param name="Known">What people call it, in small letters; the first is told where it lacks.</param>
public sealed record SheetColumn(string Name, IReadOnlyList<string> Known)
{
    internal int? In(IReadOnlyList<string> names)
    {
        for (var place = 0; place < names.Count; place++)
        {
            if (Known.Contains(names[place].Trim().Replace('_', ' ').ToLowerInvariant()))
            {
                return place;
            }
        }

        return null;
    }
}

/// <summary>The rows of a file.</summary>
/// <param name="Rows">As they stand in it; empty ones are left out.</param>
/// <param name="Noticed">What was noticed, in the reader's language.</param>
public sealed record SheetRows(IReadOnlyList<SheetRow> Rows, IReadOnlyList<string> Noticed);

/// <summary>One row.</summary>
/// <param name="Number">Its number in the file, as people count.</param>
/// <param name="Cells">What stands in the columns that were looked for and found.</param>
public sealed record SheetRow(long Number, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>A cell; null where it is empty.</summary>
    public string? Cell(SheetColumn column) => Cells.GetValueOrDefault(column.Name);

    /// <summary>A cell as a quantity; null where it is empty or none.</summary>
    public decimal? Quantity(SheetColumn column) => Cell(column) is { } text ? SkuLines.Quantity(text.Replace(" ", "", StringComparison.Ordinal)) : null;
}
