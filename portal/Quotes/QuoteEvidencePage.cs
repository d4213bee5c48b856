using System.Globalization;

namespace Portal.Quotes;

/// <summary>The page of evidence (签署证明) as the template wants it: who accepted what, when, from where, and by which hashes that can be shown later.</summary>
static class QuoteEvidencePage
{
    public static object Of(QuoteContent content, QuoteEvidence evidence, string total, string language, Func<string, object[], string> text)
    {
        string T(string key, params object[] arguments) => text("quotes.evidence." + key, arguments);
        var culture = CultureInfo.GetCultureInfo(language);
        object Row(string label, string? value, bool isLong = false) => new { label = T(label), value = value ?? "–", isLong };
        return new
        {
            title = T("title"),
            statement = T("statement", evidence.Signer, evidence.Title ?? "", content.Customer.Name, content.Number, content.Revision, content.Seller.Name, total),
            signature = T("signature"), signatureAlt = T("signature_alt", evidence.Signer), typed = evidence.Typed ?? "", hasDrawn = evidence.Drawn is not null,
            signer = evidence.Signer, role = evidence.Title ?? "", fact = T("fact"), value = T("value"), how = T("how"),
            rows = new[]
            {
                Row("quote", $"{content.Number} / {content.Revision}"), Row("customer", content.Customer.Name), Row("total", total),
                Row("signer", evidence.Signer), Row("role", evidence.Title), Row("kind", T(evidence.Drawn is null ? "kind.typed" : "kind.drawn")),
                Row("utc", evidence.AnsweredAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", culture)), Row("local", $"{evidence.LocalTime} ({evidence.TimeZone})"),
                Row("address", evidence.IpAddress), Row("agent", evidence.UserAgent, isLong: true), Row("link", evidence.Email is null ? evidence.Link : $"{evidence.Link}, {evidence.Email}"),
                Row("frozen", evidence.FrozenSha256, isLong: true), Row("pdf", evidence.PdfSha256, isLong: true),
            },
        };
    }
}
