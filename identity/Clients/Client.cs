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

    /// <summary>Whether its requests must carry an S256 challenge.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c>, or null where either will do.</summary>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary><c>authorization_code</c> and <c>client_credentials</c>.</summary>
    public string[] AllowedGrantTypes { get; set; } = [];

    /// <summary>Where answers may be sent, character by character.</summary>
    public string[] RedirectUris { get; set; } = [];

    /// <summary>Where browsers may be sent after a sign-out, character by character.</summary>
    public string[] PostLogoutRedirectUris { get; set; } = [];

    /// <summary>What it may ask for.</summary>
    public string[] AllowedScopes { get; set; } = [];

    /// <summary>SHA-256 of each secret that is valid now.</summary>
    public byte[][] ClientSecrets { get; set; } = [];

    /// <summary>Seconds.</summary>
    public int AuthorizationCodeLifetime { get; set; } = (int)Web.Profile.Code.TotalSeconds;

    /// <summary>Seconds.</summary>
    public int AccessTokenLifetime { get; set; } = (int)Web.Profile.AccessToken.TotalSeconds;

    /// <summary>Seconds.</summary>
    public int IdentityTokenLifetime { get; set; } = (int)Web.Profile.IdToken.TotalSeconds;

    /// <summary>True when it may use that grant.</summary>
    public bool Allows(string grantType) => AllowedGrantTypes.Contains(grantType, StringComparer.Ordinal);
}

/// <summary>The grants we know.</summary>
static class GrantTypes
{
    public const string AuthorizationCode = "authorization_code";
    public const string ClientCredentials = "client_credentials";

    public static IReadOnlyList<string> All { get; } = [AuthorizationCode, ClientCredentials];
}

/// <summary>The scopes that lead to claims about a person; all others lead to an API.</summary>
static class IdentityScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";

    public static IReadOnlyList<string> All { get; } = [OpenId, Profile, Email];
}
