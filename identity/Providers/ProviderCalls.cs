using System.Text;
using System.Text.Json;
using Identity.Keys;
using Identity.Web;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.GuardedHttp;

namespace Identity.Providers;

/// <summary>What a provider's token endpoint said: tokens, or the name of an error.</summary>
/// <param name="Error">The error; null when there are tokens.</param>
/// <param name="AccessToken">For its userinfo endpoint, and used nowhere else.</param>
/// <param name="IdToken">Unchecked.</param>
sealed record ProviderTokens(string? Error, string AccessToken, string IdToken);

/// <summary>Speaks with a provider behind the browser's back: exchanges codes and asks about the person.</summary>
sealed class ProviderCalls(GuardedFetch fetch, ProviderSecrets secrets, SigningKeys keys, TimeProvider clock)
{
    static readonly TimeSpan Assertion = TimeSpan.FromSeconds(60);

    static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Exchanges a code for tokens.</summary>
    /// <exception cref="ProviderUnusableException">The endpoint does not answer as an endpoint does.</exception>
    public async Task<ProviderTokens> RedeemAsync(Provider provider, OpenIdConnectConfiguration metadata, string code, string redirectUri, string verifier, CancellationToken ct)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirectUri, ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.TokenEndpoint);
        await AuthenticateAsync(provider, request, form, ct);
        request.Content = new FormUrlEncodedContent(form);
        var (status, body) = await SendAsync(request, ct);
        if (status is < 200 or >= 300 || Text(body, "error") is not null)
        {
            return new(Text(body, "error") is { Length: <= 100 } error ? error : $"http_{status}", "", "");
        }

        return Text(body, "access_token") is { } access && Text(body, "id_token") is { } idToken && string.Equals(Text(body, "token_type"), "Bearer", StringComparison.OrdinalIgnoreCase)
            ? new(null, access, idToken)
            : new("no_tokens", "", "");
    }

    /// <summary>What the provider tells about the person, as JSON; null when it has no such endpoint.</summary>
    /// <exception cref="ProviderUnusableException">The endpoint does not answer as an endpoint does.</exception>
    public async Task<JsonElement?> AskAboutPersonAsync(OpenIdConnectConfiguration metadata, string accessToken, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(metadata.UserInfoEndpoint))
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, metadata.UserInfoEndpoint);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + accessToken);
        var (status, body) = await SendAsync(request, ct);
        return status is 200 ? body : throw new ProviderUnusableException("userinfo_refused", $"{metadata.UserInfoEndpoint} ({status})");
    }

    async Task AuthenticateAsync(Provider provider, HttpRequestMessage request, Dictionary<string, string> form, CancellationToken ct)
    {
        if (provider.TokenEndpointAuthMethod is ProviderWords.SignedAssertion)
        {
            form["client_id"] = provider.ClientId;
            form["client_assertion_type"] = Token.ClientAssertions.Type;
            form["client_assertion"] = await WriteAssertionAsync(provider, ct);
            return;
        }

        var secret = secrets.Read(provider) ?? throw new ProviderUnusableException("secret_unreadable", provider.Scheme);
        if (provider.TokenEndpointAuthMethod is ProviderWords.Post)
        {
            (form["client_id"], form["client_secret"]) = (provider.ClientId, secret);
            return;
        }

        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(FormEncode(provider.ClientId) + ":" + FormEncode(secret))));
    }

    // RFC 7523, 3, for the issuer and nobody else. Signed with the key of our own tokens, which the provider finds in our JWKS; its type keeps it from
    // being taken for one of them, whatever the provider's administrator chose as our name.
    async Task<string> WriteAssertionAsync(Provider provider, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "client-authentication+jwt",
            Issuer = provider.ClientId,
            IssuedAt = now,
            Expires = now + Assertion,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = provider.ClientId, ["aud"] = provider.Issuer, ["jti"] = Secret.NewName() },
            SigningCredentials = (await keys.GetAsync(ct)).Signing,
        });
    }

    async Task<(int Status, JsonElement Body)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Headers.Accept.Add(new("application/json"));
        var address = request.RequestUri!.GetLeftPart(UriPartial.Path);
        try
        {
            var answer = await fetch.SendAsync(request, ct);
            return (answer.Status, answer.MediaType is "application/json" && answer.Body.Length > 0 ? JsonDocument.Parse(answer.Body).RootElement.Clone() : default);
        }
        catch (FetchRefusedException refused)
        {
            throw ProviderUnusableException.From(refused, address);
        }
        catch (JsonException unreadable)
        {
            throw new ProviderUnusableException("not_json", address, unreadable);
        }
    }

    static string? Text(JsonElement body, string name) =>
        body.ValueKind is JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    // RFC 6749, 2.3.1: id and secret are form-encoded before they become user name and password.
    static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}

/// <summary>What an administrator is told after a test of a provider.</summary>
/// <param name="Fault">A code that <c>providers.fault.…</c> explains; null: nothing is wrong.</param>
/// <param name="Detail">What it is about.</param>
/// <param name="Hints">Codes that <c>providers.hint.…</c> explains: nothing that stops a sign-in.</param>
sealed record ConnectionTest(string? Fault, string? Detail, IReadOnlyList<string> Hints);

/// <summary>Looks at a provider as a sign-in would, as far as that goes without a person.</summary>
sealed class TestConnection(ProviderMetadata metadata, ProviderCalls calls, ProviderConfigurations configurations, ProviderFaults faults, IdentitySettings settings)
{
    /// <summary>Does so, and notes what is wrong.</summary>
    public async Task<ConnectionTest> RunAsync(Provider provider, CancellationToken ct)
    {
        var test = await LookAsync(provider, ct);
        configurations.Forget(provider.Issuer);
        await faults.NoteAsync(provider, test.Fault, test.Detail, ct);
        return test;
    }

    async Task<ConnectionTest> LookAsync(Provider provider, CancellationToken ct)
    {
        try
        {
            var found = await metadata.FetchAsync(provider.Issuer, ct);
            // No provider knows this code. One that knows us says so; one that does not complains about us first.
            var answer = await calls.RedeemAsync(provider, found, Secret.New(), settings.CallbackOf(provider.Scheme), Secret.New(), ct);
            return answer.Error is "invalid_grant" or null ? new(null, null, Hints(found))
                : answer.Error is "invalid_client" or "unauthorized_client" or "http_401" ? new("client_refused", answer.Error, Hints(found))
                : new("token_endpoint_odd", answer.Error, Hints(found));
        }
        catch (ProviderUnusableException unusable)
        {
            return new(unusable.Fault, unusable.Detail, []);
        }
    }

    static List<string> Hints(OpenIdConnectConfiguration found)
    {
        var hints = new List<string>();
        if (!found.AuthorizationResponseIssParameterSupported)
        {
            hints.Add("no_iss");
        }

        if (!found.CodeChallengeMethodsSupported.Contains("S256", StringComparer.Ordinal))
        {
            hints.Add("no_pkce");
        }

        return hints;
    }
}
