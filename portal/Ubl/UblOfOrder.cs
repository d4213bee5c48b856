using Portal.Orders;
using Portal.Receivables;
using Portal.Web;

namespace Portal.Ubl;

/// <summary>The documents of an order, on its page.</summary>
sealed class UblOfOrder(ReceivablesStore books, ICurrentPerson me) : IOrderPart
{
    public int Order => 90;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct)
    {
        if (page.Order.Status is OrderStatus.Draft or OrderStatus.PendingApproval)
        {
            return null;
        }

        var invoices = ReceivablesRoles.MayRead(me, asSeller: !page.Order.IsBuyer) ? await books.OfOrderAsync(page.Order.Number, ct) : [];
        return new("/Ubl/_UblOfOrder.cshtml", new UblLinks(page.Order.Number, page.Order.ConfirmedAt is not null || page.Order.Status is OrderStatus.Rejected, [.. page.Shipments.Select(shipment => shipment.Head.Number)], [.. invoices.Select(invoice => (invoice.Number, invoice.LegalNumber))]));
    }
}

/// <summary>Which documents there are.</summary>
/// <param name="Order">The order.</param>
/// <param name="IsAnswered">Whether the seller has answered.</param>
/// <param name="Shipments">The shipments.</param>
/// <param name="Invoices">The invoices, by number and legal number.</param>
public sealed record UblLinks(string Order, bool IsAnswered, IReadOnlyList<string> Shipments, IReadOnlyList<(string Number, string LegalNumber)> Invoices);
