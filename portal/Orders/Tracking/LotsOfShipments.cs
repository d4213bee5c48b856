using Platform.Database;

namespace Portal.Orders;

/// <summary>Reads which lots and serial numbers shipments carry.</summary>
static class LotsOfShipments
{
    /// <summary>The lots of all shipments of an order, or of one shipment.</summary>
    public static Task<List<LotOfLine>> FindAsync(Db db, long? purchaseOrderId, long? shipmentId, CancellationToken ct) => db.ListAsync<LotOfLine>("""
        select s.number as shipment_number, l.line_number, lot.code, x.quantity, x.received, x.lost, lot.made_on, lot.best_before
        from shipment s
        join shipment_line sl on sl.shipment_id = s.shipment_id
        join shipment_line_lot x on x.shipment_line_id = sl.shipment_line_id
        join stock_lot lot on lot.stock_lot_id = x.stock_lot_id
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        where (@purchaseOrderId::bigint is null or s.purchase_order_id = @purchaseOrderId) and (@shipmentId::bigint is null or s.shipment_id = @shipmentId)
        order by s.shipment_id, l.line_number, lot.best_before nulls last, length(lot.code), lot.code
        """, new { purchaseOrderId, shipmentId }, ct);
}

/// <summary>Pieces of a lot on a line of a shipment.</summary>
public sealed record LotOfLine(string ShipmentNumber, int LineNumber, string Code, int Quantity, int Received, int Lost, DateOnly? MadeOn, DateOnly? BestBefore);

/// <summary>Pieces of a lot, or the piece with a serial number, as pages and programs read them.</summary>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Quantity">How many pieces were sent.</param>
/// <param name="Received">How many of them came in good order.</param>
/// <param name="Lost">How many of them did not.</param>
/// <param name="MadeOn">The day of making.</param>
/// <param name="BestBefore">The best-before day.</param>
public sealed record LotShown(string Code, int Quantity, int Received, int Lost, DateOnly? MadeOn, DateOnly? BestBefore)
{
    /// <summary>Still on the way.</summary>
    public int InTransit => Quantity - Received - Lost;
}

/// <summary>The lots of a line as they are shown.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Lots">The lots.</param>
public sealed record LotsOfLine(string Sku, IReadOnlyList<LotShown> Lots)
{
    /// <summary>More are folded up.</summary>
    public const int MostOpen = 5;
}
