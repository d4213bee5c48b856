using Portal.Search;

namespace Portal.Customers;

/// <summary>Customers in the search box.</summary>
sealed class CustomerSearch(CustomerLists lists) : ISearchSource
{
    public string TextKey => "customers.customers";

    public int Order => 20;

    public string ListFor(string words) => "/customers?q=" + Uri.EscapeDataString(words);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await lists.FindAsync(words, limit, ct)).Select(customer => new SearchHit(customer.Name, string.Join(" · ", new[] { customer.City, customer.Number }.OfType<string>()), $"/customers/{customer.Number}"))];
}
