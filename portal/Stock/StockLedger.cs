using Platform.Database;
using Platform.Outbox;

namespace Portal.Stock;

/// <summary>
/// Moves goods, in the transaction of the act that moves them. The database's functions take the balances in the order of their
/// keys, write the ledger and keep the balances; the code can neither write them otherwise nor make them negative.
/// </summary>
public sealed class StockLedger(Db db, Outbox outbox, TimeProvider clock)
{
    /// <summary>The kind of outbox message that says of which products a place has more to give; see <see cref="FreedGoods"/>.</summary>
    public const string Freed = "stock.freed";

    /// <summary>The name of the constraint that keeps places from giving what they do not have.</summary>
    public const string NeverNegative = "stock_is_never_negative";

    /// <summary>The name of the constraint that keeps promised goods in their place.</summary>
    public const string ReservedIsOnHand = "reserved_stock_is_on_hand";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Promises goods of a place: all lines, or none and what is short. The caller holds the place.</summary>
    /// <returns>The products of which less is available than asked; empty when all is reserved.</returns>
    public Task<List<Shortage>> ReserveAsync(long placeId, StockLines lines, CancellationToken ct) =>
        db.ListAsync<Shortage>("""
            select product_id, available
            from stock_reserve(@placeId, @products, @quantities, @now)
            """, new { placeId, products = lines.Products, quantities = lines.Quantities, now = Now }, ct);

    /// <summary>Promises goods of a place that the caller holds, as much of each product as there is.</summary>
    /// <returns>How much of each product was promised; those of which there is nothing are not named.</returns>
    public async Task<IReadOnlyDictionary<long, long>> ReserveUpToAsync(long placeId, StockLines lines, CancellationToken ct) =>
        (await db.ListAsync<(long ProductId, long Quantity)>("select product_id, quantity from stock_reserve_up_to(@placeId, @products, @quantities, @now)",
            new { placeId, products = lines.Products, quantities = lines.Quantities, now = Now }, ct)).ToDictionary(given => given.ProductId, given => given.Quantity);

    /// <summary>Takes a promise back.</summary>
    /// <param name="placeId">The place; the caller holds it.</param>
    /// <param name="lines">What is not promised any more.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="tells">False where the goods are not there, so that nobody else can have them.</param>
    public async Task ReleaseAsync(long placeId, StockLines lines, CancellationToken ct, bool tells = true)
    {
        await db.ExecuteAsync("select stock_release(@placeId, @products, @quantities, @now)",
            new { placeId, products = lines.Products, quantities = lines.Quantities, now = Now }, ct);
        if (tells)
        {
            await TellAsync(placeId, lines, ct);
        }
    }

    /// <summary>Reserved goods leave a place that the caller holds, on the way to another.</summary>
    /// <param name="placeId">The place they leave.</param>
    /// <param name="toPlaceId">The place they go to.</param>
    /// <param name="lines">What goes.</param>
    /// <param name="orderNumber">The order; null for goods that go back.</param>
    /// <param name="shipmentNumber">The paper.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="lots">The lots of tracked goods; of lines that are not named, those that would be proposed go.</param>
    public Task ShipAsync(long placeId, long toPlaceId, StockLines lines, string? orderNumber, string shipmentNumber, CancellationToken ct, IReadOnlyList<NamedPieces>? lots = null) =>
        db.ExecuteAsync("select stock_ship(@placeId, @toPlaceId, @products, @quantities, @now, @orderNumber, @shipmentNumber, @tracked::jsonb)",
            new { placeId, toPlaceId, products = lines.Products, quantities = lines.Quantities, now = Now, orderNumber, shipmentNumber, tracked = TrackedGoods.ForLedger(lots) }, ct);

    /// <summary>Goods on the way reach the caller's place, or are found lost.</summary>
    /// <param name="placeId">The place they reach.</param>
    /// <param name="received">What came in good order; lines of 0 are passed over.</param>
    /// <param name="lost">What did not, line by line as <paramref name="received"/>.</param>
    /// <param name="orderNumber">The order they were sent for; null for goods that come back.</param>
    /// <param name="receiptNumber">The goods receipt.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="lots">The lots of tracked goods, of what came and of what was lost.</param>
    public async Task ReceiveAsync(long placeId, StockLines received, long[] lost, string? orderNumber, string receiptNumber, CancellationToken ct, IReadOnlyList<NamedPieces>? lots = null)
    {
        await db.ExecuteAsync("select stock_receive(@placeId, @products, @quantities, @lost, @now, @orderNumber, @receiptNumber, @tracked::jsonb)",
            new { placeId, products = received.Products, quantities = received.Quantities, lost, now = Now, orderNumber, receiptNumber, tracked = TrackedGoods.ForLedger(lots) }, ct);
        await TellAsync(placeId, received, ct);
    }

