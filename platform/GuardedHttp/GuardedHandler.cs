using System.Net;
using System.Net.Sockets;

namespace Platform.GuardedHttp;

/// <summary>Connections to servers whose address a stranger wrote down: the address is judged at the moment of connecting, no redirect is followed, nothing is remembered.</summary>
public static class GuardedHandler
{
    const int LongestHeadersKilobytes = 32;

    /// <summary>A handler that connects only where it may.</summary>
    /// <param name="isAllowed">Which addresses may be connected to. A name of which one address may not is refused as a whole.</param>
    public static SocketsHttpHandler Create(Func<IPAddress, bool> isAllowed) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // A proxy would look the name up itself, and then nobody has judged the address.
        UseProxy = false,
        MaxResponseHeadersLength = LongestHeadersKilobytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, isAllowed, ct),
    };

    // The address that was judged is the one that is connected to; the name is not looked up twice.
    static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, Func<IPAddress, bool> isAllowed, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, ct);
        // A name with one public address and one of ours is no mistake of an honest provider.
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => isAllowed(address)))
        {
            throw new FetchRefusedException(FetchFailure.NotPublic, $"{host.Host} is not on the public internet.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
