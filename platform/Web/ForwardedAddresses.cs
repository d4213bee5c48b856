using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Platform;

namespace Platform.Web;

/// <summary>
/// Believes <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> only when they come from a proxy named in <c>ForwardedHeaders:KnownProxies</c> (addresses) or
/// <c>ForwardedHeaders:KnownNetworks</c> (10.0.0.0/8), both lists parted by commas; without these settings nobody is believed (ASVS 4.1.3).
/// </summary>
public static class ForwardedAddresses
{
    /// <summary>Takes the client's address and scheme over from the proxy; put it first.</summary>
    public static IApplicationBuilder UseForwardedAddresses(this IApplicationBuilder app, IConfiguration configuration)
    {
        var proxies = List(configuration["ForwardedHeaders:KnownProxies"]);
        var networks = List(configuration["ForwardedHeaders:KnownNetworks"]);
        if (proxies.Length + networks.Length == 0)
        {
            return app;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = 2 };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownProxies.Add(IPAddress.TryParse(proxy, out var address) ? address : throw new CannotStartException($"ForwardedHeaders__KnownProxies: '{proxy}' is no address."));
        }

        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(System.Net.IPNetwork.TryParse(network, out var known) ? known : throw new CannotStartException($"ForwardedHeaders__KnownNetworks: '{network}' is no network such as 10.0.0.0/8."));
        }

        return app.UseForwardedHeaders(options);
    }

    static string[] List(string? setting) => (setting ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
