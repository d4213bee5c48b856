using System.Runtime.CompilerServices;
using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>
/// Writes the rows that were refused as they stood in the file, with two last columns that name what is refused in each and why, in the
/// reader's language. Corrected, it is imported like any other file: these columns fill nothing.
/// </summary>
public sealed class RepairFile(ImportStore imports, TableReader reader, Texts texts, TimeProvider clock)
{
    /// <summary>True for a repair file as a workbook: of a workbook; else it is CSV.</summary>
    public static bool IsExcel(Import import) => import.FileName.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the file is called.</summary>
    public static string NameOf(Import import) => Path.GetFileNameWithoutExtension(import.FileName) + ".refused" + (IsExcel(import) ? ".xlsx" : ".csv");

    /// <summary>True when there is one to be had.</summary>
    public static bool CanBeMade(Import import) => import is { FileIsStored: true, RowsRefused: > 0 } and ({ Status: ImportStatus.Done or ImportStatus.Refused } or { Status: ImportStatus.Cancelled or ImportStatus.Failed, RowsTaken: > 0 });

    /// <summary>Writes it, row by row. False when the file has been deleted meanwhile; nothing is written then.</summary>
    /// <param name="import">The import.</param>
    /// <param name="begin">Called before the first byte, to set headers.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<bool> WriteAsync(Import import, Action begin, Stream target, CancellationToken ct)
    {
        await using var file = await imports.OpenFileAsync(import, ct);
        if (file is null)
        {
            return false;
        }

        begin();
        await WriteAsync(import, file, IsExcel(import), target, ct);
        return true;
    }

    internal async Task WriteAsync(Import import, SpooledFile file, bool asExcel, Stream target, CancellationToken ct)
    {
        file.Content.Position = 0;
        if (await reader.OpenAsync(file.Content, import.FileName, ct) is not TableOpening.Opened(var table))
        {
            throw new InvalidOperationException($"The file of {import.Number} was read once and can be read no more.");
        }

        await using (table)
        {
            var shown = ColumnsOf(import, table);
            IReadOnlyList<TableColumn> columns = [.. shown.Select(index => new TableColumn(table.Columns[index])), new(texts["imports.values_column"].Value, Width: 20), new(texts["imports.problems_column"].Value, Width: 60)];
            await TableExport.WriteAsync(asExcel, target, new ExcelBookInfo(texts["imports.refused_rows"].Value, "PartnerPortal", clock.GetUtcNow()), columns, RowsAsync(import, table, shown, ct), ct);
        }
    }

    // A repair file that was refused again has the two last columns already.
    List<int> ColumnsOf(Import import, Table table)
    {
        var own = TextBook.Languages.SelectMany(language => new[] { texts.In(language, "imports.values_column"), texts.In(language, "imports.problems_column") }).ToList();
        var unused = import.Mapping.Unused(table.Columns);
        return [.. Enumerable.Range(0, table.Columns.Count).Where(index => !own.Contains(table.Columns[index]) || !unused.Contains(table.Columns[index]))];
    }

    // Both come in the order of the rows, so one look at each is enough.
    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(Import import, Table table, List<int> shown, [EnumeratorCancellation] CancellationToken ct)
    {
        var (kind, mapping) = (ImportKind.Of(import.Kind), import.Mapping);
        await using var refusals = imports.EveryRefusalAsync(import.ImportId, ct).GetAsyncEnumerator(ct);
        var hasMore = await refusals.MoveNextAsync();
        await foreach (var line in table.LinesAsync(ct))
        {
            var (number, cells) = line switch
            {
                TableLine.Row row => (row.Number, row.Cells),
                TableLine.Broken broken => (broken.Refusal.Row ?? 0, broken.Cells),
                _ => throw new InvalidOperationException("A line is a row or broken."),
            };
            var (values, problems) = (new List<string>(), new List<string>());
            while (hasMore && refusals.Current.RowNumber <= number)
            {
                if (refusals.Current.RowNumber == number)
                {
                    values.Add(refusals.Current.Value ?? "");
                    var sentence = refusals.Current.Problem.Describe(texts);
                    problems.Add(refusals.Current.ColumnOf(kind, mapping, texts) is { } column ? $"{column}: {sentence}" : sentence);
                }

                hasMore = await refusals.MoveNextAsync();
            }

            if (problems.Count > 0)
            {
                yield return [.. shown.Select(index => index < cells.Count ? cells[index] : null), string.Join(" | ", values), string.Join(" | ", problems)];
            }

            if (!hasMore)
            {
                yield break;
            }
        }
    }
}
