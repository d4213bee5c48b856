using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Typst;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>Invoices, credit notes and statements as PDF, on the pages.</summary>
[Route("receivables")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class PapersController(PaperDownload download) : Controller
{
    /// <summary>The invoice, in the reader's language or the one that is asked for.</summary>
    [HttpGet("invoices/{number}/pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Invoice(string number, string? language, CancellationToken ct) => await download.InvoiceAsync(number, language, ct) ?? NotFound();

    /// <summary>The credit note.</summary>
    [HttpGet("payments/{number}/pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> CreditNote(string number, string? language, CancellationToken ct) => await download.CreditNoteAsync(number, language, ct) ?? NotFound();

    /// <summary>The statement of a period.</summary>
    [HttpGet("accounts/{partner}/statement/pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Statement(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, string? language, CancellationToken ct) =>
        !ModelState.IsValid ? BadRequest() : await download.StatementAsync(partner, currency, from, to, known, language, ct) ?? NotFound();
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/receivables")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class PapersApi(PaperDownload download) : ControllerBase
{
    /// <summary>An invoice as PDF: the same bytes at every download, with its SHA-256 as ETag.</summary>
    /// <param name="number">The invoice.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>; that of the request where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("invoices/{number}/pdf"), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public async Task<IActionResult> Invoice(string number, string? language, CancellationToken ct) => await download.InvoiceAsync(number, language, ct) ?? ApiProblem.NotFound;

    /// <summary>A credit note as PDF: the same bytes at every download, with its SHA-256 as ETag.</summary>
    /// <param name="number">The credit note.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>; that of the request where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("payments/{number}/pdf"), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public async Task<IActionResult> CreditNote(string number, string? language, CancellationToken ct) => await download.CreditNoteAsync(number, language, ct) ?? ApiProblem.NotFound;

    /// <summary>The statement of an account for a period as PDF.</summary>
    /// <param name="partner">The partner's number.</param>
    /// <param name="currency">ISO 4217; the buyer's where nothing is said.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="known">As it was known at the end of this day.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>; that of the request where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("accounts/{partner}/statement/pdf"), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public async Task<IActionResult> Statement(string partner, string? currency = null, DateOnly? from = null, DateOnly? to = null, DateOnly? known = null, string? language = null, CancellationToken ct = default) =>
        await download.StatementAsync(partner, currency, from, to, known, language, ct) ?? ApiProblem.NotFound;
}

/// <summary>Answers with a paper of the books to whoever may read it, on pages and in the API alike; null where there is none for the person at work.</summary>
public sealed class PaperDownload(InvoicePapers papers, StatementPaper statements, AccountStatements accounts, ReceivablesStore books, ICurrentPerson me, Texts t)
{
    /// <summary>An invoice.</summary>
    public async Task<IActionResult?> InvoiceAsync(string number, string? language, CancellationToken ct) =>
        await books.InvoiceAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Invoice) ? await PaperAsync("receivables.kind.invoice", number, language, ct) : null;

    /// <summary>A credit note.</summary>
    public async Task<IActionResult?> CreditNoteAsync(string number, string? language, CancellationToken ct) =>
        await books.PaymentAsync(number, ct) is { Payment.Kind: "credit_note" } page && ReceivablesRoles.MayRead(me, page.Payment) ? await PaperAsync("receivables.kind.credit_note", number, language, ct) : null;

    /// <summary>A statement.</summary>
    public async Task<IActionResult?> StatementAsync(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, string? language, CancellationToken ct)
    {
        if (await accounts.FindAsync(partner, currency, from, to, known, ct) is not { } page)
        {
            return null;
        }

        var tongue = Languages.Of(language);
        return await statements.MakeAsync(page, tongue, ct) switch
        {
            Typesetting.Pdf pdf => File(pdf.Content, Convert.ToHexStringLower(SHA256.HashData(pdf.Content)),
                string.Create(CultureInfo.InvariantCulture, $"{t.In(tongue, "receivables.statement")}-{page.Pair.PartnerNumber}-{page.Statement.Asked.From:yyyy-MM-dd}-{page.Statement.Asked.To:yyyy-MM-dd}.pdf")),
            Typesetting.Refused refused => DocumentsBusy.Answer(refused.TextKey),
            var flawed => throw new InvalidOperationException($"The statement's template is wrong: {flawed}"),
        };
    }

    async Task<IActionResult?> PaperAsync(string kindKey, string number, string? language, CancellationToken ct)
    {
        var tongue = Languages.Of(language);
        return await papers.FindAsync(number, tongue, ct) switch
        {
            ({ } file, _) => File(file.Content, file.Sha256, $"{t.In(tongue, kindKey)}-{file.LegalNumber}.pdf"),
            (_, { } refusal) => DocumentsBusy.Answer(refusal),
            _ => null,
        };
    }

    static FileContentResult File(byte[] content, string sha256, string name) => new(content, "application/pdf") { FileDownloadName = name, EntityTag = new EntityTagHeaderValue($"\"{sha256}\"") };

}
