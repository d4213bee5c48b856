using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Orders;
using Portal.Web;

namespace Portal.Returns;

/// <summary>Returns and rotations for programs: asking, answering, sending, inspecting.</summary>
[ApiController]
[Route("api/v1/returns")]
public sealed class ReturnsApi(ReturnStore returns, RequestReturn requestReturn, HandleReturn handle) : ControllerBase
{
    /// <summary>The returns of one's company, the newest first.</summary>
    /// <param name="status">Only those in this state.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? status = null, CancellationToken ct = default) =>
        !page.TryReadCursor<ReturnCursor>(out var after) ? PageRequest.BadCursor
        : status is not null && !ReturnLifecycle.States.Contains(status) ? ApiProblem.Invalid(new FieldProblem("status", "returns.problem.return_status"))
        : Ok(page.Cut((await returns.AfterAsync(status, after?.Number, page.Take(), ct)).ConvertAll(ReturnAnswer.Of), row => new ReturnCursor(row.Number)));

    /// <summary>What can go back: of one order, or of all that arrived in the last year.</summary>
    /// <param name="order">Only of this order.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("returnable"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Returnable(string? order, CancellationToken ct) => Ok(new
    {
        items = (await returns.ReturnableAsync(order, null, null, order is null ? 365 : null, ct)).Select(line => new { Shipment = line.ShipmentNumber, Order = line.OrderNumber, line.LineNumber, line.Sku, line.UnitPrice, line.Currency, Quantity = line.Left, line.ReceivedOn }),
    });

    /// <summary>One return with lines and history.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await returns.FindAsync(number, ct) is not { } page)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(page.Head.Version);
        return Ok(ReturnAnswer.Of(page.Head) with
        {
            Lines = [.. page.Lines.Select(line => new ReturnLineAnswer(line.LineNumber, line.OrderNumber, line.ShipmentNumber, line.Sku, line.UnitPrice, line.Quantity, line.Approved, line.RefusedBecause, line.Sent, line.Sound, line.Damaged, line.Credited, [.. page.Lots[line.ReturnOrderLineId].Select(lot => new ReturnLotAnswer(lot.Code, lot.Quantity, lot.Sound))]))],
            History = [.. page.Steps.Select(step => new ReturnStepAnswer(step.Act, step.Status, step.HappenedAt, null, step.Reason, step.DocumentNumber))],
        });
    }

    /// <summary>Asks to send goods back, or to rotate slow ones.</summary>
    [HttpPost(""), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Create(ReturnAsked asked, CancellationToken ct) =>
        await requestReturn.RunAsync(asked with { Reason = Typed.Text(asked.Reason), AgainstOrder = Typed.Text(asked.AgainstOrder), Lines = [.. (asked.Lines ?? []).OfType<ReturnLineAsked>()] }, ct) switch
        {
            ReturnOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number, status = ReturnLifecycle.Requested, version = 1 }),
            var outcome => ReturnProblems.Of(outcome),
        };

    /// <summary>The seller lets the goods come, whole or by line.</summary>
    [HttpPost("{number}/approval"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Approve(string number, [IfMatch] int version, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] ReturnApprovalAsked? asked, CancellationToken ct) =>
        await AnswerAsync(number, await handle.ApproveAsync(number, version, [.. (asked?.Lines ?? []).OfType<LineApproval>()], ct), ct);

    /// <summary>The seller turns it down.</summary>
    [HttpPost("{number}/refusal"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Refuse(string number, ReasonAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(number, await handle.EndAsync(number, version, ReturnLifecycle.Refuse, Typed.Text(asked.Reason), ct), ct);

    /// <summary>The buyer keeps the goods after all.</summary>
    [HttpPost("{number}/withdrawal"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Withdraw(string number, ReasonAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(number, await handle.EndAsync(number, version, ReturnLifecycle.Withdraw, Typed.Text(asked.Reason), ct), ct);

    /// <summary>The buyer sends them, all that was approved or less.</summary>
    [HttpPost("{number}/dispatch"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Send(string number, ReturnDispatchAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(number, await handle.SendAsync(number, version, new(Typed.Text(asked.Carrier), Typed.Text(asked.TrackingNumber), [.. (asked.Lines ?? []).OfType<DispatchedLine>()], Typed.Text(asked.FromPlace)), ct), ct);

    /// <summary>The seller says what came; sound pieces are in its stock again, damaged ones are written off, and what is credited is.</summary>
    [HttpPost("{number}/inspection"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
    public async Task<IActionResult> Inspect(string number, ReturnInspectionAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(number, await handle.InspectAsync(number, version, [.. (asked.Lines ?? []).OfType<LineInspection>().Select(line => line with { Sound = line.Sound ?? 0, Damaged = line.Damaged ?? 0 })], ct), ct);

    async Task<IActionResult> AnswerAsync(string number, ReturnOutcome outcome, CancellationToken ct) => outcome is ReturnOutcome.Done ? await Show(number, ct) : ReturnProblems.Of(outcome);
}

/// <summary>A seller's rules for what comes back, for programs.</summary>
[ApiController]
[Route("api/v1/return-policy")]
public sealed class ReturnPolicyApi(ReturnPolicies policies) : ControllerBase
{
    /// <summary>The rules of one's own company.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Show(CancellationToken ct)
    {
        var policy = await policies.FindAsync(null, ct);
        this.SendVersion(policy.Version);
        return Ok(policy);
    }

    /// <summary>Keeps them.</summary>
    [HttpPut(""), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Update(ReturnPolicy policy, [IfMatch] int version, CancellationToken ct)
    {
        policy.Version = version;
        return await policies.KeepAsync(policy, ct) is var outcome and not ReturnOutcome.Done ? ReturnProblems.Of(outcome) : await Show(ct);
    }
}

/// <summary>What a seller approves.</summary>
/// <param name="Lines">By line; a line that is not named is approved in full.</param>
public sealed record ReturnApprovalAsked(IReadOnlyList<LineApproval>? Lines);

/// <summary>How goods are sent back.</summary>
/// <param name="Carrier">Who carries them.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="Lines">How many of which line; a line that is not named goes as it was approved.</param>
/// <param name="FromPlace">The code of the own place that the goods leave; where left out, the place to which each came.</param>
public sealed record ReturnDispatchAsked(string? Carrier, string? TrackingNumber, IReadOnlyList<DispatchedLine>? Lines, string? FromPlace = null);

/// <summary>What came back.</summary>
/// <param name="Lines">By line; a line that is not named came sound.</param>
public sealed record ReturnInspectionAsked(IReadOnlyList<LineInspection>? Lines);

/// <summary>A return as the API tells it.</summary>
public sealed record ReturnAnswer(
    string Number, string Kind, string Cause, string Reason, bool IsUnopened, string? AgainstOrder, string Currency, decimal Amount, string Status, string? Carrier, string? TrackingNumber, string? CreditNotes, DateOnly AnswerBy,
    DateTime RequestedAt, string? Buyer, string? Seller, int Version)
{
    /// <summary>What goes back; of one return only.</summary>
    public IReadOnlyList<ReturnLineAnswer>? Lines { get; init; }

    /// <summary>What happened, the oldest first; of one return only.</summary>
    public IReadOnlyList<ReturnStepAnswer>? History { get; init; }

    internal static ReturnAnswer Of(ReturnHead head) => new(
        head.Number, head.Kind, head.Cause, head.Reason, head.IsUnopened, head.AgainstOrder, head.Currency, head.Amount, head.Status, head.Carrier, head.TrackingNumber, head.CreditNotes, head.AnswerBy, head.RequestedAt,
        head.BuyerName, head.SellerName, head.Version);
}

/// <summary>A line of a return as the API tells it.</summary>
public sealed record ReturnLineAnswer(
    int LineNumber, string Order, string Shipment, string Sku, decimal UnitPrice, int Quantity, int? Approved, string? RefusedBecause, int? Sent, int? Sound, int? Damaged, int? Credited, IReadOnlyList<ReturnLotAnswer> Lots);

/// <summary>Pieces of a lot that go back, as the API tells it.</summary>
public sealed record ReturnLotAnswer(string Code, int Quantity, int? Sound);
