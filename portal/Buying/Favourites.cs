using Platform.Database;

namespace Portal.Buying;

/// <summary>Products that a person has marked to find them again (收藏).</summary>
public sealed class Favourites(Db db, TimeProvider clock)
{
    /// <summary>Marks a product, or takes the mark away; what is so already stays so.</summary>
    /// <returns>False where there is no such product.</returns>
    public Task<bool> MarkAsync(string sku, bool isMarked, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<long?>("select product_id from product where sku = @sku", new { sku }, ct) is not { } product)
        {
            return false;
        }

        await db.ExecuteAsync(isMarked
            ? "insert into favourite_product (person_id, product_id, added_at) values (app_person_id(), @product, @now) on conflict do nothing"
            : "delete from favourite_product where person_id = app_person_id() and product_id = @product", new { product, now = clock.GetUtcNow().UtcDateTime }, ct);
        return true;
    }, ct);
}
