using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Support;

/// <summary>A key of a client and the proofs it makes of it (RFC 9449); each of them can be spoiled.</summary>
public sealed class DPoPKey
{
    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Its thumbprint (RFC 7638).</summary>
    public string Thumbprint => Encode(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{Encode(Point.X!)}}","y":"{{Encode(Point.Y!)}}"}""")));

    /// <summary>Its public part, as a JWK.</summary>
    public JsonObject Jwk => new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Encode(Point.X!), ["y"] = Encode(Point.Y!) };

    ECPoint Point => key.ExportParameters(includePrivateParameters: false).Q;

    /// <summary>A proof for a request.</summary>
    public string Proof(string method, string address, DateTimeOffset now, string? accessToken = null, Action<JsonObject, JsonObject>? change = null)
    {
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = Jwk };
        var payload = new JsonObject { ["jti"] = Guid.NewGuid().ToString("N"), ["htm"] = method, ["htu"] = address, ["iat"] = now.ToUnixTimeSeconds() };
        if (accessToken is not null)
        {
            payload["ath"] = Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        }

        change?.Invoke(header, payload);
        var content = Encode(JsonSerializer.SerializeToUtf8Bytes(header)) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(payload));
        return content + "." + Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    static string Encode(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
}
