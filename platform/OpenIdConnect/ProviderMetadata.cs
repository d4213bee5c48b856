using System.Collections.Concurrent;
using System.Net;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Platform.OpenIdConnect;

/// <summary>The metadata and keys of OpenID Providers, fetched once and kept for both sign-in and bearer tokens.</summary>
/// <param name="clients">Gives the client named <see cref="HttpClientName"/>.</param>
public sealed class ProviderMetadata(IHttpClientFactory clients)
{
    /// <summary>The HTTP client that speaks with providers; tests put their own handler under this name.</summary>
    public const string HttpClientName = "openid-connect";

    readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> managers = new(StringComparer.Ordinal);

    /// <summary>The configuration of one provider; fetched on first use, again every five minutes, so that a revoked key is soon believed no more, and for an unknown key at most once a minute.</summary>
    public ConfigurationManager<OpenIdConnectConfiguration> Of(string authority) => managers.GetOrAdd(authority.TrimEnd('/'), issuer =>
        new(issuer + "/.well-known/openid-configuration", new OneIssuer(issuer), new HttpDocumentRetriever(clients.CreateClient(HttpClientName)) { RequireHttps = !IsLoopback(issuer) })
        {
            AutomaticRefreshInterval = TimeSpan.FromMinutes(5),
            RefreshInterval = TimeSpan.FromMinutes(1),
        });

    /// <summary>Plain http is spoken with this machine only.</summary>
    static bool IsLoopback(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip)));

    // Discovery 1.0, 4.3: metadata that names another issuer is not this provider's.
    sealed class OneIssuer(string issuer) : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        readonly OpenIdConnectConfigurationRetriever retriever = new();

        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var configuration = await ((IConfigurationRetriever<OpenIdConnectConfiguration>)this.retriever).GetConfigurationAsync(address, retriever, cancel);
            return string.Equals(configuration.Issuer, issuer, StringComparison.Ordinal)
                ? configuration
                : throw new InvalidOperationException($"{address} names the issuer {configuration.Issuer}; {issuer} was expected.");
        }
    }
}
