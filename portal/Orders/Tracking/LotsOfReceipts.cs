using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Which lots and serial numbers of a shipment a goods receipt took in and which it missed; what nobody spoke of follows where only one thing can be meant.</summary>
public sealed class LotsOfReceipts(Db db, OrderWriting orders)
{
    const string Stays = "stays";

    /// <summary>Deals the lots of a shipment out to what a receipt found.</summary>
    /// <param name="shipmentNumber">The shipment.</param>
    /// <param name="lines">What was found, line by line.</param>
    /// <param name="arrived">What was said, of the lots too.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(ReceivedLots Lots, IReadOnlyList<OrderProblem> Problems)> DealAsync(string shipmentNumber, IReadOnlyList<ReceivedLine> lines, IReadOnlyList<ArrivedLine> arrived, CancellationToken ct)
    {
        var said = arrived.ToDictionary(line => line.LineNumber, line => line.Lots);
        var problems = lines.Where(line => !line.Line.IsTracked && said[line.Line.LineNumber].Count > 0).Select(line => new OrderProblem(line.Line.LineNumber, "lots", "stock.lots.not_tracked", line.Line.Sku)).ToList();
        if (!lines.Any(line => line.Line.IsTracked))
        {
            return (new([], new HashSet<long>()), problems);
        }

        var sent = (await orders.ShippedLotsAsync(shipmentNumber, ct)).ToLookup(lot => lot.ShipmentLineId);
        List<(long ShipmentLineId, SaidOfLot Lot)> dealt = [];
        HashSet<long> unnamed = [];
        foreach (var line in lines.Where(line => line.Line.IsTracked))
        {
            if (!sent[line.Line.ShipmentLineId].Any())
            {
                // It left before its product was tracked.
                unnamed.Add(line.Line.ShipmentLineId);
                continue;
            }

            var split = SplitLots.Of(line.Line.LineNumber, line.Line.Sku, [.. sent[line.Line.ShipmentLineId].Where(lot => lot.InTransit > 0).Select(lot => new LotPiecesThere(lot.Code, lot.InTransit))],
                [new("received", line.Received), new("short", line.Short), new("damaged", line.Damaged), new("wrong", line.Wrong), new(Stays, line.Line.InTransit - line.Received - line.Lost)],
                [.. said[line.Line.LineNumber].SelectMany(lot => lot.Said)]);
            dealt.AddRange(split.Dealt.Where(lot => lot.Outcome is not Stays).Select(lot => (line.Line.ShipmentLineId, lot)));
            if (split.Problem is { } problem)
            {
                problems.Add(new(problem.Line, problem.Field, problem.TextKey, problem.Arguments));
            }
        }

        return (new([.. dealt.GroupBy(lot => (lot.ShipmentLineId, lot.Lot.Code, lot.Lot.Outcome)).Select(same => (same.Key.ShipmentLineId, new SaidOfLot(same.Key.Code, same.Key.Outcome, same.Sum(lot => lot.Lot.Quantity))))], unnamed), problems);
    }

    /// <summary>Writes them on the receipt.</summary>
    public Task WriteAsync(string receiptNumber, ReceivedLots lots, CancellationToken ct) =>
        lots.Dealt.Count == 0 ? Task.CompletedTask : orders.NameReceivedAsync(receiptNumber, lots.Dealt, ct);

    /// <summary>For the product: what the buyer at the end found of the lots of a direct shipment, on the receipt of the order above, less what its receipts say already.</summary>
    public Task CarryAsync(string receiptNumber, string aboveNumber, CancellationToken ct) => db.ExecuteAsync("""
        insert into goods_receipt_lot (goods_receipt_id, shipment_line_id, stock_lot_id, outcome, quantity)
        select g.goods_receipt_id, found.shipment_line_id, found.stock_lot_id, found.outcome, found.quantity - coalesce(known.quantity, 0)
        from goods_receipt g
        cross join (
            select d.shipment_line_id, x.stock_lot_id, x.outcome, sum(x.quantity) as quantity
            from shipment up
            join shipment_line ul on ul.shipment_id = up.shipment_id
            join drop_shipment_line d on d.shipment_line_id = ul.shipment_line_id
            join goods_receipt_lot x on x.shipment_line_id = d.below_shipment_line_id
            where up.number = @aboveNumber
            group by d.shipment_line_id, x.stock_lot_id, x.outcome) found
        left join (
            select x.shipment_line_id, x.stock_lot_id, x.outcome, sum(x.quantity) as quantity
            from shipment up join shipment_line ul on ul.shipment_id = up.shipment_id join goods_receipt_lot x on x.shipment_line_id = ul.shipment_line_id
            where up.number = @aboveNumber
            group by x.shipment_line_id, x.stock_lot_id, x.outcome) known
            on known.shipment_line_id = found.shipment_line_id and known.stock_lot_id = found.stock_lot_id and known.outcome = found.outcome
        where g.number = @receiptNumber and found.quantity > coalesce(known.quantity, 0)
        """, new { receiptNumber, aboveNumber }, ct);
}

/// <summary>Lots as a receipt takes them.</summary>
/// <param name="Dealt">What became of which lot of which shipment line.</param>
/// <param name="Unnamed">Shipment lines of tracked products that left before those were tracked.</param>
public sealed record ReceivedLots(IReadOnlyList<(long ShipmentLineId, SaidOfLot Lot)> Dealt, IReadOnlySet<long> Unnamed)
{
    /// <summary>As the ledger takes them, by the place of their line.</summary>
    internal IReadOnlyList<NamedPieces> ForLedger(IReadOnlyList<ReceivedLine> lines)
    {
        var dealt = Dealt.ToLookup(lot => lot.ShipmentLineId, lot => lot.Lot);
        return [.. lines.SelectMany((line, index) => Unnamed.Contains(line.Line.ShipmentLineId)
            ? new[] { new NamedPieces(index + 1, "", line.Received), new NamedPieces(index + 1, "", line.Lost, Lost: true) }.Where(pieces => pieces.Quantity > 0)
            : dealt[line.Line.ShipmentLineId].Select(lot => new NamedPieces(index + 1, lot.Code, lot.Quantity, Lost: lot.Outcome is not "received")))];
    }
}
