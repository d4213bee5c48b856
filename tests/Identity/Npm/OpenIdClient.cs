using System.Security.Cryptography;
using System.Text.Json;
using Identity.Clients;
using Identity.Tests.Web;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Npm;

/// <summary>openid-client (npm), a certified relying party that nobody here wrote, against identity as it is started for real.</summary>
public sealed class OpenIdClient(OpenIdClient.Started started) : IClassFixture<OpenIdClient.Started>
{
    readonly RunningIdentity identity = started.Identity;

    [Fact]
    public async Task Pushes_signs_in_asks_about_the_person_replays_signs_out_and_calls_the_api()
    {
        var account = await identity.AddAccountAsync();

        var seen = await NpmParts.TellAsync("sign-in.mjs", identity.Issuer, "portal", IdentityApp.PortalSecret, "http://localhost:5080/signin-oidc", "http://localhost:5080/signout-callback-oidc",
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
        var account = await identity.AddAccountAsync();

        var seen = await NpmParts.TellAsync("by-the-letter.mjs", identity.Issuer, "portal", IdentityApp.PortalSecret, "http://localhost:5080/signin-oidc", "http://localhost:5080/signout-callback-oidc", account.Email, IdentityApp.Password);

        Assert.Equal(300, seen["pushed for"].GetInt32());
        Assert.Equal("invalid_request", seen["pushed nonsense"].GetString());
        Assert.Equal((account.Subject, account.Subject), (seen["claims"].GetProperty("sub").GetString(), seen["userinfo"].GetProperty("sub").GetString()));
        Assert.Equal("http://localhost:5080/signout-callback-oidc?state=bye", seen["signed out to"].GetString());
        Assert.Equal("login_required", seen["afterwards"].GetString());
    }

    [Fact]
    public async Task Goes_on_without_the_person_with_a_key_refreshes_and_gives_everything_back()
    {
        var account = await identity.AddAccountAsync();
        await identity.PrepareAsync(app => app.AnOfflineClientAsync("offline", client => (client.RequireDPoP, client.RequirePushedAuthorization) = (true, true)));
        var api = new { Name = "portal.api", Secret = "the secret of the API portal.api" };
        await identity.PrepareAsync(app => ResourceServer.RegisterAsync(app, api.Name));

        var seen = await NpmParts.TellAsync("offline.mjs", identity.Issuer, "offline", IdentityApp.SecretOf("offline"), "https://offline.test/cb", account.Email, IdentityApp.Password, api.Name, api.Secret);

        Assert.Equal(("dpop", account.Subject, account.Email), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal(("invalid_token", "invalid_dpop_proof"), (seen["userinfo without proof"].GetString(), seen["userinfo with another key"].GetString()));
        Assert.Equal((true, account.Subject, "openid"), (seen["another refresh token"].GetBoolean(), seen["sub after refresh"].GetString(), seen["less"].GetString()));
        Assert.Equal("{\"active\":true,\"token_type\":\"DPoP\",\"bound\":true}", seen["introspection"].GetRawText());
        Assert.Equal(("invalid_grant", "invalid_token", false), (seen["refresh after revocation"].GetString(), seen["userinfo after revocation"].GetString(), seen["introspection after revocation"].GetBoolean()));
    }

    [Fact]
    public async Task So_does_an_application_without_a_secret_until_an_old_token_comes_again()
    {
        var account = await identity.AddAccountAsync();
        await identity.PrepareAsync(app => app.AnOfflineClientAsync("without-secret", client =>
            (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod) = (false, true, "none")));

        var seen = await NpmParts.TellAsync("without-secret.mjs", identity.Issuer, "without-secret", "https://without-secret.test/cb", account.Email, IdentityApp.Password);

        Assert.Equal(("dpop", account.Subject, account.Subject), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal(("invalid_grant", "invalid_request"), (seen["with another key"].GetString(), seen["without key"].GetString()));
        Assert.Equal((true, true), (seen["another refresh token"].GetBoolean(), seen["the same successor"].GetBoolean()));
        Assert.Equal(401, seen["userinfo after revocation"].GetInt32());
        Assert.Equal(("invalid_grant", "invalid_grant"), (seen["reused"].GetString(), seen["after reuse"].GetString()));
    }

    [Fact]
    public async Task An_application_that_signs_for_itself_pushes_refreshes_and_is_told_behind_the_browsers_back_when_its_person_signs_out()
    {
        var account = await identity.AddAccountAsync();
        var backChannel = $"http://127.0.0.1:{RunningIdentity.FreePort()}/signed-out";
        var key = await ASigningClientAsync("signed", client =>
            (client.BackChannelLogoutUri, client.PostLogoutRedirectUris) = (backChannel, ["https://signed.test/bye"]));

        var seen = await NpmParts.TellAsync("signed.mjs", identity.Issuer, "signed", key, "https://signed.test/cb", "https://signed.test/bye", backChannel, account.Email, IdentityApp.Password);

        Assert.Equal(("client_id request_uri", account.Subject, "dpop", account.Email), (seen["in the address"].GetString(), seen["sub"].GetString(), seen["token_type"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal((true, "invalid_client"), (seen["another refresh token"].GetBoolean(), seen["refresh by a stranger"].GetString()));
        Assert.Equal("https://signed.test/bye?state=bye", seen["signed out to"].GetString());
        Assert.Equal("""{"sub":true,"sid":true,"events":["http://schemas.openid.net/event/backchannel-logout"],"nonce":false,"alg":"RS256"}""", seen["logout token"].GetRawText());
        Assert.Equal(("invalid_grant", "invalid_token"), (seen["refresh afterwards"].GetString(), seen["userinfo afterwards"].GetString()));
    }

    [Fact]
    public async Task So_does_oauth4webapi_at_each_endpoint_for_clients()
    {
        var account = await identity.AddAccountAsync();
        var key = await ASigningClientAsync("by-letter", _ => { });

        var seen = await NpmParts.TellAsync("signed-by-the-letter.mjs", identity.Issuer, "by-letter", key, "https://by-letter.test/cb", account.Email, IdentityApp.Password);

        Assert.Equal(("dpop", account.Subject, true, 401), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["another refresh token"].GetBoolean(), seen["userinfo after revocation"].GetInt32()));
    }

    [Fact]
    public async Task Oidc_client_ts_in_a_browser_without_a_secret_proves_its_key_refreshes_and_signs_out()
    {
        var account = await identity.AddAccountAsync();
        await identity.PrepareAsync(app => app.AnOfflineClientAsync("browser-app", client =>
            (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod, client.PostLogoutRedirectUris) = (false, true, "none", ["https://browser-app.test/bye"])));

        var seen = await NpmParts.TellAsync("browser-app.mjs", identity.Issuer, "browser-app", "https://browser-app.test/cb", "https://browser-app.test/bye", account.Email, IdentityApp.Password);

        Assert.Equal("client_id code_challenge code_challenge_method display dpop_jkt redirect_uri response_type scope state", seen["in the address"].GetString());
        Assert.Equal(("DPoP", account.Subject, account.Subject), (seen["token_type"].GetString(), seen["sub"].GetString(), seen["userinfo"].GetString()));
        Assert.Equal((401, 401), (seen["userinfo without proof"].GetInt32(), seen["userinfo as a bearer token"].GetInt32()));
        Assert.Equal($$"""{"token":true,"access":true,"sub":"{{account.Subject}}"}""", seen["refreshed"].GetRawText());
        Assert.Equal((account.Subject, "invalid_grant", account.Subject), (seen["userinfo after refresh"].GetString(), seen["refresh with another key"].GetString(), seen["sub of the third"].GetString()));
        Assert.Equal("id_token_hint post_logout_redirect_uri state", seen["signed out by"].GetString());
        Assert.Equal((JsonValueKind.Null, 401, "invalid_grant"), (seen["user afterwards"].ValueKind, seen["userinfo afterwards"].GetInt32(), seen["refresh afterwards"].GetString()));
    }

    // A client that pushes, binds its tokens to a key and authenticates by assertions. Answers its private key as a JWK.
    async Task<string> ASigningClientAsync(string clientId, Action<Client> change)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (point, secret) = (key.ExportParameters(true).Q, key.ExportParameters(true).D);
        var jwk = new Dictionary<string, string> { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "a key of " + clientId, ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y) };
        await identity.PrepareAsync(app => app.AnOfflineClientAsync(clientId, client =>
        {
            (client.TokenEndpointAuthMethod, client.RequireDPoP, client.RequirePushedAuthorization) = ("private_key_jwt", true, true);
            client.Jwks = JsonSerializer.Serialize(new { keys = new[] { jwk } });
            change(client);
        }));
        return JsonSerializer.Serialize(new Dictionary<string, string>(jwk) { ["d"] = Base64UrlEncoder.Encode(secret) });
    }

    /// <summary>One identity for all of them: each has a person and a client of its own. It may call back into this machine.</summary>
    public sealed class Started : IAsyncLifetime
    {
        internal RunningIdentity Identity { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await NpmParts.InstallAsync();
            Identity = await RunningIdentity.StartAsync(("Outbound:AllowThisMachine", "true"));
        }

        public async Task DisposeAsync() => await Identity.DisposeAsync();
    }
}
