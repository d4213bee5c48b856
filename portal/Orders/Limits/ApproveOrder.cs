using Platform.Database;

namespace Portal.Orders;

/// <summary>
/// An order that went beyond a limit: whoever is asked hands it to the seller or sends it back with a reason; whoever wrote it may take it back.
/// Nobody approves what they wrote themselves.
/// </summary>
public sealed class ApproveOrder(Db db, OrderWriting orders, OrderApprovals approvals, OrderBooks books, OrderNews news)
{
    /// <summary>Hands it to the seller.</summary>
    public Task<OrderOutcome> ApproveAsync(string number, int? version, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var (order, approval, refused) = await TakeAsync(number, version, OrderLifecycle.Approve, ct);
        if (refused is not null)
        {
            return refused;
        }

        if (!approval!.MayDecide)
        {
            return new OrderOutcome.Forbidden();
        }

        // While it waited the company may have been placed below another seller, or the seller suspended.
        var parties = await orders.PartiesAsync(null, ct);
        if (parties?.SellerId != order!.SellerId || parties.SellerStatus is not "active")
        {
            return parties?.SellerId == order.SellerId
                ? OrderOutcome.Because("", "orders.problem.seller_suspended", parties.SellerName ?? "")
                : OrderOutcome.Because("", "orders.problem.seller_changed", parties?.SellerName ?? "");
        }

        if (await books.BeforeApprovedAsync(order, ct) is { } beyond)
        {
            return beyond;
        }

        await approvals.EndAsync(approval, "approved", null, ct);
        await orders.SubmitApprovedAsync(order, ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Approve, OrderStatus.Submitted, null, ct);
        await news.TellOfApprovalAsync(order.Number, order.BuyerId, OrderLifecycle.Approve, approval.AskedBy, ct);
        return new OrderOutcome.Done(order.Number);
    }, ct);

    /// <summary>Sends it back to whoever wrote it.</summary>
    public Task<OrderOutcome> SendBackAsync(string number, int? version, string? reason, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var (order, approval, refused) = await TakeAsync(number, version, OrderLifecycle.SendBack, ct);
        if (refused is not null)
        {
            return refused;
        }

        if (!approval!.MayDecide)
        {
            return new OrderOutcome.Forbidden();
        }

        return Reason.Problem(reason) ?? await ToDraftAsync(order!, approval, OrderLifecycle.SendBack, "sent_back", reason, ct);
    }, ct);

    /// <summary>Takes it back to change it.</summary>
    public Task<OrderOutcome> RecallAsync(string number, int? version, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var (order, approval, refused) = await TakeAsync(number, version, OrderLifecycle.Recall, ct);
        return refused ?? (approval!.IsMine ? await ToDraftAsync(order!, approval, OrderLifecycle.Recall, "recalled", null, ct) : new OrderOutcome.Forbidden());
    }, ct);

    async Task<(OrderInHand? Order, OpenApproval? Approval, OrderOutcome? Refused)> TakeAsync(string number, int? version, string act, CancellationToken ct)
    {
        var order = await orders.TakeAsync(number, ct);
        var refused = Permission.Refusal(order, act, version);
        return (order, refused is null ? await approvals.OpenAsync(order!.PurchaseOrderId, ct) : null, refused);
    }

    async Task<OrderOutcome> ToDraftAsync(OrderInHand order, OpenApproval approval, string act, string outcome, string? reason, CancellationToken ct)
    {
        await approvals.EndAsync(approval, outcome, reason, ct);
        await orders.AdvanceAsync(order, act, OrderStatus.Draft, reason, ct);
        await orders.DropGiftsAsync(order, ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, act, OrderStatus.Draft, new { reason }, ct);
        await news.TellOfApprovalAsync(order.Number, order.BuyerId, act, approval.IsMine ? approval.ApproverId : approval.AskedBy, ct);
        return new OrderOutcome.Done(order.Number);
    }
}
