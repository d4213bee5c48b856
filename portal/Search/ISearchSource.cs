namespace Portal.Search;

/// <summary>
/// Finds records of a feature for the search box on every page. Register it with
/// <c>services.AddScoped&lt;ISearchSource, DealSearch&gt;()</c>. It runs while somebody types: one indexed statement (a trigram index on the name,
/// the unique number), under row-level security like any other.
/// </summary>
public interface ISearchSource
{
    /// <summary>The heading over its finds: <c>deals.deals</c>.</summary>
    string TextKey { get; }

    /// <summary>Its place among the sources: what people look for most stands first.</summary>
    int Order { get; }

    /// <summary>The address of the full list that shows all finds, or null where there is none: <c>/deals?q=</c> and the words.</summary>
    string? ListFor(string words);

    /// <summary>The best finds.</summary>
    /// <param name="words">What was typed, at least two characters.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Stops looking.</param>
    Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct);
}

/// <summary>One find.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Detail">What else tells it from its like: a number, a city, a status.</param>
/// <param name="Link">Its page.</param>
public sealed record SearchHit(string Title, string? Detail, string Link);
