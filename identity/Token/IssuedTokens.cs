using Identity.Keys;
using Identity.Sessions;
using Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Identity.Token;

/// <summary>Writes and reads our own tokens.</summary>
sealed class IssuedTokens(SigningKeys keys, IdentitySettings settings, TimeProvider clock)
{
    const string AccessTokenType = "at+jwt";
    const string IdTokenType = "JWT";
    const string LogoutTokenType = "logout+jwt";
    const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    /// <summary>An access token (RFC 9068).</summary>
    public Task<string> WriteAccessTokenAsync(AccessToken token, CancellationToken ct)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = token.Subject,
            ["client_id"] = token.ClientId,
            ["jti"] = token.Id,
            ["scope"] = string.Join(' ', token.Scopes),
            ["aud"] = token.Audiences is [var one] ? one : token.Audiences.ToArray(),
        };
        if (token.AuthenticatedAt is { } moment)
        {
            claims["auth_time"] = EpochTime.GetIntDate(moment);
        }

        if (token.Tenant is not null)
        {
            claims["tenant"] = token.Tenant;
        }

        if (token.Jkt is not null)
        {
            claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = token.Jkt };
        }

        return WriteAsync(AccessTokenType, token.Algorithm, claims, token.Lifetime, ct);
    }

    /// <summary>An id_token (OpenID Connect Core, 2).</summary>
    public Task<string> WriteIdTokenAsync(IdToken token, CancellationToken ct)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = token.Subject,
            ["aud"] = token.ClientId,
            ["sid"] = token.Sid,
            ["auth_time"] = EpochTime.GetIntDate(token.AuthenticatedAt),
            ["amr"] = token.Amr,
            ["acr"] = Assurance.AcrOf(token.Amr),
            ["at_hash"] = LeftHalfHash(token.AccessToken),
        };
        if (token.Idp is not null)
        {
            claims["idp"] = token.Idp;
        }

        if (token.Nonce is not null)
        {
            claims["nonce"] = token.Nonce;
        }

        return WriteAsync(IdTokenType, token.Algorithm, claims, token.Lifetime, ct);
    }

    /// <summary>A logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).</summary>
    /// <param name="clientId">The client that is told.</param>
    /// <param name="subject">Whose session has ended.</param>
    /// <param name="sid">Which; null for a client that only asks whose.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<string> WriteLogoutTokenAsync(string clientId, string subject, string? sid, CancellationToken ct)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = subject,
            ["aud"] = clientId,
            ["jti"] = Secret.NewName(),
            ["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { [LogoutEvent] = new Dictionary<string, object>(StringComparer.Ordinal) },
        };
        if (sid is not null)
        {
            claims["sid"] = sid;
        }

        return WriteAsync(LogoutTokenType, SecurityAlgorithms.RsaSha256, claims, Profile.LogoutToken, ct);
    }

    /// <summary>Reads an access token of ours that has not expired; null for anything else.</summary>
    public async Task<JsonWebToken?> ReadAccessTokenAsync(string token, CancellationToken ct)
    {
        var parameters = await ParametersAsync(AccessTokenType, ct);
        parameters.LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime;
        return await ReadAsync(token, parameters);
    }

    /// <summary>Reads an id_token of ours given back as a hint, expired or not; null for anything else.</summary>
    public async Task<JsonWebToken?> ReadHintAsync(string token, CancellationToken ct)
    {
        var parameters = await ParametersAsync(IdTokenType, ct);
        parameters.LifetimeValidator = (_, expires, _, _) => expires is not null;
        return await ReadAsync(token, parameters);
    }

    async Task<string> WriteAsync(string type, string algorithm, Dictionary<string, object> claims, TimeSpan lifetime, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Issuer = settings.Issuer,
            IssuedAt = now,
            Expires = now + lifetime,
            Claims = claims,
            SigningCredentials = (await keys.GetAsync(ct)).SigningBy[algorithm],
        });
    }

    static async Task<JsonWebToken?> ReadAsync(string token, TokenValidationParameters parameters) =>
        await Handler.ValidateTokenAsync(token, parameters) is { IsValid: true, SecurityToken: JsonWebToken read } ? read : null;

    async Task<TokenValidationParameters> ParametersAsync(string type, CancellationToken ct) => new()
    {
        ValidIssuer = settings.Issuer,
        ValidTypes = [type],
        ValidAlgorithms = KeyPairs.Algorithms,
        IssuerSigningKeys = (await keys.GetAsync(ct)).Verifying,
        // Whom a token is for depends on where it is shown; the callers look.
        AudienceValidator = (audiences, _, _) => audiences.Any(),
    };

    // OpenID Connect Core, 3.1.3.6: ties the id_token to the access token beside it.
    static string LeftHalfHash(string accessToken) =>
        Base64UrlEncoder.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(accessToken))[..16]);
}

/// <summary>What an access token says.</summary>
sealed record AccessToken(string Id, string Subject, string ClientId, IReadOnlyList<string> Scopes, IReadOnlyList<string> Audiences, TimeSpan Lifetime, DateTime? AuthenticatedAt)
{
    /// <summary>What every API that it is for can check.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The thumbprint of the key it is bound to (RFC 9449, 6.1).</summary>
    public string? Jkt { get; init; }

    /// <summary>The key of the tenant whose program the token is for; null for people and for programs of the installation.</summary>
    public string? Tenant { get; init; }
}

/// <summary>What an id_token says.</summary>
sealed record IdToken(string Subject, string ClientId, string Sid, DateTime AuthenticatedAt, string[] Amr, string? Nonce, string AccessToken, TimeSpan Lifetime)
{
    /// <summary>As the client asked for when it was registered.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The scheme of the provider through which the person came.</summary>
    public string? Idp { get; init; }
}
