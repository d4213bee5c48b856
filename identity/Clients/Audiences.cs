using System.Text.Json;
using Identity.Keys;

namespace Identity.Clients;

/// <summary>Whom one access token is for.</summary>
/// <param name="Names">The audiences, in the order of their names.</param>
/// <param name="Algorithm">The signature that all of them can check; null where there is none, and no token is for all of them.</param>
sealed record Audiences(IReadOnlyList<string> Names, string? Algorithm)
{
    /// <summary>Those among the APIs to which these scopes lead; where there are none, the signature is our first choice.</summary>
    public static Audiences Of(IReadOnlyList<ApiAudience> known, IReadOnlyList<string> scopes)
    {
        var apis = known.Where(api => api.Scopes.Intersect(scopes, StringComparer.Ordinal).Any()).ToList();
        var wanted = apis is [var first, ..] ? first.Algorithms : KeyPairs.Preferred;
        return new([.. apis.Select(api => api.Name)], wanted.FirstOrDefault(algorithm => apis.TrueForAll(api => api.Algorithms.Contains(algorithm, StringComparer.Ordinal))));
    }
}

/// <summary>An API to which some of a client's scopes lead.</summary>
/// <param name="Name">Its name, which is the audience.</param>
/// <param name="Scopes">Those that lead to it.</param>
/// <param name="Algorithms">The signatures that it can check, the preferred one first (<c>AllowedAccessTokenSigningAlgorithms</c>).</param>
sealed record ApiAudience(string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> Algorithms)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>As the database tells them, in the order of their names; none for null.</summary>
    public static IReadOnlyList<ApiAudience> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize<ApiAudience[]>(json, Json)!;
}
