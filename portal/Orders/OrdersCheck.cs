using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Orders;

/// <summary>
/// Counts every order again: ordered = shipped + open + cancelled, shipped = received + in transit + lost, the same in the documents
/// (shipments, receipts), in the stock ledger and in what is reserved; and the state is the one the quantities make.
/// </summary>
public sealed class OrdersCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "orders";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var looked = await db.OneAsync<Looked>("""
            select (select count(*) from purchase_order) as orders, (select count(*) from purchase_order_line) as lines, (select count(*) from shipment_line) as shipped
            """, null, ct);
        List<string> findings = [.. await StatesAsync(ct), .. await DocumentsAsync(ct), .. await LedgerAsync(ct), .. await MomentsAsync(ct), .. await ReservedAsync(ct), .. await DirectAsync(ct), .. await LotsOfOrdersCheck.FindingsAsync(db, ct), .. await PapersAsync(ct)];
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Lines:N0} lines of {looked.Orders:N0} orders and {looked.Shipped:N0} lines of shipments"), [.. findings.Take(100)]);
    }, ct);

    // What was given out on paper is still what it was.
    Task<List<string>> PapersAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('delivery note of %s (%s) is not that of its SHA-256', s.number, f.language)
        from delivery_note_file f join shipment s using (shipment_id) where f.sha256 <> sha256(f.content)
        union all
        select format('confirmation of %s, edition %s (%s) is not that of its SHA-256', o.number, c.edition, f.language)
        from order_confirmation_file f join order_confirmation c using (order_confirmation_id) join purchase_order o using (purchase_order_id) where f.sha256 <> sha256(f.content)
        limit 100
        """, null, ct);

    Task<List<string>> StatesAsync(CancellationToken ct) => db.ListAsync<string>("""
        -- Materialized, or the planner goes through the orders by number and the lines anew for each, hoping for a hundred findings soon.
        with counted as materialized (
            select purchase_order_id, count(*) as lines, sum(quantity) as ordered, sum(shipped) as shipped, sum(received) as received, sum(lost) as lost, sum(cancelled) as cancelled
            from purchase_order_line
            group by purchase_order_id),
        judged as materialized (
            select o.number, o.status, o.line_count, coalesce(c.lines, 0) as lines,
                   case when o.status in ('draft', 'pending_approval') then c.shipped > 0 or c.cancelled > 0
                        when o.status in ('submitted', 'rejected') then c.shipped > 0 or c.cancelled >= c.ordered
                        when o.status = 'cancelled' then c.shipped > 0 or c.cancelled < c.ordered
                        when o.status = 'closed' then c.shipped + c.cancelled < c.ordered or c.received + c.lost < c.shipped
                        else o.status <> case when c.shipped + c.cancelled < c.ordered then case when c.shipped = 0 then 'confirmed' else 'partially_shipped' end
                                              when c.shipped = 0 then 'cancelled'
                                              when c.received + c.lost < c.shipped then 'shipped'
                                              else 'received' end
                   end as is_wrong
            from purchase_order o left join counted c using (purchase_order_id))
        select case when is_wrong then format('%s is %s, which its quantities contradict', number, status)
                    else format('%s says it has %s lines and has %s', number, line_count, lines) end
        from judged
        where is_wrong or line_count <> lines
        order by number
        limit 100
        """, null, ct);

    Task<List<string>> DocumentsAsync(CancellationToken ct) => db.ListAsync<string>("""
        with sent as (
            select purchase_order_line_id, sum(quantity) as shipped, sum(received) as received, sum(lost) as lost from shipment_line group by purchase_order_line_id),
        arrived as (
            select sl.shipment_line_id, sl.received, sl.lost, coalesce(r.received, 0) as receipts, coalesce(d.quantity, 0) as discrepancies
            from shipment_line sl
            left join (select shipment_line_id, sum(received) as received from goods_receipt_line group by shipment_line_id) r using (shipment_line_id)
            left join (select shipment_line_id, sum(quantity) as quantity from receipt_discrepancy where kind <> 'over' group by shipment_line_id) d using (shipment_line_id))
        select format('%s line %s: %s shipped, %s received, %s lost; its shipments say %s, %s, %s',
                      o.number, l.line_number, l.shipped, l.received, l.lost, coalesce(s.shipped, 0), coalesce(s.received, 0), coalesce(s.lost, 0))
        from purchase_order_line l
        join purchase_order o using (purchase_order_id)
        left join sent s using (purchase_order_line_id)
        where o.origin = 'portal' and (l.shipped, l.received, l.lost) <> (coalesce(s.shipped, 0), coalesce(s.received, 0), coalesce(s.lost, 0))
        union all
        select format('%s: a line has %s received and %s lost, its receipts say %s and %s', s.number, a.received, a.lost, a.receipts, a.discrepancies)
        from arrived a
        join shipment_line sl using (shipment_line_id)
        join shipment s using (shipment_id)
        where (a.received, a.lost) <> (a.receipts, a.discrepancies)
        limit 100
        """, null, ct);

    Task<List<string>> LedgerAsync(CancellationToken ct) => db.ListAsync<string>("""
        with counted as (
            -- Goods that go straight to the buyer of the order below move once: out with the shipment above, in with the receipt below.
            select o.number as order_number, l.product_id, sum(l.shipped - coalesce(direct.quantity, 0)) as shipped,
                   sum(case when o.drop_ships then 0 else l.received end) as received, sum(case when o.drop_ships then 0 else l.lost end) as lost
            from purchase_order_line l join purchase_order o using (purchase_order_id)
            left join (select sl.purchase_order_line_id, sum(sl.quantity) as quantity from shipment s join shipment_line sl using (shipment_id) where s.is_direct group by sl.purchase_order_line_id) direct using (purchase_order_line_id)
            where l.shipped > 0 and l.from_stock
            group by o.number, l.product_id),
        moved as (
            select order_number, product_id,
                   coalesce(sum(quantity) filter (where kind in ('shipment', 'delivery')), 0) as shipped,
                   coalesce(sum(quantity) filter (where kind in ('receipt', 'delivery')), 0) as received,
                   coalesce(sum(quantity) filter (where kind = 'loss'), 0) as lost
            from stock_move
            where order_number is not null
            group by order_number, product_id)
        select format('%s, %s: %s shipped, %s received, %s lost; the stock ledger says %s, %s, %s', coalesce(c.order_number, m.order_number), p.sku,
                      coalesce(c.shipped, 0), coalesce(c.received, 0), coalesce(c.lost, 0), coalesce(m.shipped, 0), coalesce(m.received, 0), coalesce(m.lost, 0))
        from counted c
        full join moved m using (order_number, product_id)
        join product p using (product_id)
        where (coalesce(c.shipped, 0), coalesce(c.received, 0), coalesce(c.lost, 0)) <> (coalesce(m.shipped, 0), coalesce(m.received, 0), coalesce(m.lost, 0))
        limit 100
        """, null, ct);

    // Each paper stands in the ledger with its own pieces and its own moment: so orders and stock agree at every date, not just today. A clock that jumps
    // puts them apart by as much as clocks go wrong (stock_post keeps what leaves behind what came).
    Task<List<string>> MomentsAsync(CancellationToken ct) => db.ListAsync<string>("""
        with papers as (
            select s.number, x.product_id, s.shipped_at as at, sum(sl.quantity) as quantity
            from shipment s join shipment_line sl using (shipment_id) join purchase_order_line x on x.purchase_order_line_id = sl.purchase_order_line_id
            where not s.is_direct and x.from_stock
            group by s.number, x.product_id, s.shipped_at
            union all
            select r.number, x.product_id, r.received_at, sum(came.quantity)
            from goods_receipt r
            join purchase_order o on o.purchase_order_id = r.purchase_order_id and not o.drop_ships
            join (select goods_receipt_id, shipment_line_id, received as quantity from goods_receipt_line
                  union all
                  select goods_receipt_id, shipment_line_id, quantity from receipt_discrepancy where kind <> 'over') came using (goods_receipt_id)
            join shipment_line sl using (shipment_line_id)
            join purchase_order_line x on x.purchase_order_line_id = sl.purchase_order_line_id
            where came.quantity > 0 and x.from_stock
            group by r.number, x.product_id, r.received_at),
        moved as (
            select document_number as number, product_id, min(moved_at) as first, max(moved_at) as last, sum(quantity) as quantity
            from stock_move
            where document_number is not null and kind in ('shipment', 'receipt', 'loss') and order_number is not null
            group by document_number, product_id)
        select format('%s, %s: %s pieces at %s; the stock ledger says %s at %s', p.number, product.sku, p.quantity, p.at, coalesce(m.quantity, 0), m.first)
        from papers p
        join product using (product_id)
        left join moved m using (number, product_id)
        where coalesce(m.quantity, 0) <> p.quantity or m.first < p.at - interval '1 hour' or m.last > p.at + interval '1 hour'
        limit 100
        """, null, ct);

    Task<List<string>> ReservedAsync(CancellationToken ct) => db.ListAsync<string>("""
        with promised as (
            select o.from_place_id as stock_place_id, l.product_id, sum(l.reserved) as quantity
            from purchase_order o join purchase_order_line l using (purchase_order_id)
            where l.reserved > 0 and l.from_stock and o.status in ('confirmed', 'partially_shipped')
            group by o.from_place_id, l.product_id)
        select format('%s of %s: %s reserved, %s of them for confirmed orders', p.sku, holder.number, coalesce(b.reserved, 0), coalesce(promised.quantity, 0))
        from promised
        full join stock_balance b using (stock_place_id, product_id)
        join stock_place place using (stock_place_id)
        join partner holder using (partner_id)
        join product p using (product_id)
        where coalesce(b.reserved, 0) <> coalesce(promised.quantity, 0)
        union all
        select format('%s line %s has %s reserved, and the order is %s', o.number, l.line_number, l.reserved, o.status)
        from purchase_order_line l join purchase_order o using (purchase_order_id)
        where l.reserved > 0 and o.status not in ('confirmed', 'partially_shipped')
        limit 100
        """, null, ct);

    // What a line has with its seller's upstream is what the orders upwards that go straight to the buyer still owe, and what of them has left and is not yet carried down.
    Task<List<string>> DirectAsync(CancellationToken ct) => db.ListAsync<string>("""
        with waits as (
            select l.purchase_order_id, l.product_id, sum(l.direct) as quantity from purchase_order_line l where l.direct > 0 group by l.purchase_order_id, l.product_id),
        below as (
            select distinct s.purchase_order_id as up_id, l.purchase_order_id
            from order_supply s
            join purchase_order up on up.purchase_order_id = s.purchase_order_id and up.drop_ships and up.status not in ('rejected', 'cancelled')
            join purchase_order_line l on l.purchase_order_line_id = s.for_line_id),
        carried as (
            select ul.purchase_order_line_id, sum(sl.quantity) as quantity
            from drop_shipment_line d
            join shipment_line ul on ul.shipment_line_id = d.shipment_line_id
            join shipment_line sl on sl.shipment_line_id = d.below_shipment_line_id
            group by ul.purchase_order_line_id),
        owed as (
            select b.purchase_order_id, x.product_id, sum(x.quantity - x.cancelled - coalesce(c.quantity, 0)) as quantity
            from below b
            join purchase_order_line x on x.purchase_order_id = b.up_id
            left join carried c on c.purchase_order_line_id = x.purchase_order_line_id
            group by b.purchase_order_id, x.product_id)
        select format('%s, %s: %s are to come directly; the orders upwards owe %s', o.number, p.sku, coalesce(w.quantity, 0), coalesce(d.quantity, 0))
        from waits w
        full join owed d using (purchase_order_id, product_id)
        join purchase_order o using (purchase_order_id)
        join product p using (product_id)
        where coalesce(w.quantity, 0) <> coalesce(d.quantity, 0)
        union all
        select format('%s line %s: %s are to come directly; its drop shipments say %s', o.number, l.line_number, l.direct, coalesce(s.quantity, 0))
        from purchase_order_line l
        join purchase_order o using (purchase_order_id)
        left join (select for_line_id, sum(direct) as quantity from order_supply where direct > 0 group by for_line_id) s on s.for_line_id = l.purchase_order_line_id
        where (l.direct > 0 or s.quantity > 0) and l.direct <> coalesce(s.quantity, 0)
        limit 100
        """, null, ct);

    sealed record Looked(long Orders, long Lines, long Shipped);
}
