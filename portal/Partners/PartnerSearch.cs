using Platform.Database;
using Portal.Search;

namespace Portal.Partners;

/// <summary>Finds partners for the search box: those below one's own company.</summary>
sealed class PartnerSearch(Db db) : ISearchSource
{
    public string TextKey => "partners.partners";

    public int Order => 40;

    public string? ListFor(string words) => "/partners?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        (await db.ListAsync<Found>("""
            select b.number, b.name, concat_ws(' · ', b.name_latin, b.code, b.city) as detail
            from partner b
            where b.partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id()) and l.distance > 0)
              and position(lower(@words) in lower(concat_ws(' ', b.name, b.name_latin, b.code, b.number))) > 0
            order by b.name ilike @beginning desc, b.name
            limit @limit
            """, new { words, beginning = LikePattern.Beginning(words), limit }, ct)).ConvertAll(found => new SearchHit(found.Name, found.Detail, "/partners/" + found.Number));

    sealed record Found(string Number, string Name, string Detail);
}
