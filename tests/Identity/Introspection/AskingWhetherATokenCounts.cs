using System.Net;
using Support;

namespace Identity.Tests.Introspection;

public sealed class AskingWhetherATokenCounts(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    static readonly KeyValuePair<string, string?>[] ClientCredentials = [new("grant_type", "client_credentials")];

    ResourceServer api = null!;

    public async Task InitializeAsync() => api = await ResourceServer.RegisterAsync(identity);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_person_s_token_is_told_with_what_is_in_it()
    {
        await identity.AClientAsync("asking1", client => client.AllowedScopes = ["openid", "portal.api"]);
        var account = await identity.AnAccountAsync();
        var token = (await new RelyingParty(identity, "asking1").TokensAsync(await identity.SignedInAsync(account), ("scope", "openid portal.api"))).AccessToken;

        var answer = await api.AskAsync(token);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Headers.Headers.CacheControl!.NoStore);
        Assert.Equal(["active", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "scope", "sub", "token_type"], answer.Body.EnumerateObject().Select(member => member.Name).Order());
        Assert.True(answer.Body.GetProperty("active").GetBoolean());
        Assert.Equal((account.Subject, "asking1", "openid portal.api", "Bearer", IdentityApp.Issuer), (answer["sub"], answer["client_id"], answer["scope"], answer["token_type"], answer["iss"]));
        Assert.Equal(["portal.api", IdentityApp.Issuer], answer.Body.GetProperty("aud").EnumerateArray().Select(audience => audience.GetString()!));
        Assert.Equal(900, answer.Body.GetProperty("exp").GetInt64() - answer.Body.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task A_program_s_token_is_told_until_its_client_or_the_client_s_tenant_is_disabled()
    {
        var token = await ProgramTokenAsync("asking2");
        var answer = await api.AskAsync(token);
        Assert.Equal(("True", "asking2", "asking2", "portal.api"), (answer["active"], answer["sub"], answer["client_id"], answer["aud"]));

        await identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'asking2'");
        await AssertInactiveAsync(token);
        await identity.Database.ExecuteAsync("update registered_client set enabled = true where client_id = 'asking2'");
        Assert.True(await api.AcceptsAsync(token));
        await identity.Database.ExecuteAsync("with t as (insert into tenant (key, name, disabled_at, created_at, updated_at) values ('closed', 'T', now(), now(), now()) returning tenant_id) update registered_client set tenant_id = t.tenant_id from t where client_id = 'asking2'");
        await AssertInactiveAsync(token);
    }

    [Fact]
    public async Task A_person_s_token_ends_with_the_person()
    {
        await identity.AClientAsync("asking3", client => client.AllowedScopes = ["portal.api"]);
        var account = await identity.AnAccountAsync();
        var token = (await new RelyingParty(identity, "asking3").TokensAsync(await identity.SignedInAsync(account), ("scope", "portal.api"))).AccessToken;
        Assert.True(await api.AcceptsAsync(token));

        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);

        await AssertInactiveAsync(token);
    }

    [Fact]
    public async Task Of_everything_else_no_more_is_said_than_that_it_does_not_count()
    {
        await identity.AnOfflineClientAsync("asking4");
        var tokens = await new RelyingParty(identity, "asking4").TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()), ("scope", "openid offline_access portal.api"));
        var parts = tokens.AccessToken.Split('.');
        var expired = await ProgramTokenAsync("asking4b");
        identity.Clock.Advance(TimeSpan.FromSeconds(900));

        foreach (var token in new[]
        {
            "garbage", "a.b.c", new string('a', 9000), tokens.RefreshToken, tokens.IdToken, expired,
            parts[0] + "." + parts[1] + "." + new string('A', parts[2].Length),
            "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".",
            new TestIdentityProvider(identity.Clock).AccessToken("somebody"),
        })
        {
            await AssertInactiveAsync(token);
        }
    }

    [Fact]
    public async Task An_api_hears_nothing_of_another_s_tokens()
    {
        var token = await ProgramTokenAsync("asking5");
        var other = await ResourceServer.RegisterAsync(identity, "warehouse.api");

        var answer = await other.AskAsync(token);

        Assert.Equal("{\"active\":false}", answer.Body.GetRawText());
        Assert.True(await api.AcceptsAsync(token));
    }

    [Fact]
    public async Task A_client_may_not_ask_nor_anybody_without_the_api_s_secret()
    {
        var token = await ProgramTokenAsync("asking6");
        KeyValuePair<string, string?>[] question = [new("token", token)];

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (await new RelyingParty(identity, "asking6").CallAsync("/connect/introspect", question) is { } client ? (client.Status, client.Error) : default));
        Assert.Equal("invalid_client", (await new ResourceServer(identity) { Secret = "guess" }.AskAsync(token)).Error);
        Assert.Equal("invalid_client", (await new ResourceServer(identity) { Secret = "" }.AskAsync(token)).Error);
        Assert.Equal("invalid_client", (await new ResourceServer(identity, "nobody").AskAsync(token)).Error);
        Assert.Equal("invalid_client", (await new RelyingParty(identity, "portal.api") { Secret = "" }.CallAsync("/connect/introspect", [.. question, new("client_secret", "")])).Error);
        using var program = identity.Program();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await program.GetAsync("/connect/introspect?token=" + token)).StatusCode);
    }

    [Fact]
    public async Task The_secret_may_be_in_the_form_and_the_token_may_not_be_missing()
    {
        var token = await ProgramTokenAsync("asking7");
        KeyValuePair<string, string?>[] secret = [new("client_secret", api.Secret)];

        var inForm = await new RelyingParty(identity, "portal.api") { Secret = "" }.CallAsync("/connect/introspect", [.. secret, new("token", token)]);
        var missing = await new RelyingParty(identity, "portal.api") { Secret = "" }.CallAsync("/connect/introspect", secret);

        Assert.True(inForm.Body.GetProperty("active").GetBoolean());
        Assert.Equal("invalid_request", missing.Error);
    }

    [Fact]
    public async Task The_secrets_of_apis_are_kept_as_hashes_and_exchanged()
    {
        var exchanged = await ResourceServer.RegisterAsync(identity, "exchanged.api");
        await identity.AsTheProductAsync(services => ((Identity.Clients.RegisterApiSecret)services.GetService(typeof(Identity.Clients.RegisterApiSecret))!).RunAsync("exchanged.api", "another secret", "test", CancellationToken.None));

        Assert.Equal("invalid_client", (await exchanged.AskAsync("garbage")).Error);
        Assert.Equal(HttpStatusCode.OK, (await new ResourceServer(identity, "exchanged.api") { Secret = "another secret" }.AskAsync("garbage")).Status);
        Assert.Equal([32], await identity.Database.ListAsync<int>("select octet_length(hash) from api_secret s join api_resource r using (api_resource_id) where r.name = 'exchanged.api'"));
        Assert.Equal(["api_secret.changed", "api_secret.changed"], await identity.AuditAsync("exchanged.api"));
    }

    async Task<string> ProgramTokenAsync(string clientId)
    {
        await identity.AClientAsync(clientId, client =>
        {
            client.AllowedGrantTypes = ["client_credentials"];
            client.AllowedScopes = ["portal.api"];
            client.RedirectUris = [];
        });
        return (await new RelyingParty(identity, clientId).TokenAsync(ClientCredentials)).AccessToken;
    }

    async Task AssertInactiveAsync(string token)
    {
        var answer = await api.AskAsync(token);
        Assert.Equal((HttpStatusCode.OK, "{\"active\":false}"), (answer.Status, answer.Body.GetRawText()));
    }
}
