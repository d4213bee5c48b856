using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;

namespace Portal.Quotes;

/// <summary>A quote worked on in Excel, for programs.</summary>
[ApiController]
[Route("api/v1/quotes/{number}")]
public sealed class QuoteUploadsApi(TakeQuoteUpload uploads, QuoteWorkingCopy copies, QuoteStore quotes, Texts t) : ControllerBase
{
    /// <summary>The workbook of the current revision in which quantities and discounts can be changed and lines added.</summary>
    [HttpGet("working-copy"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Copy(string number, string? language, CancellationToken ct) => await copies.MakeAsync(number, Languages.Of(language), ct) switch
    {
        QuoteCopy.Ready(var content, var revision) => File(content, TableExport.ExcelType, QuoteDownload.CopyName(number, revision)),
        QuoteCopy.Forbidden => ApiProblem.Forbidden,
        QuoteCopy.NotNow(var status) => QuotesApi.Refused(new QuoteOutcome.NotNow(status)),
        _ => ApiProblem.NotFound,
    };

    /// <summary>Takes a changed workbook in; nothing of the quote changes yet. The answer tells what would, and what is wrong with which row.</summary>
    [HttpPost("uploads"), Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data"), RequestSizeLimit((2 * ReadQuoteWorkbook.MostBytes) + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = 2 * ReadQuoteWorkbook.MostBytes)]
    public async Task<IActionResult> Create(string number, IFormFile? file, CancellationToken ct)
    {
        if (file is null)
        {
            return ApiProblem.Invalid(new FieldProblem("file", "quotes.upload.problem.no_file"));
        }

        await using var content = file.OpenReadStream();
        switch (await uploads.UploadAsync(number, file.FileName, content, ct))
        {
            case QuoteUploading.Taken(var upload):
                var check = (await uploads.CheckAsync(number, upload, null, ct))!;
                return CreatedAtAction(nameof(Show), new { number, upload }, Answer(check));
            case QuoteUploading.Refused(var problem):
                return ApiProblem.Invalid(problem.ForApi);
            case QuoteUploading.Forbidden:
                return ApiProblem.Forbidden;
            case QuoteUploading.NotNow(var status):
                return QuotesApi.Refused(new QuoteOutcome.NotNow(status));
            default:
                return ApiProblem.NotFound;
        }
    }

    /// <summary>What an upload would change at the prices of the day; the version of the quote is its ETag.</summary>
    [HttpGet("uploads/{upload}")]
    public async Task<IActionResult> Show(string number, string upload, DateOnly? validUntil, CancellationToken ct)
    {
        if (await uploads.CheckAsync(number, upload, validUntil, ct) is not { } check)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(check.Head.Version);
        return Ok(Answer(check));
    }

    /// <summary>Makes it the draft, or the next revision where the current one was sent. <c>If-Match</c> names the version that was seen; where <c>grandTotal</c> is given, only what comes to it is taken.</summary>
    [HttpPost("uploads/{upload}/confirmation"), Idempotent]
    public async Task<IActionResult> Confirm(string number, string upload, [IfMatch] int version, QuoteConfirmation confirmation, CancellationToken ct) =>
        await uploads.ConfirmAsync(number, upload, version, confirmation.ValidUntil, confirmation.GrandTotal, ct) switch
        {
            QuoteOutcome.Done when await quotes.HeadAsync(number, ct) is { } head => Ok(new { head.Number, head.Status, head.Revision, head.GrandTotal, head.Version }),
            var other => QuotesApi.Refused(other),
        };

    object Answer(CheckedUpload check) => new
    {
        check.Upload.Number, quote = check.Head.Number, check.Upload.Revision, check.Upload.FileName, check.Upload.Sha256, check.Upload.UploadedAt, check.Upload.TakenRevision, check.Head.Version,
        notes = check.Upload.Notes,
        problems = check.Problems.Select(problem => new { problem.Field, problem.Row, problem.Sku, message = problem.Problem.Text(t) }),
        changes = check.Changes is null ? null : QuoteChangesAnswer.Of(check.Changes),
    };
}

/// <summary>What is confirmed.</summary>
/// <param name="ValidUntil">The last day the revision holds; where none is given that of the revision before, or one to come.</param>
/// <param name="GrandTotal">The total that was shown.</param>
public sealed record QuoteConfirmation(DateOnly? ValidUntil, decimal? GrandTotal);
