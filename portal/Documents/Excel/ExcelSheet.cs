using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Portal.Documents.Excel;

/// <summary>One sheet while it is written, from the top row down.</summary>
public sealed partial class ExcelSheet
{
    /// <summary>How many rows a sheet can hold.</summary>
    public const int MostRows = 1_048_576;

    /// <summary>How many characters a cell can hold.</summary>
    public const int LongestText = 32_767;

    readonly ExcelSheetSetup setup;
    readonly ExcelStyles styles;
    readonly Stream stream;
    readonly OpenXmlWriter writer;
    readonly List<string> merged = [];
    bool isEnded;

    internal ExcelSheet(string name, ExcelSheetSetup setup, ExcelStyles styles, Stream stream)
    {
        Name = name;
        this.setup = setup;
        this.styles = styles;
        this.stream = stream;
        writer = OpenXmlWriter.Create(stream);
        Begin();
    }

    /// <summary>Its name on the tab.</summary>
    public string Name { get; }

    /// <summary>The number of the row that is written next, counted from 1: what formulas refer to.</summary>
    public int NextRow { get; private set; } = 1;

    internal string? PrintTitles => setup.RepeatRows is var (first, last)
        ? string.Create(CultureInfo.InvariantCulture, $"'{Name.Replace("'", "''", StringComparison.Ordinal)}'!${first}:${last}")
        : null;

    /// <summary>Writes the next row.</summary>
    public void Row(params ReadOnlySpan<ExcelCell> cells) => Row(null, cells);

    /// <summary>Writes the next row with a height of its own.</summary>
    /// <param name="height">In points.</param>
    /// <param name="cells">From column A on.</param>
    public void Row(double? height, params ReadOnlySpan<ExcelCell> cells)
    {
        if (NextRow > MostRows)
        {
            throw new InvalidOperationException("A sheet cannot hold more rows; begin another.");
        }

        var row = new Row { RowIndex = (uint)NextRow };
        if (height is { } points)
        {
            row.Height = points;
            row.CustomHeight = true;
        }

        writer.WriteStartElement(row);
        for (var column = 1; column <= cells.Length; column++)
        {
            Write(cells[column - 1], column);
        }

        writer.WriteEndElement();
        NextRow++;
    }

    /// <summary>Leaves rows empty.</summary>
    public void Skip(int rows = 1) => NextRow += rows;

    /// <summary>Joins cells, such as <c>A1:D1</c>; the left upper one is shown.</summary>
    public void Merge(string cells) => merged.Add(cells);

    /// <summary>A text as XML and Excel can hold it: cut to the longest, without what XML forbids, and not mistaken for Excel's own escapes.</summary>
    internal static string Clean(string text)
    {
        if (text.Length > LongestText)
        {
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[LongestText - 2]) ? LongestText - 2 : LongestText - 1), "…");
        }

        if (text.Contains("_x", StringComparison.Ordinal))
        {
            text = Escape().Replace(text, "_x005F_x${code}_");
        }

        return IsXml(text) ? text : WithoutForbidden(text);
    }

    internal void End()
    {
        if (isEnded)
        {
            return;
        }

        isEnded = true;
        writer.WriteEndElement(); // sheetData
        if (setup.IsProtected)
        {
            writer.WriteElement(new SheetProtection { Sheet = true, Objects = true, Scenarios = true, FormatColumns = false, FormatRows = false, AutoFilter = false, Sort = false });
        }

        if (setup.FilterRow is { } filter && setup.Columns.Count > 0)
        {
            writer.WriteElement(new AutoFilter { Reference = $"{ExcelCell.Address(1, filter)}:{ExcelCell.Address(setup.Columns.Count, Math.Max(filter, NextRow - 1))}" });
        }

        if (merged.Count > 0)
        {
            writer.WriteElement(new MergeCells(merged.Select(cells => new MergeCell { Reference = cells })) { Count = (uint)merged.Count });
        }

        writer.WriteElement(new PageMargins { Left = 0.6, Right = 0.6, Top = 0.7, Bottom = 0.8, Header = 0.3, Footer = 0.4 });
        writer.WriteElement(new PageSetup
        {
            PaperSize = 9, // A4
            Orientation = setup.IsLandscape ? OrientationValues.Landscape : OrientationValues.Portrait,
            FitToWidth = 1,
            FitToHeight = 0,
        });
        writer.WriteElement(new HeaderFooter(new OddFooter("&L&8&A&R&8&P / &N")));
        writer.WriteEndElement(); // worksheet
        writer.Dispose();
        stream.Dispose();
    }

    void Begin()
    {
        writer.WriteStartDocument(standalone: true);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(new SheetProperties(new PageSetupProperties { FitToPage = true }));
        var view = new SheetView { WorkbookViewId = 0, ShowGridLines = setup.ShowGridLines };
        if (setup.FreezeRows > 0 || setup.FreezeColumns > 0)
        {
            view.Append(Panes());
        }

        writer.WriteElement(new SheetViews(view));
        writer.WriteElement(new SheetFormatProperties { DefaultRowHeight = 18, CustomHeight = true });
        if (setup.Columns.Count > 0)
        {
            writer.WriteElement(new Columns(setup.Columns.Select((column, index) => new Column
            {
                Min = (uint)index + 1,
                Max = (uint)index + 1,
                Width = column.Width,
                CustomWidth = true,
                Hidden = column.IsHidden ? BooleanValue.FromBoolean(true) : null,
            })));
        }

        writer.WriteStartElement(new SheetData());
    }

    Pane Panes()
    {
        var pane = new Pane
        {
            TopLeftCell = ExcelCell.Address(setup.FreezeColumns + 1, setup.FreezeRows + 1),
            State = PaneStateValues.Frozen,
            ActivePane = setup.FreezeRows == 0 ? PaneValues.TopRight : setup.FreezeColumns == 0 ? PaneValues.BottomLeft : PaneValues.BottomRight,
        };
        if (setup.FreezeColumns > 0)
        {
            pane.HorizontalSplit = setup.FreezeColumns;
        }

        if (setup.FreezeRows > 0)
        {
            pane.VerticalSplit = setup.FreezeRows;
        }

        return pane;
    }

    void Write(ExcelCell cell, int column)
    {
        var style = styles.NumberOf(cell.Look ?? ExcelLook.Plain);
        if (cell.Kind == ExcelCellKind.Empty && style == 0)
        {
            return;
        }

        var element = new Cell { CellReference = ExcelCell.Address(column, NextRow), StyleIndex = style };
        if (cell.Kind == ExcelCellKind.Text)
        {
            element.DataType = CellValues.InlineString;
            element.Append(new InlineString(new Text(Clean(cell.Value)) { Space = SpaceProcessingModeValues.Preserve }));
        }
        else if (cell.Kind == ExcelCellKind.Number)
        {
            if (cell.FormulaText is { } formula)
            {
                element.Append(new CellFormula(formula));
            }

            element.Append(new CellValue(cell.Value));
        }

        writer.WriteElement(element);
    }

    static bool IsXml(string text)
    {
        foreach (var letter in text)
        {
            if (!XmlConvert.IsXmlChar(letter))
            {
                return false; // surrogates too: they are looked at pair by pair
            }
        }

        return true;
    }

    static string WithoutForbidden(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index]))
            {
                clean.Append(text, index++, 2);
            }
            else if (XmlConvert.IsXmlChar(text[index]))
            {
                clean.Append(text[index]);
            }
        }

        return clean.ToString();
    }

    [GeneratedRegex("_x(?<code>[0-9A-Fa-f]{4})_", RegexOptions.NonBacktracking)]
    private static partial Regex Escape();
}

/// <summary>How a sheet is set up.</summary>
public sealed record ExcelSheetSetup
{
    /// <summary>The columns from A on.</summary>
    public IReadOnlyList<ExcelColumn> Columns { get; init; } = [];

    /// <summary>How many rows stay in view at the top.</summary>
    public int FreezeRows { get; init; }

    /// <summary>How many columns stay in view at the left.</summary>
    public int FreezeColumns { get; init; }

    /// <summary>Rows printed again at the top of each page.</summary>
    public (int First, int Last)? RepeatRows { get; init; }

    /// <summary>The row of heads that gets filter buttons.</summary>
    public int? FilterRow { get; init; }

    /// <summary>Printed across; always as wide as one page of A4.</summary>
    public bool IsLandscape { get; init; }

    /// <summary>Only cells whose look is unlocked can be changed. There is no password: it keeps from accidents, not from people.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Whether the screen shows the grid.</summary>
    public bool ShowGridLines { get; init; } = true;
}

/// <summary>One column of a sheet.</summary>
/// <param name="Width">In widths of a digit.</param>
/// <param name="IsHidden">Not shown.</param>
public sealed record ExcelColumn(double Width, bool IsHidden = false);
