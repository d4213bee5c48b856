using Microsoft.AspNetCore.Mvc;

namespace Portal.Search;

/// <summary>Searches all features at once.</summary>
[Route("search")]
public sealed class SearchController(IEnumerable<ISearchSource> sources) : Controller
{
    /// <summary>Fewer characters say too little.</summary>
    public const int Fewest = 2;

    const int Most = 100;

    /// <summary>The page of finds; also what the search box leads to without JavaScript.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(string? q, CancellationToken ct) => View("SearchPage", await FindAsync(q, 20, ct));

    /// <summary>The first finds, under the box while one types.</summary>
    [HttpGet("as-you-type")]
    public async Task<IActionResult> AsYouType(string? q, CancellationToken ct) => PartialView("_SearchFound", await FindAsync(q, 5, ct));

    async Task<Found> FindAsync(string? words, int limit, CancellationToken ct)
    {
        words = (words ?? "").Trim();
        words = words.Length > Most ? words[..Most] : words;
        List<FoundGroup> groups = [];
        if (words.Length >= Fewest)
        {
            foreach (var source in sources.OrderBy(source => source.Order))
            {
                if (await source.FindAsync(words, limit, ct) is { Count: > 0 } hits)
                {
                    groups.Add(new(source.TextKey, source.ListFor(words), hits));
                }
            }
        }

        return new(words, groups);
    }
}

/// <summary>What was found.</summary>
/// <param name="Words">What was searched for.</param>
/// <param name="Groups">The finds of each feature that has some.</param>
public sealed record Found(string Words, IReadOnlyList<FoundGroup> Groups);

/// <summary>The finds of one feature.</summary>
/// <param name="TextKey">The heading.</param>
/// <param name="List">The list that shows all.</param>
/// <param name="Hits">The finds.</param>
public sealed record FoundGroup(string TextKey, string? List, IReadOnlyList<SearchHit> Hits);
