using Platform.Database;
using Portal.Orders.Papers;
using Portal.Receivables;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>Puts together what the page of an order shows.</summary>
public sealed class OrderPages(Db db, OrderStore orders, OrderChain chain, OrderApprovals approvals, OrderChanges changes, WaitingLines waiting, StockStore stock, ReceivablesStore books, OrderConfirmations confirmations, IEnumerable<IOrderPart> parts, ICurrentPerson me)
{
    /// <summary>The page, or null where there is no such order for the person at work.</summary>
    /// <param name="number">The order.</param>
    /// <param name="problems">Why an act was refused just now.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<OrderShow?> FindAsync(string number, IReadOnlyList<OrderProblem> problems, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await orders.FindAsync(number, ct) is not { } page)
        {
            return null;
        }

        var shown = new List<OrderPart>();
        foreach (var part in parts.OrderBy(part => part.Order))
        {
            if (await part.ShowAsync(page, ct) is { } section)
            {
                shown.Add(section);
            }
        }

        var readsBooks = me.IsBrand || (page.Order.IsSeller && ReceivablesRoles.MayRead(me, asSeller: true)) || (page.Order.IsBuyer && ReceivablesRoles.MayRead(me, asSeller: false));
        var seller = page.Order is { IsSeller: true, Status: OrderStatus.Submitted };
        return new OrderShow(page, problems, seller ? await stock.AvailableAsync([.. page.Lines.Select(line => line.ProductId)], ct) : null, await chain.FindAsync(page.Order.PurchaseOrderId, ct),
            page.Order.IsBuyer ? await approvals.OfOrderAsync(page.Order.PurchaseOrderId, ct) : [])
        {
            Parts = shown,
            Confirmations = page.Order.ConfirmedAt is null ? [] : await confirmations.EditionsAsync(page.Order.PurchaseOrderId, ct),
            Invoices = readsBooks && page.Shipments.Count > 0 ? await books.OfOrderAsync(number, ct) : [],
            Hold = readsBooks ? await books.HoldOfOrderAsync(number, ct) : null,
            Changes = page.Order.SubmittedAt is null ? [] : await changes.OfOrderAsync(page.Order.PurchaseOrderId, ct),
            IsMissing = page is { Order.IsSeller: true } and ({ IsWaitingForGoods: true } or { IsToPerform: true }) && (await waiting.MissingAsync(number, null, ct)).Count > 0,
        };
    }, ct);
}

/// <summary>The page of an order.</summary>
/// <param name="Page">The order with all that hangs on it.</param>
/// <param name="Problems">Why an act was refused just now.</param>
/// <param name="Available">What the seller has of each product, while it has to answer.</param>
/// <param name="Chain">The orders that hang on this one, itself among them.</param>
/// <param name="Approvals">What was asked and said about it inside the buyer's company, the newest first.</param>
public sealed record OrderShow(OrderPage Page, IReadOnlyList<OrderProblem> Problems, IReadOnlyDictionary<long, long>? Available, IReadOnlyList<ChainedOrder> Chain, IReadOnlyList<ApprovalRow> Approvals)
{
    /// <summary>The sections of other features.</summary>
    public IReadOnlyList<OrderPart> Parts { get; init; } = [];

    /// <summary>The editions of its confirmation that were opened so far, the newest first.</summary>
    public IReadOnlyList<ConfirmationEdition> Confirmations { get; init; } = [];

    /// <summary>What was invoiced of it.</summary>
    public IReadOnlyList<InvoiceRow> Invoices { get; init; } = [];

    /// <summary>Why it waits for the seller's finance; null where it does not.</summary>
    public OrderHold? Hold { get; init; }

    /// <summary>What was asked to be changed of it, the newest first.</summary>
    public IReadOnlyList<ChangeRow> Changes { get; init; } = [];

    /// <summary>True for the seller while something that waits has not been ordered upwards.</summary>
    public bool IsMissing { get; init; }
}
