using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Portal.Quotes;
using Portal.Tests.Documents;

namespace Portal.Tests.Quotes;

public sealed class CalculatingTheWorkbook
{
    /// <summary>How many quotes are calculated; the environment variable asks for more than every run needs to wait for.</summary>
    static readonly int Quotes = int.TryParse(Environment.GetEnvironmentVariable("RANDOM_QUOTES"), CultureInfo.InvariantCulture, out var asked) ? asked : 60;

    [FactWithProgram("soffice")]
    public async Task LibreOffice_comes_to_what_is_stored_for_every_line_tax_and_total()
    {
        var contents = Enumerable.Range(1, Quotes).Select(seed => RandomQuotes.One(seed)).ToList();

        var calculated = await Spreadsheets.RecalculatedAsync(await Task.WhenAll(contents.Select(async content => (content.Number, await RandomQuotes.WorkbookAsync(content)))));

        Assert.Equal(Quotes, calculated.Count);
        Assert.All(contents, content => Assert.Equal(Stored(content), Calculated(calculated[content.Number], content.Lines.Count)));
    }

    [FactWithProgram("soffice")]
    public async Task What_is_changed_in_the_working_copy_is_calculated_as_the_portal_would()
    {
        var content = RandomQuotes.One(4711, 12);
        var changed = WithQuantities(await RandomQuotes.WorkbookAsync(content, isForWork: true), 17);

        var sheet = (await Spreadsheets.RecalculatedAsync([("changed", changed)]))["changed"];

        var amounts = content.Lines.Select(line => Portal.Pricing.Amounts.OfLine(17, line.UnitPrice, content.Currency)).ToList();
        Assert.Equal([.. amounts, amounts.Sum()], Calculated(sheet, content.Lines.Count, QuoteWorkbook.FreeLines)[..^2]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task The_workbook_is_valid_and_the_same_bytes_each_time(int seed, bool isForWork)
    {
        var content = RandomQuotes.One(seed);

        var first = await RandomQuotes.WorkbookAsync(content, isForWork);

        WritingAWorkbook.AssertValid(first);
        Assert.Equal(first, await RandomQuotes.WorkbookAsync(content, isForWork));
    }

    [Fact]
    public async Task In_the_offer_nothing_can_be_changed_and_in_the_working_copy_quantities_discounts_and_new_lines()
    {
        var content = RandomQuotes.One(5, 2);

        Assert.Equal([], Unlocked(await RandomQuotes.WorkbookAsync(content)));
        Assert.Equal([.. from row in Enumerable.Range(9, 2 + QuoteWorkbook.FreeLines) from column in row < 11 ? "DF" : "BDF" select $"{column}{row}"],
            Unlocked(await RandomQuotes.WorkbookAsync(content, isForWork: true)));
    }

    [Fact]
    public async Task It_is_set_up_for_print_and_says_which_revision_it_is()
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(await RandomQuotes.WorkbookAsync(RandomQuotes.One(6, 3))), isEditable: false);
        var sheets = book.WorkbookPart!.Workbook!.Sheets!.Elements<Sheet>().ToList();
        var sheet = ((WorksheetPart)book.WorkbookPart.GetPartById(sheets[0].Id!)).Worksheet!;

        Assert.Equal("A9", sheet.Descendants<Pane>().Single().TopLeftCell!.Value);
        Assert.Equal("'Quotation'!$8:$8", book.WorkbookPart.Workbook.DefinedNames!.Elements<DefinedName>().Single().Text);
        Assert.Equal(9u, sheet.GetFirstChild<PageSetup>()!.PaperSize!.Value);
        Assert.Equal("&L&8华信科技 && Söhne&C&8Quotation&R&8", sheet.GetFirstChild<HeaderFooter>()!.OddHeader!.Text);
        Assert.EndsWith("&R&8Page &P of &N", sheet.GetFirstChild<HeaderFooter>()!.OddFooter!.Text, StringComparison.Ordinal);
        Assert.Equal(SheetStateValues.VeryHidden, sheets[1].State!.Value);
    }

    [FactWithPython("openpyxl")]
    public async Task Openpyxl_reads_formulas_values_formats_and_texts_that_look_like_formulas()
    {
        var content = RandomQuotes.One(8, 4);
        var file = await Spreadsheets.FileAsync(await RandomQuotes.WorkbookAsync(content));

        var read = await Programs.RunAsync(Python.With("openpyxl")!, "-c", """
            import sys, openpyxl
            values = openpyxl.load_workbook(sys.argv[1], data_only=True).worksheets[0]
            book = openpyxl.load_workbook(sys.argv[1])
            sheet = book.worksheets[0]
            print(sheet['B9'].data_type, sheet['B9'].value, sheet['H9'].value, values['H9'].value, sheet['H13'].value, values['H15'].value, sheet.freeze_panes, sheet.protection.sheet, book.worksheets[1].sheet_state, sep='|')
            print(sheet['H15'].number_format)
            """, file);

        var format = content.MinorUnits == 0 ? "#,##0" : "#,##0." + new string('0', content.MinorUnits);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"s|=1+1|=ROUND(D9*G9,{content.MinorUnits})|{(double)content.Lines[0].Amount}|=ROUND(SUM(H9:H12),{content.MinorUnits})|{(double)content.GrandTotal}|A9|True|veryHidden"),
            read.Split('\n')[0].Replace(".0|", "|", StringComparison.Ordinal));
        Assert.Equal($"{format} \"{content.Currency}\"", read.Split('\n')[1]);
        File.Delete(file);
    }

    static List<decimal> Stored(QuoteContent content) => [.. content.Lines.Select(line => line.Amount), content.NetTotal, content.TaxTotal, content.GrandTotal];

    // Amounts stand in column H: of each line, then net, tax and total.
    static List<decimal> Calculated(IReadOnlyDictionary<string, decimal> numbers, int lines, int free = 0) =>
        [.. Enumerable.Range(9, lines).Concat(Enumerable.Range(9 + lines + free, 3)).Select(row => numbers[$"H{row}"])];

    static IEnumerable<string> Unlocked(byte[] file)
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);
        var looks = book.WorkbookPart!.WorkbookStylesPart!.Stylesheet!.CellFormats!.Elements<CellFormat>().ToList();
        var sheet = ((WorksheetPart)book.WorkbookPart.GetPartById(book.WorkbookPart.Workbook!.Sheets!.Elements<Sheet>().First().Id!)).Worksheet!;
        Assert.True(sheet.GetFirstChild<SheetProtection>()!.Sheet!.Value);
        return [.. sheet.Descendants<Cell>().Where(cell => cell.StyleIndex is { } style && !looks[(int)style.Value].Protection!.Locked!.Value).Select(cell => cell.CellReference!.Value!)];
    }

    internal static byte[] WithQuantities(byte[] file, int quantity) => Spreadsheets.Changed(file, cell =>
    {
        if (cell.CellReference!.Value!.StartsWith('D') && cell.CellValue is not null && cell.StyleIndex is not null)
        {
            cell.CellValue = new CellValue(quantity);
        }
    });
}
