using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Platform.Web;

/// <summary>Runs a service: only where its addresses are free, and to a sure end.</summary>
public static class Serving
{
    /// <summary>
    /// Longer than the host itself gives its services to end (<c>HostOptions.ShutdownTimeout</c>, 30 s). Whoever still waits then waits for a database that
    /// does not answer; nothing is lost by ending, because every change is one transaction.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>Runs the service until it is told to stop. Looks at the addresses first: the host would fail on a taken one in a page of stack traces.</summary>
    /// <param name="app">The service.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="CannotStartException">One of its addresses is taken.</exception>
    public static async Task ServeAsync(this WebApplication app, CancellationToken ct)
    {
        foreach (var url in (app.Configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Try(BindingAddress.Parse(url));
        }

        var hasEnded = new ManualResetEventSlim(); // not disposed: the thread may still look at it
        app.Lifetime.ApplicationStopping.Register(() => new Thread(() => EndAtLast(hasEnded)) { IsBackground = true, Name = "end at last" }.Start());
        try
        {
            await HostingAbstractionsHostExtensions.RunAsync(app, ct);
        }
        finally
        {
            hasEnded.Set();
        }
    }

    static void EndAtLast(ManualResetEventSlim hasEnded)
    {
        if (hasEnded.Wait(Patience))
        {
            return;
        }

        Console.Error.WriteLine("The service did not end within 35 seconds, something waits for the database; it is ended now.");
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
    }

    static void Try(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
        {
            return;
        }

        var host = IPAddress.TryParse(address.Host.Trim('[', ']'), out var named) ? named
            : string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any; // any other name means every address of the machine, as Kestrel reads it
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
