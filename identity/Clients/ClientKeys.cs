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
    public static string? Refusal(string jwks)
    {
        if (jwks.Length > Longest)
        {
            return "are too long";
        }

        try
        {
            using var document = JsonDocument.Parse(jwks);
            return document.RootElement is { ValueKind: JsonValueKind.Object } set && set.TryGetProperty("keys", out var keys) && keys.ValueKind is JsonValueKind.Array
                ? Refusal([.. keys.EnumerateArray()])
                : "are no JWK set, an object with a list of keys";
        }
        catch (JsonException)
        {
            return "are not JSON";
        }
    }

    static string? Refusal(IReadOnlyList<JsonElement> keys) =>
        keys.Count is 0 or > Most ? $"must be one to {Most}"
        : keys.Select(Refusal).FirstOrDefault(refusal => refusal is not null);

    static string? Refusal(JsonElement key)
    {
        if (key.ValueKind is not JsonValueKind.Object)
        {
            return "are not all JWKs";
        }

        if (PrivateMembers.Any(member => key.TryGetProperty(member, out _)))
        {
            return "hold a private or shared key; register the public part only";
        }

        try
        {
            var jwk = new JsonWebKey(key.GetRawText());
            return jwk.Kty switch
            {
                JsonWebAlgorithmsKeyTypes.RSA when Base64UrlEncoder.DecodeBytes(jwk.N).Length * 8 >= ShortestRsaBits => null,
                JsonWebAlgorithmsKeyTypes.RSA => $"hold an RSA key of fewer than {ShortestRsaBits} bits",
                JsonWebAlgorithmsKeyTypes.EllipticCurve when jwk.Crv is JsonWebKeyECTypes.P256 && jwk.X is not null && jwk.Y is not null => null,
                _ => "are of a kind that no signature we take is made with; use RSA or P-256",
            };
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            return "are not all JWKs";
        }
    }
}
