using System.Diagnostics;
using System.Text.Json;
using Identity.Tests.Web;
using Support;

namespace Identity.Tests.Npm;

/// <summary>openid-client (npm), a certified relying party that nobody here wrote, against identity as it is started for real.</summary>
public sealed class OpenIdClient
{
    static readonly string Folder = Path.Combine(RunningIdentity.Repository(), "tests", "Identity", "Npm");

    [Fact]
    public async Task Pushes_signs_in_asks_about_the_person_replays_signs_out_and_calls_the_api()
    {
        await InstallAsync();
        await using var identity = await RunningIdentity.StartAsync();
        var account = await identity.AddAccountAsync();

        var seen = await TellAsync("sign-in.mjs", identity.Issuer, "portal", IdentityApp.PortalSecret, "http://localhost:5080/signin-oidc", "http://localhost:5080/signout-callback-oidc",
            account.Email, IdentityApp.Password, "demo-erp-brand", "demo-erp-secret-2026");

        Assert.Equal(identity.Issuer, seen["issuer"].GetString());
        Assert.Equal(account.Subject, seen["claims"].GetProperty("sub").GetString());
        Assert.Equal(account.Email, seen["userinfo"].GetProperty("email").GetString());
        Assert.Equal(("client_id request_uri", 400), (seen["in the address"].GetString(), seen["pushed request again"].GetInt32()));
        Assert.Equal("invalid_grant", seen["replay"].GetString());
        Assert.Equal("invalid_token", seen["after replay"].GetString());
        Assert.Equal("http://localhost:5080/signout-callback-oidc?state=bye", seen["signed out to"].GetString());
        Assert.Equal("portal.api", seen["api"].GetString());
    }

    [Fact]
    public async Task So_does_oauth4webapi_which_checks_every_answer_by_the_letter()
    {
        await InstallAsync();
        await using var identity = await RunningIdentity.StartAsync();
        var account = await identity.AddAccountAsync();

        var seen = await TellAsync("by-the-letter.mjs", identity.Issuer, "portal", IdentityApp.PortalSecret, "http://localhost:5080/signin-oidc", "http://localhost:5080/signout-callback-oidc", account.Email, IdentityApp.Password);

        Assert.Equal(300, seen["pushed for"].GetInt32());
        Assert.Equal("invalid_request", seen["pushed nonsense"].GetString());
        Assert.Equal((account.Subject, account.Subject), (seen["claims"].GetProperty("sub").GetString(), seen["userinfo"].GetProperty("sub").GetString()));
        Assert.Equal("http://localhost:5080/signout-callback-oidc?state=bye", seen["signed out to"].GetString());
        Assert.Equal("login_required", seen["afterwards"].GetString());
    }

    [Fact]
    public async Task Goes_on_without_the_person_with_a_key_refreshes_and_gives_everything_back()
    {
        await InstallAsync();
        await using var identity = await RunningIdentity.StartAsync();
        var account = await identity.AddAccountAsync();
        await identity.PrepareAsync(app => app.AnOfflineClientAsync("offline", client => (client.RequireDPoP, client.RequirePushedAuthorization) = (true, true)));
        var api = new { Name = "portal.api", Secret = "the secret of the API portal.api" };
        await identity.PrepareAsync(app => ResourceServer.RegisterAsync(app, api.Name));

        var seen = await TellAsync("offline.mjs", identity.Issuer, "offline", IdentityApp.SecretOf("offline"), "https://offline.test/cb", account.Email, IdentityApp.Password, api.Name, api.Secret);

        Assert.Equal(("dpop", account.Subject, account.Email), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal(("invalid_token", "invalid_dpop_proof"), (seen["userinfo without proof"].GetString(), seen["userinfo with another key"].GetString()));
        Assert.Equal((true, account.Subject, "openid"), (seen["another refresh token"].GetBoolean(), seen["sub after refresh"].GetString(), seen["less"].GetString()));
        Assert.Equal("{\"active\":true,\"token_type\":\"DPoP\",\"bound\":true}", seen["introspection"].GetRawText());
        Assert.Equal(("invalid_grant", "invalid_token", false), (seen["refresh after revocation"].GetString(), seen["userinfo after revocation"].GetString(), seen["introspection after revocation"].GetBoolean()));
    }

    [Fact]
    public async Task So_does_an_application_without_a_secret_until_an_old_token_comes_again()
    {
        await InstallAsync();
        await using var identity = await RunningIdentity.StartAsync();
        var account = await identity.AddAccountAsync();
        await identity.PrepareAsync(app => app.AnOfflineClientAsync("without-secret", client =>
            (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod) = (false, true, "none")));

        var seen = await TellAsync("without-secret.mjs", identity.Issuer, "without-secret", "https://without-secret.test/cb", account.Email, IdentityApp.Password);

        Assert.Equal(("dpop", account.Subject, account.Subject), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal(("invalid_grant", "invalid_request"), (seen["with another key"].GetString(), seen["without key"].GetString()));
        Assert.Equal((true, true), (seen["another refresh token"].GetBoolean(), seen["the same successor"].GetBoolean()));
        Assert.Equal(401, seen["userinfo after revocation"].GetInt32());
        Assert.Equal(("invalid_grant", "invalid_grant"), (seen["reused"].GetString(), seen["after reuse"].GetString()));
    }

    static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "oauth4webapi")))
        {
            return;
        }

        var (code, output) = await RunAsync("npm", Folder, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error");
        if (code != 0)
        {
            // The token by which xunit 2 knows that a test skips itself.
            throw new InvalidOperationException($"$XunitDynamicSkip$npm cannot install openid-client here: {output.Trim().Split('\n')[0]}");
        }
    }

    static async Task<Dictionary<string, JsonElement>> TellAsync(string script, params string[] arguments)
    {
        var (code, output) = await RunAsync("node", Folder, [script, .. arguments]);
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("what").GetString()!, line => line.GetProperty("value"));
    }

    static async Task<(int Code, string Output)> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("NODE_OPTIONS");
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }
}
