using Platform.Audit;
using Platform.Outbox;

namespace Portal.Orders;

/// <summary>Records a step of an order in the audit of both sides and tells those who wait for it, in the transaction of the step.</summary>
public sealed class OrderNews(AuditTrail audit, Outbox outbox)
{
    /// <summary>The kind of outbox message that speaks of a step.</summary>
    public const string Kind = "order.step";

    /// <summary>Records and tells.</summary>
    /// <param name="number">The order.</param>
    /// <param name="buyerId">Whose purchase it is.</param>
    /// <param name="sellerId">Whose sale it is.</param>
    /// <param name="act">One of <see cref="OrderLifecycle"/>'s acts.</param>
    /// <param name="status">The state it led to.</param>
    /// <param name="details">What the audit shall say about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellAsync(string number, long buyerId, long sellerId, string act, string status, object? details, CancellationToken ct)
    {
        // A draft is the buyer's own affair: the seller neither reads of it nor is told.
        var isDraft = status is OrderStatus.Draft;
        await audit.RecordAsync([new("order." + act, "order", number, isDraft ? [buyerId] : [buyerId, sellerId], details)], ct);
        if (!isDraft)
        {
            await outbox.PutAsync(Kind, new OrderStep(number, act, status, buyerId, sellerId), ct);
        }
    }
}

/// <summary>A step of an order, as the outbox carries it.</summary>
/// <param name="Number">The order.</param>
/// <param name="Act">What was done.</param>
/// <param name="Status">The state it led to.</param>
/// <param name="BuyerId">The buyer's key.</param>
/// <param name="SellerId">The seller's key.</param>
public sealed record OrderStep(string Number, string Act, string Status, long BuyerId, long SellerId);
