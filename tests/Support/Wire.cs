using System.Net;
using System.Net.Sockets;

namespace Support;

/// <summary>A wire to the database that a test can cut and join again; for what happens while the server is away.</summary>
public sealed class Wire : IAsyncDisposable
{
    readonly string host;
    readonly int port;
    readonly List<TcpClient> open = [];
    readonly Lock turn = new();
    // Cut() puts it away, and DisposeAsync cuts.
#pragma warning disable CA2213
    TcpListener? listener;
#pragma warning restore CA2213

    /// <summary>A wire to that server.</summary>
    public Wire(string host, int port)
    {
        (this.host, this.port) = (host, port);
        Join();
    }

    /// <summary>Where to connect instead, on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Ends all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (turn)
        {
            listener?.Dispose();
            listener = null;
            open.ForEach(client => client.Dispose());
            open.Clear();
        }
    }

    /// <summary>Takes connections again, at the same place.</summary>
    public void Join()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync(listener);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    async Task AcceptAsync(TcpListener listening)
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listening.AcceptTcpClientAsync());
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    async Task CarryAsync(TcpClient client)
    {
        var server = new TcpClient();
        try
        {
            await server.ConnectAsync(host, port);
            lock (turn)
            {
                open.AddRange([client, server]);
            }

            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
