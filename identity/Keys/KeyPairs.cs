using System.Security.Cryptography;
using System.Text.Json;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;
using Platform;

namespace Identity.Keys;

/// <summary>Makes key pairs and opens them again; outside of memory the private part is encrypted.</summary>
sealed class KeyPairs(IDataProtectionProvider protection)
{
    /// <summary>The algorithms tokens are signed with; each has keys of its own, side by side.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    /// <summary>The same, what costs least first: a signature of RS256 with 3072 bits takes sixty times the processor time of one of ES256.</summary>
    public static IReadOnlyList<string> Preferred { get; } = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];

    readonly IDataProtector protector = protection.CreateProtector("signing keys");

    /// <summary>A new one that is announced now and signs from that moment on.</summary>
    public SigningKey Make(string algorithm, DateTime now, DateTime signsFrom) => algorithm switch
    {
        // The clock goes on between the plan and the key: no key signs before it was there.
        SecurityAlgorithms.RsaSha256 => MakeRsa(now, KeyPlan.Later(signsFrom, now)),
        SecurityAlgorithms.EcdsaSha256 => MakeEllipticCurve(now, KeyPlan.Later(signsFrom, now)),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No tokens are signed with it."),
    };

    /// <summary>What signs with that key.</summary>
    /// <exception cref="CannotStartException">It cannot be read with the data-protection keys at hand.</exception>
    public SigningCredentials Open(SigningKey key)
    {
        var bytes = Convert.FromBase64String(Unprotect(key));
        if (key.Algorithm is SecurityAlgorithms.RsaSha256)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(bytes, out _);
            return new(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true)) { KeyId = key.Kid }, key.Algorithm);
        }

        var curve = ECDsa.Create();
        curve.ImportPkcs8PrivateKey(bytes, out _);
        return new(new ECDsaSecurityKey(curve) { KeyId = key.Kid }, key.Algorithm);
    }

    SigningKey MakeRsa(DateTime now, DateTime signsFrom)
    {
        using var rsa = RSA.Create(Profile.RsaBits);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        var kid = Base64UrlEncoder.Encode(new RsaSecurityKey(key).ComputeJwkThumbprint());
        return Protected(rsa, SecurityAlgorithms.RsaSha256, kid, now, signsFrom, ("kty", "RSA"), ("n", Base64UrlEncoder.Encode(key.Modulus)), ("e", Base64UrlEncoder.Encode(key.Exponent)));
    }

    SigningKey MakeEllipticCurve(DateTime now, DateTime signsFrom)
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = curve.ExportParameters(includePrivateParameters: false);
        var kid = Base64UrlEncoder.Encode(new ECDsaSecurityKey(curve).ComputeJwkThumbprint());
        return Protected(curve, SecurityAlgorithms.EcdsaSha256, kid, now, signsFrom,
            ("kty", "EC"), ("crv", "P-256"), ("x", Base64UrlEncoder.Encode(key.Q.X)), ("y", Base64UrlEncoder.Encode(key.Q.Y)));
    }

    SigningKey Protected(AsymmetricAlgorithm pair, string algorithm, string kid, DateTime now, DateTime signsFrom, params IEnumerable<(string Name, string Value)> publicPart)
    {
        var jwk = publicPart.Concat([("use", "sig"), ("alg", algorithm), ("kid", kid)]).ToDictionary(member => member.Item1, member => member.Item2, StringComparer.Ordinal);
        return new()
        {
            Kid = kid,
            Algorithm = algorithm,
            PublicJwk = JsonSerializer.Serialize(jwk),
            ProtectedKey = protector.Protect(Convert.ToBase64String(pair.ExportPkcs8PrivateKey())),
            CreatedAt = now,
            SignsFrom = signsFrom,
        };
    }

    string Unprotect(SigningKey key)
    {
        try
        {
            return protector.Unprotect(key.ProtectedKey!);
        }
        catch (CryptographicException failure)
        {
            throw new CannotStartException("The signing key in the database was encrypted with another key file or certificate. Restore DataProtection__KeyFile (or secrets/data-protection-identity in the data folder) that belongs to this database.", failure);
        }
    }
}
