using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.OpenIdConnect.DPoP;

/// <summary>The public key that a proof brings with itself (RFC 7517): RSA of 2048 bits and more, or P-256.</summary>
abstract class ProofKey
{
    const int FewestModulusBytes = 256;
    const int MostModulusBytes = 1024;
    const int MostExponentBytes = 4;
    const int CoordinateBytes = 32;

    static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>The key of a header's <c>jwk</c>; null when it is none that we take, or has a private part, which nobody may see.</summary>
    public static ProofKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind is not JsonValueKind.Object || PrivateMembers.Any(member => jwk.TryGetProperty(member, out _)))
        {
            return null;
        }

        return (Text(jwk, "kty"), Text(jwk, "crv")) switch
        {
            ("EC", "P-256") when Bytes(jwk, "x") is { Length: CoordinateBytes } x && Bytes(jwk, "y") is { Length: CoordinateBytes } y => new EllipticCurve(x, y),
            ("RSA", _) when Bytes(jwk, "n") is { Length: >= FewestModulusBytes and <= MostModulusBytes } n && Bytes(jwk, "e") is { Length: >= 1 and <= MostExponentBytes } e => new Rsa(n, e),
            _ => null,
        };
    }

    /// <summary>Its thumbprint (RFC 7638).</summary>
    public string Thumbprint => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Canonical)));

    /// <summary>Whether it signed those bytes.</summary>
    public bool HasSigned(byte[] content, byte[] signature, string algorithm)
    {
        try
        {
            return Verify(content, signature, algorithm);
        }
        catch (CryptographicException)
        {
            // A point that is not on the curve and the like.
            return false;
        }
    }

    /// <summary>The members that make the key, in the order of their names.</summary>
    protected abstract string Canonical { get; }

    /// <summary>Verifies, if the algorithm is one for this kind of key.</summary>
    protected abstract bool Verify(byte[] content, byte[] signature, string algorithm);

    static string? Text(JsonElement jwk, string name) => jwk.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    static byte[]? Bytes(JsonElement jwk, string name) => Text(jwk, name) is { } text ? Base64Url.Decode(text) : null;

    sealed class EllipticCurve(byte[] x, byte[] y) : ProofKey
    {
        protected override string Canonical => $$"""{"crv":"P-256","kty":"EC","x":"{{WebEncoders.Base64UrlEncode(x)}}","y":"{{WebEncoders.Base64UrlEncode(y)}}"}""";

        protected override bool Verify(byte[] content, byte[] signature, string algorithm)
        {
            if (algorithm is not "ES256")
            {
                return false;
            }

            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
            return key.VerifyData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    sealed class Rsa(byte[] modulus, byte[] exponent) : ProofKey
    {
        protected override string Canonical => $$"""{"e":"{{WebEncoders.Base64UrlEncode(exponent)}}","kty":"RSA","n":"{{WebEncoders.Base64UrlEncode(modulus)}}"}""";

        protected override bool Verify(byte[] content, byte[] signature, string algorithm)
        {
            var padding = algorithm switch { "RS256" => RSASignaturePadding.Pkcs1, "PS256" => RSASignaturePadding.Pss, _ => null };
            if (padding is null)
            {
                return false;
            }

            using var key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
            return key.VerifyData(content, signature, HashAlgorithmName.SHA256, padding);
        }
    }
}

/// <summary>The letters of JWTs, read without an exception for what is none.</summary>
static class Base64Url
{
    /// <summary>The bytes; null when the text is not base64url.</summary>
    public static byte[]? Decode(string text)
    {
        try
        {
            return System.Buffers.Text.Base64Url.IsValid(text) && !text.Contains('=', StringComparison.Ordinal) ? System.Buffers.Text.Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
