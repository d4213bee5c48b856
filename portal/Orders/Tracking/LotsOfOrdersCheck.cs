using Platform.Database;

namespace Portal.Orders;

/// <summary>Follows lots and serial numbers along the papers of orders: a shipment carries on paper what left by the ledger, its receipts say what became of each, and a direct shipment has the upstream's.</summary>
static class LotsOfOrdersCheck
{
    /// <summary>What is wrong.</summary>
    public static Task<List<string>> FindingsAsync(Db db, CancellationToken ct) => db.ListAsync<string>("""
        with line as (
            select shipment_line_id, sum(quantity) as quantity, sum(received) as received, sum(lost) as lost from shipment_line_lot group by shipment_line_id),
        paper as (
            select s.number, x.stock_lot_id, sum(x.quantity) as quantity
            from shipment_line_lot x join shipment_line sl using (shipment_line_id) join shipment s using (shipment_id)
            where not s.is_direct
            group by s.number, x.stock_lot_id),
        moved as (
            select m.document_number as number, ml.stock_lot_id, sum(ml.quantity) as quantity
            from stock_move_lot ml join stock_move m using (stock_move_id) join stock_lot l using (stock_lot_id)
            where m.kind = 'shipment' and m.order_number is not null and l.kind <> 'unnamed'
            group by m.document_number, ml.stock_lot_id),
        became as (
            select shipment_line_id, stock_lot_id, coalesce(sum(quantity) filter (where outcome = 'received'), 0) as received, coalesce(sum(quantity) filter (where outcome <> 'received'), 0) as lost
            from goods_receipt_lot group by shipment_line_id, stock_lot_id)
        select format('%s: a line has %s pieces, %s received, %s lost; its lots say %s, %s, %s', s.number, sl.quantity, sl.received, sl.lost, line.quantity, line.received, line.lost)
        from line join shipment_line sl using (shipment_line_id) join shipment s using (shipment_id)
        where (line.quantity, line.received, line.lost) <> (sl.quantity, sl.received, sl.lost)
        union all
        select format('%s, lot %s: %s on the paper, %s in the stock ledger', number, l.code, coalesce(paper.quantity, 0), coalesce(moved.quantity, 0))
        from paper full join moved using (number, stock_lot_id) join stock_lot l using (stock_lot_id)
        where coalesce(paper.quantity, 0) <> coalesce(moved.quantity, 0)
        union all
        select format('%s, lot %s: %s received and %s lost, its receipts say %s and %s', s.number, l.code, x.received, x.lost, coalesce(became.received, 0), coalesce(became.lost, 0))
        from shipment_line_lot x
        left join became using (shipment_line_id, stock_lot_id)
        join stock_lot l using (stock_lot_id) join shipment_line sl using (shipment_line_id) join shipment s using (shipment_id)
        where (x.received, x.lost) <> (coalesce(became.received, 0), coalesce(became.lost, 0))
        union all
        select format('%s, lot %s: the upstream sent %s, the shipments below say %s', s.number, l.code, above.quantity, coalesce(below.quantity, 0))
        from shipment_line_lot above
        join shipment_line sl on sl.shipment_line_id = above.shipment_line_id
        join shipment s on s.shipment_id = sl.shipment_id
        join stock_lot l on l.stock_lot_id = above.stock_lot_id
        left join (
            select d.shipment_line_id, x.stock_lot_id, sum(x.quantity) as quantity
            from drop_shipment_line d join shipment_line_lot x on x.shipment_line_id = d.below_shipment_line_id
            group by d.shipment_line_id, x.stock_lot_id) below on below.shipment_line_id = above.shipment_line_id and below.stock_lot_id = above.stock_lot_id
        where exists (select from drop_shipment_line d where d.shipment_line_id = above.shipment_line_id) and coalesce(below.quantity, 0) <> above.quantity
        limit 100
        """, null, ct);
}
