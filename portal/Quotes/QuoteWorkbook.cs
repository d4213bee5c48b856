using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Pricing;
using Portal.Quotes.Templates;

namespace Portal.Quotes;

/// <summary>
/// A revision as a workbook whose formulas come to what is stored. The offer is locked all over; in the working copy quantities and discounts can be changed and lines added, and the portal takes it back
/// (<see cref="ReadQuoteWorkbook"/>). A sheet nobody sees names the revision it came from.
/// </summary>
public sealed class QuoteWorkbook(Texts texts)
{
    /// <summary>The sheet that says where the workbook comes from.</summary>
    internal const string OriginSheet = "PartnerPortal";

    /// <summary>How many lines can be added to a working copy.</summary>
    internal const int FreeLines = 20;

    const int TermsWidth = 118;
    static readonly ExcelLook SkuInput = ExcelLook.Input with { NumberFormat = "@" };
    static readonly ExcelLook Wrapped = new() { Wrap = true };

    /// <summary>The offer as it is given to the customer, in the columns and colours of its look; equal content gives equal bytes.</summary>
    /// <param name="content">What is offered.</param>
    /// <param name="origin">Which revision it is.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="madeAt">When it was frozen.</param>
    /// <param name="logo">The picture of its look, where there is one that a workbook takes.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<byte[]> OfferAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, LookFile? logo, CancellationToken ct) =>
        MakeAsync(content, origin, language, madeAt, isForWork: false, content.Look ?? QuoteLook.Product, logo, ct);

