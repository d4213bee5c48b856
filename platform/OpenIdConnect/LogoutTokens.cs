using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.OpenIdConnect;

/// <summary>A session that the provider has ended.</summary>
/// <param name="Issuer">Which provider.</param>
/// <param name="Subject">Whose; null when only the session is named.</param>
/// <param name="Sid">Which; null means all of the subject.</param>
/// <param name="TokenId">The jti by which it is told; it counts once.</param>
/// <param name="ExpiresAt">Until when a second one with the same jti could be taken for good.</param>
public sealed record EndedAtProvider(string Issuer, string? Subject, string? Sid, string TokenId, DateTime ExpiresAt);

/// <summary>What a logout token must be before any session is ended by it (OpenID Connect Back-Channel Logout 1.0, 2.6).</summary>
/// <param name="options">The provider and the client.</param>
/// <param name="clock">The product's clock.</param>
/// <param name="log">Gets one line for each refused token.</param>
public sealed class LogoutTokens(IOptionsMonitor<OpenIdConnectOptions> options, TimeProvider clock, ILogger<LogoutTokens> log)
{
    const string Event = "http://schemas.openid.net/event/backchannel-logout";
    const int LongestToken = 8 * 1024;
    const int LongestName = 255;

    // A token is made when it is sent, and good for two minutes.
    static readonly TimeSpan Oldest = TimeSpan.FromMinutes(2);

    static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    /// <summary>What the token says, or null when it is not accepted. Whether it was used before is for the caller to see.</summary>
    public async Task<EndedAtProvider?> ReadAsync(string logoutToken, CancellationToken ct)
    {
        var settings = options.Get(OpenIdConnectSetup.Scheme);
        if (logoutToken.Length > LongestToken)
        {
            return Refuse("it is too long");
        }

        var result = await ValidateAsync(logoutToken, settings, ct);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider has a new key; the manager itself limits how often this leads to a fetch.
            settings.ConfigurationManager!.RequestRefresh();
            result = await ValidateAsync(logoutToken, settings, ct);
        }

        if (result is not { IsValid: true, SecurityToken: JsonWebToken token })
        {
            return Refuse(result.Exception?.Message ?? "it cannot be read");
        }

        return WhyRefused(token, settings.ClockSkew) is { } reason ? Refuse(reason) : new(token.Issuer, Name(token, "sub"), Name(token, "sid"), token.Id, token.ValidTo + settings.ClockSkew);
    }

    async Task<TokenValidationResult> ValidateAsync(string logoutToken, OpenIdConnectOptions settings, CancellationToken ct)
    {
        var provider = await settings.ConfigurationManager!.GetConfigurationAsync(ct);
        return await Tokens.ValidateTokenAsync(logoutToken, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = settings.ClientId,
            IssuerSigningKeys = provider.SigningKeys,
            ValidAlgorithms = settings.IdTokenAlgorithms,
            // Neither an id_token nor an access token can stand in for it.
            ValidTypes = ["logout+jwt"],
            LifetimeValidator = Lifetime.Within(settings.ClockSkew, clock),
        });
    }

    string? WhyRefused(JsonWebToken token, TimeSpan skew)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return 0 switch
        {
            _ when !token.TryGetPayloadValue<long>("iat", out _) || token.IssuedAt > now + skew || token.IssuedAt < now - Oldest - skew => "it was not made just now",
            _ when !IsAboutALogout(token) => "it tells of no logout",
            _ when token.TryGetPayloadValue<object>("nonce", out _) => "it has a nonce, as an id_token has",
            _ when Name(token, "sid") is null && Name(token, "sub") is null => "it names neither session nor person",
            _ when token.Id is not { Length: > 0 and <= LongestName } => "it has no jti",
            _ => null,
        };
    }

    static bool IsAboutALogout(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("events", out var events) && events.ValueKind is JsonValueKind.Object && events.TryGetProperty(Event, out var about) && about.ValueKind is JsonValueKind.Object;

    static string? Name(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<object>(claim, out var value) && value is string { Length: > 0 and <= LongestName } name ? name : null;

    EndedAtProvider? Refuse(string reason)
    {
        log.LogWarning("A logout token was refused: {Reason}", reason);
        return null;
    }
}
