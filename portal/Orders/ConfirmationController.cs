using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The seller answers an order line by line.</summary>
[Route("orders/{number}/confirmation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ConfirmationController(OrderPages pages, AnswerOrder answerOrder, StockStore stock, StockPlaces places, OutlookStore outlook, Texts t) : Controller
{
    /// <summary>Every line, promised in full.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, string? from, CancellationToken ct)
    {
        if (await pages.FindAsync(number, [], ct) is not { Page.Order.IsSeller: true } order)
        {
            return NotFound();
        }

        return OrderLifecycle.Find(OrderLifecycle.Confirm, Side.Seller, order.Page.Order.Status) is null
            ? this.Refuse(number, new OrderOutcome.NotNow(order.Page.Order.Status), t)
            : View("ConfirmationForm", (await PageAsync(order.Page, ConfirmationForm.Of(order.Page, from), [], ct)).WithProposedDays());
    }

    /// <summary>Promises what is said of each line.</summary>
    [HttpPost("lines"), Idempotent, RequestFormLimits(ValueCountLimit = 8 * SkuLines.Most)]
    public async Task<IActionResult> Create(string number, ConfirmationForm form, CancellationToken ct)
    {
        switch (await answerOrder.ConfirmAsync(number, form.Version, form.Said, ct, form.From))
        {
            case OrderOutcome.Done:
                this.Flash(FlashKind.Done, t["orders.confirmed_by_line", number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await pages.FindAsync(number, [], ct) is { } order:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("ConfirmationForm", await PageAsync(order.Page, form, wrong.Problems, ct));
            case var outcome:
                return this.Refuse(number, outcome, t);
        }
    }

    // What there is of the goods depends on the place that the order is sent from.
    async Task<ConfirmationFormPage> PageAsync(OrderPage page, ConfirmationForm form, IReadOnlyList<OrderProblem> problems, CancellationToken ct)
    {
        var open = await places.OpenAsync(ct);
        var place = open.FirstOrDefault(place => place.Code == form.From) ?? open.FirstOrDefault(place => place.IsDefault);
        form.From = place?.Code;
        var products = page.Lines.Select(line => line.ProductId).ToList();
        return new(page, form, problems, await stock.AvailableAsync(products, ct, place?.StockPlaceId)) { Places = open, DueOn = DueOn(page, await outlook.OfAsync(products, ct)) };
    }

    // Lines of one product are served one after the other.
    static Dictionary<int, DateOnly?> DueOn(OrderPage page, IReadOnlyDictionary<long, Outlook> ahead)
    {
        var wanted = new Dictionary<long, long>();
        var due = new Dictionary<int, DateOnly?>();
        foreach (var line in page.Lines.Where(line => line.Open > 0))
        {
            wanted[line.ProductId] = wanted.GetValueOrDefault(line.ProductId) + line.Open;
            due[line.LineNumber] = ahead.GetValueOrDefault(line.ProductId)?.EarliestFor(wanted[line.ProductId]);
        }

        return due;
    }
}

/// <summary>An answer as it is typed.</summary>
public sealed class ConfirmationForm
{
    /// <summary>The version of the order that the person saw.</summary>
    public int? Version { get; set; }

    /// <summary>The code of the place that it is sent from.</summary>
    public string? From { get; set; }

    /// <summary>The lines.</summary>
    public List<ConfirmationFormLine> Lines { get; set; } = [];

    /// <summary>Everything that was ordered.</summary>
    public static ConfirmationForm Of(OrderPage page, string? from) => new()
    {
        From = from,
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
/// <param name="Available">What the seller has of each product in the place that the order is sent from.</param>
public sealed record ConfirmationFormPage(OrderPage Page, ConfirmationForm Form, IReadOnlyList<OrderProblem> Problems, IReadOnlyDictionary<long, long>? Available)
{
    /// <summary>The places that it can be sent from.</summary>
    public IReadOnlyList<PlaceName> Places { get; init; } = [];

    /// <summary>By line: the first day on which there will be enough, by what comes and what is promised already; null where that is not in sight.</summary>
    public IReadOnlyDictionary<int, DateOnly?> DueOn { get; init; } = new Dictionary<int, DateOnly?>();

    /// <summary>True where a line cannot be served from what is there now.</summary>
    public bool Lacks(OrderLineRow line) => line.NeedsStock && line.Open > (Available?.GetValueOrDefault(line.ProductId) ?? 0);

    // What is not there is proposed for the day on which it will be, or on which the buyer wants it where that is later.
    internal ConfirmationFormPage WithProposedDays()
    {
        foreach (var line in Page.Lines.Where(Lacks))
        {
            if (DueOn.GetValueOrDefault(line.LineNumber) is { } day && Form.Lines.Find(typed => typed.LineNumber == line.LineNumber) is { } typed)
            {
                typed.PromisedOn = (line.RequestedOn > day ? line.RequestedOn.Value : day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return this;
    }
}
