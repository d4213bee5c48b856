using Npgsql;
using Platform.Database;
using Platform.Outbox;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>The seller sends goods of a confirmed order, all that is reserved for it or a part of that; of what is not kept in stock it says by the same paper that it was performed (履行).</summary>
public sealed class ShipOrder(Db db, OrderWriting orders, StockLedger stock, OrderBooks books, Parcels parcels, OrderNews news, Outbox outbox)
{
    /// <summary>Sends the goods.</summary>
    /// <param name="number">The order.</param>
    /// <param name="version">The version the person saw; keeps a second click from sending the goods twice.</param>
    /// <param name="dispatch">What goes how.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> RunAsync(string number, int? version, Dispatch dispatch, CancellationToken ct)
    {
        try
        {
            return await SendAsync(number, version, dispatch.Complete(), ct);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            // Somebody sent the same piece a moment before, or what would be proposed is not enough.
            return OrderOutcome.Because(problem.Field, problem.TextKey, problem.Arguments);
        }
    }

    Task<OrderOutcome> SendAsync(string number, int? version, Dispatch dispatch, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync<OrderOutcome>(3, async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Ship, version) is { } refused)
        {
            return refused;
        }

        var lines = await orders.LinesAsync(order!.PurchaseOrderId, ct);
        var problems = Problems(dispatch, lines).ToList();
        if (problems.Count > 0)
        {
            return new OrderOutcome.Wrong(problems);
        }

        if (await books.StopAsync(order, OrderLifecycle.Ship, ct) is { } stopped)
        {
            return stopped;
        }

        var shipment = new NewShipment(PublicNumber.New("SH"), dispatch.Carrier, dispatch.TrackingNumber, Carried(dispatch, lines));
        // The stock rows first, the lines after them: the same way round in every act.
        List<(LineInHand Line, int Quantity)> goods = [.. shipment.Lines.Where(line => line.Line.FromStock)];
        if (goods.Count > 0)
        {
            await stock.ShipAsync(order.FromPlaceId!.Value, order.ToPlaceId, StockLines.Of(goods, line => line.Line.ProductId, line => line.Quantity), order.Number, shipment.Number, ct,
                TrackedGoods.Named(WithLots(dispatch, goods)));
        }

        var status = OrderLifecycle.After(lines, shipped: shipment.Lines.Sum(line => (long)line.Quantity));
        await orders.InsertShipmentAsync(order, shipment, status, ct);
        if (shipment.Lines.Any(line => line.Line.IsTracked))
        {
            await orders.TakeLotsAsync(shipment.Number, ct);
        }

        if (dispatch.Parcels.Count > 0)
        {
            await parcels.InsertAsync(shipment.Number, dispatch.Parcels, ct);
        }

