using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Attachments;

/// <summary>Files on deals and disputes: adding, downloading, removing.</summary>
public sealed class AttachmentsController(AttachmentStore attachments, KeptFiles keptFiles, AttachFiles attachFiles, Texts t) : Controller
{
    /// <summary>Puts files on a deal.</summary>
    [HttpPost("deals/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> AddToDeal(string number, [FromForm] string? stream, List<IFormFile> files, CancellationToken ct) =>
        Back(await attachFiles.ToDealAsync(number, stream, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct, keeps: true), $"/deals/{number}", "attachments.added", stream);

    /// <summary>Puts files on a dispute.</summary>
    [HttpPost("disputes/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> AddToDispute(string number, [FromForm] string? speaksFor, List<IFormFile> files, CancellationToken ct) =>
        Back(await attachFiles.ToDisputeAsync(number, speaksFor, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct, keeps: true), $"/disputes/{number}", "attachments.added", speaksFor);

    /// <summary>Puts files on an order.</summary>
    [HttpPost("orders/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> AddToOrder(string number, List<IFormFile> files, CancellationToken ct) =>
        Back(await attachFiles.ToOrderAsync(number, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct), $"/orders/{number}", "attachments.added");

    /// <summary>The file itself. It is saved, never shown: what somebody uploaded does not run in the portal's name.</summary>
    [HttpGet("attachments/{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await attachments.FindAsync(number, ct) is { } attachment ? attachments.Download(attachment) : NotFound();

    /// <summary>Removes one.</summary>
    [HttpPost("attachments/{number}/removal")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct) =>
        await attachments.FindAsync(number, ct) is { } attachment
            ? Back(await attachFiles.RemoveAsync(number, ct), attachment.Order is { } order ? $"/orders/{order}" : attachment.Deal is { } deal ? $"/deals/{deal}" : $"/disputes/{attachment.Dispute}", "attachments.removed")
            : NotFound();

    /// <summary>Drops a file that was kept from a form that was refused.</summary>
    [HttpPost("attachments/kept/{number}/removal")]
    public async Task<IActionResult> Drop(string number, CancellationToken ct) => await keptFiles.DropAsync(number, ct) is { } page ? Redirect(page + AttachmentsShown.Anchor) : NotFound();

    IActionResult Back(AttachmentOutcome outcome, string page, string doneKey, string? readBy = null)
    {
        switch (outcome)
        {
            case AttachmentOutcome.Done(var numbers):
                this.Flash(FlashKind.Done, t[doneKey, numbers.Count]);
                return Redirect(page);
            case AttachmentOutcome.Invalid(var problems) refused:
                foreach (var problem in problems)
                {
                    this.Flash(FlashKind.Problem, t[problem.TextKey, [.. problem.Arguments]]);
                }

                if (refused.Kept.Count > 0)
                {
                    this.Flash(FlashKind.Note, t["attachments.kept_of", string.Join(", ", refused.Kept)]);
                }

                TempData[AttachmentsShown.TypedReadBy] = readBy;
                return Redirect(page + AttachmentsShown.Anchor);
            case AttachmentOutcome.Refused(var key):
                this.Flash(FlashKind.Problem, t[key]);
                return Redirect(page);
            case AttachmentOutcome.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
            default:
                return NotFound();
        }
    }
}

/// <summary>Files as a form brings them.</summary>
static class SentFiles
{
    /// <summary>Reads them; of one that is too large only so much that it can be said.</summary>
    public static async Task<IReadOnlyList<SentFile>> ReadAsync(IEnumerable<IFormFile> files, AttachmentLimits limits, CancellationToken ct)
    {
        var read = new List<SentFile>();
        foreach (var file in files)
        {
            await using var from = file.OpenReadStream();
            var content = new byte[Math.Min(file.Length, limits.MostBytes + 1)];
            await from.ReadExactlyAsync(content, ct);
            read.Add(new(file.FileName, content));
        }

        return read;
    }
}
