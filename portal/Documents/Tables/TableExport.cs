using Portal.Documents.Excel;

namespace Portal.Documents.Tables;

/// <summary>Writes lists of any length as a workbook or as CSV, row by row, in constant memory.</summary>
public static class TableExport
{
    const int RowsBetweenSends = 200;

    /// <summary>The media type of a workbook.</summary>
    public const string ExcelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The media type of a CSV file.</summary>
    public const string CsvType = "text/csv; charset=utf-8";

    /// <summary>Writes a workbook or CSV, as was asked for.</summary>
    /// <param name="asExcel">A workbook, else CSV.</param>
    /// <param name="target">Where it goes, such as the body of a response.</param>
    /// <param name="info">The book's properties; CSV has none.</param>
    /// <param name="columns">Heads and kinds.</param>
    /// <param name="rows">A value for each column.</param>
    /// <param name="ct">Stops the work.</param>
    public static Task WriteAsync(bool asExcel, Stream target, ExcelBookInfo info, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct) =>
        asExcel ? WriteExcelAsync(target, info, columns, rows, ct) : WriteCsvAsync(target, columns, rows, ct);

    /// <summary>Writes a workbook. A list longer than a sheet goes on in the next.</summary>
    /// <param name="target">Where it goes, such as the body of a response.</param>
    /// <param name="info">The book's properties; the title names the sheets.</param>
    /// <param name="columns">Heads and kinds.</param>
    /// <param name="rows">A value for each column: text, number (<c>int</c>, <c>long</c>, <c>decimal</c>), <c>DateOnly</c>, <c>DateTime</c>, <c>bool</c> or null.</param>
    /// <param name="ct">Stops the work.</param>
    public static Task WriteExcelAsync(Stream target, ExcelBookInfo info, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct) =>
        WriteExcelAsync(target, info, columns, rows, ExcelSheet.MostRows, ct);

    internal static async Task WriteExcelAsync(Stream target, ExcelBookInfo info, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, int rowsPerSheet, CancellationToken ct)
    {
        await using var book = new ExcelBook(target, info);
        var setup = new ExcelSheetSetup { Columns = [.. columns.Select(column => new ExcelColumn(column.Width))], FreezeRows = 1, RepeatRows = (1, 1), FilterRow = 1, IsLandscape = true };
        ExcelCell[] heads = [.. columns.Select(column => ExcelCell.Text(column.Head, column.IsNumber ? ExcelLook.HeadingRight : ExcelLook.Heading))];
        var sheet = Begin();
        var cells = new ExcelCell[columns.Count];
        await foreach (var row in rows.WithCancellation(ct))
        {
            if (sheet.NextRow > rowsPerSheet)
            {
                sheet = Begin();
            }

            for (var index = 0; index < cells.Length; index++)
            {
                cells[index] = columns[index].Cell(row[index]);
            }

            sheet.Row(cells);
            if (sheet.NextRow % RowsBetweenSends == 0)
            {
                await book.FlushAsync(ct);
            }
        }

        await book.FinishAsync(ct);

        ExcelSheet Begin()
        {
            var next = book.AddSheet(info.Title, setup);
            next.Row(heads);
            return next;
        }
    }

    /// <summary>Writes CSV: UTF-8 with a byte order mark (Excel needs it), commas, quotes as RFC 4180 has them; texts that a spreadsheet would run as a formula get an apostrophe.</summary>
    /// <param name="target">Where it goes, such as the body of a response.</param>
    /// <param name="columns">Heads and kinds.</param>
    /// <param name="rows">A value for each column, as for a workbook.</param>
    /// <param name="ct">Stops the work.</param>
    public static async Task WriteCsvAsync(Stream target, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct)
    {
        await using var csv = new CsvFile(target);
        await csv.RowAsync([.. columns.Select(column => column.Head)], ct);
        var texts = new string?[columns.Count];
        await foreach (var row in rows.WithCancellation(ct))
        {
            for (var index = 0; index < texts.Length; index++)
            {
                texts[index] = columns[index].Text(row[index]);
            }

            await csv.RowAsync(texts, ct);
        }
    }
}
