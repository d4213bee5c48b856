using Identity.Clients;
using Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Identity.Token;

/// <summary>Assertions that clients sign to authenticate (RFC 7523; OpenID Connect Core, 9: private_key_jwt).</summary>
sealed class ClientAssertions(ClientStore clients, IdentitySettings settings, TimeProvider clock)
{
    /// <summary>The only client_assertion_type there is.</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>How an assertion may be signed.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSha256];

    // Whatever brings or names a key with itself proves nothing; we know the client's keys.
    static readonly string[] HeadersThatBringKeys = ["jwk", "jku", "x5u", "x5c"];

    static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Whom an assertion is about, unchecked; null when it is no assertion.</summary>
    public static string? SubjectOf(string assertion)
    {
        try
        {
            return Handler.CanReadToken(assertion) && new JsonWebToken(assertion).TryGetPayloadValue<string>("sub", out var subject) ? subject : null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    /// <summary>Whether the assertion is that client's, for us, in its time, and was not used before; it is used up then.</summary>
    public async Task<bool> AreRightAsync(Client client, string assertion, CancellationToken ct)
    {
        if (client.Jwks is not { } keys)
        {
            return false;
        }

        var result = await Handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidIssuer = client.ClientId,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = new JsonWebKeySet(keys).GetSigningKeys(),
            AudienceValidator = (_, token, _) => IsForUs((JsonWebToken)token),
            LifetimeValidator = (begins, ends, token, _) => IsInItsTime(begins, ends, (JsonWebToken)token),
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken { Id: { Length: > 0 and <= 200 } id } token }
            && token.Subject == client.ClientId
            && !HeadersThatBringKeys.Any(name => token.TryGetHeaderValue<object>(name, out _))
            && await clients.UseIdAsync("client_assertion:" + client.ClientId, id, token.ValidTo, ct);
    }

    // The issuer and nothing else, not even as one of several: an assertion made for another server, or for an address that another server handed out, is no good here.
    bool IsForUs(JsonWebToken token) => token.TryGetPayloadValue<object>("aud", out var audience) && audience is string one && one == settings.Issuer;

    bool IsInItsTime(DateTime? begins, DateTime? ends, JsonWebToken token)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var ahead = now + Profile.ClientAssertionAhead;
        return ends > now && ends <= now + Profile.ClientAssertion && (begins is null || begins <= ahead) && token.IssuedAt <= ahead;
    }
}
