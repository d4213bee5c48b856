using Platform.Database;
using Portal.Receivables;

namespace Portal.Orders;

/// <summary>What the acts on an order mean for the books: credit is asked for before an order goes on, and a shipment is invoiced with it.</summary>
public sealed class OrderBooks(Db db, CreditGate gate, InvoiceShipment invoiceShipment)
{
    /// <summary>Asks whether an order that was just written and goes to the seller fits into the buyer's credit: the refusal, or null where it is taken, and be it to wait for the seller's finance.</summary>
    public async Task<OrderOutcome?> SubmittedAsync(Parties parties, NewOrder order, CancellationToken ct)
    {
        if (order.Status is not OrderStatus.Submitted || !parties.WatchesCredit)
        {
            return null;
        }

        return await TakenAsync(order.Number, order.SellerId, order.BuyerId, await gate.CheckWrittenAsync(order.Number, order.SellerId, order.BuyerId, order.Currency, ct), ct);
    }

    /// <summary>Asks for an order that was approved inside the buyer's company and goes to the seller now: the refusal, or null where it is taken, and be it to wait.</summary>
    public async Task<OrderOutcome?> BeforeApprovedAsync(OrderInHand order, CancellationToken ct) =>
        await TakenAsync(order.Number, order.SellerId, order.BuyerId, await gate.CheckAsync(order.PurchaseOrderId, order.SellerId, order.BuyerId, order.Currency, OrderLifecycle.Submit, ct), ct);

    async Task<OrderOutcome?> TakenAsync(string number, long sellerId, long buyerId, CreditVerdict verdict, CancellationToken ct)
    {
        if (verdict.Holds)
        {
            await gate.HoldAsync(number, sellerId, buyerId, OrderLifecycle.Submit, verdict, ct);
        }

        return Refusal(verdict);
    }

    /// <summary>What the gate would say to an order as it is being written; a transaction of its own, for the gate makes rivals wait.</summary>
    public async Task<CreditVerdict?> PreviewAsync(CheckedOrder order, CancellationToken ct) => order is { Parties: { WatchesCredit: true, SellerId: not null } parties, Lines.Count: > 0 }
        ? await db.InTransactionAsync(() => gate.CheckNewAsync(parties.SellerId!.Value, parties.BuyerId, parties.Currency,
            [.. order.Lines.Select(line => line.Priced).OfType<PricedLine>().Select(line => (line.ProductId, line.Amount))], ct), ct)
        : null;

    /// <summary>The refusal that a verdict on a new order is; null where the order is taken, and be it to wait.</summary>
    public static OrderOutcome? Refusal(CreditVerdict? verdict) => verdict is null or { Passes: true } or { Holds: true } ? null : Wrong(verdict, toBuyer: true);

    /// <summary>Asks before an order is confirmed or shipped. What stops it is the refusal; where the policy says so the order waits from now on, which is kept.</summary>
    public async Task<OrderOutcome?> StopAsync(OrderInHand order, string point, CancellationToken ct)
    {
        var verdict = await gate.CheckAsync(order.PurchaseOrderId, order.SellerId, order.BuyerId, order.Currency, point, ct);
        if (verdict.Untaxed is { } countries)
        {
            return OrderOutcome.Because("", "receivables.gate.untaxed", countries);
        }

        if (verdict.Passes)
        {
            return null;
        }

        if (verdict.Holds)
        {
            await gate.HoldAsync(order.Number, order.SellerId, order.BuyerId, point, verdict, ct);
        }

        return Wrong(verdict, toBuyer: false);
    }

    /// <summary>Asks whether more of a product than was ordered fits into the buyer's credit, where it is kept and paid for: the refusal, or null. Nothing waits for finance: the goods are there, and what both agreed to is asked again.</summary>
    public async Task<OrderOutcome?> StopMoreAsync(OrderInHand order, long productId, decimal amount, CancellationToken ct) =>
        await gate.CheckAtOnceAsync(order.SellerId, order.BuyerId, order.Currency, [(productId, amount)], ct) is var verdict && verdict.Passes ? null : Wrong(verdict, toBuyer: order.IsBuyer);

    /// <summary>Invoices a shipment that was just written.</summary>
    public Task ShippedAsync(OrderInHand order, string shipmentNumber, CancellationToken ct) => invoiceShipment.RunAsync(shipmentNumber, order.SellerId, order.BuyerId, ct);

    static OrderOutcome.Wrong Wrong(CreditVerdict verdict, bool toBuyer)
    {
        var problem = verdict.Problem(toBuyer);
        return OrderOutcome.Because("credit", problem.TextKey, problem.Arguments);
    }
}
