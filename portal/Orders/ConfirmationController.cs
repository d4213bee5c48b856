using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The seller answers an order line by line.</summary>
[Route("orders/{number}/confirmation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ConfirmationController(OrderPages pages, AnswerOrder answerOrder, Texts t) : Controller
{
    /// <summary>Every line, promised in full.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, CancellationToken ct)
    {
        if (await pages.FindAsync(number, [], ct) is not { Page.Order.IsSeller: true } order)
        {
            return NotFound();
        }

        return OrderLifecycle.Find(OrderLifecycle.Confirm, Side.Seller, order.Page.Order.Status) is null
            ? this.Refuse(number, new OrderOutcome.NotNow(order.Page.Order.Status), t)
            : View("ConfirmationForm", new ConfirmationFormPage(order.Page, ConfirmationForm.Of(order.Page), [], order.Available));
    }

    /// <summary>Promises what is said of each line.</summary>
    [HttpPost("lines"), Idempotent, RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ConfirmationForm form, CancellationToken ct)
    {
        switch (await answerOrder.ConfirmAsync(number, form.Version, form.Said, ct))
        {
            case OrderOutcome.Done:
                this.Flash(FlashKind.Done, t["orders.confirmed_by_line", number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await pages.FindAsync(number, [], ct) is { } order:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ConfirmationForm", new ConfirmationFormPage(order.Page, form, wrong.Problems, order.Available));
            case var outcome:
                return this.Refuse(number, outcome, t);
        }
    }
}

/// <summary>An answer as it is typed.</summary>
public sealed class ConfirmationForm
{
    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>The lines.</summary>
    public List<ConfirmationFormLine> Lines { get; set; } = [];

    /// <summary>Everything that was ordered.</summary>
    public static ConfirmationForm Of(OrderPage page) => new()
    {
        Version = page.Order.Version,
        Lines = [.. page.Lines.Select(line => new ConfirmationFormLine { LineNumber = line.LineNumber, Quantity = FormattableString.Invariant($"{line.Open}") })],
    };

    internal IReadOnlyList<SaidOfLine> Said => [.. Lines.Select(line => line.Said)];
}

/// <summary>The answer to a line as it is typed.</summary>
public sealed class ConfirmationFormLine
{
    /// <summary>The order's line.</summary>
    public int LineNumber { get; set; }

    /// <summary>How many will be delivered.</summary>
    public string? Quantity { get; set; }

    /// <summary>By which day; empty where none is promised.</summary>
    public string? PromisedOn { get; set; }

    /// <summary>Why not all.</summary>
    public string? Reason { get; set; }

    internal SaidOfLine Said => new(LineNumber, SkuLines.Quantity(Quantity ?? ""), Typed.Day(PromisedOn), Reason)
    {
        HasNoSuchDay = Typed.Day(PromisedOn) is null && !string.IsNullOrWhiteSpace(PromisedOn),
    };
}

/// <summary>The page on which an order is answered line by line.</summary>
/// <param name="Page">The order.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Available">What the seller has of each product.</param>
public sealed record ConfirmationFormPage(OrderPage Page, ConfirmationForm Form, IReadOnlyList<OrderProblem> Problems, IReadOnlyDictionary<long, long>? Available);
