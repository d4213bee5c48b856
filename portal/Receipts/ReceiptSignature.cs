using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Portal.Receipts;

/// <summary>
/// The text of a receipt: a JWS in compact form (RFC 7515), always ES256, always with these three header members and no other. What decides how
/// it is checked comes from us, never from the text itself (RFC 8725, 3.1).
/// </summary>
public static class ReceiptSignature
{
    /// <summary>The header's <c>typ</c>: a text that was signed for another purpose is no receipt (RFC 8725, 3.11).</summary>
    public const string Type = "claim-receipt+jwt";

    /// <summary>The longest text that is looked at.</summary>
    public const int Longest = 16 * 1024;

    /// <summary>Signs what a receipt says.</summary>
    public static string Sign(ReceiptContent content, string kid, ECDsa key)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header("ES256", kid, Type), ReceiptContent.Json);
        var body = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content, ReceiptContent.Json))}";
        return $"{body}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>Checks a text from anywhere.</summary>
    /// <param name="text">What somebody says is a receipt.</param>
    /// <param name="keys">The public keys of the portal.</param>
    public static ReceiptReading Read(string? text, ReceiptKeySet keys)
    {
        var jws = text?.Trim() ?? "";
        if (jws.Length > Longest)
        {
            return new ReceiptReading.Refused(ReceiptFlaw.TooLong);
        }

        if (jws.Split('.') is not [var header, var payload, var signature] || Decode(header) is not { } headerBytes || Decode(payload) is not { } payloadBytes
            || Decode(signature) is not { } signatureBytes || Parse<Header>(headerBytes) is not { } said)
        {
            return new ReceiptReading.Refused(ReceiptFlaw.NoReceipt);
        }

        return said.Typ != Type ? new ReceiptReading.Refused(ReceiptFlaw.OtherKind)
            : said.Alg != "ES256" ? new ReceiptReading.Refused(ReceiptFlaw.OtherAlgorithm)
            : keys.Find(said.Kid) is not { } key ? new ReceiptReading.Refused(ReceiptFlaw.UnknownKey)
            : !IsSigned(key, $"{header}.{payload}", signatureBytes) ? new ReceiptReading.Refused(ReceiptFlaw.NotSigned)
            : Parse<ReceiptContent>(payloadBytes) is not { IsConsistent: true } content ? new ReceiptReading.Refused(ReceiptFlaw.NoReceipt)
            : keys.Issuer is { } issuer && issuer != content.Issuer ? new ReceiptReading.Refused(ReceiptFlaw.OtherIssuer)
            : new ReceiptReading.Genuine(content, said.Kid, jws);
    }

    /// <summary>The SHA-256 of a receipt's text.</summary>
    public static byte[] HashOf(string jws) => SHA256.HashData(Encoding.UTF8.GetBytes(jws));

    static bool IsSigned(ReceiptKey key, string body, byte[] signature)
    {
        using var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = key.X, Y = key.Y } });
        return curve.VerifyData(Encoding.ASCII.GetBytes(body), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // One text, one form: what decodes to the same bytes but is written otherwise would have another hash, and pass for another receipt.
    static byte[]? Decode(string part)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            return bytes.Length > 0 && Base64Url.EncodeToString(bytes) == part ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static T? Parse<T>(byte[] json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, ReceiptContent.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [System.Text.Json.Serialization.JsonUnmappedMemberHandling(System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow)]
    sealed record Header(string Alg, string Kid, string Typ);
}

/// <summary>What a text turned out to be.</summary>
public abstract record ReceiptReading
{
    ReceiptReading()
    {
    }

    /// <summary>A receipt that this portal signed.</summary>
    /// <param name="Content">What it says.</param>
    /// <param name="Kid">The key that signed.</param>
    /// <param name="Jws">The text, without what stood around it.</param>
    public sealed record Genuine(ReceiptContent Content, string Kid, string Jws) : ReceiptReading;

    /// <summary>Nothing that proves anything.</summary>
    public sealed record Refused(ReceiptFlaw Flaw) : ReceiptReading;
}

/// <summary>Why a text is not believed.</summary>
public enum ReceiptFlaw
{
    /// <summary>It is not made like a receipt.</summary>
    NoReceipt,

    /// <summary>It is longer than any receipt.</summary>
    TooLong,

    /// <summary>It was signed for another purpose.</summary>
    OtherKind,

    /// <summary>It wants to be checked another way than receipts are.</summary>
    OtherAlgorithm,

    /// <summary>The portal has no such key.</summary>
    UnknownKey,

    /// <summary>The signature does not fit: it was altered, or signed by somebody else.</summary>
    NotSigned,

    /// <summary>It is another portal's.</summary>
    OtherIssuer,
}
