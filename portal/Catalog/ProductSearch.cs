using Platform.Database;
using Platform.Web;
using Portal.Search;

namespace Portal.Catalog;

/// <summary>Finds products for the search box.</summary>
sealed class ProductSearch(Db db) : ISearchSource
{
    public string TextKey => "catalog.products";

    public int Order => 50;

    public string? ListFor(string words) => "/catalog?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        (await db.ListAsync<Found>("""
            select p.sku, case when @chinese then coalesce(p.name_zh, p.name) else p.name end as name
            from product p
            where position(lower(@words) in lower(concat_ws(' ', p.sku, p.name, p.name_zh))) > 0
            order by lower(p.sku) = lower(@words) desc, p.status, p.sku
            limit @limit
            """, new { words, limit, chinese = Languages.Current == "zh-CN" }, ct)).ConvertAll(found => new SearchHit(found.Name, found.Sku, "/catalog/" + Uri.EscapeDataString(found.Sku)));

    sealed record Found(string Sku, string Name);
}
