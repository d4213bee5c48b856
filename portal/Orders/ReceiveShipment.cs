using Npgsql;
using Platform.Database;
using Platform.Outbox;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// The buyer takes in a shipment, whole or a part, and says what differed. What came in good order enters its stock; what was short,
/// damaged or wrong is lost on the way; what nobody spoke of stays in transit; more than was sent is noted and enters no stock.
/// </summary>
public sealed class ReceiveShipment(Db db, OrderWriting orders, StockLedger stock, LotsOfReceipts lotsOf, OrderNews news, Outbox outbox)
{
    /// <summary>Takes it in.</summary>
    /// <param name="shipmentNumber">The shipment.</param>
    /// <param name="version">The version of the order the person saw; keeps a second click from receiving twice.</param>
    /// <param name="arrival">What came.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> RunAsync(string shipmentNumber, int? version, Arrival arrival, CancellationToken ct)
    {
        try
        {
            return await ReceiveAsync(shipmentNumber, version, arrival, ct);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            // Tracking began while the goods were taken in.
            return OrderOutcome.Because(problem.Field, problem.TextKey, problem.Arguments);
        }
    }

    Task<OrderOutcome> ReceiveAsync(string shipmentNumber, int? version, Arrival arrival, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.OrderOfShipmentAsync(shipmentNumber, ct) is { } number ? await orders.TakeAsync(number, ct) : null;
        if (Permission.Refusal(order, OrderLifecycle.Receive, version) is { } refused)
        {
            return refused;
        }

        // The goods are not here: whoever they went to takes them in, and that counts for this order too.
        if (order!.DropShips)
        {
            return OrderOutcome.Because("", "orders.problem.received_below");
        }

        var sent = await orders.ShippedLinesAsync(shipmentNumber, ct);
        var problems = Problems(arrival, sent).ToList();
        if (problems.Count > 0)
        {
            return new OrderOutcome.Wrong(problems);
        }

        var receipt = new NewReceipt(PublicNumber.New("GR"), sent[0].ShipmentId, arrival.Note, Arrived(arrival, sent));
        var (lots, unclear) = await lotsOf.DealAsync(shipmentNumber, receipt.Lines, arrival.Lines, ct);
        if (unclear.Count > 0)
        {
            return new OrderOutcome.Wrong(unclear);
        }

        List<ReceivedLine> goods = [.. receipt.Lines.Where(line => line.Line.FromStock)];
        if (goods.Count > 0)
        {
            await stock.ReceiveAsync(order.ToPlaceId, StockLines.Of(goods, line => line.Line.ProductId, line => line.Received),
                [.. goods.Select(line => (long)line.Lost)], order.Number, receipt.Number, ct, lots.ForLedger(goods));
        }

        var status = OrderLifecycle.After(await orders.LinesAsync(order.PurchaseOrderId, ct), received: receipt.Lines.Sum(line => (long)line.Received), lost: receipt.Lines.Sum(line => (long)line.Lost));
        await orders.InsertReceiptAsync(order, receipt, status, ct);
        await lotsOf.WriteAsync(receipt.Number, lots, ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Receive, status, new
        {
            receipt = receipt.Number,
            shipment = shipmentNumber,
            lines = receipt.Lines.Select(line => new { line.Line.LineNumber, line.Received, line.Short, line.Damaged, line.Wrong, line.Over }),
        }, ct);
        if (sent[0].IsDirect)
        {
            await outbox.PutAsync(CarryDropReceipts.Arrived, new DropShipmentWord(shipmentNumber), ct);
        }

        return new OrderOutcome.Done(order.Number, receipt.Number);
    }, ct);

    static IEnumerable<OrderProblem> Problems(Arrival arrival, List<ShippedLineInHand> sent)
    {
        var lines = sent.ToDictionary(line => line.LineNumber);
        foreach (var line in arrival.Lines)
        {
            if (!lines.TryGetValue(line.LineNumber, out var shipped))
            {
                yield return new(line.LineNumber, "lineNumber", "orders.problem.no_such_line", line.LineNumber);
            }
            else if (line.Figures.Any(figure => figure is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity) || quantity > SkuLine.MostOfOne))
            {
                yield return new(line.LineNumber, "received", "orders.problem.quantity_not_whole");
            }
            else if (line.Received + line.Short + line.Damaged + line.Wrong > shipped.InTransit)
            {
                yield return new(line.LineNumber, "received", "orders.problem.more_than_in_transit", shipped.Sku, shipped.InTransit);
            }
            else if (line.Note?.Length > 1000)
            {
                yield return new(line.LineNumber, "note", "orders.problem.reason_too_long", 1000);
            }
        }

        if (arrival.Lines.GroupBy(line => line.LineNumber).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new(twice.Key, "lineNumber", "orders.problem.line_named_twice", twice.Key);
        }

        if (!arrival.Lines.Any(line => line.Figures.Any(figure => figure > 0)))
        {
            yield return new(null, "lines", "orders.problem.nothing_received");
        }

        if (arrival.Note?.Length > 1000)
        {
            yield return new(null, "note", "orders.problem.reason_too_long", 1000);
        }
    }

    static List<ReceivedLine> Arrived(Arrival arrival, List<ShippedLineInHand> sent)
    {
        var lines = sent.ToDictionary(line => line.LineNumber);
        return [.. arrival.Lines.Where(line => line.Figures.Any(figure => figure > 0)).OrderBy(line => line.LineNumber)
            .Select(line => new ReceivedLine(lines[line.LineNumber], (int)line.Received!, (int)line.Short!, (int)line.Damaged!, (int)line.Wrong!, (int)line.Over!, line.Note))];
    }
}

/// <summary>What came of a shipment.</summary>
/// <param name="Note">What the buyer says about all of it.</param>
/// <param name="Lines">Line by line.</param>
public sealed record Arrival(string? Note, IReadOnlyList<ArrivedLine> Lines);

/// <summary>What came of a line of a shipment; null where the figure is no number.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Received">In good order.</param>
/// <param name="Short">Missing.</param>
/// <param name="Damaged">Not usable.</param>
/// <param name="Wrong">Something else came instead.</param>
/// <param name="Over">More than was sent.</param>
/// <param name="Note">What the buyer says about it.</param>
public sealed record ArrivedLine(int LineNumber, decimal? Received, decimal? Short, decimal? Damaged, decimal? Wrong, decimal? Over, string? Note)
{
    internal IEnumerable<decimal?> Figures => [Received, Short, Damaged, Wrong, Over];

    /// <summary>What became of which lots or serial numbers of a tracked product; needed where a part of several differs or stays on the way.</summary>
    public IReadOnlyList<ArrivedLot> Lots { get; init; } = [];
}

/// <summary>What became of a lot or serial number of a shipment line.</summary>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Received">How many pieces came in good order.</param>
/// <param name="Short">How many are missing.</param>
/// <param name="Damaged">How many are not usable.</param>
/// <param name="Wrong">How many are something else.</param>
public sealed record ArrivedLot(string? Code, decimal? Received = null, decimal? Short = null, decimal? Damaged = null, decimal? Wrong = null)
{
    internal IEnumerable<SaidOfLot> Said => new[] { ("received", Received), ("short", Short), ("damaged", Damaged), ("wrong", Wrong) }.Where(said => said.Item2 is not (null or 0))
        .Select(said => new SaidOfLot(LotLines.Kept(Code), said.Item1, said.Item2 is { } some && some > 0 && some <= SkuLine.MostOfOne && some == decimal.Truncate(some) ? (long)some : -1));
}
