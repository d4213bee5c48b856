using Portal.Web;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Pricing;
using Portal.Quotes.Templates;

namespace Portal.Quotes;

/// <summary>
/// The PDF and the Excel file of a sent revision. Made once, at the first download, and kept with the SHA-256; later downloads are the same bytes.
/// </summary>
public sealed class QuoteFiles(QuoteStore quotes, QuoteWorkbook workbook, QuoteFileCache cache, QuoteTemplateStore templates, TypstWorkers typst, Texts texts, IConfiguration settings, ILogger<QuoteFiles> log)
{
    static readonly string Template = TypstTemplate.Read("Quotes/quote.typ");

    /// <summary>The product's own template, where an expert begins.</summary>
    public static string ProductTemplate => Template;

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
        if (kind == "pdf")
        {
            var print = QuotePrint.Of(content);
            var (pdf, refusal) = await TypesetAsync(content, language, frozen.FrozenAt, new() { Print = print }, ct);
            if (pdf is null)
            {
                return new QuoteFileOutcome.Busy(refusal!);
            }

            await quotes.KeepPdfAsync(frozen, language, pdf, SHA256.HashData(pdf), print?.Hash, ct);
        }
        else
        {
            var made = await workbook.OfferAsync(content, new(content.Number, content.Revision, IsSent: true, frozen.Sha256), language, frozen.FrozenAt, await LogoAsync(content, ct), ct);
            await quotes.KeepFileAsync(frozen, kind, language, made, SHA256.HashData(made), ct);
        }

