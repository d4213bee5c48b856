using Platform.Database;
using Portal.Demo;

namespace Portal.Stock;

/// <summary>The demo's stock: what the brand and its distributors held when the demo's story begins, and who shows how much of it.</summary>
sealed class StockDemo(Db db) : IDemoPart
{
    const int StoryDays = 460;

    public int Order => 50;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        // The quantities follow from the SKU, so that every demonstration has the same; a few products are nearly or wholly sold out.
        await db.ExecuteAsync("""
            select stock_record('supply', stock_place_of(holder.partner_id), array_agg(stocked.product_id order by stocked.product_id), array_agg(stocked.quantity order by stocked.product_id),
                                @began, @began, null)
            from (select partner_id, case when partner_type = 'brand' then 1 else 20 end as share
                  from partner where partner_type in ('brand', 'distributor')) as holder
            cross join lateral (
                select p.product_id, (1200 + abs(hashtext(p.sku)) % 4000) / holder.share as quantity
                from product p
                where p.status = 'active' and p.kept_in_stock and (holder.share = 1 or abs(hashtext(p.sku || holder.partner_id)) % 5 > 0)) as stocked
            where stocked.quantity > 0
            group by holder.partner_id
            """, new { began = today.AddDays(-StoryDays).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) }, ct);
        await db.ExecuteAsync("""
            insert into stock_visibility (partner_id, shows, changed_at)
            select partner_id, case code when 'EURODIST' then 'exact' else 'hidden' end, @now
            from partner where code in ('EURODIST', 'BEICHEN')
            """, new { now = today.AddDays(-StoryDays).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) }, ct);
    }
}
