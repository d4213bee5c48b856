using System.Text.Json;
using Platform.Database;
using Platform.Outbox;
using Portal.Notifications;

namespace Portal.Orders;

/// <summary>
/// Tells the other side of a step: the seller of a new order, the buyer of what became of it. After the step and from the outbox, so
/// that nobody who places an order waits for it; told twice, somebody reads a sentence twice.
/// </summary>
sealed class TellOfOrders(Db db, Notifier notifier, OrderChanges changes, AnswerChange answer) : IOutboxReceiver
{
    public string Kind => OrderNews.Kind;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var step = payload.Deserialize<OrderStep>(Outbox.Json)!;
        // Nothing of the order can be changed any more: what was asked of it is over.
        if (!OrderLifecycle.AtWork.Contains(step.Status, StringComparer.Ordinal) && await changes.LapsedAsync(step.Number, ct) is { } lapsed)
        {
            await answer.WithdrawAsync(step.Number, lapsed, ct);
        }

        if (Whom(step) is not { } told)
        {
            return;
        }

        await db.InTransactionAsync(async () =>
        {
            var names = await db.OneAsync<Names>("""
                select b.name as buyer, s.name as seller
                from partner b, partner s
                where b.partner_id = @BuyerId and s.partner_id = @SellerId
                """, step, ct);
            await notifier.TellAsync(told, "orders.told." + (step.Act is OrderLifecycle.Approve ? OrderLifecycle.Submit : step.IsInPart ? "confirm_in_part" : step.Act), [step.Number, names.Buyer, names.Seller], "/orders/" + step.Number, ct);
        }, ct);
    }

    static Recipients? Whom(OrderStep step) => step.Act switch
    {
        OrderLifecycle.Submit or OrderLifecycle.Approve or OrderLifecycle.Receive or OrderLifecycle.Allocate or OrderLifecycle.Unreserve => Recipients.Of(step.SellerId, SellerRoles.All),
        OrderLifecycle.Confirm or OrderLifecycle.Reject or OrderLifecycle.Ship => Recipients.Of(step.BuyerId, BuyerRoles.All),
        OrderLifecycle.Cancel => Recipients.Of(step.BuyerId, BuyerRoles.All) + Recipients.Of(step.SellerId, SellerRoles.All),
        _ => null,
    };

    sealed record Names(string Buyer, string Seller);
}

/// <summary>Tells whoever is asked that an order waits, and whoever asked what came of it.</summary>
sealed class TellOfApprovals(Db db, Notifier notifier) : IOutboxReceiver
{
    public string Kind => OrderNews.ApprovalKind;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var word = payload.Deserialize<ApprovalWord>(Outbox.Json)!;
        return db.InTransactionAsync(() => notifier.TellAsync(
            word.PersonId is { } person ? Recipients.Person(person) : Recipients.Of(word.BuyerId, BuyerRoles.Admin), "orders.told." + word.Act, [word.Number], "/orders/" + word.Number, ct), ct);
    }
}
