using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Identity.Providers;
using Identity.Web;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.OpenIdConnect;

namespace Identity.Federation;

/// <summary>
/// Turns what a provider sent through the browser into a person, or refuses it. Everything that can be seen in the answer itself is looked at
/// before a code is sent anywhere.
/// </summary>
sealed class ProviderAnswers(ProviderConfigurations configurations, ProviderCalls calls, IdentitySettings settings, TimeProvider clock)
{
    const int LongestCode = 4000;
    const int LongestSubject = 255;

    /// <summary>Does so.</summary>
    /// <exception cref="SignInRefusedException">The answer fails a check.</exception>
    /// <exception cref="ProviderUnusableException">The provider does not answer as one does.</exception>
    public async Task<ExternalPerson> ReadAsync(Provider provider, FederationAttempt attempt, AttemptSecrets secrets, ProtocolParameters answer, CancellationToken ct)
    {
        var manager = configurations.Of(provider.Issuer);
        var metadata = await manager.GetConfigurationAsync(ct);
        CheckIssuer(metadata, answer["iss"]);
        CheckError(answer["error"]);
        if (answer["code"] is not { Length: <= LongestCode } code)
        {
            throw Refused("The answer has no code.");
        }

        var tokens = await calls.RedeemAsync(provider, metadata, code, settings.CallbackOf(provider.Scheme), secrets.Verifier, ct);
        if (tokens.Error is { } error)
        {
            // invalid_grant is a code that came too late or twice: starting again helps. Anything else is a wrong setting.
            throw new SignInRefusedException(error is "invalid_grant" ? SignInFailure.Interrupted : SignInFailure.Refused, $"The token endpoint answered {error}.");
        }

        var checks = new IdTokenChecks(provider.ClientId, manager, Providers.ProviderMetadata.Algorithms, Profile.ClockSkew, clock);
        var (token, claims) = await checks.ValidateAsync(tokens.IdToken, secrets.Nonce, tokens.AccessToken, ct);
        if (token.Subject is not { Length: > 0 and <= LongestSubject } subject || subject.Any(char.IsControl))
        {
            throw Refused("The id_token names nobody, or with a name that is none.");
        }

        var authenticatedAt = AuthTime(claims);
        CheckFresh(secrets, attempt, authenticatedAt);
        return ExternalPerson.Read(token.Issuer, subject, authenticatedAt, [.. claims], await UserInfoAsync(metadata, tokens, checks, token, ct), provider.RoleClaim, provider.DirectoryClaim);
    }

    // RFC 9207, 2.4: another provider's answer is refused before its code is sent anywhere.
    static void CheckIssuer(OpenIdConnectConfiguration metadata, string? issuer)
    {
        if (issuer is null ? metadata.AuthorizationResponseIssParameterSupported : !string.Equals(issuer, metadata.Issuer, StringComparison.Ordinal))
        {
            throw Refused("The answer comes from another issuer, or does not say from whom.");
        }
    }

    static void CheckError(string? error)
    {
        if (error is not null)
        {
            throw new SignInRefusedException(
                error is "access_denied" or "login_required" or "interaction_required" or "consent_required" ? SignInFailure.Denied
                : error is "temporarily_unavailable" or "server_error" ? SignInFailure.Unavailable
                : SignInFailure.Refused,
                "The provider answered with an error: " + new string([.. error.Where(letter => char.IsAsciiLetterLower(letter) || letter is '_').Take(60)]));
        }
    }

    // OpenID Connect Core, 3.1.2.1: who asked for a fresh proof looks whether it is one.
    static void CheckFresh(AttemptSecrets secrets, FederationAttempt attempt, DateTime? authenticatedAt)
    {
        if (secrets.IsFresh && !(authenticatedAt + Profile.ClockSkew >= attempt.StartedAt))
        {
            throw Refused("A fresh proof was asked for and the provider did not take one.");
        }
    }

    async Task<JsonElement?> UserInfoAsync(OpenIdConnectConfiguration metadata, ProviderTokens tokens, IdTokenChecks checks, System.IdentityModel.Tokens.Jwt.JwtSecurityToken token, CancellationToken ct)
    {
        if (await calls.AskAboutPersonAsync(metadata, tokens.AccessToken, ct) is not { } told)
        {
            return null;
        }

        if (told.ValueKind is not JsonValueKind.Object)
        {
            throw Refused("The userinfo endpoint did not answer with JSON.");
        }

        checks.ValidateUserInfo(told.GetRawText(), token);
        return told;
    }

    static DateTime? AuthTime(IEnumerable<Claim> claims) =>
        long.TryParse(claims.FirstOrDefault(claim => claim.Type is "auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
            : null;

    static SignInRefusedException Refused(string message) => new(SignInFailure.Refused, message);
}
