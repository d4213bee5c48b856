using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>Changes of an order that was handed in: asking, agreeing, declining, taking back, asking further up.</summary>
[Route("orders/{number}/changes"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class OrderChangesController(OrderPages pages, AskForChange ask, AnswerChange answer, Texts t) : Controller
{
    /// <summary>The lines of which something is open.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, CancellationToken ct)
    {
        if (await pages.FindAsync(number, [], ct) is not { Page.Order.Side: { } side } order)
        {
            return NotFound();
        }

        return OrderLifecycle.Find(OrderLifecycle.AskForChange, side, order.Page.Order.Status) is null
            ? this.Refuse(number, new OrderOutcome.NotNow(order.Page.Order.Status), t)
            : View("/Orders/Changes/ChangeForm.cshtml", new ChangeFormPage(order.Page, ChangeForm.Of(order.Page), []));
    }

    /// <summary>Asks.</summary>
    [HttpPost(""), Idempotent, RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ChangeForm form, CancellationToken ct)
    {
        switch (await ask.RunAsync(number, form.Version, form.Asked, ct))
        {
            case OrderOutcome.Done:
                this.Flash(FlashKind.Done, t["orders.change.asked", number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await pages.FindAsync(number, [], ct) is { } order:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                foreach (var problem in wrong.Problems.Where(problem => problem is { Line: null, Field: "reason" }))
                {
                    ModelState.AddModelError(nameof(ChangeForm.Reason), t.Say(problem));
                }

                return View("/Orders/Changes/ChangeForm.cshtml", new ChangeFormPage(order.Page, form, wrong.Problems));
            case var outcome:
                return this.Refuse(number, outcome, t);
        }
    }

    /// <summary>Agrees.</summary>
    [HttpPost("{change}/acceptance"), Idempotent]
    public async Task<IActionResult> Accept(string number, string change, CancellationToken ct) => await AnswerAsync(number, await answer.AcceptAsync(number, change, null, ct), "orders.change.was_accepted", ct);

    /// <summary>Does not agree.</summary>
    [HttpPost("{change}/refusal"), Idempotent]
    public async Task<IActionResult> Decline(string number, string change, string? reason, CancellationToken ct) => await AnswerAsync(number, await answer.DeclineAsync(number, change, reason, ct), "orders.change.was_declined", ct);

    /// <summary>Takes back what one asked.</summary>
    [HttpPost("{change}/withdrawal"), Idempotent]
    public async Task<IActionResult> Withdraw(string number, string change, CancellationToken ct) => await AnswerAsync(number, await answer.WithdrawAsync(number, change, ct), "orders.change.was_withdrawn", ct);

    /// <summary>Asks the own upstream first.</summary>
    [HttpPost("{change}/upstream"), Idempotent]
    public async Task<IActionResult> PassUp(string number, string change, string? reason, CancellationToken ct) => await AnswerAsync(number, await answer.PassUpAsync(number, change, reason, ct), "orders.change.was_passed_up", ct);

    async Task<IActionResult> AnswerAsync(string number, OrderOutcome outcome, string doneKey, CancellationToken ct)
    {
        if (outcome is OrderOutcome.Wrong wrong && await pages.FindAsync(number, wrong.Problems, ct) is { } page)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("OrderPage", page);
        }

        return this.AnswerTo(number, outcome, doneKey, t);
    }
}

/// <summary>A change as it is typed.</summary>
public sealed class ChangeForm
{
    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The lines.</summary>
    public List<ChangeFormLine> Lines { get; set; } = [];

    /// <summary>Nothing changed yet of what is open.</summary>
    public static ChangeForm Of(OrderPage page) => new()
    {
        Version = page.Order.Version,
        Lines = [.. page.Lines.Where(line => line.Open > 0).Select(line => new ChangeFormLine { LineNumber = line.LineNumber })],
    };

    internal AskedChange Asked => new(Reason, [.. Lines.Select(line => line.Said)]);
}

/// <summary>What is asked of a line as it is typed.</summary>
public sealed class ChangeFormLine
{
    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many are called off.</summary>
    public string? CallOff { get; set; }

    /// <summary>The day for what stays.</summary>
    public string? Day { get; set; }

    /// <summary>What comes instead.</summary>
    public string? Sku { get; set; }

    internal SaidOfChange Said => new(LineNumber, string.IsNullOrWhiteSpace(CallOff) ? null : SkuLines.Quantity(CallOff), Typed.Day(Day), Typed.Text(Sku))
    {
        HasNoSuchQuantity = !string.IsNullOrWhiteSpace(CallOff) && SkuLines.Quantity(CallOff) is null,
        HasNoSuchDay = Typed.Day(Day) is null && !string.IsNullOrWhiteSpace(Day),
    };
}

/// <summary>The page on which a change is asked for.</summary>
/// <param name="Page">The order.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record ChangeFormPage(OrderPage Page, ChangeForm Form, IReadOnlyList<OrderProblem> Problems);
