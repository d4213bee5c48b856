using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Which lots and serial numbers an order could be sent with: what would be taken without a word, and what else is there.</summary>
public sealed class LotsToShip(Db db, LotStore lots)
{
    /// <summary>What would be taken for what is reserved, by the number of the line.</summary>
    public async Task<ILookup<int, LotPieces>> ProposedAsync(OrderPage page, CancellationToken ct)
    {
        var lines = page.Lines.Where(line => line is { IsTracked: true, Reserved: > 0 }).ToList();
        var proposed = lines.Count == 0 || await PlaceAsync(page, ct) is not { } place ? [] : await lots.ProposedAsync(place, [.. lines.Select(line => line.ProductId)], [.. lines.Select(line => (long)line.Reserved)], ct);
        return proposed.ToLookup(lot => lines[lot.Line - 1].LineNumber, lot => new LotPieces(lot.Code, lot.Quantity, lot.BestBefore));
    }

    /// <summary>What the place has of the order's tracked products, by product.</summary>
    public async Task<ILookup<long, LotThere>> ThereAsync(OrderPage page, CancellationToken ct)
    {
        var products = page.Lines.Where(line => line.IsTracked).Select(line => line.ProductId).ToList();
        return (products.Count == 0 || await PlaceAsync(page, ct) is not { } place ? [] : await lots.ThereAsync(place, products, ct)).ToLookup(lot => lot.ProductId);
    }

    Task<long?> PlaceAsync(OrderPage page, CancellationToken ct) =>
        db.FindAsync<long?>("select from_place_id from purchase_order where purchase_order_id = @PurchaseOrderId and from_place_id is not null", new { page.Order.PurchaseOrderId }, ct);
}
