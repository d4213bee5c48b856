using Platform.Database;
using Portal.Kpis;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// Calls an order off: the buyer before the seller has promised it, the seller afterwards and only for what has not been shipped.
/// What was reserved is free again.
/// </summary>
public sealed class CancelOrder(Db db, OrderWriting orders, StockLedger stock, KpiFacts kpis, OrderNews news)
{
    /// <summary>Calls off what is open.</summary>
    public Task<OrderOutcome> RunAsync(string number, int? version, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Cancel, version) is { } refused)
        {
            return refused;
        }

        if (Permission.Step(order!, OrderLifecycle.Cancel).NeedsReason && Reason.Problem(reason) is { } problem)
        {
            return problem;
        }

        // An order upwards that goes straight to the buyer gives pieces back without taking this order: what is read here stays.
        await db.ExecuteAsync("select from purchase_order_line where purchase_order_id = @PurchaseOrderId order by purchase_order_line_id for no key update", new { order!.PurchaseOrderId }, ct);
        var lines = await orders.LinesAsync(order.PurchaseOrderId, ct);
        // What is sent again for nothing was paid: it stays, and so does the order until it is there.
        var open = lines.Where(line => line is { OwnOpen: > 0, IsSentAgain: false }).ToList();
        if (open.Count == 0 && lines.Exists(line => line.Open > 0))
        {
            return OrderOutcome.Because("", lines.Exists(line => line.Direct > 0) ? "orders.problem.only_direct" : "orders.problem.only_sent_again");
        }

        var status = After(lines);
        if (order.FromPlaceId is { } place)
        {
            if (open.FindAll(line => line.FromStock) is { Count: > 0 } goods)
            {
                await stock.ReleaseAsync(place, StockLines.Of(goods, line => line.ProductId, line => line.Reserved), ct);
            }

            await kpis.TakeBackOrdersAsync([order.PurchaseOrderId], ct);
        }

        await orders.CancelOpenAsync(order, ct);
        await orders.AdvanceAsync(order, OrderLifecycle.Cancel, status, reason, ct);
        if (order.FromPlaceId is not null)
        {
            await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        }

        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Cancel, order.Status is OrderStatus.Draft ? OrderStatus.Draft : status,
            new { reason, cancelled = open.Select(line => new { line.LineNumber, quantity = line.OwnOpen }) }, ct);
        return new OrderOutcome.Done(order.Number);
    }, ct);

    // An empty draft has no quantities that could say it.
    static string After(List<LineInHand> lines) => lines.Count == 0
        ? OrderStatus.Cancelled
        : OrderLifecycle.After(lines, cancelled: lines.Sum(line => line.IsSentAgain ? 0L : line.OwnOpen));
}
