using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Attachments;
using Portal.Orders;
using Portal.Web;

namespace Portal.Returns;

/// <summary>Discrepancy cases for programs: filing, answering, settling.</summary>
[ApiController]
[Route("api/v1/discrepancies")]
public sealed class DiscrepanciesApi(CaseStore cases, SettleDiscrepancy settle, DeliveryFiles files) : ControllerBase
{
    /// <summary>The cases of one's company, the newest first.</summary>
    /// <param name="status">Only those in this state.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status = null, CancellationToken ct = default) =>
        !page.TryReadCursor<ReturnCursor>(out var after) ? PageRequest.BadCursor
        : status is not null && !CaseLifecycle.States.Contains(status) ? ApiProblem.Invalid(new FieldProblem("status", "returns.problem.case_status"))
        : Ok(page.Cut((await cases.AfterAsync(status, after?.Number, page.Take(), ct)).ConvertAll(CaseAnswer.Of), row => new ReturnCursor(row.Number)));

    /// <summary>One case with all that was said.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await cases.FindAsync(number, ct) is not { } found)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(found.Version);
        return Ok(CaseAnswer.Of(found) with
        {
            History = [.. (await cases.StepsAsync(found.DiscrepancyCaseId, ct)).Select(step => new ReturnStepAnswer(step.Act, step.Status, step.HappenedAt, step.Path, step.Reason, step.DocumentNumber))],
            Files = [.. (await files.OfAsync(DeliveryRecord.Case, number, ct)).Select(DeliveryFileAnswer.Of)],
        });
    }

    /// <summary>Files a case about what a goods receipt found.</summary>
    [HttpPost(""), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Create(CaseAsked asked, CancellationToken ct) => await settle.FileAsync(asked with { Reason = Typed.Text(asked.Reason) }, ct) switch
    {
        ReturnOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number, status = CaseLifecycle.Open, version = 1 }),
        var outcome => ReturnProblems.Of(outcome),
    };

    /// <summary>The seller says yes; what the buyer wants is done.</summary>
    [HttpPost("{number}/acceptance"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public Task<IActionResult> Accept(string number, [IfMatch] int version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Accept, null, ct);

    /// <summary>The seller says no, why, and perhaps with <c>path</c> what it offers instead.</summary>
    [HttpPost("{number}/dispute"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public Task<IActionResult> Dispute(string number, CaseSaid said, [IfMatch] int version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Dispute, said, ct);

    /// <summary>The buyer takes what the seller offers; it is done.</summary>
    [HttpPost("{number}/agreement"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Agree(string number, [IfMatch] int version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Agree, null, ct);

    /// <summary>The buyer asks again, for the same or with <c>path</c> for something else.</summary>
    [HttpPost("{number}/renewal"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Renew(string number, CaseSaid said, [IfMatch] int version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Renew, said, ct);

    /// <summary>The buyer asks no longer.</summary>
    [HttpPost("{number}/withdrawal"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public Task<IActionResult> Withdraw(string number, CaseSaid said, [IfMatch] int version, CancellationToken ct) => ActAsync(number, version, CaseLifecycle.Withdraw, said, ct);

    /// <summary>Adds photos or papers, sent as <c>multipart/form-data</c>.</summary>
    [HttpPost("{number}/files"), LimitFiles, Idempotent, EnableRateLimiting(RateLimits.Costly), Consumes("multipart/form-data")]
    public async Task<IActionResult> AddFiles(string number, [FromForm(Name = "files")] List<IFormFile> sent, CancellationToken ct) =>
        await files.AddAsync(DeliveryRecord.Case, number, await SentFiles.ReadAsync(sent, files.Limits, ct), ct) switch
        {
            ReturnOutcome.Done => await Show(number, ct),
            var outcome => ReturnProblems.Of(outcome),
        };

    async Task<IActionResult> ActAsync(string number, int version, string act, CaseSaid? said, CancellationToken ct) => await settle.RunAsync(number, version, act, said?.Path, Typed.Text(said?.Reason), ct) switch
    {
        ReturnOutcome.Done => await Show(number, ct),
        var outcome => ReturnProblems.Of(outcome),
    };
}

/// <summary>What one side says to a case.</summary>
/// <param name="Reason">Why, in words that the other side reads.</param>
/// <param name="Path">What is offered or wanted instead.</param>
public sealed record CaseSaid(string? Reason, string? Path = null);

/// <summary>A case as the API tells it.</summary>
public sealed record CaseAnswer(
    string Number, string Order, string Shipment, string Receipt, int LineNumber, string Sku, string Kind, int Quantity, string Wanted, string? Offered, string Status, string? SettledAs, string Reason,
    DateOnly AnswerBy, DateTime OpenedAt, string? Buyer, string? Seller, int Version)
{
    /// <summary>What was said, the oldest first; of one case only.</summary>
    public IReadOnlyList<ReturnStepAnswer>? History { get; init; }

    /// <summary>The files; of one case only.</summary>
    public IReadOnlyList<DeliveryFileAnswer>? Files { get; init; }

    internal static CaseAnswer Of(DiscrepancyCase found) => new(
        found.Number, found.OrderNumber, found.ShipmentNumber, found.ReceiptNumber, found.LineNumber, found.Sku, found.Kind, found.Quantity, found.Wanted, found.Offered, found.Status, found.SettledAs, found.Reason,
        found.AnswerBy, found.OpenedAt, found.BuyerName, found.SellerName, found.Version);
}

/// <summary>A step of a case or a return as the API tells it.</summary>
public sealed record ReturnStepAnswer(string Act, string Status, DateTime HappenedAt, string? Path, string? Reason, string? DocumentNumber);

/// <summary>Where a page ended.</summary>
sealed record ReturnCursor(string Number);

/// <summary>What the API says when an act was not done.</summary>
static class ReturnProblems
{
    public static ApiProblem Of(ReturnOutcome outcome) => outcome switch
    {
        ReturnOutcome.NotFound => ApiProblem.NotFound,
        ReturnOutcome.Forbidden => ApiProblem.Forbidden,
        ReturnOutcome.Stale => ApiProblem.Stale,
        ReturnOutcome.NotNow(var status) => ApiProblem.Conflict("return-state", "returns.api.not_now") with { More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["status"] = status } },
        ReturnOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems]),
        _ => throw new InvalidOperationException($"Nobody has said what to answer to {outcome}."),
    };
}
