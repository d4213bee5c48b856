namespace Portal.Documents.Excel;

/// <summary>How a cell looks. Equal looks share one style in the file, so they may be made freely.</summary>
public sealed record ExcelLook
{
    /// <summary>A cell as it comes.</summary>
    public static ExcelLook Plain { get; } = new();

    /// <summary>A cell as it comes, at the left.</summary>
    public static ExcelLook Left { get; } = new() { Align = ExcelAlign.Left };

    /// <summary>The title of a sheet.</summary>
    public static ExcelLook Title { get; } = new() { Bold = true, Size = 18 };

    /// <summary>The head of a column: bold on the accent's pale shade, with a line below.</summary>
    public static ExcelLook Heading { get; } = new() { Bold = true, Colour = "1C5D7D", Fill = "EDF3F6", LineBelow = true, Wrap = true };

    /// <summary>The head of a column of numbers.</summary>
    public static ExcelLook HeadingRight { get; } = Heading with { Align = ExcelAlign.Right };

    /// <summary>A sum: bold with a line above.</summary>
    public static ExcelLook Total { get; } = new() { Bold = true, LineAbove = true };

    /// <summary>The name of a fact that stands beside it.</summary>
    public static ExcelLook Label { get; } = new() { Colour = "5B6875" };

    /// <summary>A cell the reader may change on a protected sheet.</summary>
    public static ExcelLook Input { get; } = new() { Unlocked = true, Fill = "FFF9E5" };

    /// <summary>A number format as Excel writes it in English, such as <c>#,##0.00</c>; empty for General.</summary>
    public string NumberFormat { get; init; } = "";

    /// <summary>Bold type.</summary>
    public bool Bold { get; init; }

    /// <summary>Size of the type in points.</summary>
    public double Size { get; init; } = 10;

    /// <summary>Colour of the type, RRGGBB.</summary>
    public string Colour { get; init; } = "1D2733";

    /// <summary>Colour of the ground, RRGGBB; empty for none.</summary>
    public string Fill { get; init; } = "";

    /// <summary>Colour of the lines, RRGGBB.</summary>
    public string LineColour { get; init; } = "1C5D7D";

    /// <summary>A line along the upper edge.</summary>
    public bool LineAbove { get; init; }

    /// <summary>A line along the lower edge.</summary>
    public bool LineBelow { get; init; }

    /// <summary>Where the content stands across.</summary>
    public ExcelAlign Align { get; init; }

    /// <summary>At the top of the row instead of in the middle of its height; for rows with long texts.</summary>
    public bool Top { get; init; }

    /// <summary>Long texts break into lines.</summary>
    public bool Wrap { get; init; }

    /// <summary>May be changed although the sheet is protected.</summary>
    public bool Unlocked { get; init; }

    /// <summary>The number format with thousands separated and that many decimals.</summary>
    public static string Decimals(int decimals) => decimals switch { 0 => "#,##0", 1 => "#,##0.0", 2 => "#,##0.00", 3 => "#,##0.000", 4 => "#,##0.0000", _ => "#,##0." + new string('0', decimals) };

    /// <summary>The number format of amounts in a currency, its code behind: <c>#,##0.00 "CNY"</c>.</summary>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="decimals">The decimals of the currency.</param>
    public static string Money(string currency, int decimals) => $"{Decimals(decimals)} \"{currency}\"";
}

/// <summary>Where the content of a cell stands across.</summary>
public enum ExcelAlign
{
    /// <summary>Texts left, numbers right.</summary>
    General,

    /// <summary>Left.</summary>
    Left,

    /// <summary>Centre.</summary>
    Centre,

    /// <summary>Right.</summary>
    Right,
}
