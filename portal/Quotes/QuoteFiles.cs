using Portal.Web;
using System.Globalization;
using System.Security.Cryptography;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Pricing;

namespace Portal.Quotes;

/// <summary>
/// The PDF and the Excel file of a sent revision. Made once, at the first download, and kept with the SHA-256; later downloads are the same bytes.
/// </summary>
public sealed class QuoteFiles(QuoteStore quotes, QuoteWorkbook workbook, QuoteFileCache cache, TypstWorkers typst, Texts texts, IConfiguration settings)
{
    static readonly string Template = Read();

    /// <summary>The file, or why there is none.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="revision">A sent revision.</param>
    /// <param name="kind"><c>pdf</c> or <c>xlsx</c>.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<QuoteFileOutcome> FindAsync(string number, int revision, string kind, string language, CancellationToken ct)
    {
        if (await quotes.FindFileHashAsync(number, revision, kind, language, ct) is { } kept)
        {
            return new QuoteFileOutcome.Ready(new(await cache.GetAsync(kept.Sha256, async () => (await quotes.FindFileAsync(kept.QuoteRevisionId, kind, language, ct))!.Content), kept.Sha256));
        }

        if (await quotes.FindFrozenAsync(number, revision, ct) is not { } frozen)
        {
            return new QuoteFileOutcome.NotFound();
        }

        var content = FrozenQuotes.Read(frozen.Frozen);
        byte[] made;
        if (kind == "pdf")
        {
            var (pdf, refusal) = await TypesetAsync(content, language, frozen.FrozenAt, evidence: null, ct);
            if (pdf is null)
            {
                return new QuoteFileOutcome.Busy(refusal!);
            }

            made = pdf;
        }
        else
        {
            made = await workbook.OfferAsync(content, new(content.Number, content.Revision, IsSent: true, frozen.Sha256), language, frozen.FrozenAt, ct);
        }

        await quotes.KeepFileAsync(frozen, kind, language, made, SHA256.HashData(made), ct);
        return new QuoteFileOutcome.Ready((await quotes.FindFileAsync(frozen.QuoteRevisionId, kind, language, ct))!);
    }

    /// <summary>The PDF of a frozen revision, or the text key of why there is none now; the same bytes for the same content.</summary>
    /// <param name="content">What was frozen.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="frozenAt">When it was frozen.</param>
    /// <param name="evidence">Who accepted it: the page of evidence comes behind the offer.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(byte[]? Pdf, string? Refusal)> TypesetAsync(QuoteContent content, string language, DateTime frozenAt, QuoteEvidence? evidence, CancellationToken ct) =>
        await typst.RenderAsync(Job(content, language, frozenAt, evidence), ct) switch
        {
            Typesetting.Pdf pdf => (pdf.Content, null),
            Typesetting.Refused refused => (null, refused.TextKey),
            Typesetting.Flawed flawed => throw new InvalidOperationException("The quote's template is wrong: " + string.Join("; ", flawed.Flaws.Select(flaw => flaw.ToString()))),
            _ => throw new InvalidOperationException("Typesetting gives a file, a flaw or a refusal."),
        };

