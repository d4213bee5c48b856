using System.Net;
using System.Net.Http.Headers;
using Support;

namespace Identity.Tests.DPoP;

public sealed class BindingTokensToAKey(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Scope = "openid offline_access portal.api";

    static readonly KeyValuePair<string, string?>[] ClientCredentials = [new("grant_type", "client_credentials")];

    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_access_token_names_the_key_and_so_does_introspection()
    {
        var api = await ResourceServer.RegisterAsync(identity);
        var (_, key, tokens) = await GrantedAsync("bound1");

        Assert.Equal("DPoP", tokens["token_type"]);
        Assert.Equal(key.Thumbprint, TokenAnswer.Claims(tokens.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
        var told = await api.AskAsync(tokens.AccessToken);
        Assert.Equal(("DPoP", key.Thumbprint), (told["token_type"], told.Body.GetProperty("cnf").GetProperty("jkt").GetString()));
    }

    [Fact]
    public async Task A_program_may_bind_its_own_token_too()
    {
        await AnErpAsync("bound2");
        var client = new RelyingParty(identity, "bound2") { Key = new() };

        var bound = await client.TokenAsync(ClientCredentials);
        client.Key = null;
        var free = await client.TokenAsync(ClientCredentials);

        Assert.Equal(("DPoP", "Bearer"), (bound["token_type"], free["token_type"]));
        Assert.False(TokenAnswer.Claims(free.AccessToken).TryGetProperty("cnf", out _));
    }

    [Fact]
    public async Task A_client_that_must_use_a_key_gets_nothing_without()
    {
        await AnErpAsync("bound3", client => client.RequireDPoP = true);

        var answer = await new RelyingParty(identity, "bound3").TokenAsync(ClientCredentials);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Error));
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "bound3") { Key = new() }.TokenAsync(ClientCredentials)).Status);
    }

    [Fact]
    public async Task A_public_client_goes_on_with_the_same_key_only()
    {
        await APublicClientAsync("app-on-a-phone");
        var client = new RelyingParty(identity, "app-on-a-phone") { Secret = "", Key = new() };
        var first = await client.TokensAsync(await SignedInAsync(), ("scope", Scope));
        var thief = new RelyingParty(identity, "app-on-a-phone") { Secret = "", Key = new() };

        Assert.Equal("invalid_grant", (await thief.RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal("invalid_request", (await new RelyingParty(identity, "app-on-a-phone") { Secret = "" }.RefreshAsync(first.RefreshToken)).Error);
        var second = await client.RefreshAsync(first.RefreshToken);
        Assert.Equal(("DPoP", HttpStatusCode.OK), (second["token_type"], second.Status));

        identity.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("invalid_grant", (await thief.RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(second.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_public_client_cannot_be_registered_without_keys_nor_have_tokens_of_its_own()
    {
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => APublicClientAsync("weak1", client => client.RequireDPoP = false));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => APublicClientAsync("weak2", client => client.AllowedGrantTypes = ["client_credentials"]));
    }

    [Fact]
    public async Task A_client_that_authenticates_may_exchange_its_key()
    {
        var (client, _, first) = await GrantedAsync("bound4");
        client.Key = new();

        var second = await client.RefreshAsync(first.RefreshToken);

        Assert.Equal(client.Key.Thumbprint, TokenAnswer.Claims(second.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task A_code_that_was_bound_beforehand_wants_that_key()
    {
        await identity.AnOfflineClientAsync("bound5");
        var visitor = await SignedInAsync();
        var key = new DPoPKey();
        var client = new RelyingParty(identity, "bound5") { Key = key };

        Assert.Equal(HttpStatusCode.OK, (await client.TokensAsync(visitor, ("dpop_jkt", key.Thumbprint))).Status);
        Assert.Equal("invalid_grant", (await client.TokensAsync(visitor, ("dpop_jkt", new DPoPKey().Thumbprint))).Error);
        client.Key = null;
        Assert.Equal("invalid_grant", (await client.TokensAsync(visitor, ("dpop_jkt", key.Thumbprint))).Error);
        Assert.Equal("invalid_request", (await client.AskAsync(visitor, ("dpop_jkt", "no thumbprint")))["error"]);
    }

    [Fact]
    public async Task A_wrong_proof_leaves_the_code_and_the_refresh_token_as_they_are()
    {
        await identity.AnOfflineClientAsync("bound6");
        var client = new RelyingParty(identity, "bound6") { Key = new() };
        var code = await client.CodeAsync(await SignedInAsync(), ("scope", Scope));

        Assert.Equal("invalid_dpop_proof", (await client.CallAsync("/connect/token", [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", client.RedirectUri), new("code_verifier", client.Verifier)], request => request.Headers.Add("DPoP", "nonsense"))).Error);

        var tokens = await client.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal("invalid_dpop_proof", (await client.CallAsync("/connect/token", [new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken)], request => request.Headers.Add("DPoP", "nonsense"))).Error);
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(tokens.RefreshToken)).Status);
    }

    [Fact]
    public async Task Userinfo_takes_it_with_a_proof_for_this_very_token()
    {
        var (_, key, tokens) = await GrantedAsync("bound7");
        var token = tokens.AccessToken;

        Assert.Equal(HttpStatusCode.OK, (await UserInfoAsync("DPoP", token, Proof(key, token))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await UserInfoAsync("dpop", token, Proof(key, token))).StatusCode);
        foreach (var (scheme, proof, error) in new[]
        {
            ("Bearer", null, "invalid_token"),
            ("Bearer", Proof(key, token), "invalid_token"),
            ("DPoP", null, "invalid_dpop_proof"),
            ("DPoP", Proof(key, null), "invalid_dpop_proof"),
            ("DPoP", Proof(key, token + "x"), "invalid_dpop_proof"),
            ("DPoP", Proof(new(), token), "invalid_dpop_proof"),
            ("DPoP", key.Proof("POST", IdentityApp.Issuer + "/connect/userinfo", identity.Clock.Now, token), "invalid_dpop_proof"),
            ("DPoP", key.Proof("GET", "https://elsewhere.test/connect/userinfo", identity.Clock.Now, token), "invalid_dpop_proof"),
        })
        {
            using var answer = await UserInfoAsync(scheme, token, proof);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains($"error=\"{error}\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_without_key_is_not_taken_under_the_scheme_for_bound_ones_nor_a_bound_one_in_a_form()
    {
        var (client, key, bound) = await GrantedAsync("bound8");
        client.Key = null;
        var free = (await client.TokensAsync(await SignedInAsync())).AccessToken;
        using var program = identity.Program();

        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfoAsync("DPoP", free, Proof(key, free))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await UserInfoAsync("Bearer", free, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.PostAsync("/connect/userinfo", new FormUrlEncodedContent([new("access_token", bound.AccessToken)]))).StatusCode);
    }

    string Proof(DPoPKey key, string? token) => key.Proof("GET", IdentityApp.Issuer + "/connect/userinfo", identity.Clock.Now, token);

    async Task<HttpResponseMessage> UserInfoAsync(string scheme, string token, string? proof)
    {
        using var program = identity.Program();
        var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue(scheme, token) } };
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        return await program.SendAsync(request);
    }

    async Task<(RelyingParty Client, DPoPKey Key, TokenAnswer Tokens)> GrantedAsync(string clientId)
    {
        await identity.AnOfflineClientAsync(clientId);
        var client = new RelyingParty(identity, clientId) { Key = new() };
        return (client, client.Key, await client.TokensAsync(await SignedInAsync(), ("scope", Scope)));
    }

    Task APublicClientAsync(string clientId, Action<Identity.Clients.Client>? change = null) => identity.AnOfflineClientAsync(clientId, client =>
    {
        client.RequireClientSecret = false;
        client.RequireDPoP = true;
        client.TokenEndpointAuthMethod = "none";
        change?.Invoke(client);
    });

    Task AnErpAsync(string clientId, Action<Identity.Clients.Client>? change = null) => identity.AClientAsync(clientId, client =>
    {
        client.AllowedGrantTypes = ["client_credentials"];
        client.AllowedScopes = ["portal.api"];
        client.RedirectUris = [];
        change?.Invoke(client);
    });

    async Task<Visitor> SignedInAsync() => await identity.SignedInAsync(await identity.AnAccountAsync());
}
