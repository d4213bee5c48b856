using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>A quote worked on in Excel: its working copy, the way back, what would change, and the one act that makes it so.</summary>
[Route("quotes/{number}")]
[AllowRoles("sales", "partner_admin", "deal_desk", "brand_admin", "channel_manager")]
public sealed class QuoteUploadsController(QuoteStore quotes, TakeQuoteUpload uploads, QuoteWorkingCopy copies, WorkOnQuote work, Texts t) : Controller
{
    /// <summary>The workbook to change.</summary>
    [HttpGet("working-copy"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Download(string number, string? language, CancellationToken ct) => await copies.MakeAsync(number, Languages.Of(language), ct) switch
    {
        QuoteCopy.Ready(var content, var revision) => File(content, TableExport.ExcelType, QuoteDownload.CopyName(number, revision)),
        QuoteCopy.NotFound => NotFound(),
        QuoteCopy.Forbidden => Forbid(),
        QuoteCopy.NotNow => BackToQuote(number),
        _ => throw new InvalidOperationException("A copy is made, or there is a reason."),
    };

    /// <summary>Where to get the workbook and where to bring it back.</summary>
    [HttpGet("uploads/new")]
    public async Task<IActionResult> New(string number, CancellationToken ct) => await quotes.HeadAsync(number, ct) is not { } head ? NotFound()
        : TakeQuoteUpload.StepOf(head) is { } step && work.Allowed(step, head) ? View("QuoteUploadForm", new QuoteUploadForm(head, null)) : BackToQuote(number);

    /// <summary>Takes a workbook in.</summary>
    [HttpPost("uploads"), Idempotent, EnableRateLimiting(RateLimits.Costly), RequestSizeLimit((2 * ReadQuoteWorkbook.MostBytes) + (256 * 1024)), RequestFormLimits(MultipartBodyLengthLimit = 2 * ReadQuoteWorkbook.MostBytes)]
    public async Task<IActionResult> Create(string number, IFormFile? file, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return NotFound();
        }

        if (file is null)
        {
            return Refused(head, new("file", "quotes.upload.problem.no_file"));
        }

        await using var content = file.OpenReadStream();
        switch (await uploads.UploadAsync(number, file.FileName, content, ct))
        {
            case QuoteUploading.Taken(var upload):
                return RedirectToAction(nameof(Show), new { number, upload });
            case QuoteUploading.Refused(var problem):
                return Refused(head, problem);
            case QuoteUploading.Forbidden:
                return Forbid();
            case QuoteUploading.NotNow:
                return BackToQuote(number);
            default:
                return NotFound();
        }
    }

    /// <summary>What it would change.</summary>
    [HttpGet("uploads/{upload}")]
    public async Task<IActionResult> Show(string number, string upload, DateOnly? validUntil, CancellationToken ct) =>
        await uploads.CheckAsync(number, upload, validUntil, ct) is { } check ? View("QuoteUpload", check) : NotFound();

    /// <summary>Makes it so.</summary>
    [HttpPost("uploads/{upload}/confirmation")]
    public async Task<IActionResult> Confirm(string number, string upload, int version, DateOnly? validUntil, decimal? grandTotal, CancellationToken ct)
    {
        switch (await uploads.ConfirmAsync(number, upload, version, validUntil, grandTotal, ct))
        {
            case QuoteOutcome.Done:
                this.Flash(FlashKind.Done, t["quotes.stored", number]);
                return BackToQuote(number);
            case QuoteOutcome.NotFound:
                return NotFound();
            case QuoteOutcome.Forbidden:
                return Forbid();
            case QuoteOutcome.Wrong(var problems):
                this.Flash(FlashKind.Problem, problems[0].Text(t));
                break;
            default:
                this.Flash(FlashKind.Problem, t["quotes.problem.changed_meanwhile"]);
                break;
        }

        return RedirectToAction(nameof(Show), new { number, upload, validUntil = validUntil?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) });
    }

    ViewResult Refused(QuoteHead head, QuoteProblem problem)
    {
        ModelState.AddModelError("file", problem.Text(t));
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View("QuoteUploadForm", new QuoteUploadForm(head, problem));
    }

    RedirectToActionResult BackToQuote(string number) => RedirectToAction(nameof(QuotesController.Show), "Quotes", new { number });
}

/// <summary>Where a workbook is fetched and brought back, with what was wrong with the last one.</summary>
public sealed record QuoteUploadForm(QuoteHead Head, QuoteProblem? Problem);
