using Identity.Web;
using Platform.OpenIdConnect;

namespace Identity.Clients;

/// <summary>The portal as a client: always registered, as the settings say.</summary>
sealed class PortalRegistration(RegisterClient register, RegisterApiSecret registerApiSecret, IdentitySettings settings, IConfiguration configuration)
{
    const string Origin = "settings";

    /// <summary>Registers it, or brings it up to date; its API with the secret by which it asks about tokens.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await RegisterClientAsync(ct);
        await registerApiSecret.RunAsync(PortalClient.ApiScope, PortalClient.ApiSecret(configuration, settings.DataFolder, settings.IsProduction), Origin, ct);
    }

    Task RegisterClientAsync(CancellationToken ct) => register.RunAsync(
        new Client
        {
            ClientId = PortalClient.ClientId,
            ClientName = settings.BrandName,
            TokenEndpointAuthMethod = "client_secret_basic",
            RequirePushedAuthorization = true,
            AllowedGrantTypes = [GrantTypes.AuthorizationCode],
            RedirectUris = [settings.PortalUrl + "/signin-oidc"],
            BackChannelLogoutUri = settings.PortalUrl + "/signout-backchannel",
            PostLogoutRedirectUris = [settings.PortalUrl + "/signout-callback-oidc"],
            AllowedScopes = [IdentityScopes.OpenId, IdentityScopes.Profile, IdentityScopes.Email, IdentityScopes.Roles],
        },
        PortalClient.Secret(configuration, settings.DataFolder, settings.IsProduction),
        Origin,
        ct);
}
