using System.Text.Json;
using Identity.Web;
using Microsoft.IdentityModel.Tokens;

namespace Identity.Keys;

/// <summary>The keys in use: of each algorithm one signs, all verify.</summary>
/// <param name="SigningBy">By algorithm, with its kid.</param>
/// <param name="Verifying">Public parts only.</param>
/// <param name="Published">What the JWKS says of them.</param>
sealed record KeyRing(IReadOnlyDictionary<string, SigningCredentials> SigningBy, IReadOnlyList<SecurityKey> Verifying, IReadOnlyList<Dictionary<string, string>> Published)
{
    /// <summary>What access tokens and logout tokens are signed with: RS256, which every reader knows.</summary>
    public SigningCredentials Signing => SigningBy[SecurityAlgorithms.RsaSha256];

    /// <summary>Puts the keys of that moment together.</summary>
    public static KeyRing Of(IReadOnlyList<SigningKey> keys, KeyPairs pairs, DateTime now)
    {
        var standing = keys.Where(key => KeyLife.IsPublished(key, keys, now)).ToList();
        var published = standing.ConvertAll(key => JsonSerializer.Deserialize<Dictionary<string, string>>(key.PublicJwk)!);
        return new(
            // An instance whose clock is a little behind takes the key that the others made a moment ago.
            KeyPairs.Algorithms.Select(algorithm => KeyLife.SigningAt(now, algorithm, keys) ?? KeyLife.NextAfter(now, algorithm, keys)).OfType<SigningKey>().ToDictionary(key => key.Algorithm, pairs.Open, StringComparer.Ordinal),
            [.. published.Select(jwk => new JsonWebKey(JsonSerializer.Serialize(jwk)))],
            published);
    }
}

/// <summary>The life of a key: announced, signing, verifying only, gone. All instances reckon it from the same rows and so agree.</summary>
static class KeyLife
{
    /// <summary>The key of that algorithm that signs: the youngest whose day has come.</summary>
    public static SigningKey? SigningAt(DateTime now, string algorithm, IEnumerable<SigningKey> keys) =>
        keys.Where(key => key.Algorithm == algorithm && key.SignsFrom <= now && key is { RevokedAt: null, RetiredAt: null }).MaxBy(Age);

    /// <summary>The announced key of that algorithm whose day comes first.</summary>
    public static SigningKey? NextAfter(DateTime now, string algorithm, IEnumerable<SigningKey> keys) =>
        keys.Where(key => key.Algorithm == algorithm && key.SignsFrom > now && key is { RevokedAt: null, RetiredAt: null }).MinBy(Age);

    /// <summary>Whether it stands in the JWKS: not revoked, and a token signed with it may still be about.</summary>
    public static bool IsPublished(SigningKey key, IReadOnlyList<SigningKey> keys, DateTime now) =>
        key is { RevokedAt: null, RetiredAt: null } && (SupersededAt(key, keys) is not { } ended || now < ended + Profile.SigningKeyVerifies);

    static (DateTime Day, long Number) Age(SigningKey key) => (key.SignsFrom, key.SigningKeyId);

    // One that was revoked before its day never took over.
    static DateTime? SupersededAt(SigningKey key, IEnumerable<SigningKey> keys) => keys
        .Where(other => other.Algorithm == key.Algorithm && Age(other).CompareTo(Age(key)) > 0 && (other.RevokedAt is not { } revoked || revoked > other.SignsFrom))
        .Min(other => (DateTime?)other.SignsFrom);
}
