using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reads lots and serial numbers as the person at work may see them: each company its own, the brand everybody's.</summary>
public sealed class LotStore(Db db, TimeProvider clock)
{
    /// <summary>How the list of lots in stock may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("stock-lots", "best-before", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku", ["code"] = "l.code", ["holder"] = "holder.name", ["place"] = "place.code", ["on-hand"] = "b.on_hand", ["in-transit"] = "b.in_transit", ["best-before"] = "l.best_before",
    }, Tie: "p.sku, l.stock_lot_id, b.stock_place_id", Filters: ["holder", "place", "days", "kind"]);

    /// <summary>Within how many days lots expire that are looked for.</summary>
    public static IReadOnlyList<string> Days { get; } = ["0", "30", "60", "90", "180"];

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    const string Columns = """
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.tracking, holder.number as holder_number, holder.name as holder, holder.name_latin as holder_latin, place.code as place, l.kind, l.code, l.made_on, l.best_before,
               b.on_hand, b.in_transit, l.best_before < brand_day(@Now) as is_expired, (l.best_before - brand_day(@Now))::integer as days_left
        """;

    const string Narrowed = """
        from stock_lot_balance b
        join stock_lot l on l.stock_lot_id = b.stock_lot_id
        join product p on p.product_id = b.product_id
        join stock_place place on place.stock_place_id = b.stock_place_id
        join partner holder on holder.partner_id = place.partner_id
        where (b.on_hand > 0 or b.in_transit > 0)
          and (@everybodys and (@holder::text is null or holder.number = @holder) or not @everybodys and place.partner_id = (select app_partner_id()))
          and (@place::text is null or place.code = @place)
          and (@kind::text is null or l.kind = @kind)
          and (@days::integer is null or l.best_before < brand_day(@Now) + @days)
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within or l.code like upper(@beginning))
        """;

    /// <summary>One page of what is in stock, by lot.</summary>
    public Task<ListPage<LotRow>> ListAsync(LotList list, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {Narrowed}", list.Arguments(Now), ct);
        return new ListPage<LotRow>(await db.ListAsync<LotRow>($"{Columns} {Narrowed} order by {list.Query.OrderBy} limit @limit offset @offset", list.Arguments(Now), ct), total);
    }, ct);

    /// <summary>All of it, row by row, for a file.</summary>
    public IAsyncEnumerable<LotRow> StreamAsync(LotList list, CancellationToken ct) => db.StreamAsync<LotRow>($"{Columns} {Narrowed} order by {list.Query.OrderBy}", list.Arguments(Now), ct);

    /// <summary>One's own lots by SKU and code, for a program that pages through them.</summary>
    /// <param name="place">Of this place alone.</param>
    /// <param name="sku">Of this product alone.</param>
    /// <param name="expiringWithin">Only those that expire within so many days, or have.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="limit">How many.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<LotRow>> AfterAsync(string? place, string? sku, int? expiringWithin, LotKey? after, int limit, CancellationToken ct) => db.ListAsync<LotRow>($"""
        {Columns} {Narrowed}
          and (@sku::text is null or p.sku = @sku)
          and (@afterSku::text is null or (p.sku, l.code, place.code) > (@afterSku, @afterCode, @afterPlace))
        order by p.sku, l.code, place.code
        limit @limit
        """, new
    {
        everybodys = false, holder = (string?)null, place, kind = (string?)null, days = expiringWithin + 1, words = (string?)null, within = (string?)null, beginning = (string?)null, Now,
        sku, afterSku = after?.Sku, afterCode = after?.Code, afterPlace = after?.Place, limit,
    }, ct);

    /// <summary>How many own lots have expired or do within thirty days.</summary>
    public Task<long> ExpiringAsync(CancellationToken ct) => db.OneAsync<long>("""
        select count(distinct b.stock_lot_id)
        from stock_lot_balance b join stock_lot l on l.stock_lot_id = b.stock_lot_id join stock_place place on place.stock_place_id = b.stock_place_id
        where place.partner_id = app_partner_id() and b.on_hand > 0 and l.best_before < brand_day(@Now) + 30
        """, new { Now }, ct);

    /// <summary>Of the products that stand in front of typed rows, those that are known by serial numbers.</summary>
    public async Task<IReadOnlySet<string>> SerialProductsAsync(string? typed, CancellationToken ct)
    {
        var skus = LotLines.ReadWithSku(typed, new HashSet<string>(StringComparer.Ordinal)).Select(lot => lot.Sku!).Distinct(StringComparer.Ordinal).ToArray();
        return skus.Length == 0 ? new HashSet<string>(StringComparer.Ordinal)
            : (await db.ListAsync<string>("select sku from product where sku = any (@skus) and tracking = 'serial'", new { skus }, ct)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What would be taken of some products from an own place, line by line: what expires first, then the oldest, then the lowest number.</summary>
    public Task<List<ProposedLot>> ProposedAsync(long placeId, IReadOnlyList<long> products, IReadOnlyList<long> quantities, CancellationToken ct) => db.ListAsync<ProposedLot>("""
        select line, code, best_before, quantity from stock_lots_proposed(@placeId, @products, @quantities, brand_day(@Now))
        """, new { placeId, products = products.ToArray(), quantities = quantities.ToArray(), Now }, ct);

    /// <summary>The same for lines that leave several own places.</summary>
    public Task<List<ProposedLot>> ProposedAsync(IReadOnlyList<(long PlaceId, long ProductId, long Quantity)> lines, CancellationToken ct) => db.ListAsync<ProposedLot>("""
        select place.numbers[taken.line] as line, taken.code, taken.best_before, taken.quantity
        from (
            select l.place_id, array_agg(l.product_id order by l.number) as products, array_agg(l.quantity order by l.number) as quantities, array_agg(l.number::integer order by l.number) as numbers
            from unnest(@places, @products, @quantities) with ordinality as l (place_id, product_id, quantity, number)
            group by l.place_id) place
        cross join lateral stock_lots_proposed(place.place_id, place.products, place.quantities, brand_day(@Now)) taken
        order by 1, taken.best_before nulls last, length(taken.code), taken.code
        """, new { places = lines.Select(line => line.PlaceId).ToArray(), products = lines.Select(line => line.ProductId).ToArray(), quantities = lines.Select(line => line.Quantity).ToArray(), Now }, ct);

    /// <summary>What one's own default place has of some products, by lot, that can be chosen instead.</summary>
    public Task<List<LotThere>> ThereAsync(long placeId, IReadOnlyCollection<long> products, CancellationToken ct) => db.ListAsync<LotThere>("""
        select b.product_id, l.kind, l.code, l.best_before, b.on_hand
        from stock_lot_balance b join stock_lot l on l.stock_lot_id = b.stock_lot_id
        where b.stock_place_id = @placeId and b.product_id = any (@products) and b.on_hand > 0
        order by b.product_id, l.best_before nulls last, length(l.code), l.code
        """, new { placeId, products = products.Distinct().ToArray() }, ct);

    /// <summary>A product and how it is tracked.</summary>
    public Task<TrackedProduct?> ProductAsync(string sku, CancellationToken ct) =>
        db.FindAsync<TrackedProduct>("select product_id, sku, name, coalesce(name_zh, name) as name_zh, tracking from product where sku = @sku", new { sku }, ct);

    /// <summary>How many pieces of a product in an own place wait for a lot or serial number.</summary>
    public Task<long> UnnamedAsync(long placeId, long productId, CancellationToken ct) => db.OneAsync<long>("""
        select coalesce(sum(on_hand), 0)::bigint from stock_lot_balance where stock_place_id = @placeId and product_id = @productId and kind = 'unnamed'
        """, new { placeId, productId }, ct);
}

/// <summary>Which lots a list shows.</summary>
/// <param name="Everybodys">True for the brand's view of all partners' stock.</param>
/// <param name="Query">Words, filters, order and page.</param>
public sealed record LotList(bool Everybodys, ListQuery Query)
{
    internal object Arguments(DateTime now) => new
    {
        everybodys = Everybodys, holder = Query["holder"], place = Query["place"], kind = Query["kind"], days = Query["days"] is { } days && LotStore.Days.Contains(days) ? (int?)int.Parse(days, System.Globalization.CultureInfo.InvariantCulture) : null,
        words = Query.Words, within = LikePattern.Within(Query.Words), beginning = LikePattern.Beginning(Query.Words), limit = Query.Limit, offset = Query.Offset, Now = now,
    };
}

/// <summary>What a place holds of a lot.</summary>
public sealed record LotRow
{
    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its Chinese name, or the other.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>How its pieces are told apart.</summary>
    public string Tracking { get; init; } = "";

    /// <summary>Who holds it, by number.</summary>
    public string HolderNumber { get; init; } = "";

    /// <summary>Who holds it.</summary>
    public string Holder { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? HolderLatin { get; init; }

    /// <summary>The code of the place.</summary>
    public string Place { get; init; } = "";

    /// <summary><c>lot</c>, <c>serial</c>, or <c>unnamed</c> for pieces that have neither yet.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The lot or serial number.</summary>
    public string Code { get; init; } = "";

    /// <summary>The day of making.</summary>
    public DateOnly? MadeOn { get; init; }

    /// <summary>The best-before day.</summary>
    public DateOnly? BestBefore { get; init; }

    /// <summary>How many are there.</summary>
    public long OnHand { get; init; }

    /// <summary>How many are on their way there.</summary>
    public long InTransit { get; init; }

    /// <summary>True where the best-before day is over.</summary>
    public bool? IsExpired { get; init; }

    /// <summary>How many days are left until the best-before day.</summary>
    public int? DaysLeft { get; init; }
}

/// <summary>Where a page of lots ended.</summary>
public sealed record LotKey(string Sku, string Code, string Place);

/// <summary>A product and how it is tracked.</summary>
public sealed record TrackedProduct(long ProductId, string Sku, string Name, string NameZh, string Tracking);

/// <summary>Pieces of a lot that would be taken for a line.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Code">The lot or serial number.</param>
/// <param name="BestBefore">Its best-before day.</param>
/// <param name="Quantity">How many.</param>
public sealed record ProposedLot(int Line, string Code, DateOnly? BestBefore, long Quantity)
{
    /// <summary>As whoever fetches it reads it: <c>L-1 × 5 (2027-05-31)</c>.</summary>
    public string Said => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Code} × {Quantity}{(BestBefore is { } day ? $" ({day:yyyy-MM-dd})" : "")}");
}

/// <summary>Pieces of a lot in a place.</summary>
public sealed record LotThere(long ProductId, string Kind, string Code, DateOnly? BestBefore, long OnHand);

/// <summary>Pieces of a lot on a paper of the ledger.</summary>
public sealed record LotOfPaper(long ProductId, string Sku, string Code, long Quantity, DateOnly? BestBefore);

/// <summary>Reads the lots of papers that belong to no order.</summary>
static class LotReading
{
    /// <summary>The lots that moved with a transfer or a return.</summary>
    public static Task<List<LotOfPaper>> OfPaperAsync(Db db, string number, string kind, CancellationToken ct) => db.ListAsync<LotOfPaper>("""
        select m.product_id, p.sku, l.code, sum(ml.quantity)::bigint as quantity, l.best_before
        from stock_move m
        join stock_move_lot ml on ml.stock_move_id = m.stock_move_id
        join stock_lot l on l.stock_lot_id = ml.stock_lot_id
        join product p on p.product_id = m.product_id
        where m.order_number is null and m.document_number = @number and m.kind = @kind
        group by m.product_id, p.sku, l.stock_lot_id
        order by p.sku, l.best_before nulls last, l.stock_lot_id
        """, new { number, kind }, ct);
}
