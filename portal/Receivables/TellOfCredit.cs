using System.Text.Json;
using Platform.Database;
using Platform.Outbox;
using Portal.Notifications;

namespace Portal.Receivables;

/// <summary>An order that waits for the seller's finance, or waits no longer, as the outbox carries it.</summary>
/// <param name="Number">The order.</param>
/// <param name="SellerId">Whose finance it waits for.</param>
/// <param name="BuyerId">Who ordered.</param>
sealed record OrderOnHold(string Number, long SellerId, long BuyerId);

/// <summary>Tells of orders on hold, from the outbox, so that nobody who places an order waits for it; told twice, somebody reads a sentence twice.</summary>
static class TellOfCredit
{
    public const string HeldKind = "order.credit_held";

    public const string ReleasedKind = "order.credit_released";

    public static Task TellAsync(Db db, Notifier notifier, JsonElement payload, Func<OrderOnHold, Recipients> whom, string textKey, CancellationToken ct)
    {
        var order = payload.Deserialize<OrderOnHold>(Outbox.Json)!;
        return db.InTransactionAsync(async () =>
        {
            var buyer = await db.OneAsync<string>("select name from partner where partner_id = @BuyerId", order, ct);
            await notifier.TellAsync(whom(order), textKey, [order.Number, buyer], "/orders/" + order.Number, ct);
        }, ct);
    }
}

/// <summary>Tells the seller's finance of an order that waits for it.</summary>
sealed class TellOfHeldOrders(Db db, Notifier notifier) : IOutboxReceiver
{
    public string Kind => TellOfCredit.HeldKind;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct) =>
        TellOfCredit.TellAsync(db, notifier, payload, order => Recipients.Of(order.SellerId, ReceivablesRoles.Keepers), "receivables.told.held", ct);
}

/// <summary>Tells both sides that an order may go on.</summary>
sealed class TellOfReleasedOrders(Db db, Notifier notifier) : IOutboxReceiver
{
    public string Kind => TellOfCredit.ReleasedKind;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct) => TellOfCredit.TellAsync(db, notifier, payload,
        order => Recipients.Of(order.SellerId, ReceivablesRoles.SellerReaders) + Recipients.Of(order.BuyerId, ReceivablesRoles.BuyerReaders), "receivables.told.released", ct);
}