    TypstJob Job(QuoteContent content, string language, DateTime frozenAt, QuoteEvidence? evidence)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        // A unit price may have more decimals than the currency; it keeps them.
        string Amount(decimal amount) => amount.ToString("N" + Math.Max(content.MinorUnits, Math.Min(Amounts.Decimals(amount), 4)).ToString(CultureInfo.InvariantCulture), culture);
        string Day(DateOnly day) => language == "zh-CN" ? day.ToString("yyyy年M月d日", culture) : day.ToString("d MMMM yyyy", culture);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        var address = PortalUrl.Of(settings) + $"/quotes/{content.Number}";
        var withDiscount = content.Lines.Any(line => line.Discount > 0);
        object Line(QuoteContentLine line) => new
        {
            number = line.Number.ToString(culture), sku = line.Sku, name = language == "zh-CN" ? line.NameZh : line.Name, quantity = line.Quantity.ToString("N0", culture),
            price = Amount(line.Price), discount = line.Discount == 0 ? "" : (line.Discount * 100).ToString("0.##", culture) + "%", unitPrice = Amount(line.UnitPrice), amount = Amount(line.Amount),
            choice = line.IsIncluded ? "" : QuoteWorkbook.ChoiceOf(line, T),
        };
        return new(Template, new
        {
            number = $"{content.Number} / {content.Revision}",
            words = new
            {
                quote = T("quotes.document.quote"), from = T("quotes.document.from"), to = T("quotes.document.to"),
                date = T("quotes.document.date"), validUntil = T("quotes.document.valid_until"), revision = T("quotes.document.revision"), currency = T("quotes.document.currency"),
                line = T("quotes.document.line"), product = T("quotes.document.product"), quantity = T("quotes.document.quantity"), price = T("quotes.document.price"),
                discount = T("quotes.document.discount"), unitPrice = T("quotes.document.unit_price"), amount = T("quotes.document.amount"),
                net = T("quotes.document.net"), tax = T("quotes.document.tax", (content.TaxRate * 100).ToString("0.##", culture)), total = T("quotes.document.total"),
                terms = T("quotes.document.terms"), acceptance = T("quotes.document.acceptance"), seller = T("quotes.document.signature_seller"), customer = T("quotes.document.signature_customer"),
                subtotal = T("quotes.document.subtotal"), choices = T("quotes.document.choices"), choicesNote = T("quotes.document.choices_note"),
                online = T("quotes.document.online"), thanks = T("quotes.document.thanks", content.Customer.Name, Day(content.ValidUntil)),
            },
            seller = new { name = content.Seller.Name, lines = content.Seller.Phone is { } phone ? content.Seller.Address.Append(phone) : content.Seller.Address },
            customer = new { name = content.Customer.Name, lines = content.Customer.Address },
            date = Day(content.SentOn), validUntil = Day(content.ValidUntil), revision = content.Revision.ToString(culture), currency = content.Currency, withDiscount,
            sections = content.Sections.Select(section => new
            {
                title = section.Title ?? "", lines = section.Lines.Select(Line), subtotal = section.Title is null || content.Sections.Count == 1 ? "" : Amount(section.Subtotal),
            }),
            choices = content.Choices.Select(Line),
            net = Amount(content.NetTotal), tax = Amount(content.TaxTotal), hasTax = content.TaxRate > 0, total = $"{content.Currency}\u00a0{Amount(content.GrandTotal)}",
            terms = content.Terms ?? "", qrAlt = T("quotes.document.qr_alt", content.Number),
            evidence = evidence is null ? null : QuoteEvidencePage.Of(content, evidence, $"{content.Currency}\u00a0{Amount(content.GrandTotal)}", language, T),
        }, $"{T(evidence is null ? "quotes.document.quote" : "quotes.document.signed")} {content.Number}", new DateTimeOffset(evidence?.AnsweredAt ?? frozenAt, TimeSpan.Zero))
        {
            Language = language,
            Files = Pictures(address, evidence?.Drawn),
        };
    }

    static Dictionary<string, byte[]> Pictures(string address, byte[]? signature)
    {
        var pictures = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["online.svg"] = QrImage.Svg(address) };
        if (signature is not null)
        {
            pictures["signature.png"] = signature;
        }

        return pictures;
    }

    static string Read()
    {
        using var stream = typeof(QuoteFiles).Assembly.GetManifestResourceStream("Quotes/quote.typ")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A file of a quote, or why there is none.</summary>
public abstract record QuoteFileOutcome
{
    /// <summary>Here it is.</summary>
    public sealed record Ready(QuoteFile File) : QuoteFileOutcome;

    /// <summary>There is no such sent revision for the person at work.</summary>
    public sealed record NotFound : QuoteFileOutcome;

    /// <summary>It cannot be made just now; the text says what to do.</summary>
    public sealed record Busy(string TextKey) : QuoteFileOutcome;
}
