using System.Text.Json;
using Platform.Database;
using Platform.Outbox;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// Gives goods that a seller has to the lines that wait for them (分货), in the order its <see cref="SellingPolicy"/> names; a line that goods were
/// ordered upwards for comes before those that only hope. Runs by itself whenever a place has more to give, and when the seller asks.
/// </summary>
public sealed class AllocateGoods(Db db, WaitingLines waiting, StockLedger stock, OrderNews news)
{
    /// <summary>Reserves what there is.</summary>
    /// <param name="placeId">The seller's place; the caller holds it, or is the product itself.</param>
    /// <param name="products">The products to look at; null for all.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>How many lines got something.</returns>
    public Task<int> RunAsync(long placeId, long[]? products, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync(3, async () =>
    {
        // Orders, then balances, then lines: the same way round as in every act. What waits is read when the orders are held, not before.
        // An order that is confirmed meanwhile is not held and has its turn next time.
        var lines = await waiting.TakeOrdersAsync(placeId, products, ct) is { Count: > 0 } held ? await waiting.InTurnAsync(placeId, products, held, ct) : [];
        if (lines.Count == 0)
        {
            return 0;
        }

        var there = await stock.ReserveUpToAsync(placeId, StockLines.Of(lines, line => line.ProductId, line => line.Wanted), ct);
        var given = lines.Zip(Shares.Of(lines, line => line.ProductId, line => line.Wanted, there)).Where(share => share.Second > 0).ToList();
        await waiting.ReserveAsync(given, ct);
        await news.TellAsync([.. given.GroupBy(share => share.First.Step).Select(order =>
            (order.Key, (object?)new { lines = order.Select(share => new { share.First.LineNumber, quantity = share.Second }) }))], ct);
        return given.Count;
    }, ct);

    /// <summary>Reserves what a partner has in its places for all that wait for it.</summary>
    /// <param name="sellerId">The partner; null for the one at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<int> RunAsync(long? sellerId, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync(3, async () =>
    {
        var given = 0;
        foreach (var place in await waiting.PlacesAsync(sellerId, ct))
        {
            given += await RunAsync(place, products: null, ct);
        }

        return given;
    }, ct);
}

/// <summary>Goods have come to a place, or a promise was taken back: whoever waits for them is served.</summary>
sealed class AllocateFreedGoods(AllocateGoods allocate) : IOutboxReceiver
{
    public string Kind => StockLedger.Freed;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var freed = payload.Deserialize<FreedGoods>(Outbox.Json)!;
        await allocate.RunAsync(freed.PlaceId, freed.Products, ct);
    }
}
