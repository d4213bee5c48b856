using Platform.Database;
using Portal.Kpis;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>The seller answers a submitted order: promises the whole of it and reserves its stock, or turns it down with a reason.</summary>
public sealed class AnswerOrder(Db db, OrderWriting orders, StockLedger stock, KpiFacts kpis, OrderNews news)
{
    /// <summary>Promises the whole order.</summary>
    public Task<OrderOutcome> ConfirmAsync(string number, int? version, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Confirm, version) is { } refused)
        {
            return refused;
        }

        var lines = await orders.LinesAsync(order!.PurchaseOrderId, ct);
        var place = await stock.PlaceOfAsync(order.SellerId, ct);
        var shortages = await stock.ReserveAsync(place, StockLines.Of(lines, line => line.ProductId, line => line.Quantity), ct);
        if (shortages.Count > 0)
        {
            return new OrderOutcome.Wrong(Short(lines, shortages));
        }

        await orders.ConfirmAsync(order, place, ct);
        await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Confirm, OrderStatus.Confirmed, null, ct);
        return new OrderOutcome.Done(order.Number);
    }, ct);

    /// <summary>Turns the order down.</summary>
    public Task<OrderOutcome> RejectAsync(string number, int? version, string? reason, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Reject, version) is { } refused)
        {
            return refused;
        }

        if (Reason.Problem(reason) is { } problem)
        {
            return problem;
        }

        await orders.AdvanceAsync(order!, OrderLifecycle.Reject, OrderStatus.Rejected, reason, ct);
        await news.TellAsync(order!.Number, order.BuyerId, order.SellerId, OrderLifecycle.Reject, OrderStatus.Rejected, new { reason }, ct);
        return new OrderOutcome.Done(order.Number);
    }, ct);

    static List<OrderProblem> Short(List<LineInHand> lines, List<Shortage> shortages)
    {
        var available = shortages.ToDictionary(shortage => shortage.ProductId, shortage => shortage.Available);
        return [.. lines.Where(line => available.ContainsKey(line.ProductId))
            .Select(line => new OrderProblem(line.LineNumber, "quantity", "orders.problem.stock_short", line.Sku, line.Quantity, available[line.ProductId]))];
    }
}
