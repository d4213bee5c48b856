using System.Diagnostics;
using System.Globalization;
using Benchmarks.Stage;

namespace Benchmarks.Login;

/// <summary>oidc-provider (npm) on its in-memory adapter, as a process of its own.</summary>
sealed class NodeProvider : IAsyncDisposable
{
    readonly Process process;

    NodeProvider(Process process, Uri address) => (this.process, Address) = (process, address);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>The process, for those who watch what it costs.</summary>
    public int ProcessId => process.Id;

    /// <summary>Installs it where it is not there yet, and starts it.</summary>
    /// <param name="tokens">What its access tokens are signed with, <c>RS256</c> or <c>ES256</c>; <c>opaque</c> for what it gives by itself.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<NodeProvider> StartAsync(string tokens, CancellationToken ct)
    {
        var folder = Path.Combine(Installation.Repository(), "tests", "Benchmarks", "Login");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider")))
        {
            Installation.Say("Installing oidc-provider ...");
            using var npm = Start("npm", folder, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error");
            var complaints = await npm.StandardError.ReadToEndAsync(ct);
            await npm.WaitForExitAsync(ct);
            if (npm.ExitCode != 0)
            {
                throw new CannotMeasureException($"npm cannot install oidc-provider: {complaints.Trim()}");
            }
        }

        var port = Service.FreePort();
        var node = Start("node", folder, "provider.mjs", port.ToString(CultureInfo.InvariantCulture), Provider.ClientId, Provider.Secret, Provider.RedirectUri, "https://portal.api", tokens);
        node.ErrorDataReceived += (_, _) => { }; // it warns of its adapter
        node.BeginErrorReadLine();
        return await node.StandardOutput.ReadLineAsync(ct) is { } line && line.StartsWith("ready", StringComparison.Ordinal)
            ? new(node, new($"http://localhost:{port}"))
            : throw new CannotMeasureException("oidc-provider did not come up.");
    }

    /// <summary>The provider with people signed in.</summary>
    public async Task<Provider> SignedInAsync(int clients, CancellationToken ct)
    {
        var provider = new Provider("oidc-provider", new(Address, "/auth"), new(Address, "/token"), []) { OfflinePrompt = "consent" };
        var cookies = new List<string>();
        for (var client = 0; client < clients; client++)
        {
            using var browser = new Browser();
            cookies.Add(await browser.CookiesAfterAsync(provider.Request("openid offline_access", Provider.NewVerifier(), provider.OfflinePrompt), ct));
        }

        return provider with { Cookies = cookies };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    static Process Start(string program, string folder, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new CannotMeasureException($"{program} cannot be started: {missing.Message}");
        }
    }
}
