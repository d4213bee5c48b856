using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Assortment;
using Portal.Notifications;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// A seller orders from its own upstream what its buyers wait for (背靠背订货): the missing quantities, place by place, remembered line by line, so that the goods come to
/// where they are sent from and go to those lines. What is on order already is not ordered again.
/// </summary>
public sealed class OrderUpwards(Db db, WaitingLines waiting, AllocateGoods allocate, ShipToAddresses addresses, PlaceOrder placeOrder, Terms terms, AuditTrail audit)
{
    /// <summary>Orders what lacks; one order for each place from which it is to be sent.</summary>
    /// <param name="number">For this sales order alone; null for all that wait.</param>
    /// <param name="submit">True to hand the orders to the upstream at once, false to keep them as drafts.</param>
    /// <param name="sellerId">For whom the product itself orders; null for the partner at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<OrderOutcome> RunAsync(string? number, bool submit, long? sellerId, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionDespiteDeadlocksAsync(3, () => OrderAsync(number, submit, sellerId, ct), ct);
        }
        catch (NotAllOrderedException refused)
        {
            return refused.Outcome;
        }
    }

    async Task<OrderOutcome> OrderAsync(string? number, bool submit, long? sellerId, CancellationToken ct)
    {
        // Two who order the same missing goods at the same moment: the second one waits here, and finds them on order.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('order_supply', coalesce(@sellerId, app_partner_id())))", new { sellerId }, ct);
        // What has come and nobody was given yet is no longer missing.
        await allocate.RunAsync(sellerId, ct);
        var missing = await waiting.MissingAsync(number, sellerId, ct);
        if (missing.Count == 0)
        {
            return OrderOutcome.Because("", "orders.problem.nothing_missing");
        }

        var places = await addresses.OfPlacesAsync([.. missing.Select(line => line.FromPlaceId)], ct);
        if (places.Find(place => !place.IsReached) is { } unreached)
        {
            return OrderOutcome.Because("shipTo", "orders.problem.place_without_address", unreached.Code);
        }

        // An order brings goods to one place. Of several all are made or none.
        List<OrderOutcome.Done> made = [];
        foreach (var place in places)
        {
            // what the brand supports for a deal is ordered for that deal alone
            foreach (var ofDeal in missing.Where(line => line.FromPlaceId == place.StockPlaceId).GroupBy(line => line.Deal, StringComparer.Ordinal))
            {
                var outcome = await OrderAsync(place, [.. ofDeal], (number, submit, sellerId), ct);
                if (outcome is not OrderOutcome.Done done)
                {
                    return made.Count == 0 ? outcome : throw new NotAllOrderedException(outcome);
                }

                made.Add(done);
            }
        }

        return made[0] with { Further = [.. made.Skip(1).Select(done => done.Number)] };
    }

    async Task<OrderOutcome> OrderAsync(PlaceReached place, List<MissingLine> missing, (string? Number, bool Submit, long? SellerId) asked, CancellationToken ct)
    {
        // The upstream sells in its own least quantities and multiples; what is over goes on the shelf.
        var sold = await terms.ForAsync(asked.SellerId, missing.Select(line => line.Sku), ct);
        var lines = missing.GroupBy(line => line.Kind)
            .Select(kind => new SkuLine(kind.Key.Sku, sold.GetValueOrDefault(kind.Key.Sku)?.Covering(kind.Sum(line => line.Quantity)) ?? kind.Sum(line => line.Quantity)) { Start = kind.Key.Start, Months = kind.Key.Months }).ToList();
        var outcome = await placeOrder.CreateAsync(new(null, null, null, null, lines) { BuyerId = asked.SellerId, ShipTo = place.Address, Deal = missing[0].Deal, DealIfItHelps = true }, asked.Submit, ct);
        if (outcome is OrderOutcome.Done(var upwards, _))
        {
            var buyer = await waiting.SupplyAsync(upwards, missing, ct);
            await audit.RecordAsync("order.supply", "order", upwards, buyer, new { salesOrder = asked.Number, place = place.Code, lines }, ct);
        }

        return outcome;
    }

    // Found out after the order for another place was written: that one is undone.
    sealed class NotAllOrderedException(OrderOutcome outcome) : Exception
    {
        public OrderOutcome Outcome => outcome;
    }
}

/// <summary>Where a seller's policy says so, what lacks at the confirmation of an order is ordered upwards by itself; what cannot be ordered is told.</summary>
sealed class OrderUpwardsByItself(Db db, OrderUpwards orderUpwards, SellingPolicies policies, Notifier notifier) : IOutboxReceiver
{
    /// <summary>The kind of outbox message that says that a confirmed order waits for goods.</summary>
    public const string Waits = "order.waits";

    public string Kind => Waits;

    public Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var order = payload.Deserialize<OrderThatWaits>(Outbox.Json)!;
        return db.InTransactionAsync(async () =>
        {
            if ((await policies.FindAsync(order.SellerId, ct)).PassesUp is not "automatic")
            {
                return;
            }

            // Told twice, the second time nothing is missing any more.
            if (await orderUpwards.RunAsync(order.Number, submit: true, order.SellerId, ct) is not (OrderOutcome.Done or OrderOutcome.Wrong { Problems: [{ TextKey: "orders.problem.nothing_missing" }] }))
            {
                await notifier.TellAsync(Recipients.Of(order.SellerId, BuyerRoles.All), "orders.told.not_ordered_upwards", [order.Number], "/orders/" + order.Number, ct);
            }
        }, ct);
    }
}

/// <summary>A confirmed order that waits for goods, as the outbox carries it.</summary>
/// <param name="Number">The order.</param>
/// <param name="SellerId">Whose goods lack.</param>
sealed record OrderThatWaits(string Number, long SellerId);
