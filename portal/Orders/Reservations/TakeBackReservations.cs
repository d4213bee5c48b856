using Platform.Database;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>Takes back what is reserved for orders because the goods are not there: from those that are promised last. Their lines wait again; both the seller's people and the audit are told.</summary>
public sealed class TakeBackReservations(Db db, StockLedger stock, OrderNews news, TimeProvider clock) : IReservations
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> TakeBackAsync(long placeId, StockLines tooMuch, string because, CancellationToken ct)
    {
        // Orders, then balances, then lines: the same way round as in every act.
        var held = await db.ListAsync<long>("""
            select o.purchase_order_id
            from purchase_order o
            where o.from_place_id = @placeId and o.status in ('confirmed', 'partially_shipped')
              and exists (select from purchase_order_line l where l.purchase_order_id = o.purchase_order_id and l.reserved > 0 and l.from_stock and l.product_id = any (@products))
            order by o.purchase_order_id
            for no key update
            """, new { placeId, products = tooMuch.Products }, ct);
        var lines = await db.ListAsync<ReservedLine>("""
            select l.purchase_order_line_id, l.line_number, l.product_id, l.reserved, o.number, o.status, o.buyer_id, o.seller_id
            from purchase_order_line l
            join purchase_order o on o.purchase_order_id = l.purchase_order_id
            where l.purchase_order_id = any (@held) and l.reserved > 0 and l.from_stock and l.product_id = any (@products)
            order by l.promised_on desc nulls first, o.submitted_at desc, l.purchase_order_line_id desc
            """, new { held = held.ToArray(), products = tooMuch.Products }, ct);
        var wanted = tooMuch.Products.Zip(tooMuch.Quantities).ToDictionary(product => product.First, product => product.Second);
        var freed = lines.Zip(Shares.Of(lines, line => line.ProductId, line => line.Reserved, wanted)).Where(share => share.Second > 0).ToList();
        return freed.Count == 0 ? [] : await FreeAsync(placeId, freed, because, ct);
    }

    async Task<IReadOnlyList<string>> FreeAsync(long placeId, List<(ReservedLine Line, int Quantity)> freed, string because, CancellationToken ct)
    {
        await stock.ReleaseAsync(placeId, StockLines.Of(freed, share => share.Line.ProductId, share => share.Quantity), ct, tells: false);
        await db.ExecuteAsync(UnreserveLines, new
        {
            lines = freed.Select(share => share.Line.PurchaseOrderLineId).ToArray(), quantities = freed.Select(share => share.Quantity).ToArray(), because, now = clock.GetUtcNow().UtcDateTime,
        }, ct);
        var orders = freed.GroupBy(share => share.Line.Step).ToList();
        await news.TellAsync([.. orders.Select(order => (order.Key, (object?)new { because, lines = order.Select(share => new { share.Line.LineNumber, quantity = share.Quantity }) }))], ct);
        return [.. orders.Select(order => order.Key.Number)];
    }

    const string UnreserveLines = """
        with line as (
            update purchase_order_line l
            set reserved = l.reserved - freed.quantity
            from unnest(@lines, @quantities) as freed (id, quantity)
            where l.purchase_order_line_id = freed.id
            returning l.purchase_order_id),
        kept as (
            update purchase_order o
            set version = o.version + 1
            from (select distinct purchase_order_id from line) as had
            where o.purchase_order_id = had.purchase_order_id
            returning o.purchase_order_id, o.buyer_id, o.seller_id, o.status)
        insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, document_number, happened_at)
        select purchase_order_id, buyer_id, seller_id, 'unreserve', status, coalesce(app_partner_id(), seller_id), app_person_id(), @because, @now
        from kept
        """;

    sealed record ReservedLine(long PurchaseOrderLineId, int LineNumber, long ProductId, int Reserved, string Number, string Status, long BuyerId, long SellerId)
    {
        public OrderStep Step => new(Number, OrderLifecycle.Unreserve, Status, BuyerId, SellerId);
    }
}