        await books.ShippedAsync(order, shipment.Number, ct);
        await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Ship, status,
            new { shipment = shipment.Number, parcels = dispatch.Parcels.Count, lines = shipment.Lines.Select(line => new { line.Line.LineNumber, line.Quantity }) }, ct);
        if (order.DropShips)
        {
            await outbox.PutAsync(CarryDropShipments.Sent, new DropShipmentWord(shipment.Number), ct);
        }

        return new OrderOutcome.Done(order.Number, shipment.Number);
    }, ct);

    static IEnumerable<OrderProblem> Problems(Dispatch dispatch, List<LineInHand> lines)
    {
        var open = lines.ToDictionary(line => line.LineNumber);
        foreach (var line in dispatch.Lines)
        {
            if (!open.TryGetValue(line.LineNumber, out var ordered))
            {
                yield return new(line.LineNumber, "lineNumber", "orders.problem.no_such_line", line.LineNumber);
            }
            else if (line.Quantity is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity))
            {
                yield return new(line.LineNumber, "quantity", "orders.problem.quantity_not_whole");
            }
            else if (quantity > ordered.Open)
            {
                yield return new(line.LineNumber, "quantity", "orders.problem.more_than_open", ordered.Sku, ordered.Open);
            }
            else if (quantity > ordered.Reserved)
            {
                yield return new(line.LineNumber, "quantity", "orders.problem.more_than_reserved", ordered.Sku, ordered.Reserved, ordered.OwnOpen - ordered.Reserved);
            }
        }

        if (dispatch.Lines.GroupBy(line => line.LineNumber).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new(twice.Key, "lineNumber", "orders.problem.line_named_twice", twice.Key);
        }

        if (!dispatch.Lines.Any(line => line.Quantity > 0))
        {
            yield return new(null, "lines", "orders.problem.nothing_to_ship");
        }

        if (dispatch.Carrier?.Length > 100 || dispatch.TrackingNumber?.Length > 100)
        {
            yield return new(null, "carrier", "orders.problem.carrier_too_long", 100);
        }

        foreach (var problem in Parcels.Problems(dispatch, lines))
        {
            yield return problem;
        }

        foreach (var problem in dispatch.Lines.Any(line => line.Lots is { Count: > 0 }) && dispatch.Lines.All(line => open.ContainsKey(line.LineNumber) && line.Quantity is >= 0 and <= SkuLine.MostOfOne)
            ? TrackedGoods.Problems([.. dispatch.Lines.Select(line => new TrackedLine(line.LineNumber, open[line.LineNumber].Sku, open[line.LineNumber].Tracking, (long)line.Quantity!.Value, line.Lots))], areProposed: true) : [])
        {
            yield return new(problem.Line, problem.Field, problem.TextKey, problem.Arguments);
        }
    }

    // In the order in which the lines are posted.
    static List<TrackedLine> WithLots(Dispatch dispatch, IReadOnlyList<(LineInHand Line, int Quantity)> carried)
    {
        var said = dispatch.Lines.ToDictionary(line => line.LineNumber, line => line.Lots);
        return [.. carried.Select(line => new TrackedLine(line.Line.LineNumber, line.Line.Sku, line.Line.Tracking, line.Quantity, said[line.Line.LineNumber]))];
    }

    static List<(LineInHand Line, int Quantity)> Carried(Dispatch dispatch, List<LineInHand> lines)
    {
        var ordered = lines.ToDictionary(line => line.LineNumber);
        return [.. dispatch.Lines.Where(line => line.Quantity > 0).Select(line => (ordered[line.LineNumber], (int)line.Quantity!.Value)).OrderBy(line => line.Item1.LineNumber)];
    }
}

/// <summary>What is sent, and how.</summary>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="Lines">How much of which line; lines of 0 stay.</param>
public sealed record Dispatch(string? Carrier, string? TrackingNumber, IReadOnlyList<DispatchedLine> Lines)
{
    /// <summary>How it is packed; nothing where it goes as one piece.</summary>
    public IReadOnlyList<DispatchedParcel> Parcels { get; init; } = [];

    // Whoever packs need not say again what is sent; a single parcel holds all of it, and the shipment goes with whoever carries the first one.
    internal Dispatch Complete() => Parcels switch
    {
        [] => this,
        [{ Lines.Count: 0 } only] => (this with { Parcels = [only with { Lines = [.. Lines.Where(line => line.Quantity > 0)] }] }).Carried(),
        _ when Lines.Count == 0 => (this with { Lines = [.. Parcels.SelectMany(parcel => parcel.Lines).GroupBy(line => line.LineNumber).Select(group => new DispatchedLine(group.Key, group.Any(line => line.Quantity is null) ? null : group.Sum(line => line.Quantity)) { Lots = [.. group.SelectMany(line => line.Lots ?? [])] })] }).Carried(),
        _ => Carried(),
    };

    Dispatch Carried() => this with { Carrier = Carrier ?? Parcels[0].Carrier, TrackingNumber = TrackingNumber ?? Parcels[0].TrackingNumber };
}

/// <summary>How much of a line is sent.</summary>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Quantity">How many; null where it is no number.</param>
public sealed record DispatchedLine(int LineNumber, decimal? Quantity)
{
    /// <summary>Which lots or serial numbers of a tracked product go; those that expire first, then the oldest, then the lowest numbers where nothing is said.</summary>
    public IReadOnlyList<LotPieces>? Lots { get; init; }
}
