using Identity.Keys;

namespace Identity.Clients;

/// <summary>An API that an access token is for, and the signatures it can check.</summary>
sealed class ApiAudience
{
    /// <summary>Its name, which is the audience.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it can check, the preferred one first; named as identity servers name it.</summary>
    public string[] AllowedAccessTokenSigningAlgorithms { get; init; } = [];
}

/// <summary>Whom one access token is for.</summary>
/// <param name="Names">The audiences, in the order of their names.</param>
/// <param name="Algorithm">The signature that all of them can check; null where there is none, and no token is for all of them.</param>
sealed record Audiences(IReadOnlyList<string> Names, string? Algorithm)
{
    /// <summary>Those APIs; where there are none, the signature is our first choice.</summary>
    public static Audiences Of(IReadOnlyList<ApiAudience> apis) =>
        new([.. apis.Select(api => api.Name)], (apis is [var first, ..] ? first.AllowedAccessTokenSigningAlgorithms : KeyPairs.Preferred)
            .FirstOrDefault(algorithm => apis.All(api => api.AllowedAccessTokenSigningAlgorithms.Contains(algorithm, StringComparer.Ordinal))));
}
