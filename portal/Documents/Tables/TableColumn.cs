using System.Globalization;
using Portal.Documents.Excel;

namespace Portal.Documents.Tables;

/// <summary>A column of a list that is exported.</summary>
/// <param name="Head">Its name, in the reader's language.</param>
/// <param name="Kind">What stands in it.</param>
/// <param name="Width">In widths of a digit.</param>
/// <param name="Decimals">How many decimals numbers show.</param>
public sealed record TableColumn(string Head, TableColumnKind Kind = TableColumnKind.Text, double Width = 16, int Decimals = 2)
{
    readonly ExcelLook look = Kind switch
    {
        TableColumnKind.Number => new ExcelLook { NumberFormat = ExcelLook.Decimals(Decimals) },
        TableColumnKind.Percent => new ExcelLook { NumberFormat = "0.0%" },
        _ => ExcelLook.Plain,
    };

    internal bool IsNumber => Kind is TableColumnKind.Number or TableColumnKind.Percent;

    internal ExcelCell Cell(object? value) => value switch
    {
        null => ExcelCell.Empty,
        string text => ExcelCell.Text(text),
        DateOnly day => ExcelCell.Date(day),
        DateTime time => ExcelCell.Time(time),
        bool truth => ExcelCell.Text(truth ? "true" : "false"),
        IConvertible number => Number(number.ToDecimal(CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be put into the column {Head}."),
    };

    internal string? Text(object? value) => value switch
    {
        null => null,
        string text => CsvFile.Harmless(text),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be put into the column {Head}."),
    };

    ExcelCell Number(decimal number) => IsNumber ? ExcelCell.Number(number, Decimals) with { Look = look } : ExcelCell.Text(number.ToString(CultureInfo.InvariantCulture));
}

/// <summary>What stands in a column.</summary>
public enum TableColumnKind
{
    /// <summary>Texts: names, numbers of documents, codes.</summary>
    Text,

    /// <summary>Quantities and amounts.</summary>
    Number,

    /// <summary>Shares, 0.5 for half.</summary>
    Percent,

    /// <summary>Days.</summary>
    Date,

    /// <summary>Days with times, in the reader's zone.</summary>
    Time,
}