    /// <summary>The partner's own copy, to be changed and uploaded; always in the columns that the portal reads again.</summary>
    public Task<byte[]> WorkingCopyAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, CancellationToken ct) =>
        MakeAsync(content, origin, language, madeAt, isForWork: true, QuoteLook.Product, null, ct);

    Task<byte[]> MakeAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, bool isForWork, QuoteLook look, LookFile? logo, CancellationToken ct)
    {
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        var values = QuoteFiles.ValuesOf(content, language);
        var title = QuotePlaceholders.Fill(look.Design.Words?.Title, language, values) ?? T("quotes.document.quote");
        var columns = WorkbookColumns.Of(look.Design, content.HasTerms, content.HasChoices, !isForWork && look.Design.ShowsSteps && content.Lines.Any(line => line.Steps is not null));
        return ExcelBook.MakeAsync(new($"{title} {content.Number} / {content.Revision}", content.Seller.Name, new DateTimeOffset(madeAt, TimeSpan.Zero)), book =>
        {
            var sheet = book.AddSheet(title, new()
            {
                Columns = columns.Widths, FreezeRows = 8, RepeatRows = (8, 8), IsProtected = true, ShowGridLines = false, IsLandscape = true,
                Header = new(content.Seller.Name, title, origin.IsSent ? "" : T("quotes.document.draft")),
                Footer = new($"{content.Number} / {content.Revision}", "", T("quotes.document.page")),
            });
            if (logo is { Kind: "png" or "jpg" } && LogoFile.SizeOf(logo.Content) is var (width, height) && width > 0)
            {
                sheet.Picture = new(logo.Content, logo.Kind, Math.Max(1, columns.Keys.Count - 1), 1, 16.0 * width / height, 16, content.Seller.Name);
            }

            WriteHead(sheet, content, columns, title, isForWork, T);
            var (first, last) = WriteLines(sheet, content, columns, language, isForWork, T);
            WriteTotals(sheet, content, columns, language, first, last, T);
            WriteTerms(sheet, content.TermsWith(QuotePlaceholders.Fill(look.Design.Terms, language, values), language), T);
            if (isForWork)
            {
                sheet.Allow($"D{first}:D{last}", new(IsWhole: true, 0, 1_000_000, T("quotes.document.quantity"), T("quotes.workbook.quantity_rule")));
                sheet.Allow($"F{first}:F{last}", new(IsWhole: false, 0, 1, T("quotes.document.discount"), T("quotes.workbook.discount_rule")));
            }

            origin.Write(book, content, isForWork);
        }, ct);
    }

    static void WriteHead(ExcelSheet sheet, QuoteContent content, WorkbookColumns columns, string title, bool isForWork, Func<string, object[], string> text)
    {
        string T(string key) => text(key, []);
        void Fact(string key, ExcelCell value, string? note = null)
        {
            var cells = new ExcelCell[columns.FactColumn + 2];
            cells[0] = ExcelCell.Text(T(key), ExcelLook.Label);
            cells[columns.FactColumn] = value;
            cells[columns.FactColumn + 1] = isForWork && note is not null ? ExcelCell.Text(T(note), ExcelLook.Label) : ExcelCell.Empty;
            sheet.Row(cells);
        }

        sheet.Row(26, ExcelCell.Text(title, ExcelLook.Title with { Colour = columns.Ink }));
        Fact("quotes.document.number", ExcelCell.Text($"{content.Number} / {content.Revision}"), "quotes.workbook.note_change");
        Fact("quotes.document.from", ExcelCell.Text(content.Seller.Name), "quotes.workbook.note_remove");
        Fact("quotes.document.to", ExcelCell.Text(content.Customer.Name), "quotes.workbook.note_add");
        Fact("quotes.document.date", ExcelCell.Date(content.SentOn), "quotes.workbook.note_prices");
        Fact("quotes.document.valid_until", ExcelCell.Date(content.ValidUntil));
        Fact("quotes.document.currency", ExcelCell.Text(content.Currency));
        sheet.Row([.. columns.Keys.Select(key => ExcelCell.Text(key == "sku" ? ReadQuoteWorkbook.Sku : T(QuoteColumns.HeaderOf(key)), QuoteColumns.IsNumber(key) ? columns.HeadingRight : columns.Heading))]);
    }

    static (int First, int Last) WriteLines(ExcelSheet sheet, QuoteContent content, WorkbookColumns columns, string language, bool isForWork, Func<string, object[], string> text)
    {
        var (first, input) = (sheet.NextRow, isForWork ? ExcelLook.Input : ExcelLook.Plain);
        string? section = null;
        foreach (var line in content.Lines)
        {
            if (line.Section is not null && line.Section != section)
            {
                sheet.Row([.. Enumerable.Repeat(ExcelCell.Empty, columns.HeadingColumn), ExcelCell.Text(line.Section, ExcelLook.Label)]);
            }

            section = line.Section;
            var name = language == "zh-CN" ? line.NameZh : line.Name;
            var (row, steps) = (sheet.NextRow, columns.IndexOf(WorkbookColumns.Steps) < 0 ? "" : line.StepsIn(language, content.MinorUnits));
            double?[] heights = [HeightOf(name, columns.WidthOf("product")), HeightOf(steps, columns.WidthOf(WorkbookColumns.Steps))];
            sheet.Row(heights.Max(), [.. columns.Keys.Select(key => Cell(key, line, name, row))]);
        }

        for (var free = 0; isForWork && free < FreeLines; free++)
        {
            sheet.Row(ExcelCell.Empty, ExcelCell.Blank(SkuInput), ExcelCell.Empty, ExcelCell.Blank(ExcelLook.Input with { NumberFormat = ExcelLook.Decimals(0) }), ExcelCell.Empty,
                ExcelCell.Blank(ExcelLook.Input with { NumberFormat = "0.0%" }));
        }

        return (first, sheet.NextRow - 1);

        ExcelCell Cell(string key, QuoteContentLine line, string name, int row) => key switch
        {
            "line" => ExcelCell.Whole(line.Number),
            "sku" => ExcelCell.Text(line.Sku),
            "product" => ExcelCell.Text(name, Wrapped),
            "unit" => ExcelCell.Text(QuoteColumns.UnitOf(line.Unit, text)),
            "quantity" => ExcelCell.Whole(line.Quantity, input),
            // A price may have more decimals than its currency, and keeps them; only what was discounted by hand is rounded to it.
            "price" => ExcelCell.Number(line.Price, ShownDecimals(line.Price, content.MinorUnits)),
            "discount" => ExcelCell.Percent(line.Discount, input),
            "unitPrice" => columns.UnitPrice(row, content.MinorUnits) is { } formula ? ExcelCell.Formula(formula, line.UnitPrice, UnitLook(line)) : ExcelCell.Number(line.UnitPrice, ShownDecimals(line.UnitPrice, content.MinorUnits)),
            "amount" => columns.Amount(row, content.MinorUnits) is { } formula ? ExcelCell.Formula(formula, line.Amount, AmountLook()) : ExcelCell.Number(line.Amount, content.MinorUnits),
            WorkbookColumns.Start when line.Term is { } term => ExcelCell.Date(term.Start),
            WorkbookColumns.End when line.Term is { } term => ExcelCell.Date(term.End),
            WorkbookColumns.Steps => ExcelCell.Text(line.StepsIn(language, content.MinorUnits), Wrapped),
            WorkbookColumns.Choice when !line.IsIncluded => ExcelCell.Text(QuoteChoice.Said(line.AlternativeTo, text)),
            _ => ExcelCell.Empty,
        };

        ExcelLook UnitLook(QuoteContentLine line) => new() { NumberFormat = ExcelLook.Decimals(ShownDecimals(line.UnitPrice, content.MinorUnits)) };
        ExcelLook AmountLook() => new() { NumberFormat = columns.HasCurrency("amount") ? ExcelLook.Money(content.Currency, content.MinorUnits) : ExcelLook.Decimals(content.MinorUnits) };
    }

    static void WriteTotals(ExcelSheet sheet, QuoteContent content, WorkbookColumns columns, string language, int first, int last, Func<string, object[], string> text)
    {
        var (decimals, net, at) = (content.MinorUnits, sheet.NextRow, columns.LetterOf("amount"));
        // A sum of numbers with decimals is off by a hair in every spreadsheet; rounded it is the amount itself.
        Sum(sheet, columns, text("quotes.document.net", []), content.HasChoices
            // What has a word in the last column can be had on top or instead, and counts in no total.
            ? $"ROUND(SUMPRODUCT(({columns.LetterOf(WorkbookColumns.Choice)}{first}:{columns.LetterOf(WorkbookColumns.Choice)}{last}=\"\")*{at}{first}:{at}{last}),{decimals})"
            : $"ROUND(SUM({at}{first}:{at}{last}),{decimals})", content.NetTotal, columns.Total with { NumberFormat = ExcelLook.Decimals(decimals) });
        Sum(sheet, columns, text("quotes.document.tax", [(content.TaxRate * 100).ToString("0.##", CultureInfo.GetCultureInfo(language))]),
            string.Create(CultureInfo.InvariantCulture, $"ROUND({at}{net}*{content.TaxRate},{decimals})"), content.TaxTotal, new() { NumberFormat = ExcelLook.Decimals(decimals) });
        Sum(sheet, columns, text("quotes.document.total", []), $"ROUND({at}{net}+{at}{net + 1},{decimals})", content.GrandTotal, columns.Total with { NumberFormat = ExcelLook.Money(content.Currency, decimals) });
    }

    static void WriteTerms(ExcelSheet sheet, string terms, Func<string, object[], string> text)
    {
        if (terms.Length == 0)
        {
            return;
        }

        sheet.Skip();
        sheet.Row(ExcelCell.Text(text("quotes.document.terms", []), ExcelLook.Label));
        foreach (var line in terms.ReplaceLineEndings("\n").Split('\n').SelectMany(paragraph => Broken(paragraph, TermsWidth)))
        {
            sheet.Row(ExcelCell.Text(line));
        }
    }

    static void Sum(ExcelSheet sheet, WorkbookColumns columns, string label, string formula, decimal value, ExcelLook look)
    {
        var at = columns.IndexOf("amount");
        var cells = new ExcelCell[Math.Max(at, 1) + 1];
        cells[at == 0 ? 1 : at - 1] = ExcelCell.Text(label, look with { NumberFormat = "", Align = at == 0 ? ExcelAlign.Left : ExcelAlign.Right });
        cells[at] = ExcelCell.Formula(formula, value, look);
        sheet.Row(cells);
    }

    static int ShownDecimals(decimal amount, int decimals) => Math.Max(decimals, Math.Min(4, Amounts.Decimals(amount)));

    static double? HeightOf(string text, double width) => Broken(text, (int)width).Count() is > 1 and var lines ? 15 * lines : null;

    // Spreadsheets break texts in a cell only; what runs over many cells is broken here, at a space or after a Chinese character, which is twice as wide.
    static IEnumerable<string> Broken(string text, int width)
    {
        var (begin, after, used) = (0, 0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            var isWide = text[at] >= '\u2E80';
            used += isWide ? 2 : 1;
            if (used > width)
            {
                var end = after > begin ? after : char.IsLowSurrogate(text[at]) ? at - 1 : at;
                yield return text[begin..end].TrimEnd();
                (begin, used) = (end, text[end..(at + 1)].Sum(letter => letter >= '\u2E80' ? 2 : 1));
            }

            after = text[at] == ' ' || (isWide && !char.IsHighSurrogate(text[at]) && !IsClosing(text, at + 1)) ? at + 1 : after;
        }

        yield return text[begin..];
    }

    static bool IsClosing(string text, int at) => at < text.Length && "，。、；：？！）》」』”’".Contains(text[at], StringComparison.Ordinal);
}

