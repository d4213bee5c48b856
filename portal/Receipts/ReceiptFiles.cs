using System.Globalization;
using Platform.Texts;
using Portal.Documents.Typst;

namespace Portal.Receipts;

/// <summary>The PDF of a receipt: made once in each language, at the first download, and kept with its SHA-256; it holds the signed text and says nothing else.</summary>
public sealed class ReceiptFiles(ReceiptStore receipts, TypstWorkers typst, Texts texts, ReceiptKeys keys, TimeProvider clock)
{
    const int LineOfText = 84;

    static readonly string Template = TypstTemplate.Read("Receipts/receipt.typ");

    /// <summary>The file, or the text key of why there is none now.</summary>
    public async Task<(ReceiptFile? File, string? Refusal)> FindAsync(Receipt receipt, string language, CancellationToken ct)
    {
        if (await receipts.FindFileAsync(receipt.ClaimReceiptId, language, ct) is { } kept)
        {
            return (kept, null);
        }

        var content = ReceiptSignature.Read(receipt.Jws, await keys.PublishedAsync(ct)) is ReceiptReading.Genuine genuine
            ? genuine.Content
            : throw new InvalidOperationException($"The receipt {receipt.Number} does not bear a signature of this portal.");
        switch (await typst.RenderAsync(Job(receipt, content, language), ct))
        {
            case Typesetting.Pdf pdf:
                await receipts.KeepFileAsync(receipt, language, pdf.Content, clock.GetUtcNow().UtcDateTime, ct);
                return (await receipts.FindFileAsync(receipt.ClaimReceiptId, language, ct), null);
            case Typesetting.Refused refused:
                return (null, refused.TextKey);
            case Typesetting.Flawed flawed:
                throw new InvalidOperationException("The receipt's template is wrong: " + string.Join("; ", flawed.Flaws.Select(flaw => flaw.ToString())));
            default:
                throw new InvalidOperationException("Typesetting gives a file, a flaw or a refusal.");
        }
    }

    /// <summary>Where somebody who has the receipt checks it: its number and the hash of its text, which nobody else knows.</summary>
    public static string AddressOf(string issuer, string number, string jws) =>
        $"{issuer}/claim-receipts/{number}/{System.Buffers.Text.Base64Url.EncodeToString(ReceiptSignature.HashOf(jws))}";

    TypstJob Job(Receipt receipt, ReceiptContent content, string language)
    {
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Moment(DateTime at) => at.ToString(chinese ? "yyyy年M月d日 HH:mm:ss 'UTC'" : "d MMMM yyyy HH:mm:ss 'UTC'", culture);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMMM yyyy", culture);
        string Term(ReceiptTerm term) => $"{(chinese ? term.NameZh : term.Name)} ({term.Code})";
        object Row(string key, string value) => new { label = T("receipts." + key), value };
        var address = AddressOf(content.Issuer, content.Number, receipt.Jws);
        return new(Template, new
        {
            number = content.Number, brand = content.Brand, issuer = content.Issuer, deal = content.Deal, jws = receipt.Jws, address, shortAddress = $"{content.Issuer}/claim-receipts",
            jwsLines = receipt.Jws.Chunk(LineOfText).Select(line => new string(line)), qrAlt = T("receipts.qr_alt", content.Number),
            from = Day(DateOnly.FromDateTime(content.ProtectedFrom)), until = Day(content.LastProtectedDay), approved = Day(DateOnly.FromDateTime(content.ApprovedAt)),
            partner = new { name = content.Partner.Name, lines = Some(content.Partner.NameLatin, content.Partner.Number) },
            customer = new { name = content.Customer.Name, lines = Identifiers(content.Customer, T) },
            rows = new[]
            {
                Row("lines", string.Join(chinese ? "、" : ", ", content.ProductLines.Select(Term))), Row("territory", Term(content.Territory)),
                Row("approved_at", Moment(content.ApprovedAt)), Row("protected_from", Moment(content.ProtectedFrom)), Row("protected_until", Moment(content.ProtectedUntil)),
                Row("why", T($"receipts.why.{content.Why}")), Row("sequence", content.Sequence.ToString(culture)),
                Row("policy", T("receipts.policy_days", content.Policy.ProtectionDays, content.Policy.Number)), Row("issued_at", Moment(DateTimeOffset.FromUnixTimeSeconds(content.IssuedAt).UtcDateTime)),
                Row("audit", T("receipts.audit_said", content.Audit.Acts, content.Audit.Hash[..16])), Row("key", receipt.Kid),
            },
            supersedes = content.Supersedes is { } before ? T("receipts.supersedes_said", before.Number) : "",
            words = new
            {
                receipt = T("receipts.receipt"), partner = T("receipts.partner"), customer = T("receipts.customer"), from = T("receipts.first_day"), until = T("receipts.last_day"),
                approved = T("receipts.approved"), deal = T("receipts.deal"), fact = T("receipts.fact"), value = T("receipts.value"), proves = T("receipts.proves", content.Brand, content.Partner.Name, content.Customer.Name),
                how = T("receipts.how"), howText = T("receipts.how_text"), offline = T("receipts.how_offline"), text = T("receipts.signed_text"), textHint = T("receipts.signed_text_hint"), scan = T("receipts.scan"),
            },
        }, $"{T("receipts.receipt")} {content.Number}", new DateTimeOffset(receipt.IssuedAt, TimeSpan.Zero))
        {
            Language = language,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["check.svg"] = QrImage.Svg(address) },
        };
    }

    internal static IReadOnlyList<string> Identifiers(ReceiptCustomer customer, Func<string, object[], string> t) => Some(
        customer.Number,
        customer.Country,
        customer.CreditCode is { } code ? t("receipts.credit_code", [code]) : null,
        customer.VatNumber is { } vat ? t("receipts.vat_number", [vat]) : null,
        customer.Duns is { } duns ? t("receipts.duns", [duns]) : null,
        customer.Domain);

    static IReadOnlyList<string> Some(params IEnumerable<string?> values) => [.. values.OfType<string>()];
}
