using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Platform.OpenIdConnect;

/// <summary>What an id_token must be before anybody is signed in by it (OpenID Connect Core 1.0, 3.1.3.7).</summary>
/// <param name="clientId">Whom the token must be for.</param>
/// <param name="provider">Metadata and keys of whoever must have issued it.</param>
/// <param name="algorithms">How it may be signed; never <c>none</c> and nothing with a shared key.</param>
/// <param name="clockSkew">How far the two clocks may be apart.</param>
/// <param name="clock">Ours.</param>
public sealed class IdTokenChecks(string clientId, IConfigurationManager<OpenIdConnectConfiguration> provider, IReadOnlyList<string> algorithms, TimeSpan clockSkew, TimeProvider clock)
{
    static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    readonly OpenIdConnectProtocolValidator protocol = new() { RequireTimeStampInNonce = false, RequireStateValidation = false, RequireSub = true };

    /// <summary>Checks signature, algorithm, type, issuer, audience, lifetime, nonce and at_hash.</summary>
    /// <returns>The token and its claims.</returns>
    /// <exception cref="SignInRefusedException">One of the checks fails.</exception>
    public async Task<(JwtSecurityToken Token, IEnumerable<Claim> Claims)> ValidateAsync(string idToken, string nonce, string accessToken, CancellationToken ct)
    {
        var result = await ValidateSignatureAsync(idToken, ct);
        if (!result.IsValid)
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The id_token is not accepted: " + result.Exception.Message, result.Exception);
        }

        var token = new JwtSecurityToken(idToken);
        if (token.IssuedAt > clock.GetUtcNow().UtcDateTime + clockSkew)
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The id_token is not accepted: it was issued in the future.");
        }

        // OpenID Connect Core, 3.1.3.7 (3 to 5): one that is for others too says that it was made for us.
        if (token.Audiences.Count() > 1 && token.Payload.Azp != clientId)
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The id_token is not accepted: it is for several audiences and was not made for us.");
        }

        CheckProtocol(() => protocol.ValidateTokenResponse(new()
        {
            ClientId = clientId,
            Nonce = nonce,
            ValidatedIdToken = token,
            ProtocolMessage = new OpenIdConnectMessage { IdToken = idToken, AccessToken = accessToken },
        }));
        return (token, result.ClaimsIdentity.Claims);
    }

    /// <summary>Checks that the userinfo is about the person of the id_token.</summary>
    public void ValidateUserInfo(string userInfo, JwtSecurityToken idToken) =>
        CheckProtocol(() => protocol.ValidateUserInfoResponse(new() { UserInfoEndpointResponse = userInfo, ValidatedIdToken = idToken }));

    async Task<TokenValidationResult> ValidateSignatureAsync(string idToken, CancellationToken ct)
    {
        var known = await provider.GetConfigurationAsync(ct);
        var result = await Tokens.ValidateTokenAsync(idToken, Parameters(known));
        if (!result.IsValid && NamesUnknownKey(idToken, known))
        {
            // The provider has a new key; the manager itself limits how often this leads to a fetch.
            provider.RequestRefresh();
            result = await Tokens.ValidateTokenAsync(idToken, Parameters(await provider.GetConfigurationAsync(ct)));
        }

        return result;
    }

    // Looked at by name: what the handler throws depends on which of the known keys it tried in vain.
    static bool NamesUnknownKey(string idToken, OpenIdConnectConfiguration known)
    {
        try
        {
            return new JsonWebToken(idToken) is { Kid: { Length: > 0 } name } && !known.SigningKeys.Any(key => key.KeyId == name);
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    TokenValidationParameters Parameters(OpenIdConnectConfiguration known) => new()
    {
        ValidIssuer = known.Issuer,
        ValidAudience = clientId,
        IssuerSigningKeys = known.SigningKeys,
        ValidAlgorithms = algorithms,
        // An access token or logout token of the same provider is no id_token, whoever it is for. Many providers leave the type of theirs out (RFC 7519, 5.1), which
        // arrives here as empty; large and small letters are one (RFC 7515, 4.1.9).
        TypeValidator = (type, _, _) => string.IsNullOrEmpty(type) || string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase) ? "JWT" : throw new SecurityTokenInvalidTypeException($"Its type is {type}."),
        LifetimeValidator = Lifetime.Within(clockSkew, clock),
        NameClaimType = "name",
        RoleClaimType = "role",
    };

    static void CheckProtocol(Action check)
    {
        try
        {
            check();
        }
        catch (OpenIdConnectProtocolException refused)
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The provider's answer is not accepted: " + refused.Message, refused);
        }
    }
}

/// <summary>The lifetime check on the product's own clock.</summary>
static class Lifetime
{
    /// <summary>Accepts what is valid now, give or take the skew; a token without an end is refused.</summary>
    public static LifetimeValidator Within(TimeSpan skew, TimeProvider clock) => (notBefore, expires, _, _) =>
        expires is { } end && end + skew > clock.GetUtcNow().UtcDateTime && (notBefore is not { } begin || begin - skew <= clock.GetUtcNow().UtcDateTime);
}
