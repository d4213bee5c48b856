using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Identity.Clients;

/// <summary>The public keys that a client registers (RFC 7517).</summary>
static class ClientKeys
{
    const int Longest = 20_000;
    const int Most = 10;
    const int ShortestRsaBits = 2048;

    static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Why a JWK set cannot be registered, as the end of a sentence, or null when it can.</summary>
    public static string? Refusal(string jwks) => Reason(jwks) switch
    {
        null => null,
        "too_long" => "are too long",
        "no_set" => "are no JWK set, an object with a list of keys",
        "no_json" => "are not JSON",
        "count" => $"must be one to {Most}",
        "private" => "hold a private or shared key; register the public part only",
        "short" => $"hold an RSA key of fewer than {ShortestRsaBits} bits",
        "kind" => "are of a kind that no signature we take is made with; use RSA or P-256",
        _ => "are not all JWKs",
    };

    /// <summary>The same in one word.</summary>
    public static string? Reason(string jwks)
    {
        if (jwks.Length > Longest)
        {
            return "too_long";
        }

        // JSON may hold it, jsonb may not.
        if (jwks.Contains("\\u0000", StringComparison.Ordinal))
        {
            return "no_json";
        }

        try
        {
            using var document = JsonDocument.Parse(jwks);
            return document.RootElement is { ValueKind: JsonValueKind.Object } set && set.TryGetProperty("keys", out var keys) && keys.ValueKind is JsonValueKind.Array
                ? Reason([.. keys.EnumerateArray()])
                : "no_set";
        }
        catch (JsonException)
        {
            return "no_json";
        }
    }

    static string? Reason(IReadOnlyList<JsonElement> keys) =>
        keys.Count is 0 or > Most ? "count"
        : keys.Select(Reason).FirstOrDefault(refusal => refusal is not null);

    static string? Reason(JsonElement key)
    {
        if (key.ValueKind is not JsonValueKind.Object)
        {
            return "no_jwk";
        }

        if (PrivateMembers.Any(member => key.TryGetProperty(member, out _)))
        {
            return "private";
        }

        try
        {
            var jwk = new JsonWebKey(key.GetRawText());
            return jwk.Kty switch
            {
                JsonWebAlgorithmsKeyTypes.RSA when Base64UrlEncoder.DecodeBytes(jwk.N).Length * 8 >= ShortestRsaBits => null,
                JsonWebAlgorithmsKeyTypes.RSA => "short",
                JsonWebAlgorithmsKeyTypes.EllipticCurve when jwk.Crv is JsonWebKeyECTypes.P256 && jwk.X is not null && jwk.Y is not null => null,
                _ => "kind",
            };
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            return "no_jwk";
        }
    }
}