/// <summary>Which revision a workbook was made of.</summary>
/// <param name="Number">The quote.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="IsSent">It was frozen; else it is a draft, which may have changed since.</param>
/// <param name="Sha256">Of what was frozen, or of what the draft held.</param>
public sealed record QuoteOrigin(string Number, int Revision, bool IsSent, string Sha256)
{
    const string Property = "property", Value = "value";

    /// <summary>A draft as it is now: its hash is of what somebody can change of it.</summary>
    public static QuoteOrigin OfDraft(QuoteHead head, IReadOnlyList<QuoteLine> lines)
    {
        var content = JsonSerializer.Serialize(new
        {
            head.Number, head.Revision, head.CustomerNumber, head.DealNumber, head.ValidUntil, taxRate = Plain(head.TaxRate), head.Terms,
            lines = lines.Select(line => new { line.Sku, line.Quantity, price = Plain(line.Price), discount = Plain(line.Discount), amount = Plain(line.Amount), line.Section, line.Choice }),
        });
        return new(head.Number, head.Revision, IsSent: false, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))));
    }

    // 5 and 5.0000 are the same amount.
    static string Plain(decimal amount) => amount.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Writes it into a sheet that is not shown.</summary>
    internal void Write(ExcelBook book, QuoteContent content, bool isForWork)
    {
        var sheet = book.AddSheet(QuoteWorkbook.OriginSheet, new() { IsHidden = true, IsProtected = true });
        sheet.Row(ExcelCell.Text(Property), ExcelCell.Text(Value));
        foreach (var (name, value) in new[]
        {
            ("quote", Number), ("revision", Revision.ToString(CultureInfo.InvariantCulture)), ("state", IsSent ? "sent" : "draft"), ("sha256", Sha256), ("currency", content.Currency),
            ("copy", isForWork ? "work" : "offer"),
        })
        {
            sheet.Row(ExcelCell.Text(name), ExcelCell.Text(value));
        }
    }

    /// <summary>What such a sheet says, or null where it does not say it whole.</summary>
    internal static QuoteOrigin? Read(IReadOnlyDictionary<string, string> said) =>
        said.TryGetValue("quote", out var number) && said.TryGetValue("revision", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
        && said.TryGetValue("state", out var state) && state is "sent" or "draft" && said.TryGetValue("sha256", out var hash)
            ? new(number, revision, state == "sent", hash)
            : null;
}
