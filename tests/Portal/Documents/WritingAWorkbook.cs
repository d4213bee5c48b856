using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Portal.Documents.Excel;
using Portal.Documents.Tables;

namespace Portal.Tests.Documents;

public sealed class WritingAWorkbook
{
    static readonly ExcelBookInfo Info = new("Quotation Q-1", "Huaxin 华信", new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_workbook_is_valid()
    {
        AssertValid(await QuotationAsync());
    }

    [FactWithProgram("soffice")]
    public async Task LibreOffice_calculates_the_same_totals_as_are_stored()
    {
        Assert.Equal(["Net,7000.50", "VAT,910.065", "Total,7910.565"], await LastRowsAsCalculatedAsync(await QuotationAsync(), 3));
    }

    [FactWithProgram("soffice")]
    public async Task LibreOffice_does_calculate_and_not_just_show_what_is_stored()
    {
        var wrong = await ExcelBook.MakeAsync(Info, book =>
        {
            var sheet = book.AddSheet("Sums", new ExcelSheetSetup());
            sheet.Row(ExcelCell.Text("Sum"), ExcelCell.Formula("1+2", 99m, ExcelLook.Plain));
        }, default);

        Assert.Equal(["Sum,3"], await LastRowsAsCalculatedAsync(wrong, 1));
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1+2")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"x\")")]
    public async Task A_text_stays_a_text_whatever_it_begins_with(string text)
    {
        var file = await OneCellAsync(ExcelCell.Text(text));

        using var book = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);
        var cell = Cells(book).Single();

