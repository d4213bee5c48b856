using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Platform.OpenIdConnect;

/// <summary>
/// How a service signs people in through an OpenID Provider. Everything but the provider's address and the client's id and
/// secret is read from the provider's discovery document.
/// </summary>
public sealed class OpenIdConnectOptions : OAuthOptions
{
    const string Discovered = "(read from the discovery document)";

    /// <summary>Code flow with PKCE, scopes openid, profile and email.</summary>
    public OpenIdConnectOptions()
    {
        CallbackPath = "/signin-oidc";
        // The base class insists on endpoints; the handler never looks at these.
        (AuthorizationEndpoint, TokenEndpoint) = (Discovered, Discovered);
        Scope.Add("openid");
        Scope.Add("profile");
        Scope.Add("email");
        UsePkce = true;
        SaveTokens = false;
        // The callback is a navigation by GET from another site: Lax cookies come along, and nothing weaker is needed.
        CorrelationCookie.SameSite = SameSiteMode.Lax;
        CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
        CorrelationCookie.Name = "__Host-correlation.";
        CorrelationCookie.Path = "/";
        RemoteAuthenticationTimeout = TimeSpan.FromMinutes(15);
        Events.OnRemoteFailure = ShowFailure;
    }

    /// <summary>The provider's issuer, for example <c>https://identity.example.com</c>; its metadata must name the same.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Where the provider returns the browser after a sign-out.</summary>
    public PathString SignedOutCallbackPath { get; set; } = "/signout-callback-oidc";

    /// <summary>The page that tells a person why the sign-in did not work; it gets <c>?reason=</c> with one of <see cref="SignInFailure"/>.</summary>
    public PathString FailurePath { get; set; } = "/sign-in/failed";

    /// <summary>Whether authorization requests are pushed (RFC 9126).</summary>
    public PushedAuthorizationUse UsePushedAuthorization { get; set; } = PushedAuthorizationUse.Automatic;

    /// <summary>How far the two services' clocks may be apart.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The signature algorithms an id_token may have; never <c>none</c> and none with a shared key.</summary>
    public IReadOnlyList<string> IdTokenAlgorithms { get; set; } = ["RS256", "PS256", "ES256"];

    /// <summary>The userinfo claims that join those of the id_token.</summary>
    public IReadOnlyList<string> UserInfoClaims { get; set; } = ["name", "email", "email_verified", "locale", "zoneinfo"];

    /// <summary>Scopes that are asked for besides where the provider's metadata names them; another provider might refuse a scope it does not know.</summary>
    public IReadOnlyList<string> ScopesWhereOffered { get; set; } = [];

    /// <summary>The provider's metadata and keys; filled in from <see cref="Authority"/> when it is not set.</summary>
    public IConfigurationManager<OpenIdConnectConfiguration>? ConfigurationManager { get; set; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (string.IsNullOrEmpty(Authority))
        {
            throw new InvalidOperationException("OpenIdConnectOptions.Authority must name the provider.");
        }
    }

    /// <summary>Logs why a sign-in did not work and sends the person to the page that says what to do.</summary>
    internal void ShowFailure(HttpContext http, Exception? failure)
    {
        var reason = failure is SignInRefusedException refused ? refused.Reason : SignInFailure.Interrupted;
        http.RequestServices.GetRequiredService<ILogger<OpenIdConnectHandler>>().LogWarning("A sign-in through {Authority} did not work ({Reason}): {Message}", Authority, reason, failure?.Message);
        http.Response.Redirect(http.Request.PathBase + QueryHelpers.AddQueryString(FailurePath, "reason", reason));
    }

    Task ShowFailure(RemoteFailureContext failure)
    {
        ShowFailure(failure.HttpContext, failure.Failure);
        failure.HandleResponse();
        return Task.CompletedTask;
    }
}

/// <summary>Whether authorization requests are pushed.</summary>
public enum PushedAuthorizationUse
{
    /// <summary>Where the provider's metadata has an endpoint for it.</summary>
    Automatic,

    /// <summary>Always; no sign-in through a provider without.</summary>
    Always,

    /// <summary>Only to a provider that insists.</summary>
    Never,
}

/// <summary>What a person is told when a sign-in did not work; the details are in the log, not in the address.</summary>
public static class SignInFailure
{
    /// <summary>The answer did not belong to a sign-in of this browser, or came too late: starting again helps.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The provider says no: cancelled or not allowed.</summary>
    public const string Denied = "denied";

    /// <summary>The provider cannot be reached; trying later helps.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The provider's answer failed a check; somebody has to look at the log.</summary>
    public const string Refused = "refused";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Interrupted, Denied, Unavailable, Refused];
}

/// <summary>A provider's answer that is not taken for a sign-in.</summary>
/// <param name="reason">One of <see cref="SignInFailure"/>.</param>
/// <param name="message">For the log; without codes and tokens.</param>
/// <param name="cause">What was thrown, if anything.</param>
public sealed class SignInRefusedException(string reason, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the person is told.</summary>
    public string Reason { get; } = reason;
}
