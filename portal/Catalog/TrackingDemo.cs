using Platform.Database;
using Portal.Demo;

namespace Portal.Catalog;

/// <summary>The demo's brand begins to track some products while they lie everywhere: filters and sensors by lot, the big boards by serial number.</summary>
sealed class TrackingDemo(Db db, ProductStore products, EditProduct editProduct) : IDemoPart
{
    public int Order => 97;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        foreach (var (sku, tracking) in new[] { ("LA-FILTER", "lot"), ("AC-SENSE-10", "lot"), ("MR-BOARD-86", "serial") })
        {
            var product = await products.FindAsync(sku, ct) ?? throw new InvalidOperationException($"The demo has no {sku}.");
            var cost = await products.CostAsync(product.ProductId, ct);
            if (await editProduct.RunAsync(sku, product.Version, product.Facts(cost) with { Tracking = tracking, HoldsUnnamed = true }, ct) is not ProductOutcome.Done)
            {
                throw new InvalidOperationException($"{sku} cannot be tracked.");
            }
        }
    }, ct);
}
