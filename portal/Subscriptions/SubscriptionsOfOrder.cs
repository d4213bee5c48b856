using Portal.Orders;

namespace Portal.Subscriptions;

/// <summary>What came of an order for a time, on its page.</summary>
sealed class SubscriptionsOfOrder(SubscriptionStore subscriptions) : IOrderPart
{
    public int Order => 60;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct) =>
        page.Lines.Any(line => line.TermStart is not null) && await subscriptions.OfSourceAsync(page.Order.Number, ct) is { Count: > 0 } made ? new("/Subscriptions/_SubscriptionsOfCustomer.cshtml", made) : null;
}
