using Identity.Web;
using Platform.OpenIdConnect;

namespace Identity.Clients;

/// <summary>The portal as a client: always registered, as the settings say.</summary>
sealed class PortalRegistration(RegisterClient register, IdentitySettings settings, IConfiguration configuration)
{
    /// <summary>Registers it, or brings it up to date.</summary>
    public Task RunAsync(CancellationToken ct) => register.RunAsync(
        new Client
        {
            ClientId = PortalClient.ClientId,
            ClientName = settings.BrandName,
            TokenEndpointAuthMethod = "client_secret_basic",
            AllowedGrantTypes = [GrantTypes.AuthorizationCode],
            RedirectUris = [settings.PortalUrl + "/signin-oidc"],
            PostLogoutRedirectUris = [settings.PortalUrl + "/signout-callback-oidc"],
            AllowedScopes = [IdentityScopes.OpenId, IdentityScopes.Profile, IdentityScopes.Email],
        },
        PortalClient.Secret(configuration, settings.DataFolder, settings.IsProduction),
        "settings",
        ct);
}
