namespace Identity.Clients;

/// <summary>An application that may ask for tokens. The names are those that identity servers have in common.</summary>
public sealed class Client
{
    /// <summary>The key inside the database.</summary>
    public long RegisteredClientId { get; set; }

    /// <summary>Its public name.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>What people are told it is.</summary>
    public string ClientName { get; set; } = "";

    /// <summary>A disabled client is refused everywhere, at once.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The tenant whose program it is; null for the installation's own.</summary>
    public long? TenantId { get; set; }

    /// <summary>That tenant's key, read with it.</summary>
    public string? TenantKey { get; set; }

    /// <summary>What it is for, as its owner wrote it.</summary>
    public string? Description { get; set; }

    /// <summary>Whether its requests must carry an S256 challenge.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary>Whether it authenticates. False for a public client, which must use PKCE and DPoP.</summary>
    public bool RequireClientSecret { get; set; } = true;

    /// <summary>Whether its authorization requests must be pushed (RFC 9126).</summary>
    public bool RequirePushedAuthorization { get; set; }

    /// <summary>Whether its tokens must be bound to a key of its own (RFC 9449).</summary>
    public bool RequireDPoP { get; set; }

    /// <summary>Whether the person is asked before it gets anything; for clients of others than the operator.</summary>
    public bool RequireConsent { get; set; }

    /// <summary>Whether the person's answer may be kept for the next time.</summary>
    public bool AllowRememberConsent { get; set; } = true;

    /// <summary>Whether it may ask for <c>offline_access</c>: tokens that outlive the session.</summary>
    public bool AllowOfflineAccess { get; set; }

    /// <summary>
    /// <c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c>, <c>none</c> for a public client, or null where either way of sending
    /// a secret will do.
    /// </summary>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Its public keys as a JWK set (RFC 7517), where it signs assertions.</summary>
    public string? Jwks { get; set; }

    /// <summary><c>authorization_code</c>, <c>client_credentials</c>, <c>refresh_token</c>.</summary>
    public string[] AllowedGrantTypes { get; set; } = [];

    /// <summary>The schemes of the providers through which people may come to it; empty: all.</summary>
    public string[] IdentityProviderRestrictions { get; set; } = [];

    /// <summary>Where it is told that a session has ended (OpenID Connect Back-Channel Logout 1.0).</summary>
    public string? BackChannelLogoutUri { get; set; }

    /// <summary>Whether it is told which session (sid), not only whose.</summary>
    public bool BackChannelLogoutSessionRequired { get; set; } = true;

    /// <summary><c>RS256</c> or <c>ES256</c>.</summary>
    public string IdentityTokenSigningAlgorithm { get; set; } = "RS256";

    /// <summary>Where answers may be sent, character by character.</summary>
    public string[] RedirectUris { get; set; } = [];

    /// <summary>Where browsers may be sent after a sign-out, character by character.</summary>
    public string[] PostLogoutRedirectUris { get; set; } = [];

    /// <summary>The origins whose scripts may call token, userinfo, revocation and pushed authorization; for a public client that runs in browsers.</summary>
    public string[] AllowedCorsOrigins { get; set; } = [];

    /// <summary>What it may ask for.</summary>
    public string[] AllowedScopes { get; set; } = [];

    /// <summary>SHA-256 of each secret that is valid now.</summary>
    public byte[][] ClientSecrets { get; set; } = [];

    /// <summary>The enabled APIs to which its scopes lead, as the database tells them (<see cref="ApiAudience.Read"/>); read with it, for they are asked for with each token.</summary>
    public string? KnownApis { get; set; }

    /// <summary>Seconds.</summary>
    public int AuthorizationCodeLifetime { get; set; } = (int)Web.Profile.Code.TotalSeconds;

    /// <summary>Seconds.</summary>
    public int AccessTokenLifetime { get; set; } = (int)Web.Profile.AccessToken.TotalSeconds;

    /// <summary>Seconds.</summary>
    public int IdentityTokenLifetime { get; set; } = (int)Web.Profile.IdToken.TotalSeconds;

    /// <summary>Seconds after which a refresh token that is not used ends.</summary>
    public int SlidingRefreshTokenLifetime { get; set; } = (int)Web.Profile.RefreshTokenSliding.TotalSeconds;

    /// <summary>Seconds after which a family of refresh tokens ends, however often it was used.</summary>
    public int AbsoluteRefreshTokenLifetime { get; set; } = (int)Web.Profile.RefreshTokenAbsolute.TotalSeconds;

    /// <summary>Seconds that a pushed request waits for its browser.</summary>
    public int PushedAuthorizationLifetime { get; set; } = (int)Web.Profile.PushedAuthorization.TotalSeconds;

    /// <summary>Seconds for which a person's consent holds; null: until it is taken back.</summary>
    public int? ConsentLifetime { get; set; }

    /// <summary>True when people may come to it through that provider.</summary>
    public bool AllowsProvider(string scheme) => IdentityProviderRestrictions.Length == 0 || IdentityProviderRestrictions.Contains(scheme, StringComparer.Ordinal);

    /// <summary>Whom a token with those scopes of its own is for.</summary>
    internal Audiences AudiencesOf(IReadOnlyList<string> scopes) => Audiences.Of(ApiAudience.Read(KnownApis), scopes);

    /// <summary>True when it may use that grant.</summary>
    public bool Allows(string grantType) => AllowedGrantTypes.Contains(grantType, StringComparer.Ordinal);

    /// <summary>True when it may ask for that scope; <c>offline_access</c> is a setting of its own.</summary>
    public bool MayAskFor(string scope) => scope is IdentityScopes.OfflineAccess ? AllowOfflineAccess : AllowedScopes.Contains(scope, StringComparer.Ordinal);
}

/// <summary>The grants we know.</summary>
static class GrantTypes
{
    public const string AuthorizationCode = "authorization_code";
    public const string ClientCredentials = "client_credentials";

    public const string RefreshToken = "refresh_token";

    public static IReadOnlyList<string> All { get; } = [AuthorizationCode, ClientCredentials, RefreshToken];
}

/// <summary>The scopes that lead to claims about a person; all others lead to an API.</summary>
static class IdentityScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";

    /// <summary>Company and roles, for clients that let whoever comes through a provider in by them.</summary>
    public const string Roles = "roles";

    public const string OfflineAccess = "offline_access";

    public static IReadOnlyList<string> All { get; } = [OpenId, Profile, Email, Roles, OfflineAccess];
}
