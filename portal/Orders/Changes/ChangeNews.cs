using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Notifications;

namespace Portal.Orders;

/// <summary>Records what is asked and said about changes in the audit of both sides, and tells who waits for it, in the transaction of the act.</summary>
public sealed class ChangeNews(AuditTrail audit, Outbox outbox)
{
    /// <summary>The kind of outbox message that speaks of a change.</summary>
    public const string Kind = "order.change";

    /// <summary>A side asks.</summary>
    public async Task AskedAsync(OrderInHand order, string change, Side by, string? reason, object details, CancellationToken ct)
    {
        await audit.RecordAsync([new("order.ask_change", "order", order.Number, [order.BuyerId, order.SellerId], details)], ct);
        await outbox.PutAsync(Kind, new ChangeWord(change, "ask_change", order.Number, by is Side.Buyer ? order.SellerId : order.BuyerId, by is Side.Buyer ? Side.Seller : Side.Buyer) { Reason = reason }, ct);
    }

    /// <summary>It is agreed to or not, or taken back.</summary>
    public async Task AnsweredAsync(OrderInHand order, OpenChange change, string act, string? answer, CancellationToken ct)
    {
        await audit.RecordAsync([new("order." + act, "order", order.Number, [order.BuyerId, order.SellerId], new { change = change.Number, answer })], ct);
        var told = act is "withdraw_change" ? change.To : change.By;
        await outbox.PutAsync(Kind, new ChangeWord(change.Number, act, order.Number, told is Side.Buyer ? order.BuyerId : order.SellerId, told) { Reason = answer }, ct);
    }

    /// <summary>The seller asks its own upstream first; that is its own affair.</summary>
    public Task PassedUpAsync(OrderInHand order, string change, CancellationToken ct) =>
        audit.RecordAsync([new("order.pass_change_up", "order", order.Number, [order.SellerId], new { change })], ct);
}

/// <summary>A word about a change, as the outbox carries it.</summary>
/// <param name="Number">The change.</param>
/// <param name="Act">What was said.</param>
/// <param name="OrderNumber">The order.</param>
/// <param name="PartnerId">Which company is told.</param>
/// <param name="Side">On which side of the order that is.</param>
public sealed record ChangeWord(string Number, string Act, string OrderNumber, long PartnerId, Side Side)
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Tells the other side, and carries a change along the chain: what was passed up and agreed to is agreed to below; a day that a seller moved is proposed to those who wait for its goods.
/// Told twice, the second time nothing is open any more.
/// </summary>
sealed class CarryChanges(Db db, OrderChanges changes, AnswerChange answer, OrderWriting orders, ChangeNews news, Notifier notifier) : IOutboxReceiver
{
    public string Kind => ChangeNews.Kind;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var word = payload.Deserialize<ChangeWord>(Outbox.Json)!;
        await db.InTransactionAsync(async () =>
        {
            await notifier.TellAsync(Recipients.Of(word.PartnerId, OrderLifecycle.RolesOf(word.Side)), "orders.told." + word.Act, [word.OrderNumber, word.Reason ?? ""], "/orders/" + word.OrderNumber, ct);
            if (word.Act is "accept_change")
            {
                await TellThoseBelowAsync(word, ct);
            }
        }, ct);
        await AnswerBelowAsync(word, ct);
        if (word.Act is "decline_change" or "withdraw_change")
        {
            await TakeBackAboveAsync(word.Number, ct);
        }
    }

    // The seller in the middle has agreed on condition that its upstream does, all of it. Otherwise, or overtaken by a shipment below, it decides for itself, and what is open above is asked no more.
    async Task AnswerBelowAsync(ChangeWord word, CancellationToken ct)
    {
        if (word.Act is "ask_change" || await changes.WaitingBelowAsync(word.Number, ct) is not { } below || await changes.OrderOfAsync(below, ct) is not { } order)
        {
            return;
        }

        var above = await changes.PassedUpAsync(below, ct);
        var isLost = above.Exists(change => change.Status is "declined" or "withdrawn");
        if (!isLost && above.Exists(change => change.Status is "open"))
        {
            return;
        }

        if (isLost || await answer.AcceptAsync(order, below, null, ct) is not OrderOutcome.Done)
        {
            await changes.WaitAsync(below, waits: false, ct);
            await TakeBackAboveAsync(below, ct);
        }
    }

    // What is not wanted below any more is not asked for above.
    async Task TakeBackAboveAsync(string change, CancellationToken ct)
    {
        foreach (var (above, _) in (await changes.PassedUpAsync(change, ct)).FindAll(above => above.Status is "open"))
        {
            await answer.WithdrawAsync(await changes.OrderOfAsync(above, ct) ?? "", above, ct);
        }
    }

    async Task TellThoseBelowAsync(ChangeWord word, CancellationToken ct)
    {
        foreach (var below in (await changes.LaterBelowAsync(word.Number, ct)).GroupBy(line => line.OrderNumber, StringComparer.Ordinal))
        {
            if (await orders.TakeAsync(below.Key, ct) is not { } order)
            {
                continue;
            }

            var change = new NewChange(PublicNumber.New("OC"), below.Key, Side.Seller, null, [.. below.Select(line => new NewChangedLine(line.LineId, 0, line.NewDay))]);
            if (await changes.InsertAsync(change, ct))
            {
                await news.AskedAsync(order, change.Number, Side.Seller, change.Reason, new { change = change.Number, change.Reason }, ct);
            }
            else
            {
                await notifier.TellAsync(Recipients.Of(order.SellerId, SellerRoles.All), "orders.told.later_not_proposed", [below.Key], "/orders/" + below.Key, ct);
            }
        }
    }
}
