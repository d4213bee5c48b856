using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Pricing;

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

    const double ProductWidth = 44;
    const int TermsWidth = 118;
    static readonly ExcelColumn[] Widths = [new(6), new(18), new(ProductWidth), new(11), new(14), new(11), new(14), new(16)];
    static readonly ExcelLook SkuInput = ExcelLook.Input with { NumberFormat = "@" };
    static readonly ExcelLook Wrapped = new() { Wrap = true };

    /// <summary>The offer as it is given to the customer; equal content gives equal bytes.</summary>
    public Task<byte[]> OfferAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, CancellationToken ct) => MakeAsync(content, origin, language, madeAt, isForWork: false, ct);

    /// <summary>The partner's own copy, to be changed and uploaded.</summary>
    public Task<byte[]> WorkingCopyAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, CancellationToken ct) => MakeAsync(content, origin, language, madeAt, isForWork: true, ct);

    Task<byte[]> MakeAsync(QuoteContent content, QuoteOrigin origin, string language, DateTime madeAt, bool isForWork, CancellationToken ct)
    {
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        return ExcelBook.MakeAsync(new($"{T("quotes.document.quote")} {content.Number} / {content.Revision}", content.Seller.Name, new DateTimeOffset(madeAt, TimeSpan.Zero)), book =>
        {
            var sheet = book.AddSheet(T("quotes.document.quote"), new()
            {
                Columns = content.HasChoices ? [.. Widths, new(22)] : Widths,
                FreezeRows = 8, RepeatRows = (8, 8), IsProtected = true, ShowGridLines = false, IsLandscape = true,
                Header = new(content.Seller.Name, T("quotes.document.quote"), origin.IsSent ? "" : T("quotes.document.draft")),
                Footer = new($"{content.Number} / {content.Revision}", "", T("quotes.document.page")),
            });
            WriteHead(sheet, content, isForWork, T);
            var (first, last) = WriteLines(sheet, content, language, isForWork, T);
            WriteTotals(sheet, content, language, first, last, T);
            WriteTerms(sheet, content.Terms, T);
            if (isForWork)
            {
                sheet.Allow($"D{first}:D{last}", new(IsWhole: true, 0, 1_000_000, T("quotes.document.quantity"), T("quotes.workbook.quantity_rule")));
                sheet.Allow($"F{first}:F{last}", new(IsWhole: false, 0, 1, T("quotes.document.discount"), T("quotes.workbook.discount_rule")));
            }

            origin.Write(book, content, isForWork);
        }, ct);
    }

    static void WriteHead(ExcelSheet sheet, QuoteContent content, bool isForWork, Func<string, object[], string> text)
    {
        string T(string key) => text(key, []);
        ExcelCell Note(string key) => isForWork ? ExcelCell.Text(T(key), ExcelLook.Label) : ExcelCell.Empty;
        sheet.Row(26, ExcelCell.Text(T("quotes.document.quote"), ExcelLook.Title));
        sheet.Row(ExcelCell.Text(T("quotes.document.number"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Text($"{content.Number} / {content.Revision}"), Note("quotes.workbook.note_change"));
        sheet.Row(ExcelCell.Text(T("quotes.document.from"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Text(content.Seller.Name), Note("quotes.workbook.note_remove"));
        sheet.Row(ExcelCell.Text(T("quotes.document.to"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Text(content.Customer.Name), Note("quotes.workbook.note_add"));
        sheet.Row(ExcelCell.Text(T("quotes.document.date"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Date(content.SentOn), Note("quotes.workbook.note_prices"));
        sheet.Row(ExcelCell.Text(T("quotes.document.valid_until"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Date(content.ValidUntil));
        sheet.Row(ExcelCell.Text(T("quotes.document.currency"), ExcelLook.Label), ExcelCell.Empty, ExcelCell.Text(content.Currency));
        sheet.Row(ExcelCell.Text(T("quotes.document.line"), ExcelLook.Heading), ExcelCell.Text(ReadQuoteWorkbook.Sku, ExcelLook.Heading), ExcelCell.Text(T("quotes.document.product"), ExcelLook.Heading),
            ExcelCell.Text(T("quotes.document.quantity"), ExcelLook.HeadingRight), ExcelCell.Text(T("quotes.document.price"), ExcelLook.HeadingRight),
            ExcelCell.Text(T("quotes.document.discount"), ExcelLook.HeadingRight), ExcelCell.Text(T("quotes.document.unit_price"), ExcelLook.HeadingRight), ExcelCell.Text(T("quotes.document.amount"), ExcelLook.HeadingRight),
            content.HasChoices ? ExcelCell.Text(T("quotes.document.choice"), ExcelLook.Heading) : ExcelCell.Empty);
    }

    static (int First, int Last) WriteLines(ExcelSheet sheet, QuoteContent content, string language, bool isForWork, Func<string, object[], string> text)
    {
        var (first, decimals, input) = (sheet.NextRow, content.MinorUnits, isForWork ? ExcelLook.Input : ExcelLook.Plain);
        var amount = new ExcelLook { NumberFormat = ExcelLook.Decimals(decimals) };
        string? section = null;
        foreach (var line in content.Lines)
        {
            if (line.Section is not null && line.Section != section)
            {
                sheet.Row(ExcelCell.Text(line.Section, ExcelLook.Label));
            }

            section = line.Section;
            var row = sheet.NextRow;
            var name = language == "zh-CN" ? line.NameZh : line.Name;
            // A price may have more decimals than its currency, and keeps them; only what was discounted by hand is rounded to it.
            sheet.Row(HeightOf(name, ProductWidth), ExcelCell.Whole(line.Number), ExcelCell.Text(line.Sku), ExcelCell.Text(name, Wrapped),
                ExcelCell.Whole(line.Quantity, input), ExcelCell.Number(line.Price, ShownDecimals(line.Price, decimals)), ExcelCell.Percent(line.Discount, input),
                ExcelCell.Formula(string.Create(CultureInfo.InvariantCulture, $"IF(F{row}=0,E{row},ROUND(E{row}*(1-F{row}),{decimals}))"), line.UnitPrice,
                    new() { NumberFormat = ExcelLook.Decimals(ShownDecimals(line.UnitPrice, decimals)) }),
                ExcelCell.Formula(string.Create(CultureInfo.InvariantCulture, $"ROUND(D{row}*G{row},{decimals})"), line.Amount, amount),
                line.IsIncluded ? ExcelCell.Empty : ExcelCell.Text(ChoiceOf(line, text)));
        }

        for (var free = 0; isForWork && free < FreeLines; free++)
        {
            sheet.Row(ExcelCell.Empty, ExcelCell.Blank(SkuInput), ExcelCell.Empty, ExcelCell.Blank(ExcelLook.Input with { NumberFormat = ExcelLook.Decimals(0) }), ExcelCell.Empty,
                ExcelCell.Blank(ExcelLook.Input with { NumberFormat = "0.0%" }));
        }

        return (first, sheet.NextRow - 1);
    }

    static void WriteTotals(ExcelSheet sheet, QuoteContent content, string language, int first, int last, Func<string, object[], string> text)
    {
        var decimals = content.MinorUnits;
        var net = sheet.NextRow;
        // A sum of numbers with decimals is off by a hair in every spreadsheet; rounded it is the amount itself.
        // What has a word in the last column can be had on top or instead, and counts in no total.
        Sum(sheet, text("quotes.document.net", []), content.HasChoices ? $"ROUND(SUMPRODUCT((I{first}:I{last}=\"\")*H{first}:H{last}),{decimals})" : $"ROUND(SUM(H{first}:H{last}),{decimals})", content.NetTotal, ExcelLook.Total with { NumberFormat = ExcelLook.Decimals(decimals) });
        Sum(sheet, text("quotes.document.tax", [(content.TaxRate * 100).ToString("0.##", CultureInfo.GetCultureInfo(language))]),
            string.Create(CultureInfo.InvariantCulture, $"ROUND(H{net}*{content.TaxRate},{decimals})"), content.TaxTotal, new() { NumberFormat = ExcelLook.Decimals(decimals) });
        Sum(sheet, text("quotes.document.total", []), $"ROUND(H{net}+H{net + 1},{decimals})", content.GrandTotal, ExcelLook.Total with { NumberFormat = ExcelLook.Money(content.Currency, decimals) });
    }

    /// <summary>How a line that counts in no total can be had.</summary>
    internal static string ChoiceOf(QuoteContentLine line, Func<string, object[], string> text) =>
        line.AlternativeTo is { } other ? text("quotes.document.alternative", [other]) : text("quotes.document.optional", []);

    static void WriteTerms(ExcelSheet sheet, string? terms, Func<string, object[], string> text)
    {
        if (terms is null)
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

    static void Sum(ExcelSheet sheet, string label, string formula, decimal value, ExcelLook look) =>
        sheet.Row(ExcelCell.Empty, ExcelCell.Empty, ExcelCell.Empty, ExcelCell.Empty, ExcelCell.Empty, ExcelCell.Empty,
            ExcelCell.Text(label, look with { NumberFormat = "", Align = ExcelAlign.Right }), ExcelCell.Formula(formula, value, look));

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
