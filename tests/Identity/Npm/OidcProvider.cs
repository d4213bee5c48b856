using System.Diagnostics;
using System.Text.Json;
using Support;

namespace Identity.Tests.Npm;

/// <summary>oidc-provider (npm) as a partner runs it: a process of its own on a port of this machine (<c>partner.mjs</c>).</summary>
sealed class OidcProvider : IAsyncDisposable
{
    readonly Process process;

    OidcProvider(Process process, string issuer) => (this.process, Issuer) = (process, issuer);

    /// <summary>Its issuer.</summary>
    public string Issuer { get; }

    /// <summary>Starts one that knows nobody yet.</summary>
    public static async Task<OidcProvider> StartAsync()
    {
        await NpmParts.InstallAsync();
        var started = NpmParts.Start("node", "partner.mjs");
        started.ErrorDataReceived += (_, _) => { }; // it warns of its adapter
        started.BeginErrorReadLine();
        return new(started, await started.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("oidc-provider did not come up."));
    }

    /// <summary>Its administrator registers us.</summary>
    /// <param name="metadata">As RFC 7591 names them.</param>
    public Task RegisterAsync(Dictionary<string, object> metadata) => DoAsync(new { client = metadata });

    /// <summary>What it tells about somebody from now on; <c>sub</c> says about whom.</summary>
    public Task TellAboutAsync(Dictionary<string, object> person) => DoAsync(new { person });

    /// <summary>It signs with other keys from now on, and publishes the old ones no longer.</summary>
    public Task RotateKeysAsync() => DoAsync(new { rotate = true });

    /// <summary>A browser at its pages.</summary>
    public Visitor Visitor() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, Issuer);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task DoAsync(object what)
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(what));
        await process.StandardInput.FlushAsync();
        Assert.Equal("done", await process.StandardOutput.ReadLineAsync());
    }
}