        Assert.Equal(CellValues.InlineString, cell.DataType!.Value);
        Assert.Null(cell.CellFormula);
        Assert.Equal(text, cell.InnerText);
    }

    [Theory]
    [InlineData("JPY", 0, "#,##0 \"JPY\"")]
    [InlineData("CNY", 2, "#,##0.00 \"CNY\"")]
    [InlineData("KWD", 3, "#,##0.000 \"KWD\"")]
    public async Task Amounts_have_the_decimals_of_their_currency(string currency, int decimals, string format)
    {
        var file = await OneCellAsync(ExcelCell.Money(1234.5m, currency, decimals));

        using var book = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);

        Assert.Equal(format, book.WorkbookPart!.WorkbookStylesPart!.Stylesheet!.NumberingFormats!.Elements<NumberingFormat>().Single().FormatCode!.Value);
        Assert.Equal("1234.5", Cells(book).Single().CellValue!.Text);
    }

    [Fact]
    public async Task Only_unlocked_cells_of_a_protected_sheet_can_be_changed()
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(await QuotationAsync()), isEditable: false);
        var sheet = book.WorkbookPart!.WorksheetParts.Single().Worksheet!;
        var looks = book.WorkbookPart.WorkbookStylesPart!.Stylesheet!.CellFormats!.Elements<CellFormat>().ToList();

        var changeable = Cells(book).Where(cell => !looks[(int)(cell.StyleIndex?.Value ?? 0)].Protection!.Locked!.Value).Select(cell => cell.CellReference!.Value);

        Assert.True(sheet.GetFirstChild<SheetProtection>()!.Sheet!.Value);
        Assert.Equal(["C4", "C5"], changeable);
    }

    [Fact]
    public async Task Heads_stay_in_view_and_are_printed_on_each_page_of_A4()
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(await QuotationAsync()), isEditable: false);
        var sheet = book.WorkbookPart!.WorksheetParts.Single().Worksheet!;

        Assert.Equal("A4", sheet.Descendants<Pane>().Single().TopLeftCell!.Value);
        Assert.Equal("'Quote - Q-1'!$3:$3", book.WorkbookPart.Workbook!.DefinedNames!.Elements<DefinedName>().Single().Text);
        Assert.Equal(9u, sheet.GetFirstChild<PageSetup>()!.PaperSize!.Value);
        Assert.Equal(0u, sheet.GetFirstChild<PageSetup>()!.FitToHeight!.Value);
    }

    [Fact]
    public async Task Equal_content_gives_equal_bytes()
    {
        Assert.Equal(await QuotationAsync(), await QuotationAsync());
    }

    [Fact]
    public async Task Names_of_sheets_are_made_fit_for_Excel()
    {
        var file = await ExcelBook.MakeAsync(Info, book =>
        {
            foreach (var name in new[] { "Orders [2026]: in/out?", "", "Orders -2026-- in-out-", new string('长', 40), new string('长', 40) })
            {
                book.AddSheet(name, new ExcelSheetSetup()).Row(ExcelCell.Whole(1));
            }
        }, default);

        using var opened = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);

        Assert.Equal(["Orders -2026-- in-out-", "Sheet", "Orders -2026-- in-out- (2)", new string('长', 31), new string('长', 27) + " (2)"],
            opened.WorkbookPart!.Workbook!.Sheets!.Elements<Sheet>().Select(sheet => sheet.Name!.Value));
        AssertValid(file);
    }

    [Theory]
    [InlineData("a\u0001b\u000Bc", "abc")]
    [InlineData("not _x0041_ an escape", "not _x0041_ an escape")]
    [InlineData("  space \n line  ", "  space \n line  ")]
    [InlineData("𠮷野家 😀", "𠮷野家 😀")]
    public async Task What_XML_cannot_hold_is_left_out_and_all_else_comes_back(string text, string read)
    {
        var file = await ExcelBook.MakeAsync(Info, book =>
        {
            var sheet = book.AddSheet("Texts", new ExcelSheetSetup());
            sheet.Row(ExcelCell.Text("Text"));
            sheet.Row(ExcelCell.Text(text));
        }, default);

        var opened = Assert.IsType<TableOpening.Opened>(await new TableReader(new TableLimits()).OpenAsync(new MemoryStream(file), "texts.xlsx", default));

        Assert.Equal(read, Assert.IsType<TableLine.Row>(await opened.Table.LinesAsync(default).SingleAsync()).Cells[0]);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_left_out()
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(await OneCellAsync(ExcelCell.Text("half \uD83D pair"))), isEditable: false);

        Assert.Equal("half  pair", Cells(book).Single().InnerText);
    }

    [Fact]
    public async Task A_text_longer_than_a_cell_is_cut_with_an_ellipsis()
    {
        var file = await OneCellAsync(ExcelCell.Text(new string('x', 40_000)));

        using var book = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);

        Assert.Equal(new string('x', 32_766) + "…", Cells(book).Single().InnerText);
        AssertValid(file);
    }

    [Theory]
    [InlineData(1, 1, "A1")]
    [InlineData(26, 9, "Z9")]
    [InlineData(27, 10, "AA10")]
    [InlineData(16384, 1048576, "XFD1048576")]
    public void Columns_are_named_by_letters(int column, int row, string address)
    {
        Assert.Equal(address, ExcelCell.Address(column, row));
    }

    internal static void AssertValid(byte[] file)
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);
        Assert.Equal([], new OpenXmlValidator(FileFormatVersions.Office2013).Validate(book).Select(error => $"{error.Path?.XPath}: {error.Description}"));
    }

    static Task<byte[]> QuotationAsync() => ExcelBook.MakeAsync(Info, book =>
    {
        var sheet = book.AddSheet("Quote / Q-1", new ExcelSheetSetup { Columns = [new(12), new(40), new(10), new(16), new(18, IsHidden: false)], FreezeRows = 3, RepeatRows = (3, 3), IsProtected = true, ShowGridLines = false });
        sheet.Row(28, ExcelCell.Text("Quotation 报价单", ExcelLook.Title));
        sheet.Row(ExcelCell.Text("Valid until", ExcelLook.Label), ExcelCell.Date(new DateOnly(2026, 3, 31)));
        sheet.Row(24, ExcelCell.Text("Item", ExcelLook.Heading), ExcelCell.Text("Product", ExcelLook.Heading), ExcelCell.Text("Qty", ExcelLook.HeadingRight), ExcelCell.Text("Price", ExcelLook.HeadingRight), ExcelCell.Text("Amount", ExcelLook.HeadingRight));
        var money = new ExcelLook { NumberFormat = ExcelLook.Money("CNY", 2) };
        sheet.Row(ExcelCell.Text("NL-1"), ExcelCell.Text("Desk 升降桌"), ExcelCell.Whole(2, ExcelLook.Input), ExcelCell.Money(3280m, "CNY", 2), ExcelCell.Formula("C4*D4", 6560m, money));
        sheet.Row(ExcelCell.Text("NL-2"), ExcelCell.Text("=Panel"), ExcelCell.Whole(3, ExcelLook.Input), ExcelCell.Money(146.8333333333m, "CNY", 2), ExcelCell.Formula("ROUND(C5*D5,2)", 440.5m, money));
        sheet.Merge("A1:D1");
        var total = ExcelLook.Total with { NumberFormat = "0.00" };
        sheet.Row(ExcelCell.Text("Net"), ExcelCell.Formula("SUM(E4:E5)", 7000.5m, total));
        sheet.Row(ExcelCell.Text("VAT"), ExcelCell.Formula("B6*0.13", 910.065m, ExcelLook.Plain));
        sheet.Row(ExcelCell.Text("Total"), ExcelCell.Formula("B6+B7", 7910.565m, ExcelLook.Plain));
    }, default);

    static Task<byte[]> OneCellAsync(ExcelCell cell) => ExcelBook.MakeAsync(Info, book => book.AddSheet("One", new ExcelSheetSetup()).Row(cell), default);

    static List<Cell> Cells(SpreadsheetDocument book) => [.. book.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<Cell>()];

    /// <summary>The last rows as LibreOffice shows them after it has recalculated, without the empty cells behind.</summary>
    static async Task<IEnumerable<string>> LastRowsAsCalculatedAsync(byte[] file, int rows)
    {
        var folder = Directory.CreateTempSubdirectory("recalculated-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "book.xlsx"), file);
            Directory.CreateDirectory($"{folder}/profile/user");
            await File.WriteAllTextAsync($"{folder}/profile/user/registrymodifications.xcu", """
                <?xml version="1.0" encoding="UTF-8"?>
                <oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
                <item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
                </oor:items>
                """);
            await Programs.RunAsync("soffice", $"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", folder, Path.Combine(folder, "book.xlsx"));
            return (await File.ReadAllLinesAsync(Path.Combine(folder, "book.csv"))).TakeLast(rows).Select(line => line.TrimEnd(','));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
