using Platform.Database;
using Platform.Web;
using Portal.Search;

namespace Portal.Catalog;

/// <summary>Finds products for the search box.</summary>
sealed class ProductSearch(Db db, TimeProvider clock) : ISearchSource
{
    public string TextKey => "catalog.products";

    public int Order => 50;

    public string? ListFor(string words) => "/catalog?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        (await db.ListAsync<Found>("""
            with found as materialized (
                select p.product_id, p.sku, case when @chinese then coalesce(p.name_zh, p.name) else p.name end as name,
                       row_number() over (order by (lower(p.sku) = lower(@words) or coalesce(p.gtin = @words, false)) desc, p.status, p.sku) as place
                from product p
                where position(lower(@words) in p.search_text) > 0
                order by place
                limit @limit * 5)
            select f.sku, f.name
            from found f
            left join (
                select v.product_id, v.sellable
                from partner me
                cross join lateral sellable_verdicts(array[me.partner_id], me.upstream_id, brand_day(@now), array(select product_id from found)) v
                where me.partner_id = app_partner_id() and me.upstream_id is not null) v on v.product_id = f.product_id
            where coalesce(v.sellable, true)
            order by f.place
            limit @limit
            """, new { words, limit, now = clock.GetUtcNow().UtcDateTime, chinese = Languages.Current == "zh-CN" }, ct)).ConvertAll(found => new SearchHit(found.Name, found.Sku, "/catalog/" + Uri.EscapeDataString(found.Sku)));

    sealed record Found(string Sku, string Name);
}
