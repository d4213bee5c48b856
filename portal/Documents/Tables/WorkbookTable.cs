using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Xml;
using ExcelDataReader;

namespace Portal.Documents.Tables;

/// <summary>The first visible sheet of a workbook, read as a table.</summary>
sealed class WorkbookTable : Table
{
    static readonly FrozenSet<string> Errors =
        new[] { "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!" }.ToFrozenSet(StringComparer.Ordinal);

    const double ExactInExcel = 1e15; // a number has 15 digits in Excel, what comes after them is zero
    readonly IExcelDataReader reader;
    readonly string sheet;
    readonly int mostRows;
    int row;

    WorkbookTable(IExcelDataReader reader, SheetSurvey survey)
    {
        this.reader = reader;
        sheet = survey.Name;
        mostRows = Excel.ExcelSheet.MostRows;
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
    public override string Format => $"Excel, {sheet}";

    /// <summary>Looks the workbook over, then reads the column names of its first visible sheet.</summary>
    public static async Task<TableOpening> OpenAsync(Stream file, TableLimits limits, CancellationToken ct)
    {
        var (survey, refusal) = WorkbookGuard.Inspect(file, limits, ct);
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

            var table = new WorkbookTable(workbook, survey);
            if (await table.ReadColumnsAsync(limits, ct) is { } fault)
            {
                await table.DisposeAsync();
                return TableReader.Refuse(fault);
            }

            return new TableOpening.Opened(table);
        }
        catch (Exception damage) when (damage is ExcelDataReader.Exceptions.ExcelReaderException or XmlException or FormatException or InvalidDataException or OverflowException or ArgumentException)
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
    private protected override ValueTask<RawRow?> NextAsync(CancellationToken ct)
    {
        if (row >= mostRows || !reader.Read())
        {
            return ValueTask.FromResult<RawRow?>(null);
        }

        row++;
        TableRefusal? fault = null;
        var cells = new string?[reader.FieldCount];
        for (var index = 0; index < cells.Length; index++)
        {
            var value = reader.GetValue(index);
            cells[index] = TextOf(value);
            fault ??= value switch
            {
                string text when Errors.Contains(text) => new TableRefusal(TableRefusalKind.CellError, row, NameOf(index), text),
                double number when Math.Abs(number) >= ExactInExcel =>
                    new TableRefusal(TableRefusalKind.NumberLostDigits, row, NameOf(index), number.ToString("0", CultureInfo.InvariantCulture)),
                _ => null,
            };
        }

        return ValueTask.FromResult<RawRow?>(new RawRow(row, cells, fault));
    }

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
