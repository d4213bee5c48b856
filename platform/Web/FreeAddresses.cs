using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Platform.Web;

/// <summary>Looks whether the addresses a service shall answer on are free, before the host starts and fails in a page of stack traces.</summary>
public static class FreeAddresses
{
    /// <summary>Runs the service until it is told to stop.</summary>
    /// <param name="app">The service.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="CannotStartException">One of its addresses is taken.</exception>
    public static async Task RunOnFreeAddressesAsync(this WebApplication app, CancellationToken ct)
    {
        foreach (var url in (app.Configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Try(BindingAddress.Parse(url));
        }

        await HostingAbstractionsHostExtensions.RunAsync(app, ct);
    }

    static void Try(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
        {
            return;
        }

        var host = IPAddress.TryParse(address.Host.Trim('[', ']'), out var named) ? named
            : string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.IPv6Any; // any other name means every address of the machine, as Kestrel reads it
        using var probe = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (host.Equals(IPAddress.IPv6Any))
        {
            probe.DualMode = true;
        }

        try
        {
            probe.Bind(new IPEndPoint(host, address.Port));
            probe.Listen(1);
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new CannotStartException($"The address {address} is taken by another program. Stop that program, or choose another with --port N or another address in the settings.");
        }
    }
}
