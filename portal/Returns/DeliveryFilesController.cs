using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Attachments;
using Portal.Orders;
using Portal.Web;

namespace Portal.Returns;

/// <summary>Files of deliveries: adding, downloading, removing.</summary>
public sealed class DeliveryFilesController(DeliveryFiles files, OrderStore orders, Texts t) : Controller
{
    /// <summary>The carrier's paper of a shipment.</summary>
    [HttpPost("shipments/{number}/files"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> AddToShipment(string number, [FromForm(Name = "files")] List<IFormFile> sent, CancellationToken ct) => await orders.FindShipmentAsync(number, ct) is { } shipment
        ? this.AnswerTo(await files.AddAsync(DeliveryRecord.Shipment, number, await SentFiles.ReadAsync(sent, files.Limits, ct), ct), t, "returns.files_added", "", $"/orders/{shipment.Head.OrderNumber}#delivery-files")
        : NotFound();

    /// <summary>Photos of what differed.</summary>
    [HttpPost("discrepancies/{number}/files"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> AddToCase(string number, [FromForm(Name = "files")] List<IFormFile> sent, CancellationToken ct) =>
        this.AnswerTo(await files.AddAsync(DeliveryRecord.Case, number, await SentFiles.ReadAsync(sent, files.Limits, ct), ct), t, "returns.files_added", "", $"/discrepancies/{number}");

    /// <summary>The file itself. It is saved, never shown: what somebody uploaded does not run in the portal's name.</summary>
    [HttpGet("delivery-files/{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await files.FindAsync(number, ct) is { } file ? files.Download(file) : NotFound();

    /// <summary>Removes one.</summary>
    [HttpPost("delivery-files/{number}/removal")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct)
    {
        if (await files.FindAsync(number, ct) is not { } file)
        {
            return NotFound();
        }

        var isRemoved = await files.RemoveAsync(number, ct) is not null;
        this.Flash(isRemoved ? FlashKind.Done : FlashKind.Problem, t[isRemoved ? "returns.file_removed" : "returns.file_stays"]);
        return Redirect(file.Page);
    }
}

/// <summary>Files of deliveries for programs.</summary>
[ApiController]
[Route("api/v1")]
public sealed class DeliveryFilesApi(DeliveryFiles files) : ControllerBase
{
    /// <summary>The files of a shipment.</summary>
    [HttpGet("shipments/{number}/files")]
    public async Task<IActionResult> Index(string number, CancellationToken ct) => Ok(new { items = (await files.OfAsync(DeliveryRecord.Shipment, number, ct)).Select(DeliveryFileAnswer.Of) });

    /// <summary>Adds the carrier's paper to a shipment, sent as <c>multipart/form-data</c>.</summary>
    [HttpPost("shipments/{number}/files"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data")]
    public async Task<IActionResult> Add(string number, [FromForm(Name = "files")] List<IFormFile> sent, CancellationToken ct) =>
        await files.AddAsync(DeliveryRecord.Shipment, number, await SentFiles.ReadAsync(sent, files.Limits, ct), ct) switch
        {
            ReturnOutcome.Done => await Index(number, ct),
            var outcome => ReturnProblems.Of(outcome),
        };

    /// <summary>The file itself.</summary>
    [HttpGet("delivery-files/{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await files.FindAsync(number, ct) is { } file ? files.Download(file) : ApiProblem.NotFound;

    /// <summary>Removes a file that one added oneself, while the matter is not over.</summary>
    [HttpDelete("delivery-files/{number}")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct) =>
        await files.FindAsync(number, ct) is null ? ApiProblem.NotFound : await files.RemoveAsync(number, ct) is null ? ApiProblem.Forbidden : NoContent();
}
