using System.Net;
using System.Net.Sockets;
using Platform.GuardedHttp;
using Platform.Web;

namespace Portal.Webhooks;

/// <summary>Whether an address may be told of events. Asked when it is written down; what it leads to is judged again whenever it is connected to.</summary>
public sealed class WebhookAddress(WebhookSettings settings, TimeProvider clock)
{
    const int Longest = 500;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with it, or null.</summary>
    /// <param name="url">The address.</param>
    /// <param name="isBrand">True where the brand writes it down, whose endpoints may lead into networks of our own.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<FieldProblem?> ProblemAsync(string? url, bool isBrand, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return new("url", "webhooks.problem.url_missing");
        }

        if (url.Length > Longest || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
        {
            return new("url", "webhooks.problem.url", Longest);
        }

        var found = await ResolveAsync(address.DnsSafeHost, ct);
        var isOwn = found.Length > 0 && Array.TrueForAll(found, one => settings.IsOwn(one, isBrand));
        return found.Length == 0 ? new("url", "webhooks.problem.unknown_host", address.Host)
            : !Array.TrueForAll(found, one => settings.Allows(one, isBrand)) ? new("url", "webhooks.problem.not_public", address.Host)
            : address.Scheme is "http" && !(settings.AllowsHttp && isOwn) ? new("url", "webhooks.problem.not_https")
            : null;
    }

    async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        using var deadline = new Deadline(Patience, clock, ct);
        try
        {
            return await Dns.GetHostAddressesAsync(host, deadline.Token);
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException || (unknown is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return [];
        }
    }
}
