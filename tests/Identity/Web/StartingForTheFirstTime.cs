using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Web;

/// <summary>The program itself, on a database in which there is nothing and by the clock of the machine, as it is first started in Production.</summary>
public sealed class StartingForTheFirstTime : IAsyncLifetime
{
    const string Issuer = "https://identity.example.com";
    const string Secret = "a secret of this test that nobody else has";

    readonly string files = Path.Combine(Path.GetTempPath(), "partnerportal-test-first-start-" + Guid.NewGuid().ToString("N"));
    readonly List<Process> started = [];
    TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.EmptyAsync();

    public async Task DisposeAsync()
    {
        foreach (var process in started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        await database.DisposeAsync();
        Directory.Delete(files, recursive: true);
    }

    [Fact]
    public async Task It_answers_with_metadata_keys_and_a_token_that_they_verify()
    {
        using var http = await ServeAsync();

        var metadata = await http.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration");
        Assert.Equal(Issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal(Issuer + "/connect/token", metadata.GetProperty("token_endpoint").GetString());
        var keys = new JsonWebKeySet(await http.GetStringAsync(new Uri(metadata.GetProperty("jwks_uri").GetString()!).AbsolutePath));
        Assert.Equal(["ES256", "RS256"], keys.Keys.Select(key => key.Alg).Order());

        await AddAProgramAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "portal.api")]) };
        request.Headers.Authorization = RelyingParty.Basic("a-program", Secret);
        var answer = await http.SendAsync(request);
        var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();

        var looked = await new JsonWebTokenHandler().ValidateTokenAsync(token, new() { ValidIssuer = Issuer, ValidAudience = "portal.api", IssuerSigningKeys = keys.GetSigningKeys(), ValidTypes = ["at+jwt"] });
        Assert.True(looked.IsValid, looked.Exception?.Message);
        Assert.Equal("a-program", looked.Claims["sub"]);
    }

    [Fact]
    public async Task Its_first_administrator_is_appointed_before_or_while_it_runs()
    {
        var (exitCode, printed) = await RunAsync("add-administrator", "anna@example.com", "Anna Berg");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("anna@example.com looks after the installation of Example now; their subject is ", printed);
        Assert.StartsWith("anna@example.com looks after the installation of Example already; ", (await RunAsync("add-administrator", "anna@example.com")).Printed);

        using var http = await ServeAsync();
        var link = printed[printed.IndexOf("https://", StringComparison.Ordinal)..].Trim();
        Assert.StartsWith(Issuer, link);
        Assert.Equal(HttpStatusCode.SeeOther, (await http.GetAsync(new Uri(link).PathAndQuery)).StatusCode);
    }

    // Nobody is there yet who could register one on screen.
    Task AddAProgramAsync() => database.ExecuteAsync("""
        with program as (
            insert into identity.registered_client (client_id, client_name, allowed_grant_types, allowed_scopes, created_at, updated_at)
            values ('a-program', 'A program', '{client_credentials}', '{portal.api}', now(), now())
            returning registered_client_id
        )
        insert into identity.client_secret (registered_client_id, description, hash, created_at) select registered_client_id, 'test', @hash, now() from program
        """, new { hash = Identity.Web.Secret.Hash(Secret) });

    async Task<HttpClient> ServeAsync()
    {
        var port = FreePort();
        var process = Start(port, "serve");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        // What it says is read to its end, so that it never waits for us; the address it listens on is not announced in Production.
        var said = process.StandardError.ReadToEndAsync(patience.Token);
        _ = process.StandardOutput.ReadToEndAsync(patience.Token);
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        http.DefaultRequestHeaders.Add("X-Forwarded-Host", new Uri(Issuer).Host);
        while (!await IsReadyAsync(http, patience.Token))
        {
            Assert.False(process.HasExited, process.HasExited ? await said : null);
            await Task.Delay(100, patience.Token);
        }

        return http;
    }

    static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            return (await http.GetAsync("/health/ready", ct)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task<(int ExitCode, string Printed)> RunAsync(params string[] arguments)
    {
        var process = Start(FreePort(), arguments);
        var (printed, said) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal("", await said);
        return (process.ExitCode, await printed);
    }

    Process Start(int port, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Identity.dll"), .. arguments])
        {
            WorkingDirectory = Path.Combine(Repository.Folder, "identity"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Dictionary<string, string?> settings = new(database.Settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ForwardedHeaders:KnownProxies"] = "127.0.0.1",
            ["Identity:Url"] = Issuer,
            ["Portal:Url"] = "https://portal.example.com",
            ["Portal:ClientSecret"] = IdentityApp.PortalSecret,
            ["Portal:DataFolder"] = files,
            ["Brand:Name"] = "Example",
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
