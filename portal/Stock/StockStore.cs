using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Stock;

/// <summary>Reads stock, as the person at work may see it; it is moved by <see cref="StockLedger"/>.</summary>
public sealed class StockStore(Db db)
{
    /// <summary>How the list of balances may be narrowed and sorted.</summary>
    public static ListShape Balances { get; } = new("stock", "sku", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sku"] = "p.sku",
        ["name"] = "p.name",
        ["holder"] = "holder.name",
        ["place"] = "place.code",
        ["on-hand"] = "b.on_hand",
        ["reserved"] = "b.reserved",
        ["available"] = "b.on_hand - b.reserved",
        ["in-transit"] = "b.in_transit",
    }, Tie: "b.product_id, b.stock_place_id", Filters: ["holder", "place", "state"]);

    /// <summary>How the list of movements may be narrowed and sorted.</summary>
    public static ListShape Moves { get; } = new("stock-moves", "-moved", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["moved"] = "m.moved_at",
        ["sku"] = "p.sku",
        ["quantity"] = "m.quantity",
    }, Tie: "m.stock_move_id desc", Filters: ["kind", "place", "from", "to"]);

    const string NarrowedBalances = """
        from stock_balance b
        join stock_place place on place.stock_place_id = b.stock_place_id
        join partner holder on holder.partner_id = place.partner_id
        join product p on p.product_id = b.product_id
        where (@everybodys and (@holder::text is null or holder.number = @holder) or not @everybodys and place.partner_id = (select app_partner_id()))
          and (@place::text is null or place.code = @place)
          and case @state when 'short' then b.on_hand - b.reserved <= 0 when 'reserved' then b.reserved > 0 when 'in_transit' then b.in_transit > 0 else true end
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within)
        """;

    // Both ends of a move are looked up by their own index; a union of the two finds a partner's moves without reading everybody's.
    const string NarrowedMoves = """
        from (
            select m.*, 'out' as direction, m.from_place_id as here_id from stock_move m
            where m.from_place_id = any (array(select stock_place_id from stock_place where partner_id = (select app_partner_id()) and kind = 'own'))
            union all
            select m.*, 'in', m.to_place_id from stock_move m
            where m.to_place_id = any (array(select stock_place_id from stock_place where partner_id = (select app_partner_id()) and kind = 'own'))) as m
        join stock_place here on here.stock_place_id = m.here_id
        join product p on p.product_id = m.product_id
        where (@place::text is null or here.code = @place)
          and (@kind::text is null or m.kind = @kind)
          and (@from::date is null or m.moved_at >= @from)
          and (@to::date is null or m.moved_at < @to::date + 1)
          and (@words::text is null or p.sku ilike @within or p.name ilike @within or p.name_zh ilike @within or m.order_number = upper(@words) or m.document_number = upper(@words))
        """;

    /// <summary>One page of the balances.</summary>
    public Task<ListPage<BalanceRow>> BalancesAsync(StockList list, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {NarrowedBalances}", list.Arguments, ct);
        var rows = await db.ListAsync<BalanceRow>($"""
            select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, holder.name as holder, holder.name_latin as holder_latin, place.code as place, b.on_hand, b.reserved, b.in_transit
            {NarrowedBalances}
            order by {list.Query.OrderBy}
            limit @limit offset @offset
            """, list.Arguments, ct);
        return new ListPage<BalanceRow>(rows, total);
    }, ct);

    /// <summary>All balances of the list, row by row, for a file.</summary>
    public IAsyncEnumerable<BalanceRow> StreamBalancesAsync(StockList list, CancellationToken ct) => db.StreamAsync<BalanceRow>($"""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, holder.name as holder, holder.name_latin as holder_latin, place.code as place, b.on_hand, b.reserved, b.in_transit
        {NarrowedBalances}
        order by {list.Query.OrderBy}
        """, list.Arguments, ct);

    /// <summary>One page of one's own movements.</summary>
    public Task<ListPage<MoveRow>> MovesAsync(StockList list, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var total = await db.OneAsync<long>($"select count(*) {NarrowedMoves}", list.Arguments, ct);
        var rows = await db.ListAsync<MoveRow>($"""
            select m.moved_at, m.kind, m.direction, here.code as place, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, m.quantity, m.order_number, m.document_number, m.reason, m.note
            {NarrowedMoves}
            order by {list.Query.OrderBy}
            limit @limit offset @offset
            """, list.Arguments, ct);
        return new ListPage<MoveRow>(rows, total);
    }, ct);

    /// <summary>All movements of the list, row by row, for a file.</summary>
    public IAsyncEnumerable<MoveRow> StreamMovesAsync(StockList list, CancellationToken ct) => db.StreamAsync<MoveRow>($"""
        select m.moved_at, m.kind, m.direction, here.code as place, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, m.quantity, m.order_number, m.document_number, m.reason, m.note
        {NarrowedMoves}
        order by {list.Query.OrderBy}
        """, list.Arguments, ct);

    /// <summary>One's own balances in the order of their SKU, of one place or of all together, for a program that pages through them.</summary>
    public Task<List<BalanceRow>> BalancesAfterAsync(string? placeCode, string? afterSku, int limit, CancellationToken ct) => db.ListAsync<BalanceRow>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, holder.name as holder, holder.name_latin as holder_latin, @placeCode::text as place,
               sum(b.on_hand)::bigint as on_hand, sum(b.reserved)::bigint as reserved, sum(b.in_transit)::bigint as in_transit
        from stock_balance b
        join stock_place place on place.stock_place_id = b.stock_place_id
        join partner holder on holder.partner_id = place.partner_id
        join product p on p.product_id = b.product_id
        where place.partner_id = app_partner_id() and (@placeCode::text is null or place.code = @placeCode) and (@afterSku::text is null or p.sku > @afterSku)
        group by p.product_id, holder.partner_id
        order by p.sku
        limit @limit
        """, new { placeCode, afterSku, limit }, ct);

    /// <summary>What one's seller has of some products, as far as it lets its buyers see.</summary>
    public Task<List<OfferedStock>> OfferedAsync(IReadOnlyCollection<long> products, CancellationToken ct) => db.ListAsync<OfferedStock>("""
        select o.product_id, p.sku, o.shows, o.band, o.available
        from stock_offered(@products) o
        join product p on p.product_id = o.product_id
        """, new { products = products.Distinct().ToArray() }, ct);

    /// <summary>The same, by SKU; unknown ones are left out.</summary>
    public Task<List<OfferedStock>> OfferedAsync(string[] skus, CancellationToken ct) => db.ListAsync<OfferedStock>("""
        select o.product_id, p.sku, o.shows, o.band, o.available
        from stock_offered(array(select product_id from product where sku = any (@skus))) o
        join product p on p.product_id = o.product_id
        order by p.sku
        """, new { skus }, ct);

    /// <summary>What one has oneself of some products in a place, on hand and not promised; in the default one where none is named.</summary>
    public async Task<IReadOnlyDictionary<long, long>> AvailableAsync(IReadOnlyCollection<long> products, CancellationToken ct, long? placeId = null) => (await db.ListAsync<(long ProductId, long Available)>("""
        select b.product_id, b.on_hand - b.reserved
        from stock_balance b
        where b.stock_place_id = coalesce(@placeId, stock_place_of(app_partner_id())) and b.product_id = any (@products)
        """, new { placeId, products = products.Distinct().ToArray() }, ct)).ToDictionary(row => row.ProductId, row => row.Available);

    /// <summary>What one's own buyers see of one's stock.</summary>
    public Task<Visibility> VisibilityAsync(CancellationToken ct) => db.OneAsync<Visibility>("""
        select coalesce(v.shows, 'banded') as shows, coalesce(v.version, 0) as version,
               exists (select from partner b where b.upstream_id = app_partner_id()) as has_buyers
        from (select app_partner_id() as partner_id) me
        left join stock_visibility v on v.partner_id = me.partner_id
        """, null, ct);
}

/// <summary>Which stock or movements a list shows.</summary>
/// <param name="Everybodys">True for the brand's view of all partners' stock.</param>
/// <param name="Query">Words, filters, order and page.</param>
public sealed record StockList(bool Everybodys, ListQuery Query)
{
    internal object Arguments => new
    {
        everybodys = Everybodys,
        holder = Query["holder"],
        place = Query["place"],
        state = Query["state"],
        kind = Query["kind"],
        from = Query.Day("from"),
        to = Query.Day("to"),
        words = Query.Words,
        within = LikePattern.Within(Query.Words),
        limit = Query.Limit,
        offset = Query.Offset,
    };
}

/// <summary>What a place has of a product.</summary>
public sealed record BalanceRow(string Sku, string Name, string NameZh, string Unit, string Holder, string? HolderLatin, string? Place, long OnHand, long Reserved, long InTransit)
{
    /// <summary>On hand and not promised.</summary>
    public long Available => OnHand - Reserved;
}

/// <summary>A movement, seen from one's own place.</summary>
/// <param name="MovedAt">When it happened.</param>
/// <param name="Kind">Why.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>.</param>
/// <param name="Place">The code of the place.</param>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Quantity">How many.</param>
/// <param name="OrderNumber">The order it was for.</param>
/// <param name="DocumentNumber">The shipment, receipt, transfer or count.</param>
/// <param name="Reason">Why, by one of the codes of <see cref="MoveReasons"/>.</param>
/// <param name="Note">What was said about it.</param>
public sealed record MoveRow(
    DateTime MovedAt, string Kind, string Direction, string Place, string Sku, string Name, string NameZh, long Quantity, string? OrderNumber, string? DocumentNumber, string? Reason, string? Note);

/// <summary>A seller's stock as it lets its buyers see it.</summary>
/// <param name="ProductId">The product's key; it never leaves the server.</param>
/// <param name="Sku">The product.</param>
/// <param name="Shows"><c>hidden</c>, <c>banded</c> or <c>exact</c>.</param>
/// <param name="Band"><c>none</c>, <c>few</c>, <c>some</c>, <c>plenty</c>; <c>always</c> for what needs no stock; null where hidden.</param>
/// <param name="Available">How many; null unless exact.</param>
public sealed record OfferedStock(long ProductId, string Sku, string Shows, string? Band, long? Available);

/// <summary>What buyers see.</summary>
/// <param name="Shows"><c>hidden</c>, <c>banded</c> or <c>exact</c>.</param>
/// <param name="Version">Counts the changes; 0 where nothing was ever said.</param>
/// <param name="HasBuyers">True for a partner that somebody orders from.</param>
public sealed record Visibility(string Shows, int Version, bool HasBuyers);
