using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Platform.Secrets;

namespace Platform.OpenIdConnect;

/// <summary>What portal and identity agree on about the portal as a client.</summary>
public static class PortalClient
{
    /// <summary>The portal's client id.</summary>
    public const string ClientId = "portal";

    /// <summary>The scope of the portal's API, and its audience.</summary>
    public const string ApiScope = "portal.api";

    /// <summary>
    /// The portal's client secret: <c>Portal:ClientSecret</c>, else a random one in <c>secrets/portal-client</c> of the data folder, which both
    /// services share on one machine.
    /// </summary>
    /// <exception cref="CannotStartException">Production without a secret in the settings.</exception>
    public static string Secret(IConfiguration configuration, string dataFolder, bool isProduction) =>
        configuration["Portal:ClientSecret"] is { Length: > 0 } secret ? secret
        : isProduction ? throw new CannotStartException("Production needs Portal__ClientSecret, the same for portal and identity: a random text of at least 32 characters.")
        : SecretFile.ReadOrCreate(Path.Combine(dataFolder, "secrets", "portal-client"));

    /// <summary>
    /// The secret by which the portal's API asks about tokens (RFC 7662): <c>Portal:ApiSecret</c>, else one that both services derive from the client secret
    /// (HKDF, RFC 5869), so that neither is the other: who has seen one cannot use it as the other.
    /// </summary>
    /// <exception cref="CannotStartException">As <see cref="Secret"/>.</exception>
    public static string ApiSecret(IConfiguration configuration, string dataFolder, bool isProduction) =>
        configuration["Portal:ApiSecret"] is { Length: > 0 } secret ? secret
        : Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Secret(configuration, dataFolder, isProduction)), 32, info: Encoding.UTF8.GetBytes(ApiScope + " asks about tokens")));
}
