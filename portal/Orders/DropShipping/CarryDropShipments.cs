using System.Text.Json;
using Platform.Database;
using Platform.Outbox;

namespace Portal.Orders;

/// <summary>
/// The upstream has sent goods straight to the buyer: the seller's own order has the same shipment, with its own number and invoice. The goods moved with the upstream's
/// shipment, so the stock ledger is not touched here.
/// </summary>
sealed class CarryDropShipments(Db db, OrderWriting orders, DropShipments dropShipments, OrderBooks books, Outbox outbox, OrderNews news) : IOutboxReceiver
{
    /// <summary>The kind of outbox message that says that a shipment of an order which drops ship has left.</summary>
    public const string Sent = "order.drop_shipped";

    public string Kind => Sent;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var above = payload.Deserialize<DropShipmentWord>(Outbox.Json)!.Shipment;
        return db.InTransactionDespiteDeadlocksAsync(3, async () =>
        {
            var number = await dropShipments.BelowAsync(above, ct) ?? throw new InvalidOperationException($"Nobody knows for whom {above} was sent.");
            var order = await orders.TakeAsync(number, ct) ?? throw new InvalidOperationException($"The product sees every order, but not {number}.");
            // Told twice, the second time nothing is left to carry down.
            var pieces = await dropShipments.PiecesAsync(above, ct);
            if (pieces.Count == 0)
            {
                return await dropShipments.IsCarriedAsync(above, ct) ? true : throw new InvalidOperationException($"{above} was sent, and {number} waits for none of it.");
            }

            var lines = await orders.LinesAsync(order.PurchaseOrderId, ct);
            var byKey = lines.ToDictionary(line => line.PurchaseOrderLineId);
            var travel = await dropShipments.TravelAsync(above, ct);
            var shipment = new NewShipment(PublicNumber.New("SH"), travel.Carrier, travel.TrackingNumber, [.. pieces.Select(piece => (byKey[piece.LineId], piece.Quantity))]) { IsDirect = true };
            var status = OrderLifecycle.After(lines, shipped: pieces.Sum(piece => (long)piece.Quantity));
            await orders.InsertShipmentAsync(order, shipment, status, ct);
            await dropShipments.RememberAsync(shipment.Number, pieces, ct);
            if (shipment.Lines.Any(line => line.Line.IsTracked))
            {
                await orders.TakeLotsAsync(shipment.Number, ct);
            }

            await books.ShippedAsync(order, shipment.Number, ct);
            await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Ship, status,
                new { shipment = shipment.Number, isDirect = true, lines = shipment.Lines.Select(line => new { line.Line.LineNumber, line.Quantity }) }, ct);
            if (order.DropShips)
            {
                await outbox.PutAsync(Sent, new DropShipmentWord(shipment.Number), ct);
            }

            return true;
        }, ct);
    }
}

/// <summary>The buyer at the end has taken a direct shipment in: the seller's order upwards is received as it was found there, differences and all.</summary>
sealed class CarryDropReceipts(Db db, OrderWriting orders, DropShipments dropShipments, LotsOfReceipts lots, Outbox outbox, OrderNews news) : IOutboxReceiver
{
    /// <summary>The kind of outbox message that says that something of a direct shipment has arrived.</summary>
    public const string Arrived = "order.drop_received";

    public string Kind => Arrived;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var below = payload.Deserialize<DropShipmentWord>(Outbox.Json)!.Shipment;
        return db.InTransactionAsync(async () =>
        {
            var above = await dropShipments.AboveAsync(below, ct) ?? throw new InvalidOperationException($"Nobody knows whose goods {below} brought.");
            var order = await orders.TakeAsync(above.OrderNumber, ct) ?? throw new InvalidOperationException($"The product sees every order, but not {above.OrderNumber}.");
            // What was said already is not said again, however often this is told.
            var found = (await dropShipments.FoundBelowAsync(above.ShipmentNumber, ct)).FindAll(line => line.SaysSomething);
            if (found.Count == 0)
            {
                return;
            }

            var sent = (await orders.ShippedLinesAsync(above.ShipmentNumber, ct)).ToDictionary(line => line.ShipmentLineId);
            var receipt = new NewReceipt(PublicNumber.New("GR"), sent.Values.First().ShipmentId, null,
                [.. found.Select(line => new ReceivedLine(sent[line.ShipmentLineId], line.Received, line.Short, line.Damaged, line.Wrong, 0, null))]);
            var status = OrderLifecycle.After(await orders.LinesAsync(order.PurchaseOrderId, ct), received: receipt.Lines.Sum(line => (long)line.Received), lost: receipt.Lines.Sum(line => (long)line.Lost));
            await orders.InsertReceiptAsync(order, receipt, status, ct);
            if (receipt.Lines.Any(line => line.Line.IsTracked))
            {
                await lots.CarryAsync(receipt.Number, above.ShipmentNumber, ct);
            }

            await news.TellAsync(order.Number, order.BuyerId, order.SellerId, OrderLifecycle.Receive, status,
                new { receipt = receipt.Number, shipment = above.ShipmentNumber, isDirect = true, lines = receipt.Lines.Select(line => new { line.Line.LineNumber, line.Received, line.Short, line.Damaged, line.Wrong }) }, ct);
            if (above.IsDirect)
            {
                await outbox.PutAsync(Arrived, new DropShipmentWord(above.ShipmentNumber), ct);
            }
        }, ct);
    }
}

/// <summary>A shipment that went straight to a buyer further down, as the outbox carries it.</summary>
/// <param name="Shipment">Its number.</param>
sealed record DropShipmentWord(string Shipment);
