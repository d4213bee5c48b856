using Platform.Database;
using Platform.Outbox;
using Portal.Kpis;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// The seller answers a submitted order: promises the whole of it from stock, answers line by line, or turns it down with a reason.
/// Answered by line, what is there is reserved, what is not waits for goods, and what is not promised is called off.
/// </summary>
public sealed class AnswerOrder(Db db, OrderWriting orders, StockLedger stock, OrderBooks books, KpiFacts kpis, OrderNews news, Outbox outbox)
{
    /// <summary>The longest way ahead that a day may be promised, in days.</summary>
    public const int FarthestPromise = 730;

    /// <summary>Promises the whole order, which must be in stock.</summary>
    /// <param name="number">The order.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="from">The code of the seller's place that it is sent from; the default one where none is named.</param>
    public Task<OrderOutcome> ConfirmAsync(string number, int? version, CancellationToken ct, string? from = null) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Confirm, version) is { } refused)
        {
            return refused;
        }

        if (await books.StopAsync(order!, OrderLifecycle.Confirm, ct) is { } stopped)
        {
            return stopped;
        }

        var lines = await orders.LinesAsync(order!.PurchaseOrderId, ct);
        if (await stock.PlaceAsync(order.SellerId, from, ct) is not { } place)
        {
            return OrderOutcome.Because("fromPlace", "orders.problem.no_such_place", from ?? "");
        }

        var goods = lines.FindAll(line => line.KeptInStock);
        var shortages = goods.Count == 0 ? [] : await stock.ReserveAsync(place, StockLines.Of(goods, line => line.ProductId, line => line.Open), ct);
        return shortages.Count > 0
            ? new OrderOutcome.Wrong(Short(lines, shortages))
            : await ConfirmedAsync(order, place, [.. lines.Select(line => new LineAnswer(line, line.Open, line.Open, null, null))], ct);
    }, ct);

    /// <summary>Answers line by line. A line that is not named is promised in full.</summary>
    /// <param name="number">The order.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="said">What is promised of the lines, by when, and why not all.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="from">The code of the seller's place that it is sent from; the default one where none is named.</param>
    public Task<OrderOutcome> ConfirmAsync(string number, int? version, IReadOnlyList<SaidOfLine> said, CancellationToken ct, string? from = null) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Confirm, version, says: true) is { } refused)
        {
            return refused;
        }

        var lines = await orders.LinesAsync(order!.PurchaseOrderId, ct);
        var problems = SaidOfLine.Problems(said, lines, await orders.TodayAsync(ct)).ToList();
        if (problems.Count > 0)
        {
            return new OrderOutcome.Wrong(problems);
        }

        if (await books.StopAsync(order, OrderLifecycle.Confirm, ct) is { } stopped)
        {
            return stopped;
        }

        if (await stock.PlaceAsync(order.SellerId, from, ct) is not { } place)
        {
            return OrderOutcome.Because("fromPlace", "orders.problem.no_such_place", from ?? "");
        }

        var answers = LineAnswer.Of(said, lines);
        var goods = answers.FindAll(answer => answer.Line.KeptInStock);
        var there = goods.Count == 0 ? new Dictionary<long, long>() : await stock.ReserveUpToAsync(place, StockLines.Of(goods, answer => answer.Line.ProductId, answer => answer.Promised), ct);
        var shares = Shares.Of(answers, answer => answer.Line.ProductId, answer => answer.Promised, there);
        // What needs no stock may be performed as soon as it is promised.
        return await ConfirmedAsync(order, place, [.. answers.Zip(shares, (answer, share) => answer with { Reserved = answer.Line.KeptInStock ? share : answer.Promised })], ct);
    }, ct);

    /// <summary>Turns the order down.</summary>
    public Task<OrderOutcome> RejectAsync(string number, int? version, string? reason, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
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

    async Task<OrderOutcome> ConfirmedAsync(OrderInHand order, long place, List<LineAnswer> answers, CancellationToken ct)
    {
        await orders.ConfirmAsync(order, place, answers, ct);
        await kpis.AddOrdersAsync([order.PurchaseOrderId], ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Confirm, OrderStatus.Confirmed, Details(answers), ct);
        // A seller that performs nothing itself has its upstream do it.
        if (answers.Exists(answer => answer.Waiting > 0 || answer is { Line.KeptInStock: false, Promised: > 0 }))
        {
            await outbox.PutAsync(OrderUpwardsByItself.Waits, new OrderThatWaits(order.Number, order.SellerId), ct);
        }

        return new OrderOutcome.Done(order.Number);
    }

    // What differs from what was ordered; nothing where all is promised and there.
    static object? Details(List<LineAnswer> answers)
    {
        var differing = answers.Where(answer => answer.Refused > 0 || answer.Waiting > 0 || answer.PromisedOn is not null)
            .Select(answer => new { answer.Line.LineNumber, answer.Promised, answer.Reserved, answer.Waiting, answer.Refused, answer.PromisedOn, answer.Reason }).ToList();
        return differing.Count > 0 ? new { lines = differing } : null;
    }

    static List<OrderProblem> Short(List<LineInHand> lines, List<Shortage> shortages)
    {
        var available = shortages.ToDictionary(shortage => shortage.ProductId, shortage => shortage.Available);
        return [.. lines.Where(line => available.ContainsKey(line.ProductId))
            .Select(line => new OrderProblem(line.LineNumber, "quantity", "orders.problem.stock_short", line.Sku, line.Open, available[line.ProductId]))];
    }
}
