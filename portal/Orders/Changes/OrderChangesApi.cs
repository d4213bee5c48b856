using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Orders;

/// <summary>Changes of orders that were handed in, for programs.</summary>
[ApiController]
[Route("api/v1/orders/{number}/changes"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class OrderChangesApi(OrderStore orders, OrderChanges changes, AskForChange ask, AnswerChange answer) : ControllerBase
{
    /// <summary>What was asked to be changed of an order, the newest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string number, CancellationToken ct) =>
        await orders.HeadAsync(number, ct) is { SubmittedAt: not null } order ? Ok(new { items = (await changes.OfOrderAsync(order.PurchaseOrderId, ct)).Select(ChangeAnswer.Of) }) : ApiProblem.NotFound;

    /// <summary>Asks the other side to agree to a change.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(string number, ChangeAsked asked, [IfMatch] int version, CancellationToken ct) => await ask.RunAsync(number, version, asked.Change, ct) switch
    {
        OrderOutcome.Done(var order, var change) => Created(new Uri($"/api/v1/orders/{order}/changes", UriKind.Relative), new { number = change, order }),
        var outcome => OrderProblems.Of(outcome),
    };

    /// <summary>Agrees, declines with a reason, or asks the own upstream first.</summary>
    [HttpPost("{change}/answer")]
    public async Task<IActionResult> Answer(string number, string change, ChangeAnswered answered, CancellationToken ct) => answered.Answer switch
    {
        "accept" => Answered(change, await answer.AcceptAsync(number, change, Typed.Text(answered.Reason), ct)),
        "decline" => Answered(change, await answer.DeclineAsync(number, change, answered.Reason, ct)),
        "pass_up" => Answered(change, await answer.PassUpAsync(number, change, answered.Reason, ct)),
        _ => ApiProblem.Invalid(new FieldProblem("answer", "orders.change.problem.answer")),
    };

    /// <summary>Takes back what one asked.</summary>
    [HttpDelete("{change}")]
    public async Task<IActionResult> Delete(string number, string change, CancellationToken ct) => Answered(change, await answer.WithdrawAsync(number, change, ct));

    IActionResult Answered(string change, OrderOutcome outcome) => outcome is OrderOutcome.Done(var order, _) ? Ok(new { number = change, order }) : OrderProblems.Of(outcome);
}

/// <summary>A change as a program asks for it.</summary>
/// <param name="Reason">Why, in words that the other side reads.</param>
/// <param name="Lines">What shall be different.</param>
public sealed record ChangeAsked(string? Reason, IReadOnlyList<ChangedLineAsked>? Lines)
{
    internal AskedChange Change => new(Typed.Text(Reason), [.. (Lines ?? []).OfType<ChangedLineAsked>().Select(line => new SaidOfChange(line.LineNumber, line.CallOff, line.Day, Typed.Text(line.Substitute)))]);
}

/// <summary>What a program asks of a line.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="CallOff">How many pieces are called off.</param>
/// <param name="Day">The day for what stays.</param>
/// <param name="Substitute">The SKU that comes instead of what is called off; only a seller says that.</param>
public sealed record ChangedLineAsked(int LineNumber, decimal? CallOff, DateOnly? Day, string? Substitute);

/// <summary>What is said to a change.</summary>
/// <param name="Answer"><c>accept</c>, <c>decline</c> or <c>pass_up</c>.</param>
/// <param name="Reason">Why; needed to decline, and to ask further up, where the upstream reads it.</param>
public sealed record ChangeAnswered(string? Answer, string? Reason);

/// <summary>A change as the API tells it.</summary>
public sealed record ChangeAnswer(
    string Number, string AskedBy, string? Reason, string Status, string? Answer, bool WaitsForUpstream, DateTime AskedAt, DateTime? AnsweredAt, IReadOnlyList<ChangedLineAnswer> Lines, IReadOnlyList<string> OrdersUpwards)
{
    internal static ChangeAnswer Of(ChangeRow row) => new(row.Number, row.AskedBySide, row.Reason, row.Status, row.Answer, row.WaitsForUpstream && row.IsToAnswer, row.AskedAt, row.AnsweredAt,
        [.. row.Lines.Select(line => new ChangedLineAnswer(line.LineNumber, line.Sku, line.CallOff, line.NewDay, line.Substitute, line.UnitPrice, line.TermStart, line.TermEnd, line.TermMonths))], row.OrdersUpwards);
}

/// <summary>A line of a change as the API tells it; <c>Start</c>, <c>End</c> and <c>Months</c> are of a substitute that is sold by the term.</summary>
public sealed record ChangedLineAnswer(int LineNumber, string Sku, int CallOff, DateOnly? Day, string? Substitute, decimal? UnitPrice, DateOnly? Start, DateOnly? End, int? Months);
