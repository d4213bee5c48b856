using Platform.Audit;
using Platform.Outbox;

namespace Portal.Orders;

/// <summary>Records a step of an order in the audit of both sides and tells those who wait for it, in the transaction of the step.</summary>
public sealed class OrderNews(AuditTrail audit, Outbox outbox)
{
    /// <summary>The kind of outbox message that speaks of a step.</summary>
    public const string Kind = "order.step";

    /// <summary>The kind of outbox message that speaks of an approval.</summary>
    public const string ApprovalKind = "order.approval";

    /// <summary>Tells somebody of the buyer's company of an approval: who is asked, and whoever asked how it ended.</summary>
    public Task TellOfApprovalAsync(string number, long buyerId, string act, long? personId, CancellationToken ct) =>
        outbox.PutAsync(ApprovalKind, new ApprovalWord(number, act, buyerId, personId), ct);

    /// <summary>Records and tells.</summary>
    /// <param name="number">The order.</param>
    /// <param name="buyerId">Whose purchase it is.</param>
    /// <param name="sellerId">Whose sale it is.</param>
    /// <param name="act">One of <see cref="OrderLifecycle"/>'s acts.</param>
    /// <param name="status">The state it led to.</param>
    /// <param name="details">What the audit shall say about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task TellAsync(string number, long buyerId, long sellerId, string act, string status, object? details, CancellationToken ct) =>
        TellAsync([(new(number, act, status, buyerId, sellerId), details)], ct);

    /// <summary>Records and tells of steps of several orders: one statement for the audit, which takes their chains in one order for all.</summary>
    /// <param name="told">The steps, each with what the audit shall say about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellAsync(IReadOnlyCollection<(OrderStep Step, object? Details)> told, CancellationToken ct)
    {
        await audit.RecordAsync([.. told.Select(one => ActOf(one.Step, one.Details))], ct);
        foreach (var (step, details) in told.Where(one => !one.Step.IsBuyersOwn))
        {
            await outbox.PutAsync(Kind, step with { IsInPart = step.Act is OrderLifecycle.Confirm && details is not null }, ct);
        }
    }

    // The brand reads the whole audit, and is a seller too: of what is the buyer's own it reads that it happened, not what was in it.
    static AuditAct ActOf(OrderStep step, object? details) => step.IsBuyersOwn
        ? new("order." + step.Act, "order", step.Number, [step.BuyerId], null)
        : new("order." + step.Act, "order", step.Number, [step.BuyerId, step.SellerId], details);
}

/// <summary>A word about an approval inside the buyer's company, as the outbox carries it.</summary>
/// <param name="Number">The order.</param>
/// <param name="Act"><c>ask</c>, or how it ended.</param>
/// <param name="BuyerId">The company.</param>
/// <param name="PersonId">Who is told; null for the administrators.</param>
public sealed record ApprovalWord(string Number, string Act, long BuyerId, long? PersonId);

/// <summary>A step of an order, as the outbox carries it.</summary>
/// <param name="Number">The order.</param>
/// <param name="Act">What was done.</param>
/// <param name="Status">The state it led to.</param>
/// <param name="BuyerId">The buyer's key.</param>
/// <param name="SellerId">The seller's key.</param>
public sealed record OrderStep(string Number, string Act, string Status, long BuyerId, long SellerId)
{
    /// <summary>True where a confirmation does not promise all of it from stock.</summary>
    public bool IsInPart { get; init; }

    // A draft, and what waits for approval, is the buyer's own affair: the seller neither reads of it nor is told.
    internal bool IsBuyersOwn => Status is OrderStatus.Draft or OrderStatus.PendingApproval;
}
