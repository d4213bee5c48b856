using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Portal.Documents.Excel;

/// <summary>One sheet while it is written, from the top row down.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The book ends its sheets, and at its end a sheet lets go of what it writes to.")]
public sealed partial class ExcelSheet
{
    /// <summary>How many rows a sheet can hold.</summary>
    public const int MostRows = 1_048_576;

    /// <summary>How many characters a cell can hold.</summary>
    public const int LongestText = 32_767;

    /// <summary>What a text may be made of that needs no second look: neither forbidden in XML nor half of a pair, nor the beginning of an escape.</summary>
    static readonly SearchValues<char> Doubtful = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code).Where(letter => letter is not ('\t' or '\n' or '\r')), .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code), '\uFFFE', '\uFFFF', '_']);

    readonly ExcelSheetSetup setup;
    readonly ExcelStyles styles;
    readonly SheetXml xml;
    readonly List<string> merged = [];
    readonly List<(string Cells, ExcelRule Rule)> rules = [];
    bool isEnded;

    internal ExcelSheet(string name, ExcelSheetSetup setup, ExcelStyles styles, Stream stream)
    {
        Name = name;
        this.setup = setup;
        this.styles = styles;
        xml = new SheetXml(stream);
        Begin();
    }

    /// <summary>Its name on the tab.</summary>
    public string Name { get; }

    /// <summary>The number of the row that is written next, counted from 1: what formulas refer to.</summary>
    public int NextRow { get; private set; } = 1;

    internal ExcelSheetSetup Setup => setup;

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

        xml.Raw("<row r=\""u8);
        xml.Number(NextRow);
        if (height is { } points)
        {
            xml.Raw("\" ht=\""u8);
            xml.Number(points);
            xml.Raw("\" customHeight=\"1"u8);
        }

        xml.Raw("\">"u8);
        for (var column = 1; column <= cells.Length; column++)
        {
            Write(in cells[column - 1], column);
        }

        xml.Raw("</row>"u8);
        xml.Pass();
        NextRow++;
    }

    /// <summary>A picture over the cells, or none.</summary>
    public ExcelPicture? Picture { get; set; }

    /// <summary>Leaves rows empty.</summary>
    public void Skip(int rows = 1) => NextRow += rows;

    /// <summary>Joins cells, such as <c>A1:D1</c>; the left upper one is shown.</summary>
    public void Merge(string cells) => merged.Add(cells);

    /// <summary>Says what may be typed into cells, such as <c>D9:D40</c>; what is there already stays.</summary>
    public void Allow(string cells, ExcelRule rule) => rules.Add((cells, rule));

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

        return !text.AsSpan().ContainsAny(Doubtful) || IsXml(text) ? text : WithoutForbidden(text);
    }

    internal void End()
    {
        if (isEnded)
        {
            return;
        }

        isEnded = true;
        xml.Raw("</sheetData>"u8);
        if (setup.IsProtected)
        {
            xml.Raw("<sheetProtection sheet=\"1\" objects=\"1\" scenarios=\"1\" formatColumns=\"0\" formatRows=\"0\" sort=\"0\" autoFilter=\"0\"/>"u8);
        }

        if (setup.FilterRow is { } filter && setup.Columns.Count > 0)
        {
            xml.Raw("<autoFilter ref=\""u8);
            xml.Text($"{ExcelCell.Address(1, filter)}:{ExcelCell.Address(setup.Columns.Count, Math.Max(filter, NextRow - 1))}");
            xml.Raw("\"/>"u8);
        }

        WriteMerged();
        WriteRules();
        xml.Raw("<pageMargins left=\"0.6\" right=\"0.6\" top=\"0.7\" bottom=\"0.8\" header=\"0.3\" footer=\"0.4\"/><pageSetup paperSize=\"9\" orientation=\""u8); // 9 is A4
        xml.Raw(setup.IsLandscape ? "landscape"u8 : "portrait"u8);
        xml.Raw("\" fitToWidth=\"1\" fitToHeight=\"0\"/><headerFooter>"u8);
        if (setup.Header is { } header)
        {
            xml.Raw("<oddHeader>"u8);
            xml.Text(Words(header));
            xml.Raw("</oddHeader>"u8);
        }

        xml.Raw("<oddFooter>"u8);
        xml.Text(setup.Footer is { } footer ? Words(footer) : "&L&8&A&R&8&P / &N");
        xml.Raw("</oddFooter>"u8);
        xml.Raw(Picture is null ? "</headerFooter></worksheet>"u8 : "</headerFooter><drawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"rId1\"/></worksheet>"u8);
        xml.Dispose();
    }

    void Begin()
    {
        xml.Raw("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\""u8);
        xml.Raw(setup.ShowGridLines ? ">"u8 : " showGridLines=\"0\">"u8);
        if (setup.FreezeRows > 0 || setup.FreezeColumns > 0)
        {
            WritePane();
        }

        xml.Raw("</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"18\" customHeight=\"1\"/>"u8);
        if (setup.Columns.Count > 0)
        {
            WriteColumns();
        }

        xml.Raw("<sheetData>"u8);
    }

    void WriteColumns()
    {
        xml.Raw("<cols>"u8);
        foreach (var (index, column) in setup.Columns.Index())
        {
            xml.Raw("<col min=\""u8);
            xml.Number(index + 1);
            xml.Raw("\" max=\""u8);
            xml.Number(index + 1);
            xml.Raw("\" width=\""u8);
            xml.Number(column.Width);
            xml.Raw(column.IsHidden ? "\" customWidth=\"1\" hidden=\"1\"/>"u8 : "\" customWidth=\"1\"/>"u8);
        }

        xml.Raw("</cols>"u8);
    }

    void WritePane()
    {
        xml.Raw("<pane"u8);
        if (setup.FreezeColumns > 0)
        {
            xml.Raw(" xSplit=\""u8);
            xml.Number(setup.FreezeColumns);
            xml.Raw("\""u8);
        }

        if (setup.FreezeRows > 0)
        {
            xml.Raw(" ySplit=\""u8);
            xml.Number(setup.FreezeRows);
            xml.Raw("\""u8);
        }

        xml.Raw(" topLeftCell=\""u8);
        xml.Text(ExcelCell.Address(setup.FreezeColumns + 1, setup.FreezeRows + 1));
        xml.Raw(setup.FreezeRows == 0 ? "\" activePane=\"topRight\""u8 : setup.FreezeColumns == 0 ? "\" activePane=\"bottomLeft\""u8 : "\" activePane=\"bottomRight\""u8);
        xml.Raw(" state=\"frozen\"/>"u8);
    }

    void WriteMerged()
    {
        if (merged.Count == 0)
        {
            return;
        }

        xml.Raw("<mergeCells count=\""u8);
        xml.Number(merged.Count);
        xml.Raw("\">"u8);
        foreach (var cells in merged)
        {
            xml.Raw("<mergeCell ref=\""u8);
            xml.Text(cells);
            xml.Raw("\"/>"u8);
        }

        xml.Raw("</mergeCells>"u8);
    }

    void WriteRules()
    {
        if (rules.Count == 0)
        {
            return;
        }

        xml.Raw("<dataValidations count=\""u8);
        xml.Number(rules.Count);
        xml.Raw("\">"u8);
        foreach (var (cells, rule) in rules)
        {
            xml.Raw("<dataValidation type=\""u8);
            xml.Raw(rule.IsWhole ? "whole"u8 : "decimal"u8);
            xml.Raw("\" operator=\"between\" allowBlank=\"1\" showErrorMessage=\"1\" errorTitle=\""u8);
            xml.Text(Short(rule.Title, 32));
            xml.Raw("\" error=\""u8);
            xml.Text(Short(rule.Text, 255));
            xml.Raw("\" sqref=\""u8);
            xml.Text(cells);
            xml.Raw("\"><formula1>"u8);
            xml.Number(rule.Least);
            xml.Raw("</formula1><formula2>"u8);
            xml.Number(rule.Most);
            xml.Raw("</formula2></dataValidation>"u8);
        }

        xml.Raw("</dataValidations>"u8);
    }

    // Excel takes 255 characters for all three together, its own signs included.
    static string Words(ExcelPageWords words) =>
        $"&L&8{Short(words.Left, 70).Replace("&", "&&", StringComparison.Ordinal)}&C&8{Short(words.Centre, 70).Replace("&", "&&", StringComparison.Ordinal)}&R&8{Clean(words.Right)}";

    static string Short(string text, int most)
    {
        text = Clean(text.ReplaceLineEndings(" "));
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1), "…");
    }

    void Write(in ExcelCell cell, int column)
    {
        var style = styles.NumberOf(cell.Look ?? ExcelLook.Plain, cell.Format);
        if (cell.Kind == ExcelCellKind.Empty && style == 0)
        {
            return;
        }

        xml.Raw("<c r=\""u8);
        xml.Column(column);
        xml.Number(NextRow);
        if (style != 0)
        {
            xml.Raw("\" s=\""u8);
            xml.Number(style);
        }

        switch (cell.Kind)
        {
            case ExcelCellKind.Text:
                xml.Raw("\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
                xml.Text(Clean(cell.Words!));
                xml.Raw("</t></is></c>"u8);
                break;
            case ExcelCellKind.Number:
                xml.Raw("\">"u8);
                if (cell.FormulaText is { } formula)
                {
                    xml.Raw("<f>"u8);
                    xml.Text(formula);
                    xml.Raw("</f>"u8);
                }

                xml.Raw("<v>"u8);
                xml.Number(cell.Amount);
                xml.Raw("</v></c>"u8);
                break;
            default:
                xml.Raw("\"/>"u8);
                break;
        }
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

    /// <summary>Not shown, and not offered to be shown: what programs keep in the book.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Printed above each page.</summary>
    public ExcelPageWords? Header { get; init; }

    /// <summary>Printed below each page: the name of the sheet, the page and how many there are, unless said otherwise.</summary>
    public ExcelPageWords? Footer { get; init; }
}

/// <summary>What is printed above or below each page; small.</summary>
/// <param name="Left">A text.</param>
/// <param name="Centre">A text.</param>
/// <param name="Right">As Excel writes it: <c>&amp;P</c> is the page, <c>&amp;N</c> how many there are.</param>
public sealed record ExcelPageWords(string Left, string Centre, string Right);

/// <summary>What may be typed into a cell: a number from here to there.</summary>
/// <param name="IsWhole">Without decimals.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The greatest.</param>
/// <param name="Title">Over the refusal.</param>
/// <param name="Text">The refusal, with the remedy.</param>
public sealed record ExcelRule(bool IsWhole, decimal Least, decimal Most, string Title, string Text);

/// <summary>One column of a sheet.</summary>
/// <param name="Width">In widths of a digit.</param>
/// <param name="IsHidden">Not shown.</param>
public sealed record ExcelColumn(double Width, bool IsHidden = false);
