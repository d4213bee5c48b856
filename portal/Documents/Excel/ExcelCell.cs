using System.Globalization;

namespace Portal.Documents.Excel;

/// <summary>The content of one cell and how it looks. A text is always a text, whatever it begins with; a formula is only what <see cref="Formula"/> makes.</summary>
public readonly record struct ExcelCell
{
    /// <summary>The day Excel's calendar agrees with everybody's: it believes in 29 February 1900.</summary>
    static readonly DateTime FirstSoundDay = new(1900, 3, 1, 0, 0, 0, DateTimeKind.Unspecified);

    ExcelCell(ExcelCellKind kind, ExcelLook look)
    {
        Kind = kind;
        Look = look;
    }

    /// <summary>An empty cell.</summary>
    public static ExcelCell Empty { get; } = new(ExcelCellKind.Empty, ExcelLook.Plain);

    /// <summary>How it looks.</summary>
    public ExcelLook Look { get; init; } = ExcelLook.Plain;

    internal ExcelCellKind Kind { get; }

    /// <summary>The number format, where it is not that of the look: a cell of a long list does not make a look of its own.</summary>
    internal string? Format { get; private init; }

    internal string? Words { get; private init; }

    internal decimal Amount { get; private init; }

    internal string? FormulaText { get; private init; }

    /// <summary>A text.</summary>
    public static ExcelCell Text(string? text, ExcelLook? look = null) =>
        string.IsNullOrEmpty(text) ? new(ExcelCellKind.Empty, look ?? ExcelLook.Plain) : new(ExcelCellKind.Text, look ?? ExcelLook.Plain) { Words = text };

    /// <summary>Nothing yet; where the look is unlocked, somebody may put something there.</summary>
    public static ExcelCell Blank(ExcelLook look) => new(ExcelCellKind.Empty, look);

    /// <summary>A whole number: a quantity, a count.</summary>
    public static ExcelCell Whole(long number, ExcelLook? look = null) => Number(number, 0, look);

    /// <summary>A number with that many decimals shown.</summary>
    public static ExcelCell Number(decimal number, int decimals, ExcelLook? look = null) => Number(number, ExcelLook.Decimals(decimals), look);

    /// <summary>An amount, with the decimals of its currency and the code behind.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="decimals">The decimals of the currency.</param>
    /// <param name="look">How it looks apart from the number format.</param>
    public static ExcelCell Money(decimal amount, string currency, int decimals, ExcelLook? look = null) => Number(amount, ExcelLook.Money(currency, decimals), look);

    /// <summary>A share, 0.125 shown as 12.5 %.</summary>
    public static ExcelCell Percent(decimal share, ExcelLook? look = null) => Number(share, decimal.Round(share, 3) == share ? "0.0%" : "0.00%", look);

    /// <summary>A day.</summary>
    public static ExcelCell Date(DateOnly? day, ExcelLook? look = null) =>
        day is { } known ? Serial(known.ToDateTime(TimeOnly.MinValue), "yyyy-mm-dd", look) : Text(null, look);

    /// <summary>A day and time; convert to the reader's time zone before.</summary>
    public static ExcelCell Time(DateTime? time, ExcelLook? look = null) =>
        time is { } known ? Serial(known, "yyyy-mm-dd hh:mm", look) : Text(null, look);

    /// <summary>A formula together with the value it has, so that readers that do not calculate show the same.</summary>
    /// <param name="formula">In English and without the equals sign: <c>SUM(E5:E9)</c>.</param>
    /// <param name="value">What it comes to.</param>
    /// <param name="look">How it looks, with its number format.</param>
    public static ExcelCell Formula(string formula, decimal value, ExcelLook look) => new(ExcelCellKind.Number, look) { Amount = value, FormulaText = formula };

    /// <summary>A cell's address: column 3 of row 5 is C5.</summary>
    /// <param name="column">Counted from 1.</param>
    /// <param name="row">Counted from 1.</param>
    public static string Address(int column, int row) => ColumnName(column) + row.ToString(CultureInfo.InvariantCulture);

    /// <summary>A column's letters: 3 is C, 28 is AB.</summary>
    /// <param name="column">Counted from 1.</param>
    public static string ColumnName(int column)
    {
        var name = "";
        for (var rest = column; rest > 0; rest = (rest - 1) / 26)
        {
            name = (char)('A' + ((rest - 1) % 26)) + name;
        }

        return name;
    }

    static ExcelCell Number(decimal number, string format, ExcelLook? look) => new(ExcelCellKind.Number, look ?? ExcelLook.Plain) { Amount = number, Format = format };

    static ExcelCell Serial(DateTime time, string format, ExcelLook? look) => time < FirstSoundDay
        ? Text(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), look)
        : Number((decimal)Math.Round(time.ToOADate(), 10), format, look is null ? ExcelLook.Left : look with { Align = ExcelAlign.Left });
}

enum ExcelCellKind
{
    Empty,
    Text,
    Number,
}
