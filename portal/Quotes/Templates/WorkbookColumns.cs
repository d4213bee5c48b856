using System.Globalization;
using Portal.Documents.Excel;

namespace Portal.Quotes.Templates;

/// <summary>
/// The columns of a look as a workbook has them: the SKU in one of its own, formulas where everything they need is shown, and plain numbers where it is not.
/// </summary>
sealed class WorkbookColumns
{
    /// <summary>The column that says of a line that it can be had on top or instead of another; the last one, on quotes that have such lines.</summary>
    public const string Choice = "choice";

    /// <summary>The first day of a line's term; on quotes that have such lines.</summary>
    public const string Start = "start";

    /// <summary>The last day of a line's term.</summary>
    public const string End = "end";

    /// <summary>How the price of a line came about; where the look shows it.</summary>
    public const string Steps = "steps";

    const double MmOfACharacter = 2;
    readonly QuoteDesign design;

    WorkbookColumns(QuoteDesign design, IReadOnlyList<string> keys)
    {
        this.design = design;
        Keys = keys;
        var accent = Plain(design.Colours?.Accent ?? QuoteDesign.Product.Colours!.Accent);
        Ink = Plain(design.Colours?.Ink ?? QuoteDesign.Product.Colours!.Ink);
        Heading = accent == ExcelLook.Heading.Colour ? ExcelLook.Heading : ExcelLook.Heading with { Colour = accent, LineColour = accent, Fill = Plain(design.Colours!.Ground) };
        HeadingRight = Heading with { Align = ExcelAlign.Right };
        Total = ExcelLook.Total with { LineColour = accent };
    }

    /// <summary>What each column shows, from A on.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The colour of the text.</summary>
    public string Ink { get; }

    /// <summary>The head of a column.</summary>
    public ExcelLook Heading { get; }

    /// <summary>The head of a column of numbers.</summary>
    public ExcelLook HeadingRight { get; }

    /// <summary>A sum.</summary>
    public ExcelLook Total { get; }

    /// <summary>The columns of a design.</summary>
    public static WorkbookColumns Of(QuoteDesign design, bool hasTerms, bool hasChoices, bool hasSteps)
    {
        var columns = design.Columns ?? QuoteDesign.Product.Columns!;
        var hasSku = columns.Any(column => column.Key == "sku");
        return new(design, [.. columns.SelectMany(column => column.ShowsSku && !hasSku ? new[] { "sku", "product" } : [column.Key]), .. hasTerms ? [Start, End] : Array.Empty<string>(), .. hasSteps ? [Steps] : Array.Empty<string>(), .. hasChoices ? [Choice] : Array.Empty<string>()]);
    }

    /// <summary>How wide they are.</summary>
    public IReadOnlyList<ExcelColumn> Widths => [.. Keys.Select(key => new ExcelColumn(WidthOf(key)))];

    /// <summary>Where the values of the facts above the lines stand, counted from 0: behind columns that have room for their names.</summary>
    public int FactColumn
    {
        get
        {
            var (taken, at) = (0.0, 0);
            while (at < Keys.Count - 1 && taken < 20)
            {
                taken += WidthOf(Keys[at++]);
            }

            return at;
        }
    }

    /// <summary>Where the heading of a group of lines stands, counted from 0: at the left, but among no amounts.</summary>
    public int HeadingColumn => Keys[0] == "amount" ? IndexOf("product") : 0;

    /// <summary>How wide one is, in characters.</summary>
    public double WidthOf(string key) => design.Columns?.FirstOrDefault(column => column.Key == key)?.WidthMm is { } width
        ? Math.Max(6, (double)width / MmOfACharacter)
        : key switch { "line" => 6, "sku" => 18, "product" => 44, "unit" => 8, "quantity" or "discount" => 11, "amount" => 16, Steps => 44, Choice => 22, _ => 14 };

    /// <summary>Amounts with the currency behind them.</summary>
    public bool HasCurrency(string key) => design.Columns?.Any(column => column.Key == key && column.Format == "currency") ?? false;

    /// <summary>Where one stands, counted from 0; -1 where it is not shown.</summary>
    public int IndexOf(string key) => Keys.ToList().IndexOf(key);

    /// <summary>Its letter.</summary>
    public string LetterOf(string key) => ((char)('A' + IndexOf(key))).ToString();

    /// <summary>The formula of the price after discount, or null where price or discount are not shown.</summary>
    public string? UnitPrice(int row, int decimals) => Has("price") && Has("discount")
        ? string.Create(CultureInfo.InvariantCulture, $"IF({LetterOf("discount")}{row}=0,{LetterOf("price")}{row},ROUND({LetterOf("price")}{row}*(1-{LetterOf("discount")}{row}),{decimals}))")
        : null;

    /// <summary>The formula of the amount, or null where what it is made of is not shown.</summary>
    public string? Amount(int row, int decimals) => Has("unitPrice")
        ? string.Create(CultureInfo.InvariantCulture, $"ROUND({LetterOf("quantity")}{row}*{LetterOf("unitPrice")}{row},{decimals})")
        : UnitPrice(row, decimals) is { } unitPrice ? string.Create(CultureInfo.InvariantCulture, $"ROUND({LetterOf("quantity")}{row}*{unitPrice},{decimals})") : null;

    bool Has(string key) => Keys.Contains(key, StringComparer.Ordinal);

    static string Plain(string colour) => colour[1..].ToUpperInvariant();
}
