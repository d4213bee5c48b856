using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.OpenIdConnect.DPoP;

/// <summary>What a proof must be (RFC 9449, 4.3), in the order it is looked at. The first refusal is the answer.</summary>
static class ProofChecks
{
    const int LongestId = 200;

    static readonly Func<ProofText, ProvenRequest, string?>[] Checks =
    [
        TypeIsThat,             // 4.3(4)
        NothingIsCritical,      // RFC 7515, 4.1.11: we understand no extension
        AlgorithmIsAsymmetric,  // 4.3(5)
        KeyIsPublic,            // 4.3(7)
        SignatureIsOfTheKey,    // 4.3(6)
        IdIsThere,              // 4.3(3)
        MethodIsThis,           // 4.3(8)
        AddressIsThis,          // 4.3(9)
        WasMadeJustNow,         // 4.3(11)
        TokenIsThis,            // 4.3(12)
    ];

    /// <summary>What is wrong with it, as a sentence of ASCII, or null.</summary>
    public static string? Refusal(ProofText proof, ProvenRequest request) =>
        Checks.Select(check => check(proof, request)).FirstOrDefault(refusal => refusal is not null);

    static string? TypeIsThat(ProofText proof, ProvenRequest request) =>
        string.Equals(proof.Header("typ"), "dpop+jwt", StringComparison.OrdinalIgnoreCase) ? null : "The typ of the DPoP proof is not dpop+jwt.";

    static string? NothingIsCritical(ProofText proof, ProvenRequest request) =>
        proof.HasHeader("crit") ? "The DPoP proof asks for an extension that is not understood." : null;

    static string? AlgorithmIsAsymmetric(ProofText proof, ProvenRequest request) =>
        DPoPProof.Algorithms.Contains(proof.Header("alg"), StringComparer.Ordinal) ? null : "The alg of the DPoP proof is not one of ES256, PS256, RS256.";

    static string? KeyIsPublic(ProofText proof, ProvenRequest request) =>
        proof.Key is null ? "The jwk of the DPoP proof is missing, not a public key, or of a kind that is not accepted." : null;

    static string? SignatureIsOfTheKey(ProofText proof, ProvenRequest request) =>
        proof.Key!.HasSigned(proof.Content, proof.Signature, proof.Header("alg")!) ? null : "The DPoP proof is not signed with the key in it.";

    static string? IdIsThere(ProofText proof, ProvenRequest request) =>
        proof.Claim("jti") is { Length: > 0 and <= LongestId } ? null : "The jti of the DPoP proof is missing or too long.";

    static string? MethodIsThis(ProofText proof, ProvenRequest request) =>
        string.Equals(proof.Claim("htm"), request.Method, StringComparison.Ordinal) ? null : "The htm of the DPoP proof is not the method of the request.";

    static string? AddressIsThis(ProofText proof, ProvenRequest request) =>
        proof.Claim("htu") is { } address && Target(address) is { } target && target == Target(request.Address) ? null : "The htu of the DPoP proof is not the address of the request.";

    static string? WasMadeJustNow(ProofText proof, ProvenRequest request) =>
        proof.IssuedAt is { } made && made >= request.Now - DPoPProof.Age && made <= request.Now + DPoPProof.Ahead ? null : "The DPoP proof was not made just now.";

    static string? TokenIsThis(ProofText proof, ProvenRequest request) =>
        request.AccessToken is not { } token || (proof.Claim("ath") is { } hash && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(hash),
            Encoding.ASCII.GetBytes(WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(token))))))
            ? null : "The ath of the DPoP proof is not of the access token beside it.";

    // Scheme, host and port in one spelling; the path letter by letter, as a server may tell paths apart that a client would take for one.
    static (string Authority, string Path)? Target(string address)
    {
        var begin = address.IndexOf("://", StringComparison.Ordinal) + 3;
        if (begin == 2 || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0)
        {
            return null;
        }

        var end = address.AsSpan(begin).IndexOfAny('?', '#') is >= 0 and var cut ? begin + cut : address.Length;
        var slash = address.AsSpan(begin, end - begin).IndexOf('/');
        return ($"{uri.Scheme}://{uri.IdnHost}:{uri.Port}", slash < 0 ? "/" : address[(begin + slash)..end]);
    }
}
