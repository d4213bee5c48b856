using System.Globalization;
using Identity.Clients;

namespace Identity.Administration.Clients;

/// <summary>Every setting of a client as somebody types it; the names are those of <see cref="Client"/>.</summary>
sealed class ClientForm
{
    public string? ClientId { get; set; }

    public string? ClientName { get; set; }

    public string? Description { get; set; }

    /// <summary>A tenant's key; empty for the installation's own.</summary>
    public string? Tenant { get; set; }

    public string[] AllowedGrantTypes { get; set; } = [];

    /// <summary>Empty where either way of sending a secret will do; <c>none</c> makes the client public.</summary>
    public string? TokenEndpointAuthMethod { get; set; }

    public string? Jwks { get; set; }

    /// <summary>An address a line.</summary>
    public string? RedirectUris { get; set; }

    /// <summary>An address a line.</summary>
    public string? PostLogoutRedirectUris { get; set; }

    /// <summary>An origin a line.</summary>
    public string? AllowedCorsOrigins { get; set; }

    public string[] AllowedScopes { get; set; } = [];

    /// <summary>A scheme a line.</summary>
    public string? IdentityProviderRestrictions { get; set; }

    public string? BackChannelLogoutUri { get; set; }

    public bool BackChannelLogoutSessionRequired { get; set; }

    public bool RequirePkce { get; set; }

    public bool RequirePushedAuthorization { get; set; }

    public bool RequireDPoP { get; set; }

    public bool RequireConsent { get; set; }

    public bool AllowRememberConsent { get; set; }

    public bool AllowOfflineAccess { get; set; }

    public string? IdentityTokenSigningAlgorithm { get; set; }

    // Seconds, as text: what is no number is refused in the reader's language.
    public string? AuthorizationCodeLifetime { get; set; }

    public string? AccessTokenLifetime { get; set; }

    public string? IdentityTokenLifetime { get; set; }

    public string? SlidingRefreshTokenLifetime { get; set; }

    public string? AbsoluteRefreshTokenLifetime { get; set; }

    public string? PushedAuthorizationLifetime { get; set; }

    public string? ConsentLifetime { get; set; }

    /// <summary>When the client was read, so that nobody's change is overwritten unseen.</summary>
    public string? Version { get; set; }

    /// <summary>A client filled in as it stands.</summary>
    public static ClientForm Of(Client client, string? tenant, string? version) => new()
    {
        ClientId = client.ClientId,
        ClientName = client.ClientName,
        Description = client.Description,
        Tenant = tenant,
        AllowedGrantTypes = client.AllowedGrantTypes,
        TokenEndpointAuthMethod = client.TokenEndpointAuthMethod,
        Jwks = client.Jwks,
        RedirectUris = Lines(client.RedirectUris),
        PostLogoutRedirectUris = Lines(client.PostLogoutRedirectUris),
        AllowedCorsOrigins = Lines(client.AllowedCorsOrigins),
        AllowedScopes = client.AllowedScopes,
        IdentityProviderRestrictions = Lines(client.IdentityProviderRestrictions),
        BackChannelLogoutUri = client.BackChannelLogoutUri,
        BackChannelLogoutSessionRequired = client.BackChannelLogoutSessionRequired,
        RequirePkce = client.RequirePkce,
        RequirePushedAuthorization = client.RequirePushedAuthorization,
        RequireDPoP = client.RequireDPoP,
        RequireConsent = client.RequireConsent,
        AllowRememberConsent = client.AllowRememberConsent,
        AllowOfflineAccess = client.AllowOfflineAccess,
        IdentityTokenSigningAlgorithm = client.IdentityTokenSigningAlgorithm,
        AuthorizationCodeLifetime = Text(client.AuthorizationCodeLifetime),
        AccessTokenLifetime = Text(client.AccessTokenLifetime),
        IdentityTokenLifetime = Text(client.IdentityTokenLifetime),
        SlidingRefreshTokenLifetime = Text(client.SlidingRefreshTokenLifetime),
        AbsoluteRefreshTokenLifetime = Text(client.AbsoluteRefreshTokenLifetime),
        PushedAuthorizationLifetime = Text(client.PushedAuthorizationLifetime),
        ConsentLifetime = client.ConsentLifetime is { } seconds ? Text(seconds) : null,
        Version = version,
    };

    /// <summary>A new client with what the profile recommends: PKCE and pushed requests.</summary>
    public static ClientForm Recommended() => Of(
        new Client { AllowedGrantTypes = [GrantTypes.AuthorizationCode], RequirePushedAuthorization = true, AllowedScopes = [IdentityScopes.OpenId, IdentityScopes.Profile, IdentityScopes.Email] },
        tenant: null,
        version: null);

    /// <summary>The lines of a text area, without empty ones and spaces around.</summary>
    public static string[] Split(string? lines) =>
        [.. (lines ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    static string? Lines(string[] texts) => texts.Length == 0 ? null : string.Join('\n', texts);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
