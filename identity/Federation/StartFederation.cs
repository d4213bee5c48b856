using System.Globalization;
using Identity.Authorize;
using Identity.Clients;
using Identity.Providers;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.WebUtilities;
using Platform.GuardedHttp;

namespace Identity.Federation;

/// <summary>What became of the wish to sign in at a provider.</summary>
abstract record FederationStart
{
    FederationStart()
    {
    }

    /// <summary>The browser goes there.</summary>
    public sealed record Go(string Address) : FederationStart;

    /// <summary>It stays here.</summary>
    /// <param name="Reason">One of <see cref="Platform.OpenIdConnect.SignInFailure"/>.</param>
    public sealed record Failed(string Reason) : FederationStart;
}

/// <summary>Sends a browser to a provider, and remembers what has to come back.</summary>
sealed class StartFederation(
    ProviderStore providers, ProviderConfigurations configurations, FederationAttempts attempts, FederationRefusals refusals, PendingAuthorizations pending, ClientStore clients,
    IdentitySettings settings, TimeProvider clock)
{
    /// <summary>For a sign-in.</summary>
    /// <param name="http">The browser.</param>
    /// <param name="scheme">Where to.</param>
    /// <param name="request">The application's request that waits; one that is too old is as good as none.</param>
    /// <param name="then">A page of our own that wants a fresh proof of whoever is signed in, if it is that.</param>
    /// <param name="hint">The address the person typed, if any.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<FederationStart> RunAsync(HttpContext http, string scheme, string? request, string? then, string? hint, CancellationToken ct)
    {
        var provider = await providers.FindStandingAsync(scheme, ct);
        var waiting = pending.Read(request);
        if (provider is null || (waiting is not null && !await MayServeAsync(waiting, provider, ct)))
        {
            return await refusals.AtStartAsync(http, scheme, provider is null ? "no_such_provider" : "not_for_this_client", ct);
        }

        then = OwnPath.OrNull(then);
        var isFresh = then is not null || (waiting is not null && new AuthorizationRequest(ProtocolParameters.Of(waiting.Parameters)) is var asked && (asked.WantsFreshSignIn || asked.MaxAge is not null));
        return await SendAsync(http, provider, new(Secret.New(), Secret.New(), waiting is null ? null : request, then, isFresh), linking: null, hint ?? waiting?.Parameters.GetValueOrDefault("login_hint"), ct);
    }

    /// <summary>For somebody who is signed in here and wants to link what comes back.</summary>
    public async Task<FederationStart> LinkAsync(HttpContext http, string scheme, SignInSession session, long tenantId, CancellationToken ct) =>
        await providers.FindStandingAsync(scheme, ct) is { } provider && provider.TenantId == tenantId
            ? await SendAsync(http, provider, new(Secret.New(), Secret.New(), null, null, IsFresh: true), (session.AccountId, session.Sid), null, ct)
            : await refusals.AtStartAsync(http, scheme, "no_such_provider", ct);

    async Task<bool> MayServeAsync(PendingAuthorization waiting, Provider provider, CancellationToken ct) =>
        await clients.FindEnabledAsync(waiting.Parameters.GetValueOrDefault("client_id", ""), ct) is { } client && client.AllowsProvider(provider.Scheme);

    async Task<FederationStart> SendAsync(HttpContext http, Provider provider, AttemptSecrets secrets, (long AccountId, string Sid)? linking, string? hint, CancellationToken ct)
    {
        string authorize;
        try
        {
            using var deadline = Deadline(clock, ct);
            authorize = (await configurations.Of(provider.Issuer).GetConfigurationAsync(deadline.Token)).AuthorizationEndpoint;
        }
        catch (Exception failure) when (failure is ProviderUnusableException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new FederationStart.Failed(await refusals.UnusableAsync(http, provider, failure, ct));
        }

        var state = await attempts.BeginAsync(BrowserCookie.ReadOrWrite(http), provider, secrets, linking, ct);
        return new FederationStart.Go(QueryHelpers.AddQueryString(authorize, Parameters(provider, secrets, state, hint)));
    }

    Dictionary<string, string?> Parameters(Provider provider, AttemptSecrets secrets, string state, string? hint)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = provider.ClientId,
            ["response_type"] = "code",
            ["scope"] = string.Join(' ', provider.Scopes),
            ["redirect_uri"] = settings.CallbackOf(provider.Scheme),
            ["state"] = state,
            ["nonce"] = secrets.Nonce,
            ["code_challenge"] = Challenge.Of(secrets.Verifier),
            ["code_challenge_method"] = "S256",
            ["ui_locales"] = CultureInfo.CurrentUICulture.Name,
        };
        if (secrets.IsFresh)
        {
            (parameters["prompt"], parameters["max_age"]) = ("login", "0");
        }

        if (hint is { Length: <= 254 })
        {
            parameters["login_hint"] = hint;
        }

        return parameters;
    }

    /// <summary>The moment from which somebody has waited long enough for a provider.</summary>
    public static Deadline Deadline(TimeProvider clock, CancellationToken ct) => new(Profile.ProviderPatience, clock, ct);
}