    /// <summary>Goods enter a place by supply, or leave it by a sale to an end customer or a loss.</summary>
    /// <param name="kind"><c>supply</c>, <c>sale</c> or <c>loss</c>.</param>
    /// <param name="placeId">The place; the caller holds it.</param>
    /// <param name="lines">What moves.</param>
    /// <param name="movedAt">When it happened; not later than now.</param>
    /// <param name="note">Why, in the words of who records it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="reason">Why, by one of the codes of <see cref="MoveReasons"/>.</param>
    /// <param name="lots">The lots of tracked goods; of a sale those that would be proposed go where nothing is said.</param>
    public async Task RecordAsync(string kind, long placeId, StockLines lines, DateTimeOffset movedAt, string? note, CancellationToken ct, string? reason = null, IReadOnlyList<NamedPieces>? lots = null)
    {
        await db.ExecuteAsync("select stock_record(@kind, @placeId, @products, @quantities, @movedAt, @now, @note, @reason, @tracked::jsonb)",
            new { kind, placeId, products = lines.Products, quantities = lines.Quantities, movedAt = movedAt.UtcDateTime, now = Now, note, reason, tracked = TrackedGoods.ForLedger(lots) }, ct);
        if (kind is "supply")
        {
            await TellAsync(placeId, lines, ct);
        }
    }

    /// <summary>Goods go from one place of a partner to another of the same: there at once, or on the way.</summary>
    public async Task SendOverAsync(long placeId, long toPlaceId, StockLines lines, bool atOnce, string number, CancellationToken ct, IReadOnlyList<NamedPieces>? lots = null)
    {
        await db.ExecuteAsync("select stock_send_over(@placeId, @toPlaceId, @products, @quantities, @atOnce, @now, @number, @tracked::jsonb)",
            new { placeId, toPlaceId, products = lines.Products, quantities = lines.Quantities, atOnce, now = Now, number, tracked = TrackedGoods.ForLedger(lots) }, ct);
        if (atOnce)
        {
            await TellAsync(toPlaceId, lines, ct);
        }
    }

    /// <summary>Corrects the ledger by the differences of a count that was handed in; what was found can be given to those who wait.</summary>
    /// <returns>How many products differed.</returns>
    public async Task<int> PostCountAsync(string number, long placeId, StockLines found, CancellationToken ct)
    {
        var differed = await db.OneAsync<int>("select stock_count_post(@number, @now)", new { number, now = Now }, ct);
        await TellAsync(placeId, found, ct);
        return differed;
    }

    /// <summary>The products that lines name, each with what a place has of it that is not promised; unknown ones are left out.</summary>
    public async Task<IReadOnlyDictionary<string, ProductHere>> ProductsAsync(long placeId, IEnumerable<SkuLine> lines, CancellationToken ct) =>
        (await db.ListAsync<ProductHere>("""
            select p.sku, p.product_id, coalesce(b.on_hand - b.reserved, 0) as available, p.tracking, p.kept_in_stock
            from product p
            left join stock_balance b on b.product_id = p.product_id and b.stock_place_id = @placeId
            where p.sku = any (@skus)
            """, new { placeId, skus = lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal).ToArray() }, ct)).ToDictionary(product => product.Sku, StringComparer.Ordinal);

    /// <summary>The place where a partner receives and from which it ships if nothing else is said; known of any partner.</summary>
    public Task<long> PlaceOfAsync(long partnerId, CancellationToken ct) =>
        db.OneAsync<long>("select stock_place_of(@partnerId)", new { partnerId }, ct);

    /// <summary>An open place of a partner by its code, the default one where none is named; null where there is none. Known of any partner only where it is the default.</summary>
    public async Task<long?> PlaceAsync(long partnerId, string? code, CancellationToken ct) => string.IsNullOrWhiteSpace(code)
        ? await PlaceOfAsync(partnerId, ct)
        : await db.FindAsync<long?>("select stock_place_id from stock_place where partner_id = @partnerId and kind = 'own' and code = @code and closed_at is null", new { partnerId, code = code.Trim().ToUpperInvariant() }, ct);

    // After the commit and in a transaction of its own: whoever gives the goods to those who wait takes their orders first, which the act at work
    // can no longer do once it holds the balances.
    Task TellAsync(long placeId, StockLines lines, CancellationToken ct) =>
        lines.Quantities.Any(quantity => quantity > 0)
            ? outbox.PutAsync(Freed, new FreedGoods(placeId, [.. lines.Products.Where((_, index) => lines.Quantities[index] > 0).Distinct()]), ct)
            : Task.CompletedTask;
}

/// <summary>A product at a place.</summary>
/// <param name="Sku">The product.</param>
/// <param name="ProductId">Its key.</param>
/// <param name="Available">On hand and not promised.</param>
/// <param name="Tracking">How its pieces are told apart.</param>
/// <param name="KeptInStock">False for services and what is sold by the term.</param>
public sealed record ProductHere(string Sku, long ProductId, long Available, string Tracking, bool KeptInStock);

/// <summary>A place has more to give than before: goods came, or a promise was taken back.</summary>
/// <param name="PlaceId">The place's key.</param>
/// <param name="Products">The keys of the products.</param>
public sealed record FreedGoods(long PlaceId, long[] Products);

/// <summary>Products and how many of each, as two arrays of one length; the same product may stand twice.</summary>
/// <param name="Products">The keys of the products.</param>
/// <param name="Quantities">How many.</param>
public sealed record StockLines(long[] Products, long[] Quantities)
{
    /// <summary>The lines of anything that has a product and a quantity.</summary>
    public static StockLines Of<T>(IReadOnlyCollection<T> lines, Func<T, long> product, Func<T, long> quantity) =>
        new([.. lines.Select(product)], [.. lines.Select(quantity)]);
}

/// <summary>A product of which less is available than was asked.</summary>
/// <param name="ProductId">The product's key.</param>
/// <param name="Available">On hand and not promised.</param>
public sealed record Shortage(long ProductId, long Available);
