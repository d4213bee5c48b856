using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Platform.Outbox;
using Portal.Notifications;
using Portal.Orders;

namespace Portal.Returns;

/// <summary>Records a step of a case or a return in the audit of both sides and tells the other, in the transaction of the step.</summary>
public sealed class ReturnNews(AuditTrail audit, Outbox outbox)
{
    /// <summary>The kind of outbox message.</summary>
    public const string Kind = "return.step";

    /// <summary>Records and tells.</summary>
    /// <param name="subject"><c>discrepancy</c> or <c>return</c>.</param>
    /// <param name="act">What was done.</param>
    /// <param name="number">The record.</param>
    /// <param name="buyerId">Whose purchase it was.</param>
    /// <param name="sellerId">Whose sale it was.</param>
    /// <param name="tellsSeller">True where the seller is told, false for the buyer.</param>
    /// <param name="details">What the audit says about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellAsync(string subject, string act, string number, long buyerId, long sellerId, bool tellsSeller, object details, CancellationToken ct)
    {
        await audit.RecordAsync([new($"{subject}.{act}", subject, number, [buyerId, sellerId], details)], ct);
        await outbox.PutAsync(Kind, new ReturnStep(subject, act, number, buyerId, sellerId, tellsSeller), ct);
    }
}

/// <summary>A step of a case or a return, as the outbox carries it.</summary>
public sealed record ReturnStep(string Subject, string Act, string Number, long BuyerId, long SellerId, bool TellsSeller);

/// <summary>Tells the other side, from the outbox; told twice, somebody reads a sentence twice.</summary>
sealed class TellOfReturns(Db db, Notifier notifier) : IOutboxReceiver
{
    public string Kind => ReturnNews.Kind;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var step = payload.Deserialize<ReturnStep>(Outbox.Json)!;
        return db.InTransactionAsync(async () =>
        {
            var (buyer, seller) = await db.OneAsync<(string, string)>("select b.name, s.name from partner b, partner s where b.partner_id = @BuyerId and s.partner_id = @SellerId", step, ct);
            await notifier.TellAsync(step.TellsSeller ? Recipients.Of(step.SellerId, SellerRoles.All) : Recipients.Of(step.BuyerId, BuyerRoles.All),
                $"returns.told.{step.Subject}.{step.Act}", [step.Number, step.TellsSeller ? buyer : seller], (step.Subject is "discrepancy" ? "/discrepancies/" : "/returns/") + step.Number, ct);
        }, ct);
    }
}

/// <summary>Reminds once of each case and return that waits longer than the seller's days, whoever it waits for; nobody is reminded twice of the same question.</summary>
public sealed class RemindOfCases(Db db, Outbox outbox, TimeProvider clock) : IScheduledJob
{
    /// <summary>Reminds of all that are late.</summary>
    public Task RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        foreach (var late in await db.ListAsync<(string Number, long BuyerId, long SellerId, bool WaitsForSeller)>("""
            update discrepancy_case set reminded_at = @now
            where status in ('open', 'disputed') and answer_by < brand_day(@now) and reminded_at is null
            returning number, buyer_id, seller_id, status = 'open'
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct))
        {
            await outbox.PutAsync(ReturnNews.Kind, new ReturnStep("discrepancy", "remind", late.Number, late.BuyerId, late.SellerId, late.WaitsForSeller), ct);
        }

        foreach (var late in await db.ListAsync<(string Number, long BuyerId, long SellerId, string Status)>("""
            update return_order set reminded_at = @now
            where status in ('requested', 'approved', 'sent') and answer_by < brand_day(@now) and reminded_at is null
            returning number, buyer_id, seller_id, status
            """, new { now = clock.GetUtcNow().UtcDateTime }, ct))
        {
            await outbox.PutAsync(ReturnNews.Kind, new ReturnStep("return", "remind_" + late.Status, late.Number, late.BuyerId, late.SellerId, TellsSeller: late.Status is not ReturnLifecycle.Approved), ct);
        }
    }, ct);
}
