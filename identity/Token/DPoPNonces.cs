using System.Globalization;
using System.Security.Cryptography;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Platform.OpenIdConnect.DPoP;

namespace Identity.Token;

/// <summary>
/// Nonces that proofs have to answer (RFC 9449, 8), where <c>Identity:RequireDPoPNonce</c> says so: a proof made in advance is worth nothing then. A nonce is the
/// moment it was given out, encrypted, so that every instance knows it and nobody has to remember it.
/// </summary>
sealed class DPoPNonces(IDataProtectionProvider protection, IConfiguration configuration, TimeProvider clock)
{
    const string Header = "DPoP-Nonce";

    readonly IDataProtector protector = protection.CreateProtector("DPoP nonces");
    readonly bool areRequired = configuration.GetValue<bool>("Identity:RequireDPoPNonce");

    /// <summary>The error, when a proof answers no nonce of ours, or an old one; whatever the answer is, the nonce for the next proof goes with it.</summary>
    public OAuthError? Refusal(HttpResponse response, DPoPProof proof)
    {
        if (!areRequired)
        {
            return null;
        }

        response.Headers[Header] = protector.Protect(clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture));
        return proof.Nonce is { } nonce && IsFresh(nonce) ? null : new("use_dpop_nonce", "The DPoP proof must answer the nonce in the header DPoP-Nonce.");
    }

    bool IsFresh(string nonce)
    {
        try
        {
            var age = clock.GetUtcNow() - new DateTimeOffset(long.Parse(protector.Unprotect(nonce), CultureInfo.InvariantCulture), TimeSpan.Zero);
            return age <= Profile.DPoPNonce && age >= -Profile.ClockSkew;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
