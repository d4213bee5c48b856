using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Support;

namespace Identity.Tests.Web;

/// <summary>Identity as a process of its own, on a port of its own, with the demonstration's API clients.</summary>
sealed class RunningIdentity : IAsyncDisposable
{
    readonly IdentityApp first;
    readonly Process process;

    RunningIdentity(IdentityApp first, Process process, string issuer) => (this.first, this.process, Issuer) = (first, process, issuer);

    public string Issuer { get; }

    /// <summary>Starts one.</summary>
    /// <param name="settings">Those that differ from what all tests have.</param>
    public static async Task<RunningIdentity> StartAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        var seeded = new IdentityApp();
        await seeded.InitializeAsync();
        await seeded.SeedDemoAsync();
        var issuer = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Identity.dll"), "serve"]) { WorkingDirectory = Path.Combine(Repository.Folder, "identity") };
        foreach (var (name, value) in seeded.Database.Settings.Append(new("Identity:Url", issuer)).Append(new("Portal:Url", "http://localhost:5080")).Append(new("Portal:ClientSecret", IdentityApp.PortalSecret)).Append(new("Portal:DataFolder", seeded.Files)))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        var running = new RunningIdentity(seeded, Process.Start(start)!, issuer);
        await running.WaitAsync();
        return running;
    }

    public Task<TestAccount> AddAccountAsync() => first.AnAccountAsync();

    /// <summary>Does something beside it on the same database, such as registering a client.</summary>
    public Task PrepareAsync(Func<IdentityApp, Task> work) => work(first);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        await first.DisposeAsync();
    }

    async Task WaitAsync()
    {
        using var http = new HttpClient();
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if ((await http.GetAsync(Issuer + "/health/ready")).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                Assert.False(process.HasExited, $"Identity ended with {(process.HasExited ? process.ExitCode : 0)}.");
            }

            await Task.Delay(200);
        }

        Assert.Fail("Identity did not come up within a minute.");
    }

    /// <summary>A port of this machine that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
