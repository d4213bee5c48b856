using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Stock;

/// <summary>
/// Counts the ledger again: every balance is the sum of its moves, no place ever held less than nothing, at no moment of the
/// past, and what is in all places is what was supplied less what was sold and lost. What was reserved is followed row by row (<see cref="ReservedCheck"/>).
/// </summary>
public sealed class StockCheck(Db db) : ICheck
{
    /// <inheritdoc/>
    public string Name => "stock";

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var looked = await db.OneAsync<Looked>("""
            select (select count(*) from stock_move) as moves, (select count(*) from stock_balance) as balances
            """, null, ct);
        List<string> findings = [.. await BalancesAsync(ct), .. await NotKeptAsync(ct), .. await PastAsync(ct), .. await WholeAsync(ct), .. await PapersAsync(ct), .. await ReservedCheck.FindingsAsync(db, ct), .. await TrackingCheck.FindingsAsync(db, ct)];
        return new CheckResult(string.Create(CultureInfo.InvariantCulture, $"{looked.Moves:N0} stock moves and {looked.Balances:N0} balances"), [.. findings.Take(100)]);
    }, ct);

    Task<List<string>> BalancesAsync(CancellationToken ct) => db.ListAsync<string>("""
        with entry as (
            select from_place_id as place_id, product_id, -quantity as quantity from stock_move
            union all
            select to_place_id, product_id, quantity from stock_move),
        counted as (
            select coalesce(place.for_place_id, place.stock_place_id) as stock_place_id, entry.product_id,
                   coalesce(sum(entry.quantity) filter (where place.kind = 'own'), 0) as on_hand,
                   coalesce(sum(entry.quantity) filter (where place.kind = 'in_transit'), 0) as in_transit
            from entry join stock_place place on place.stock_place_id = entry.place_id and place.partner_id is not null
            group by 1, 2)
        select format('%s of %s: the balance says %s on hand and %s in transit, the moves say %s and %s',
                      p.sku, holder.number, coalesce(b.on_hand, 0), coalesce(b.in_transit, 0), coalesce(c.on_hand, 0), coalesce(c.in_transit, 0))
        from counted c
        full join stock_balance b using (stock_place_id, product_id)
        join stock_place place using (stock_place_id)
        join partner holder using (partner_id)
        join product p using (product_id)
        where (coalesce(b.on_hand, 0), coalesce(b.in_transit, 0)) <> (coalesce(c.on_hand, 0), coalesce(c.in_transit, 0))
        order by holder.number, p.sku
        limit 100
        """, null, ct);

    Task<List<string>> NotKeptAsync(CancellationToken ct) => db.ListAsync<string>("""
        select format('%s of %s: %s on hand, %s in transit and %s reserved, and it is not kept in stock', p.sku, holder.number, b.on_hand, b.in_transit, b.reserved)
        from stock_balance b
        join product p using (product_id)
        join stock_place place using (stock_place_id)
        join partner holder using (partner_id)
        where not p.kept_in_stock and (b.on_hand <> 0 or b.in_transit <> 0 or b.reserved <> 0)
        limit 100
        """, null, ct);

    // What happens at one moment counts together.
    Task<List<string>> PastAsync(CancellationToken ct) => db.ListAsync<string>("""
        with moment as (
            select place_id, product_id, moved_at, sum(quantity) as change
            from (select from_place_id as place_id, product_id, moved_at, -quantity as quantity from stock_move
                  union all
                  select to_place_id, product_id, moved_at, quantity from stock_move) as entry
            group by place_id, product_id, moved_at),
        running as (
            select place_id, product_id, moved_at, sum(change) over (partition by place_id, product_id order by moved_at) as held
            from moment)
        select format('%s of %s: %s held (%s) at %s', p.sku, holder.number, running.held, place.kind, running.moved_at)
        from running
        join stock_place place on place.stock_place_id = running.place_id and place.partner_id is not null
        join partner holder on holder.partner_id = place.partner_id
        join product p on p.product_id = running.product_id
        where running.held < 0
        order by running.moved_at, holder.number, p.sku
        limit 100
        """, null, ct);

    Task<List<string>> WholeAsync(CancellationToken ct) => db.ListAsync<string>("""
        with held as (
            select sum(on_hand + in_transit) as quantity from stock_balance),
        passed as (
            select sum(case when source.kind = 'supply' then m.quantity else 0 end) - sum(case when target.kind in ('customer', 'loss') then m.quantity else 0 end) as quantity
            from stock_move m
            join stock_place source on source.stock_place_id = m.from_place_id
            join stock_place target on target.stock_place_id = m.to_place_id)
        select format('all places hold %s pieces, supply less sales and losses is %s', coalesce(held.quantity, 0), coalesce(passed.quantity, 0))
        from held, passed
        where coalesce(held.quantity, 0) <> coalesce(passed.quantity, 0)
        union all
        select format('a %s goes from %s to %s', m.kind, source.kind, target.kind)
        from stock_move m
        join stock_place source on source.stock_place_id = m.from_place_id
        join stock_place target on target.stock_place_id = m.to_place_id
        where (m.kind, source.kind, target.kind) not in (
            ('supply', 'supply', 'own'), ('shipment', 'own', 'in_transit'), ('receipt', 'in_transit', 'own'), ('delivery', 'own', 'own'),
            ('transfer', 'own', 'own'), ('transfer', 'own', 'in_transit'),
            ('sale', 'own', 'customer'), ('loss', 'own', 'loss'), ('loss', 'in_transit', 'loss'))
        limit 100
        """, null, ct);

    // A posted count and a transfer stand in the ledger with their own pieces, no more and no less.
    Task<List<string>> PapersAsync(CancellationToken ct) => db.ListAsync<string>("""
        with paper as (
            select c.number, l.product_id, 'difference' as what, sum(l.counted - l.book) as quantity
            from stock_count c join stock_count_line l using (stock_count_id)
            where c.status = 'posted' and l.counted <> l.book
            group by c.number, l.product_id
            union all
            select t.number, l.product_id, 'sent', l.quantity from stock_transfer t join stock_transfer_line l using (stock_transfer_id)),
        moved as (
            select m.document_number as number, m.product_id, case when m.document_number like 'CT-%' then 'difference' else 'sent' end as what,
                   coalesce(sum(case m.kind when 'loss' then -m.quantity else m.quantity end) filter (where m.document_number like 'CT-%' or m.kind = 'transfer'), 0) as quantity,
                   coalesce(sum(m.quantity) filter (where m.document_number like 'TF-%' and m.kind <> 'transfer'), 0) as arrived
            from stock_move m
            where m.order_number is null and (m.document_number like 'CT-%' or m.document_number like 'TF-%')
            group by m.document_number, m.product_id)
        select format('%s, %s: the paper says %s pieces, the ledger %s', coalesce(paper.number, moved.number), p.sku, coalesce(paper.quantity, 0), coalesce(moved.quantity, 0))
        from paper
        full join moved using (number, product_id, what)
        join product p using (product_id)
        where coalesce(paper.quantity, 0) <> coalesce(moved.quantity, 0)
        union all
        select format('%s, %s: %s arrived or were lost, the ledger says %s', t.number, p.sku, l.received + l.lost, moved.arrived)
        from moved
        join stock_transfer t on t.number = moved.number
        join stock_transfer_line l on l.stock_transfer_id = t.stock_transfer_id and l.product_id = moved.product_id
        join product p on p.product_id = l.product_id
        where moved.arrived > 0 and moved.arrived <> l.received + l.lost
        limit 100
        """, null, ct);

    sealed record Looked(long Moves, long Balances);
}