        return new QuoteFileOutcome.Ready((await quotes.FindFileAsync(frozen.QuoteRevisionId, kind, language, ct))!);
    }

    /// <summary>What the placeholders of a template stand for.</summary>
    internal static IReadOnlyDictionary<string, string> ValuesOf(QuoteContent content, string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["customer"] = content.Customer.Name, ["seller"] = content.Seller.Name, ["number"] = content.Number, ["revision"] = content.Revision.ToString(culture), ["date"] = DayOf(content.SentOn, language),
            ["valid_until"] = DayOf(content.ValidUntil, language), ["total"] = $"{content.Currency}\u00a0{AmountOf(content, content.GrandTotal, culture)}", ["currency"] = content.Currency, ["deal"] = content.Deal ?? "–",
        };
    }

    // A unit price may have more decimals than the currency; it keeps them.
    static string AmountOf(QuoteContent content, decimal amount, CultureInfo culture) =>
        amount.ToString("N" + Math.Max(content.MinorUnits, Math.Min(Amounts.Decimals(amount), 4)).ToString(CultureInfo.InvariantCulture), culture);

    static string DayOf(DateOnly day, string language) =>
        language == "zh-CN" ? day.ToString("yyyy年M月d日", CultureInfo.GetCultureInfo(language)) : day.ToString("d MMMM yyyy", CultureInfo.GetCultureInfo(language));

    async Task<LookFile?> LogoAsync(QuoteContent content, CancellationToken ct) =>
        content.Look?.Design.Logo is { } logo && (await templates.FilesAsync([logo.Sha256], ct)).TryGetValue(logo.Sha256, out var file) ? await LogoInPixels.OfAsync(file, templates, typst, ct) : null;

    /// <summary>The PDF of a frozen revision, or the text key of why there is none now; the same bytes for the same content and paper.</summary>
    /// <param name="content">What was frozen.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="frozenAt">When it was frozen.</param>
    /// <param name="paper">What is on the paper beside it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(byte[]? Pdf, string? Refusal)> TypesetAsync(QuoteContent content, string language, DateTime frozenAt, QuotePaper paper, CancellationToken ct) =>
        await RenderAsync(content, language, frozenAt, paper, ct) switch
        {
            Typesetting.Pdf pdf => (pdf.Content, null),
            Typesetting.Refused refused => (null, refused.TextKey),
            Typesetting.Flawed flawed => throw new InvalidOperationException("The quote's template is wrong: " + string.Join("; ", flawed.Flaws.Select(flaw => flaw.ToString()))),
            _ => throw new InvalidOperationException("Typesetting gives a file, a flaw or a refusal."),
        };

    /// <summary>
    /// Typesets it by its look. An expert's source that does not take this quote - it was tried with a sample before it was kept - gives way to the product's own, because a quote that was sent has to have its file.
    /// </summary>
    internal async Task<Typesetting> RenderAsync(QuoteContent content, string language, DateTime frozenAt, QuotePaper paper, CancellationToken ct)
    {
        var look = content.Look ?? QuoteLook.Product;
        var files = paper.Held ?? new Dictionary<string, LookFile>(StringComparer.Ordinal);
        if (look.Files.Where(hash => !files.ContainsKey(hash)).ToList() is { Count: > 0 } missing)
        {
            files = files.Concat(await templates.FilesAsync(missing, ct)).ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
        }

        var job = Job(content, look, files, language, frozenAt, paper);
        if (look.Source is null || !files.TryGetValue(look.Source, out var source))
        {
            return await typst.RenderAsync(job, ct);
        }

        var outcome = await typst.RenderAsync(job with { Template = Encoding.UTF8.GetString(source.Content) }, ct);
        if (outcome is not Typesetting.Flawed(var flaws) || paper.StopsAtFlaws)
        {
            return outcome;
        }

        log.LogWarning("Quote {Number} is printed by the product's own template, the expert's source does not take it: {Flaw}", content.Number, flaws[0]);
        return await typst.RenderAsync(job, ct);
    }

    TypstJob Job(QuoteContent content, QuoteLook look, IReadOnlyDictionary<string, LookFile> files, string language, DateTime frozenAt, QuotePaper paper)
    {
        var (evidence, design) = (paper.Evidence, look.Design);
        var culture = CultureInfo.GetCultureInfo(language);
        string Amount(decimal amount) => AmountOf(content, amount, culture);
        string Day(DateOnly day) => DayOf(day, language);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        var address = paper.Print is { } print ? OfferSecret.Address(PortalUrl.Of(settings), print.Secret) : null;
        var values = ValuesOf(content, language);
        var total = values["total"];
        string Words(DesignText? own, string usual) => QuotePlaceholders.Fill(own, language, values) ?? usual;
        var (columns, sections) = (QuoteColumns.Of(content, design), content.Sections);
        object Line(QuoteContentLine line) => new
        {
            number = line.Number.ToString(culture), line = line.Number.ToString(culture), sku = line.Sku, // an expert's source may know nothing of terms
            name = (language == "zh-CN" ? line.NameZh : line.Name) + (look.Source is not null && line.Term is { } had ? $" ({had.Said(Day, T)})" : ""), term = line.Term?.Said(Day, T) ?? "", unit = Unit(line.Unit),
            quantity = line.Quantity.ToString("N0", culture) + (columns.Any(column => column is { Key: "quantity", Format: "unit" }) ? "\u00a0" + Unit(line.Unit) : ""),
            price = Money("price", line.Price), discount = line.Discount == 0 ? "" : (line.Discount * 100).ToString("0.##", culture) + "%", unitPrice = Money("unitPrice", line.UnitPrice), amount = Money("amount", line.Amount),
            choice = line.IsIncluded ? "" : QuoteChoice.Said(line.AlternativeTo, T), steps = design.ShowsSteps ? line.StepsIn(language, content.MinorUnits) : "",
        };
        var logo = design.Logo is { } picture && files.TryGetValue(picture.Sha256, out var drawn) ? (File: "logo." + drawn.Kind, drawn.Content, picture.HeightMm) : default;
        return new(Template, new
        {
            number = $"{content.Number} / {content.Revision}",
            words = new
            {
                quote = Words(design.Words?.Title, T("quotes.document.quote")), from = T("quotes.document.from"), to = T("quotes.document.to"),
                date = T("quotes.document.date"), validUntil = T("quotes.document.valid_until"), revision = T("quotes.document.revision"), currency = T("quotes.document.currency"),
                net = T("quotes.document.net"), tax = T("quotes.document.tax", (content.TaxRate * 100).ToString("0.##", culture)), total = T("quotes.document.total"),
                terms = T("quotes.document.terms"), acceptance = Words(design.Words?.Acceptance, T(paper.Print is null ? "quotes.document.acceptance" : "quotes.document.acceptance_online")),
                seller = Words(design.Signature?.Seller, T("quotes.document.signature_seller")), customer = Words(design.Signature?.Customer, T("quotes.document.signature_customer")),
                subtotal = T("quotes.document.subtotal"), choices = T("quotes.document.choices"), choicesNote = T("quotes.document.choices_note"), online = T("quotes.document.online"),
            },
            look = new
            {
                logo = logo.File is null ? null : new { file = logo.File, height = logo.HeightMm, alt = content.Seller.Name },
                columns = columns.Select(column => new { column.Key, header = T(QuoteColumns.HeaderOf(column.Key)), align = QuoteColumns.IsNumber(column.Key) ? "right" : "left", width = QuoteColumns.WidthOf(column) }),
                skuBelow = columns.Any(column => column.ShowsSku),
                sections = design.Sections ?? QuoteDesign.Product.Sections,
                intro = Words(design.Words?.Intro, T("quotes.document.thanks", content.Customer.Name, Day(content.ValidUntil))), closing = Words(design.Words?.Closing, ""), footer = Words(design.Words?.Footer, content.Seller.Name),
            },
            seller = new { name = content.Seller.Name, lines = content.Seller.Phone is { } phone ? content.Seller.Address.Append(phone) : content.Seller.Address },
            customer = new { name = content.Customer.Name, lines = content.Customer.Address },
            date = Day(content.SentOn), validUntil = Day(content.ValidUntil), revision = content.Revision.ToString(culture), currency = content.Currency,
            sections = sections.Select(section => new
            {
                title = section.Title ?? "", lines = section.Lines.Select(Line), subtotal = section.Title is null || sections.Count == 1 ? "" : Amount(section.Subtotal),
            }),
            choices = content.Choices.Select(Line),
            net = Amount(content.NetTotal), tax = Amount(content.TaxTotal), hasTax = content.TaxRate > 0, total,
            terms = content.TermsWith(QuotePlaceholders.Fill(design.Terms, language, values), language), online = address, qrAlt = T("quotes.document.qr_alt", content.Number),
            evidence = evidence is null ? null : QuoteEvidencePage.Of(content, evidence, total, language, T),
        }, $"{T(evidence is null ? "quotes.document.quote" : "quotes.document.signed")} {content.Number}", new DateTimeOffset(evidence?.AnsweredAt ?? frozenAt, TimeSpan.Zero))
        {
            Language = language,
            Watermark = paper.IsPreview ? T("quotes.document.preview") : "",
            Standard = paper.Standard ?? (paper.IsPreview ? PdfStandard.Plain : PdfStandard.Archive),
            Look = new()
            {
                Accent = design.Colours?.Accent ?? QuoteDesign.Product.Colours!.Accent, Ink = design.Colours?.Ink ?? QuoteDesign.Product.Colours!.Ink, Wash = design.Colours?.Ground ?? QuoteDesign.Product.Colours!.Ground,
                Typeface = design.Type?.Typeface ?? "sans", Size = design.Type?.Size ?? "normal",
            },
            Files = Pictures(address, evidence?.Drawn, logo.File, logo.Content),
        };

        string Unit(string unit) => QuoteColumns.UnitOf(unit, T);
        string Money(string key, decimal amount) => columns.Any(column => column.Key == key && column.Format == "currency") ? $"{content.Currency}\u00a0{Amount(amount)}" : Amount(amount);
    }

    static Dictionary<string, byte[]> Pictures(string? address, byte[]? signature, string? logoFile, byte[]? logo)
    {
        var pictures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (address is not null)
        {
            pictures["online.svg"] = QrImage.Svg(address);
        }

        if (signature is not null)
        {
            pictures["signature.png"] = signature;
        }

        if (logoFile is not null)
        {
            pictures[logoFile] = logo!;
        }

        return pictures;
    }
}

