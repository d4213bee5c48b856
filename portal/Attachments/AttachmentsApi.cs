using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Web;
using Portal.Deals;
using Portal.Disputes;
using Portal.Orders;

namespace Portal.Attachments;

/// <summary>Files on deals and disputes, for programs.</summary>
[ApiController]
[Route("api/v1")]
public sealed class AttachmentsApi(AttachmentStore attachments, AttachFiles attachFiles, DealStore deals, DisputeStore disputes, OrderStore orders, TimeProvider clock) : ControllerBase
{
    /// <summary>The files of a deal that one may see, the oldest first.</summary>
    [HttpGet("deals/{number}/attachments")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> OfDeal(string number, CancellationToken ct) =>
        await deals.FindAsync(number, ct) is { } deal ? Ok((await attachments.OfDealAsync(deal.DealId, ct)).Select(AttachmentAnswer.Of)) : ApiProblem.NotFound;

    /// <summary>The files of a dispute that one may see, the oldest first: one's own side's; for the brand all.</summary>
    [HttpGet("disputes/{number}/attachments")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> OfDispute(string number, CancellationToken ct) =>
        await disputes.FindAsync(number, clock.GetUtcNow().UtcDateTime, ct) is { } dispute ? Ok((await attachments.OfDisputeAsync(dispute.DisputeId, ct)).Select(AttachmentAnswer.Of)) : ApiProblem.NotFound;

    /// <summary>The files of an order, the oldest first.</summary>
    [HttpGet("orders/{number}/attachments")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> OfOrder(string number, CancellationToken ct) =>
        await orders.HeadAsync(number, ct) is { } order ? Ok((await attachments.OfOrderAsync(order.PurchaseOrderId, ct)).Select(AttachmentAnswer.Of)) : ApiProblem.NotFound;

    /// <summary>Puts files on an order (multipart, <c>files</c>); both sides see them. What they are is told from their content.</summary>
    [HttpPost("orders/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status201Created)]
    public async Task<IActionResult> AddToOrder(string number, List<IFormFile> files, CancellationToken ct) =>
        await AnswerAsync(await attachFiles.ToOrderAsync(number, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct), $"/api/v1/orders/{number}/attachments", ct);

    /// <summary>Puts files on a deal (multipart, <c>files</c>); <c>stream</c> is <c>shared</c>, or <c>brand</c> for what only the brand sees. What they are is told from their content.</summary>
    [HttpPost("deals/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status201Created)]
    public async Task<IActionResult> AddToDeal(string number, [FromForm] string? stream, List<IFormFile> files, CancellationToken ct) =>
        await AnswerAsync(await attachFiles.ToDealAsync(number, stream, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct), $"/api/v1/deals/{number}/attachments", ct);

    /// <summary>Puts files on a dispute (multipart, <c>files</c>): one's own side's evidence; of the brand's people what only the brand sees, or what
    /// the deal desk adds for a side, named in <c>speaksFor</c> by the number of its deal.</summary>
    [HttpPost("disputes/{number}/attachments"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data")]
    [ProducesResponseType<IReadOnlyList<AttachmentAnswer>>(StatusCodes.Status201Created)]
    public async Task<IActionResult> AddToDispute(string number, [FromForm] string? speaksFor, List<IFormFile> files, CancellationToken ct) =>
        await AnswerAsync(await attachFiles.ToDisputeAsync(number, speaksFor, await SentFiles.ReadAsync(files, attachFiles.Limits, ct), ct), $"/api/v1/disputes/{number}/attachments", ct);

    /// <summary>What is known of a file.</summary>
    [HttpGet("attachments/{number}")]
    [ProducesResponseType<AttachmentAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await attachments.FindAsync(number, ct) is { } attachment ? Ok(AttachmentAnswer.Of(attachment)) : ApiProblem.NotFound;

    /// <summary>The file itself.</summary>
    [HttpGet("attachments/{number}/content")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public async Task<IActionResult> Content(string number, CancellationToken ct) => await attachments.FindAsync(number, ct) is { } attachment ? attachments.Download(attachment) : ApiProblem.NotFound;

    /// <summary>Removes a file; for whoever added it, while the record runs.</summary>
    [HttpDelete("attachments/{number}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Delete(string number, CancellationToken ct) =>
        await attachFiles.RemoveAsync(number, ct) is var outcome and not AttachmentOutcome.Done ? Problem(outcome) : NoContent();

    async Task<IActionResult> AnswerAsync(AttachmentOutcome outcome, string address, CancellationToken ct) =>
        outcome is AttachmentOutcome.Done(var numbers) ? Created(address, (await attachments.FindAsync(numbers, ct)).ConvertAll(AttachmentAnswer.Of)) : Problem(outcome);

    static IActionResult Problem(AttachmentOutcome outcome) => outcome switch
    {
        AttachmentOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        AttachmentOutcome.Refused(var key) => ApiProblem.Conflict("record-is-over", key),
        AttachmentOutcome.Forbidden => ApiProblem.Forbidden,
        _ => ApiProblem.NotFound,
    };
}

/// <summary>A file as a program sees it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Deal">The deal it is on.</param>
/// <param name="Dispute">The dispute it is on.</param>
/// <param name="Order">The order it is on.</param>
/// <param name="Stream"><c>shared</c>, or <c>brand</c> for what only the brand sees.</param>
/// <param name="Side">The side of the dispute that it speaks for: <c>claimant</c> or <c>holder</c>.</param>
/// <param name="Name">The file's name.</param>
/// <param name="ContentType">What it is, told from its content.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">The SHA-256 of its content, in hexadecimal.</param>
/// <param name="ByBrand">The brand added it.</param>
/// <param name="UploadedAt">When.</param>
public sealed record AttachmentAnswer(string Number, string? Deal, string? Dispute, string? Order, string Stream, string? Side, string Name, string ContentType, int Bytes, string Sha256, bool ByBrand, DateTime UploadedAt)
{
    internal static AttachmentAnswer Of(Attachment attachment) => new(
        attachment.Number, attachment.Deal, attachment.Dispute, attachment.Order, attachment.IsInside ? "brand" : "shared", attachment.Side, attachment.Name, FileKind.Of(attachment.Kind).ContentType, attachment.Bytes, attachment.Sha256,
        attachment.ByBrand, attachment.UploadedAt);
}
