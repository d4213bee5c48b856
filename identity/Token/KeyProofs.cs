using Identity.Web;
using Platform.OpenIdConnect.DPoP;

namespace Identity.Token;

/// <summary>What a request says about a key of the client's.</summary>
/// <param name="Jkt">The key it has; null when the request says nothing.</param>
/// <param name="Error">Why the proof does not count.</param>
sealed record KeyProof(string? Jkt, OAuthError? Error);

/// <summary>Looks at the proof of possession that a request brings (RFC 9449) and uses it up.</summary>
sealed class KeyProofs(UsedProofs used, DPoPNonces nonces, IdentitySettings settings, TimeProvider clock)
{
    const string Code = "invalid_dpop_proof";

    /// <summary>Does so for an endpoint that gives out tokens; the nonce is asked for here.</summary>
    public async Task<KeyProof> CheckAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.Headers.ContainsKey(DPoPProof.Name))
        {
            return new(null, null);
        }

        var (proof, error) = Read(http, accessToken: null);
        return proof is null ? new(null, error) : nonces.Refusal(http.Response, proof) is { } refusal ? new(null, refusal) : await UseAsync(proof, ct);
    }

    /// <summary>Does so where an access token is shown; there must be a proof, and it must be for that token.</summary>
    public async Task<KeyProof> CheckAsync(HttpContext http, string accessToken, CancellationToken ct)
    {
        var (proof, error) = Read(http, accessToken);
        return proof is null ? new(null, error) : await UseAsync(proof, ct);
    }

    // The address is ours as everybody knows it; what the request calls its host proves nothing.
    (DPoPProof? Proof, OAuthError? Error) Read(HttpContext http, string? accessToken)
    {
        var request = http.Request;
        var (proof, refusal) = DPoPProof.Read(request.Headers[DPoPProof.Name], new(request.Method, settings.Issuer + request.Path, clock.GetUtcNow().UtcDateTime, accessToken));
        return (proof, refusal is null ? null : new(Code, refusal));
    }

    async Task<KeyProof> UseAsync(DPoPProof proof, CancellationToken ct) =>
        await used.UseAsync(proof, ct) ? new(proof.Thumbprint, null) : new(null, new(Code, "The DPoP proof was used before."));
}
