using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Receipts;

/// <summary>The public keys by which receipts are checked, as they are published: a JWK set (RFC 7517) that names its issuer besides.</summary>
/// <param name="Issuer">Whose receipts they check; null for anybody's.</param>
/// <param name="Keys">The keys.</param>
public sealed record ReceiptKeySet(string? Issuer, IReadOnlyList<ReceiptKey> Keys)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8 };

    /// <summary>The key of that name.</summary>
    public ReceiptKey? Find(string kid) => Keys.FirstOrDefault(key => key.Kid == kid);

    /// <summary>The set as it is published.</summary>
    public string Write() => JsonSerializer.Serialize(new Published(Issuer, [.. Keys.Select(key => new Jwk("EC", "P-256", Base64Url.EncodeToString(key.X), Base64Url.EncodeToString(key.Y), "sig", "ES256", key.Kid))]), Json);

    /// <summary>Reads a published set; keys of another kind in it are passed over.</summary>
    /// <exception cref="FormatException">It is no JWK set.</exception>
    public static ReceiptKeySet Read(string json)
    {
        try
        {
            var published = JsonSerializer.Deserialize<Published>(json, Json);
            return published?.Keys is null ? throw new FormatException("This is no JWK set.")
                : new(published.Issuer, [.. published.Keys.Where(jwk => jwk is { Kty: "EC", Crv: "P-256", Kid.Length: > 0, Use: null or "sig", Alg: null or "ES256" }).Select(ReadKey)]);
        }
        catch (JsonException wrong)
        {
            throw new FormatException("This is no JWK set.", wrong);
        }
    }

    /// <summary>Reads one key as it is stored.</summary>
    public static ReceiptKey ReadKey(string jwk) => ReadKey(JsonSerializer.Deserialize<Jwk>(jwk, Json)!);

    static ReceiptKey ReadKey(Jwk jwk)
    {
        var (x, y) = (Base64Url.DecodeFromChars(jwk.X), Base64Url.DecodeFromChars(jwk.Y));
        return x.Length == 32 && y.Length == 32 ? new(jwk.Kid!, x, y) : throw new FormatException("A key of the set is no point of P-256.");
    }

    sealed record Published(string? Issuer, IReadOnlyList<Jwk>? Keys);

    sealed record Jwk(string? Kty, string? Crv, string? X, string? Y, string? Use, string? Alg, string? Kid);
}

/// <summary>A public key on P-256.</summary>
/// <param name="Kid">Its name: the thumbprint (RFC 7638).</param>
/// <param name="X">The point's x.</param>
/// <param name="Y">The point's y.</param>
public sealed record ReceiptKey(string Kid, byte[] X, byte[] Y)
{
    /// <summary>The set's form of it.</summary>
    public string Jwk() => JsonDocument.Parse(new ReceiptKeySet(null, [this]).Write()).RootElement.GetProperty("keys")[0].GetRawText();

    /// <summary>The name of the key with that point.</summary>
    public static ReceiptKey Of(byte[] x, byte[] y)
    {
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";
        return new(Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(canonical))), x, y);
    }
}
