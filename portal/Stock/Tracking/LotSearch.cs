using Portal.Search;

namespace Portal.Stock;

/// <summary>Finds lots and serial numbers by the beginning of their codes for the search box: a scanned label leads to its way.</summary>
sealed class LotSearch(TraceStore trace) : ISearchSource
{
    /// <inheritdoc/>
    public string TextKey => "stock.lots";

    /// <inheritdoc/>
    public int Order => 60;

    /// <inheritdoc/>
    public string ListFor(string words) => "/stock/lots?q=" + Uri.EscapeDataString(words);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await trace.BeginningAsync(words, limit, ct)).Select(lot => new SearchHit(lot.Code, $"{lot.Sku} {StockWords.Name(lot.Name, lot.NameZh)}", TracePage.AddressOf(lot.Sku, lot.Code)))];
}
