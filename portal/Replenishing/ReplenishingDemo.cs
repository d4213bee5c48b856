using Platform.Database;
using Portal.Demo;

namespace Portal.Replenishing;

/// <summary>The demo's levels: a distributor keeps a few weeks of what it sells, and is below with some of it.</summary>
sealed class ReplenishingDemo(Db db, TimeProvider clock) : IDemoPart
{
    public int Order => 66;

    // A part of what the distributors hold or sold has a level, high enough that some of it is due.
    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.ExecuteAsync("""
        insert into stock_level (stock_place_id, product_id, partner_id, safety, reorder_point, target, source, changed_at)
        select s.stock_place_id, b.product_id, s.partner_id, 10, 10 + abs(hashtext(p.sku)) % 60, 80 + abs(hashtext(p.sku)) % 90, 'typed', @now
        from partner d
        join stock_place s on s.partner_id = d.partner_id and s.is_default
        join stock_balance b on b.stock_place_id = s.stock_place_id
        join product p on p.product_id = b.product_id and p.status = 'active'
        where d.partner_type = 'distributor' and abs(hashtext(p.sku || d.code)) % 3 > 0
        on conflict do nothing
        """, new { now = clock.GetUtcNow().UtcDateTime }, ct);
}