/// <summary>What is on the paper beside the offer.</summary>
public sealed record QuotePaper
{
    /// <summary>Who accepted it: the page of evidence comes behind the offer.</summary>
    public QuoteEvidence? Evidence { get; init; }

    /// <summary>What the code on the first page opens; null where there is nothing to accept.</summary>
    public QuotePrint? Print { get; init; }

    /// <summary>A draft to be looked at, with a watermark on each page.</summary>
    public bool IsPreview { get; init; }

    /// <summary>Another standard than that of offers, or of previews.</summary>
    internal PdfStandard? Standard { get; init; }

    /// <summary>Files of the look that are at hand and kept nowhere yet, by their hash.</summary>
    internal IReadOnlyDictionary<string, LookFile>? Held { get; init; }

    /// <summary>An expert's source that is wrong is told, and nothing else takes its place.</summary>
    internal bool StopsAtFlaws { get; init; }
}

/// <summary>
/// The secret that is printed on one PDF. It is made when the file is typeset and stands nowhere else: the database keeps its hash, in the statement that keeps the file.
/// </summary>
public sealed record QuotePrint(string Secret, byte[] Hash)
{
    /// <summary>A new one for a revision that has a printed link; none for what was frozen before there were any, and for drafts.</summary>
    public static QuotePrint? Of(QuoteContent content) => content.Online && OfferSecret.New() is var (secret, hash) ? new(secret, hash) : null;
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
