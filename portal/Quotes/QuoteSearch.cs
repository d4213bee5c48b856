using Platform.Database;
using Portal.Search;

namespace Portal.Quotes;

/// <summary>Finds quotes by number or customer for the search box.</summary>
public sealed class QuoteSearch(Db db) : ISearchSource
{
    /// <inheritdoc/>
    public string TextKey => "quotes.quotes";

    /// <inheritdoc/>
    public int Order => 30;

    /// <inheritdoc/>
    public string ListFor(string words) => "/quotes?q=" + Uri.EscapeDataString(words);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await db.ListAsync<(string Number, string Customer)>("""
            select q.number, c.name from quote q join end_customer c on c.end_customer_id = q.end_customer_id
            where q.number ilike @beginning or c.name ilike @within
            order by q.updated_at desc limit @limit
            """, new { beginning = LikePattern.Beginning(words), within = LikePattern.Within(words), limit }, ct)).Select(row => new SearchHit(row.Customer, row.Number, "/quotes/" + row.Number))];
}
