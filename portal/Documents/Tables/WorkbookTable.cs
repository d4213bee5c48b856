using System.Globalization;
using System.Text;
using System.Xml;
using ExcelDataReader;

namespace Portal.Documents.Tables;

/// <summary>The first visible sheet of a workbook, read as a table.</summary>
sealed class WorkbookTable : Table
{
    const string OpenFormula = "=…";
    const double ExactInExcel = 1e15; // a number has 15 digits in Excel, what comes after them is zero
    readonly IExcelDataReader reader;
    readonly SheetSurvey survey;
    readonly int mostLetters;
    int row;
    bool isDamaged;

    WorkbookTable(IExcelDataReader reader, SheetSurvey survey, TableLimits limits)
    {
        this.reader = reader;
        this.survey = survey;
        mostLetters = limits.RowBytes;
        Notes =
        [
            .. Note("documents.table.note.merged", survey.Merged),
            .. Note("documents.table.note.hidden-rows", survey.HiddenRows),
            .. Note("documents.table.note.hidden-columns", survey.HiddenColumns),
            .. Note("documents.table.note.formulas", survey.Formulas),
            .. survey.OtherSheets.Count > 0 ? [new TableNote("documents.table.note.other-sheets", survey.OtherSheets.Count, survey.OtherSheets[0])] : Array.Empty<TableNote>(),
        ];
    }

    /// <inheritdoc/>
    public override string Format => $"Excel, {survey.Name}";

    /// <summary>Looks the workbook over, then reads the column names of the sheet in question.</summary>
    public static async Task<TableOpening> OpenAsync(Stream file, TableLimits limits, TableLook look, CancellationToken ct)
    {
        var (survey, refusal) = WorkbookGuard.Inspect(file, limits, look, ct);
        if (survey is null)
        {
            return TableReader.Refuse(refusal!);
        }

        file.Position = 0;
        try
        {
            var workbook = ExcelReaderFactory.CreateOpenXmlReader(file, new ExcelReaderConfiguration { LeaveOpen = true, FallbackEncoding = Encoding.UTF8 });
            for (var index = 0; index < survey.Index; index++)
            {
                workbook.NextResult();
            }

            var table = new WorkbookTable(workbook, survey, limits);
            if (await table.ReadColumnsAsync(limits, look.IsHead, ct) is { } fault)
            {
                await table.DisposeAsync();
                return TableReader.Refuse(fault);
            }

            return new TableOpening.Opened(table);
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            return TableReader.Refuse(new TableRefusal(TableRefusalKind.Damaged));
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        reader.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    private protected override long LastRow => survey.LastRow;

    /// <inheritdoc/>
    private protected override ValueTask<RawRow?> NextAsync(CancellationToken ct) => ValueTask.FromResult(Next());

    RawRow? Next()
    {
        if (isDamaged || row >= Excel.ExcelSheet.MostRows)
        {
            return null;
        }

        try
        {
            if (!reader.Read())
            {
                return null;
            }
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            isDamaged = true; // the reader stops in the middle of the sheet, and so must we
            return new RawRow(row + 1, [], new TableRefusal(TableRefusalKind.Damaged, row + 1));
        }

        row++;
        var cells = new string?[reader.FieldCount];
        var fault = survey.Errors.TryGetValue(row, out var error) ? new TableRefusal(TableRefusalKind.CellError, row, NameOf(error.Column - 1), error.Error) : null;
        for (var index = 0; index < cells.Length; index++)
        {
            var value = reader.GetValue(index);
            cells[index] = survey.OpenFormulas.Contains((row, index + 1)) ? OpenFormula : TextOf(value);
            if (value is double number && Math.Abs(number) >= ExactInExcel)
            {
                fault ??= new TableRefusal(TableRefusalKind.NumberLostDigits, row, NameOf(index), number.ToString("0", CultureInfo.InvariantCulture));
            }
        }

        // Texts that many cells share are counted here only.
        return cells.Sum(cell => cell?.Length ?? 0) > mostLetters
            ? new RawRow(row, [], new TableRefusal(TableRefusalKind.RowTooLong, row, Detail: $"{mostLetters / 1024} KB"))
            : new RawRow(row, cells, fault);
    }

    static bool IsDamage(Exception fault) => fault is ExcelDataReader.Exceptions.ExcelReaderException or XmlException or FormatException or InvalidDataException
        or OverflowException or ArgumentException or IndexOutOfRangeException or NullReferenceException or InvalidCastException;

    string NameOf(int column) => column < Columns.Count ? Columns[column] : Excel.ExcelCell.ColumnName(column + 1);

    static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => string.IsNullOrWhiteSpace(text) ? null : text,
        double number => Math.Abs(number) < 1e27 ? ((decimal)number).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    static TableNote[] Note(string textKey, SheetSurvey.Sightings seen) => seen.Count > 0 ? [new TableNote(textKey, seen.Count, seen.First)] : [];
}
