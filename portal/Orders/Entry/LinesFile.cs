using Microsoft.Extensions.Localization;
using Portal.Documents.Tables;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// Reads the lines of an order from a CSV file or a workbook: columns by their names, else the first as SKU and the second as quantity. What is in the
/// rows is taken as it stands and judged like what is typed; rows that cannot be read are named.
/// </summary>
public sealed class LinesFile(TableReader reader)
{
    /// <summary>The largest file, in bytes: two thousand lines fit many times over.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    static readonly string[] SkuNames = ["sku", "sku code", "item", "item number", "article", "article number", "product", "part number", "产品编码", "产品编号", "商品编码", "物料编码", "货号", "型号", "编码"];
    static readonly string[] QuantityNames = ["quantity", "qty", "pieces", "pcs", "units", "menge", "数量", "订购数量", "订货数量", "件数"];
    static readonly string[] DayNames = ["requested on", "requested", "delivery date", "deliver by", "date", "要求到货日", "到货日期", "交货日期", "日期"];

    static readonly TableLook Named = new() { IsHead = Columns.AreNamed };

    /// <summary>Reads it.</summary>
    /// <param name="content">The file, seekable.</param>
    /// <param name="fileName">Its name; the ending says what it is.</param>
    /// <param name="texts">The language in which is said what was noticed.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<ReadLines> ReadAsync(Stream content, string fileName, IStringLocalizer texts, CancellationToken ct)
    {
        // A title may stand above the names; where no row has the names, the first one is taken.
        var opening = await reader.OpenAsync(content, fileName, Named, ct);
        switch (opening is TableOpening.Refused({ Kind: TableRefusalKind.NoRows }) ? await reader.OpenAsync(content, fileName, ct) : opening)
        {
            case TableOpening.Opened(var table):
                await using (table)
                {
                    return await ReadAsync(table, texts, ct);
                }

            case TableOpening.Refused(var refusal):
                return new([], [refusal.Describe(texts)]);
            case var other:
                throw new InvalidOperationException($"A file is opened or refused, not {other}.");
        }
    }

    static async Task<ReadLines> ReadAsync(Table table, IStringLocalizer texts, CancellationToken ct)
    {
        var noticed = table.Notes.Select(note => note.Describe(texts)).ToList();
        var columns = Columns.Of(table.Columns);
        var lines = new List<SkuLine>();
        if (columns.FirstRowIsALine && columns.Line(table.Columns) is { } first)
        {
            lines.Add(first);
        }

        await foreach (var row in table.LinesAsync(ct))
        {
            if (lines.Count > SkuLines.Most)
            {
                break;
            }

            if (row is TableLine.Broken broken)
            {
                noticed.Add(broken.Refusal.Describe(texts));
            }
            else if (row is TableLine.Row(_, var cells) && columns.Line(cells) is { } line)
            {
                lines.Add(line);
            }
        }

        return new(lines, noticed);
    }

    sealed record Columns(int Sku, int Quantity, int? Day, bool FirstRowIsALine)
    {
        /// <summary>True for a row in which SKU and quantity are named.</summary>
        public static bool AreNamed(IReadOnlyList<string?> cells) => cells.Select(cell => cell ?? "").ToList() is var names && Find(names, SkuNames) is not null && Find(names, QuantityNames) is not null;

        public static Columns Of(IReadOnlyList<string> names)
        {
            var (sku, quantity, day) = (Find(names, SkuNames), Find(names, QuantityNames), Find(names, DayNames));
            // A file without names begins with its first line, which then stands where the names would.
            return sku is null && quantity is null
                ? new(0, 1, names.Count > 2 ? 2 : null, names.Count > 1 && SkuLines.QuantityOfCell(names[1]) is not null)
                : new(sku ?? (quantity == 0 ? 1 : 0), quantity ?? (sku == 1 ? 0 : 1), day, false);
        }

        public SkuLine? Line(IReadOnlyList<string?> cells)
        {
            var sku = Cell(cells, Sku);
            var quantity = Cell(cells, Quantity);
            if (sku is null && quantity is null)
            {
                return null;
            }

            // A cell that is a moment has its day first.
            var day = Day is { } column ? Cell(cells, column)?.Split([' ', 'T'])[0] : null;
            return new(sku ?? "", quantity is null ? null : SkuLines.QuantityOfCell(quantity))
            {
                Day = SkuLines.Day(day),
                HasNoSuchDay = day is not null && SkuLines.Day(day) is null,
            };
        }

        static string? Cell(IReadOnlyList<string?> cells, int column) => column < cells.Count && !string.IsNullOrWhiteSpace(cells[column]) ? cells[column]!.Trim() : null;

        static int? Find(IReadOnlyList<string> names, string[] known)
        {
            for (var column = 0; column < names.Count; column++)
            {
                if (known.Contains(names[column].Trim().Replace('_', ' ').ToLowerInvariant()))
                {
                    return column;
                }
            }

            return null;
        }
    }
}

/// <summary>The lines of a file.</summary>
/// <param name="Lines">As they stand in it.</param>
/// <param name="Noticed">What was noticed, in the reader's language.</param>
public sealed record ReadLines(IReadOnlyList<SkuLine> Lines, IReadOnlyList<string> Noticed);
