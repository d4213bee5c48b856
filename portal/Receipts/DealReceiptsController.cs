using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;
using Platform.Web;
using Platform.Web.Api;
using Portal.Customers;
using Portal.Deals;
using Portal.Documents;
using Portal.Web;

namespace Portal.Receipts;

/// <summary>The receipts of a deal, to take along.</summary>
[Route("deals/{number}/receipts/{receipt}")]
public sealed class DealReceiptsController(ReceiptStore receipts, ReceiptFiles files) : Controller
{
    /// <summary>The PDF; the same bytes each time.</summary>
    [HttpGet("pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Pdf(string number, string receipt, string? language, CancellationToken ct) =>
        await receipts.FindAsync(receipt, ct) is { } found && found.DealNumber == number ? await files.AnswerAsync(this, found, language, ct) : NotFound();

    /// <summary>The signed text.</summary>
    [HttpGet("jws")]
    public async Task<IActionResult> Jws(string number, string receipt, CancellationToken ct) =>
        await receipts.FindAsync(receipt, ct) is { } found && found.DealNumber == number ? ReceiptDownload.Jws(this, found) : NotFound();
}

/// <summary>Receipts for programs.</summary>
[ApiController]
[Route("api/v1/deals/{number}/receipts")]
public sealed class ReceiptsApi(DealStore deals, ReceiptStore receipts, ReceiptFiles files, ReceiptKeys keys) : ControllerBase
{
    /// <summary>The receipts of a deal, the newest first; only that one counts.</summary>
    [HttpGet("")]
    [ProducesResponseType<IReadOnlyList<ReceiptAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(string number, CancellationToken ct) => await deals.FindAsync(number, ct) is null
        ? ApiProblem.NotFound
        : Ok((await receipts.OfDealAsync(number, ct)).Select(receipt => ReceiptAnswer.Of(receipt, keys.Issuer)));

    /// <summary>One receipt with its signed text; the keys that check it stand at <c>/.well-known/claim-receipts/jwks.json</c>.</summary>
    [HttpGet("{receipt}")]
    [ProducesResponseType<ReceiptAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, string receipt, CancellationToken ct) =>
        await receipts.FindAsync(receipt, ct) is { } found && found.DealNumber == number ? Ok(ReceiptAnswer.Of(found, keys.Issuer)) : ApiProblem.NotFound;

    /// <summary>The PDF in <c>en</c> or <c>zh-CN</c>, with its SHA-256 as ETag.</summary>
    [HttpGet("{receipt}/pdf"), EnableRateLimiting(RateLimits.Costly)]
    [ProducesResponseType<FileContentResult>(StatusCodes.Status200OK, "application/pdf")]
    public async Task<IActionResult> Pdf(string number, string receipt, string? language, CancellationToken ct) =>
        await receipts.FindAsync(receipt, ct) is { } found && found.DealNumber == number ? await files.AnswerAsync(this, found, language, ct) : ApiProblem.NotFound;
}

/// <summary>A receipt as a program sees it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Sequence">The how many-th of its deal.</param>
/// <param name="Why"><c>approval</c>, <c>extension</c>, <c>transfer</c> or <c>change</c>.</param>
/// <param name="IsNewest">No newer one supersedes it.</param>
/// <param name="ProtectedFrom">When the protection begins.</param>
/// <param name="ProtectedUntil">When it ends.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="Kid">The key that signed.</param>
/// <param name="Sha256">The SHA-256 of the signed text.</param>
/// <param name="Jws">The signed text.</param>
/// <param name="CheckedAt">Where anybody who has it may check it.</param>
public sealed record ReceiptAnswer(string Number, int Sequence, string Why, bool IsNewest, DateTime ProtectedFrom, DateTime ProtectedUntil, DateTime IssuedAt, string Kid, string Sha256, string Jws, string CheckedAt)
{
    internal static ReceiptAnswer Of(Receipt receipt, string issuer) => new(
        receipt.Number, receipt.Sequence, receipt.Why, receipt.IsNewest, receipt.ProtectedFrom, receipt.ProtectedUntil, receipt.IssuedAt, receipt.Kid, receipt.Sha256, receipt.Jws,
        ReceiptFiles.AddressOf(issuer, receipt.Number, receipt.Jws));
}

/// <summary>The receipts on a deal's page.</summary>
sealed class ReceiptsOfDeal(ReceiptStore receipts) : IDealPart
{
    public bool IsAside => true;

    public int Order => 10;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct) =>
        await receipts.OfDealAsync(deal.Number, ct) is { Count: > 0 } all ? new("/Receipts/_ReceiptsOfDeal.cshtml", all) : null;
}

/// <summary>Answers with a receipt's files, on pages and in the API alike.</summary>
static class ReceiptDownload
{
    public static async Task<IActionResult> AnswerAsync(this ReceiptFiles files, ControllerBase controller, Receipt receipt, string? language, CancellationToken ct)
    {
        var tongue = Languages.Of(language);
        var (file, refusal) = await files.FindAsync(receipt, tongue, ct);
        return file is null
            ? DocumentsBusy.Answer(refusal!)
            : controller.File(file.Content, "application/pdf", $"{receipt.Number}.pdf", lastModified: null, new EntityTagHeaderValue($"\"{file.Sha256}\""));
    }

    public static IActionResult Jws(ControllerBase controller, Receipt receipt) =>
        controller.File(System.Text.Encoding.ASCII.GetBytes(receipt.Jws), "application/jose", $"{receipt.Number}.jws", lastModified: null, new EntityTagHeaderValue($"\"{receipt.Sha256}\""));
}
