using Platform.Audit;
using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// A seller has what lacks for an order sent by its own upstream straight to the buyer (直发): one order upwards, handed in at once, that carries the address of the order
/// below. The seller sells and buys as always; the goods move once, and it holds none of them.
/// </summary>
public sealed class AskForDropShipment(Db db, OrderWriting orders, WaitingLines waiting, PlaceOrder placeOrder, OrderBooks books, DropShipments dropShipments, AuditTrail audit)
{
    /// <summary>Orders all that the order waits for and that is not on order, to be sent to its buyer.</summary>
    /// <param name="number">The sales order.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The order upwards.</returns>
    public async Task<OrderOutcome> RunAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionDespiteDeadlocksAsync(3, () => AskAsync(number, version, ct), ct);
        }
        catch (NotOrderedException refused)
        {
            return refused.Outcome;
        }
    }

    async Task<OrderOutcome> AskAsync(string number, int? version, CancellationToken ct)
    {
        var order = await orders.TakeAsync(number, ct);
        if (Refusal(order, version) is { } refused)
        {
            return refused;
        }

        // Once the upstream has it, nobody asks the buyer's credit again: the goods are on their way without passing here.
        if (await books.StopAsync(order!, OrderLifecycle.Ship, ct) is { } stopped)
        {
            return stopped;
        }

        // The same lock as in OrderUpwards: what is missing is ordered once.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('order_supply', app_partner_id()))", null, ct);
        // What is performed goes no way at all.
        var missing = (await waiting.MissingAsync(number, null, ct)).FindAll(line => line.FromStock);
        if (missing.Count == 0)
        {
            return OrderOutcome.Because("", "orders.problem.nothing_missing");
        }

        if (await dropShipments.AddressAsync(order!.PurchaseOrderId, ct) is not { } address)
        {
            return OrderOutcome.Because("", "orders.problem.drop_ship_without_address");
        }

        // Nothing is over that could go on a shelf: what the upstream sells in multiples only is refused by it, line by line.
        var lines = missing.GroupBy(line => line.Kind).Select(kind => new SkuLine(kind.Key.Sku, kind.Sum(line => line.Quantity)) { Start = kind.Key.Start, Months = kind.Key.Months }).ToList();
        var drafted = await placeOrder.CreateAsync(new(null, null, null, null, lines) { Deal = missing.Select(line => line.Deal).FirstOrDefault(deal => deal is not null), DealIfItHelps = true }, submit: false, ct);
        if (drafted is not OrderOutcome.Done(var upwards, _))
        {
            return drafted;
        }

        var seller = await waiting.SupplyAsync(upwards, missing, ct);
        await dropShipments.MarkAsync(upwards, number, address, ct);
        // What is refused now leaves no draft behind that would keep the pieces from coming another way.
        var submitted = await placeOrder.SubmitAsync(upwards, null, ct);
        if (submitted is not OrderOutcome.Done)
        {
            throw new NotOrderedException(submitted);
        }

        await audit.RecordAsync("order.drop_ship", "order", upwards, seller, new { salesOrder = number, lines }, ct);
        return submitted;
    }

    // It is an order upwards: whoever may spend the company's money asks for it, be it sales or not.
    static OrderOutcome? Refusal(OrderInHand? order, int? version) =>
        order is null ? new OrderOutcome.NotFound()
        : !order.IsSeller || !order.HasRoleOf(Side.Buyer) ? new OrderOutcome.Forbidden()
        : version is { } seen && seen != order.Version ? new OrderOutcome.Stale(order.Version)
        : OrderLifecycle.Find(OrderLifecycle.DropShip, Side.Seller, order.Status) is null ? new OrderOutcome.NotNow(order.Status)
        : null;

    // Found out in the middle: what was written is undone.
    sealed class NotOrderedException(OrderOutcome outcome) : Exception
    {
        public OrderOutcome Outcome => outcome;
    }
}
